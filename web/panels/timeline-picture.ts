import type { Density, TimelineView } from '../../workers/client.ts';
import { axisMarks, formatSpan } from '../model/format.ts';

/** What the timeline draws. */
export interface TimelineContent {
  readonly from: number;
  readonly to: number;
  /** Ends of what has been computed and of the whole run. */
  readonly frontier: number;
  readonly density: Density | undefined;
  readonly actions: readonly TimelineView[];
}

/** Rows of the picture, from the top, in pixels. */
export const ROWS = { actions: 13, frames: 15, baseline: 44, notes: 49, drops: 55, axis: 70 } as const;
export const TIMELINE_HEIGHT = 76;

/** Draws density, markers and the axis. */
export function drawTimeline(
  pen: CanvasRenderingContext2D,
  width: number,
  content: TimelineContent,
  style: CSSStyleDeclaration,
): void {
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const { from, to, density } = content;
  const x = (time: number) => ((time - from) / Math.max(1, to - from)) * width;
  pen.clearRect(0, 0, width, TIMELINE_HEIGHT);

  pen.fillStyle = colour('line');
  pen.fillRect(0, ROWS.baseline, width, 1);
  if (content.frontier > from) {
    pen.fillStyle = colour('line-strong');
    pen.fillRect(0, ROWS.baseline, Math.min(width, x(content.frontier)), 1);
  }

  if (density !== undefined) {
    const count = density.frames.length;
    const step = width / Math.max(1, count);
    const most = density.frames.reduce((best, one) => Math.max(best, one), 1);
    for (let at = 0; at < count; at++) {
      const left = at * step;
      const frames = density.frames[at] as number;
      if (frames > 0) {
        // A root, so that one frame is still seen beside a thousand.
        const high = Math.max(2, Math.sqrt(frames / most) * (ROWS.baseline - ROWS.frames));
        pen.fillStyle = colour('soft');
        pen.fillRect(left, ROWS.baseline - high, Math.max(1, step - 1), high);
      }
      if ((density.notes[at] as number) > 0) {
        pen.fillStyle = colour('key');
        pen.fillRect(left, ROWS.notes, Math.max(1.5, step - 1), 3);
      }
      if ((density.drops[at] as number) > 0) {
        pen.fillStyle = colour('failed');
        pen.fillRect(left, ROWS.drops, Math.max(2, step - 1), 5);
      }
    }
  }

  pen.font = '11px "Source Sans 3", sans-serif';
  pen.textBaseline = 'alphabetic';
  drawAxis(pen, width, content, x, colour);
  drawActions(pen, width, content, x, colour);
}

function drawAxis(
  pen: CanvasRenderingContext2D,
  width: number,
  { from, to }: TimelineContent,
  x: (time: number) => number,
  colour: (name: string) => string,
): void {
  const { marks } = axisMarks(from, to, Math.max(2, width / 110));
  pen.textAlign = 'center';
  for (const mark of marks) {
    const at = x(mark);
    if (at < 12 || at > width - 18) continue;
    pen.fillStyle = colour('line-strong');
    pen.fillRect(Math.round(at), ROWS.baseline - 2, 1, 5);
    pen.fillStyle = colour('soft');
    pen.fillText(formatSpan(mark), at, ROWS.axis + 3);
  }
}

/** Timeline actions: a small triangle each, with its words where they have room. */
function drawActions(
  pen: CanvasRenderingContext2D,
  width: number,
  { actions }: TimelineContent,
  x: (time: number) => number,
  colour: (name: string) => string,
): void {
  pen.textAlign = 'left';
  const seen = actions.map((one) => ({ ...one, x: x(one.at) })).filter((one) => one.x >= 0 && one.x <= width);
  seen.forEach(({ x: at, place, text, entry }, index) => {
    pen.fillStyle = colour(entry.typed === undefined ? 'ink' : 'key-text');
    pen.beginPath();
    pen.moveTo(at - 3.5, 3);
    pen.lineTo(at + 3.5, 3);
    pen.lineTo(at, 9);
    pen.fill();
    const words = `${place} ${text}`;
    const room = (seen[index + 1]?.x ?? width) - at - 16;
    if (pen.measureText(words).width > room) return;
    pen.fillStyle = colour('soft');
    pen.fillText(words, at + 8, 10);
  });
}
