import { FRAME_FATE, type FrameFate, type ShellStack } from '../../workers/client.ts';
import { shellTone } from '../look/shell-tones.ts';
import { protocolName } from '../model/format.ts';
import { colourText, type Palette } from './palette.ts';

/** Units of the canvas. A shell is wider at its head, where its header is. */
const CORE = { width: 13, height: 7 };
const STEP = { head: 4.5, tail: 2.5, side: 3 };
/** Room at the head of a shell that is locked but whose inside a key shows: for the padlock. */
const LOCK = 8;
const CAPTION = 13;
const MOST_SHELLS = 8;

export interface ShellPicture {
  readonly canvas: HTMLCanvasElement;
  /** Units a pixel. */
  readonly resolution: number;
  /** Height of the caption below the shells, in units: the middle of the shells is that much above the middle of the picture. */
  readonly caption: number;
}

/**
 * Draws a frame as what it is: a shell per header, from the outside in, with a padlock where the inside is sealed. What a key opened is
 * drawn within the shell that the key opened, on paper.
 */
export function drawShells(
  stack: ShellStack | undefined,
  fate: FrameFate,
  palette: Palette,
  resolution: number,
  options: { readonly caption: boolean; readonly leftward: boolean },
): ShellPicture {
  const shells = (stack?.shells ?? []).slice(0, MOST_SHELLS);
  const depth = Math.max(1, shells.length);
  const locks = shells.filter((shell, at) => shell.sealed && shells[at + 1]?.opened === true).length;
  const width = CORE.width + depth * (STEP.head + STEP.tail) + locks * LOCK;
  const height = CORE.height + depth * 2 * STEP.side;
  const label = caption(stack);
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  const font = '600 9.5px "Source Sans 3", sans-serif';
  pen.font = font;
  const room = options.caption && label !== '' ? Math.ceil(pen.measureText(label).width) + 8 : 0;
  const below = room > 0 ? CAPTION : 0;
  const full = { width: Math.max(width, room) + 4, height: height + below + 4 };
  canvas.width = Math.ceil(full.width * resolution);
  canvas.height = Math.ceil(full.height * resolution);
  pen.scale(resolution, resolution);
  const left = (full.width - width) / 2;
  pen.save();
  if (options.leftward) {
    // The head goes first.
    pen.translate(full.width, 0);
    pen.scale(-1, 1);
  }
  const failed = fate === FRAME_FATE.dropped || fate === FRAME_FATE.lost;

  let x = left;
  let y = 2;
  let wide = width;
  let high = height;
  for (let at = 0; at < depth; at++) {
    const shell = shells[at];
    const tone = shell === undefined ? 'plain' : shellTone(shell.name, shell.sealed);
    const colours = palette.tones[tone];
    const next = shells[at + 1];
    const opaque = shell?.sealed === true;
    pen.beginPath();
    pen.roundRect(x, y, wide, high, Math.min(5, high / 2.6));
    pen.fillStyle = colourText(opaque ? colours.area : at === 0 ? palette.paper : colours.wash);
    pen.fill();
    pen.lineWidth = 1.1;
    pen.strokeStyle = colourText(
      failed && at === 0 ? palette.tones.failed.area : tone === 'plain' ? palette.soft : colours.area,
    );
    pen.stroke();
    if (opaque && next?.opened !== true) {
      drawPadlock(pen, x + wide / 2, y + high / 2, colourText(palette.paper));
      break;
    }
    if (opaque)
      drawPadlock(pen, x + wide - (STEP.head + LOCK) / 2 + 0.4, y + high / 2, colourText(palette.paper), 0.85);
    const head = STEP.head + (opaque ? LOCK : 0);
    x += STEP.tail;
    wide -= head + STEP.tail;
    y += STEP.side;
    high -= 2 * STEP.side;
    if (next === undefined) {
      pen.beginPath();
      pen.roundRect(x, y, wide, high, 2);
      pen.fillStyle = colourText(tone === 'plain' ? palette.soft : colours.area);
      pen.fill();
    } else if (opaque) {
      pen.beginPath();
      pen.roundRect(x, y, wide, high, 3);
      pen.fillStyle = colourText(palette.paper);
      pen.fill();
    }
  }
  pen.restore();
  if (below > 0) {
    pen.font = font;
    pen.textAlign = 'center';
    pen.textBaseline = 'alphabetic';
    pen.lineJoin = 'round';
    pen.lineWidth = 3;
    pen.strokeStyle = colourText(palette.paper);
    pen.strokeText(label, full.width / 2, height + 12.5);
    pen.fillStyle = colourText(captionColour(stack, palette));
    pen.fillText(label, full.width / 2, height + 12.5);
  }
  return { canvas, resolution, caption: below };
}

/** What the frame is to a reader: the innermost shell that is not hidden. */
function caption(stack: ShellStack | undefined): string {
  const { shells } = stack ?? { shells: [] };
  const hidden = shells.findIndex((shell, at) => shell.sealed && shells[at + 1]?.opened !== true);
  const shown = hidden < 0 ? shells : shells.slice(0, hidden + 1);
  const inner = shown.findLast((shell) => shell.name !== 'data') ?? shown.at(-1);
  if (inner === undefined) return '';
  const around = shown.find((shell) => shell.sealed && shell !== inner);
  const name = protocolName(inner.name);
  const outside = around === undefined ? name : protocolName(around.name);
  return outside === name ? name : `${name} in ${outside}`;
}

function captionColour(stack: ShellStack | undefined, palette: Palette): number {
  const shell = stack?.shells.find((one) => shellTone(one.name, one.sealed) !== 'plain');
  return shell === undefined ? palette.soft : palette.tones[shellTone(shell.name, shell.sealed)].text;
}

function drawPadlock(pen: CanvasRenderingContext2D, x: number, y: number, colour: string, scale = 1): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(scale, scale);
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = 1.4;
  pen.beginPath();
  pen.arc(0, -1.2, 2.3, Math.PI, 0);
  pen.stroke();
  pen.beginPath();
  pen.roundRect(-3.6, -1.2, 7.2, 5.6, 1);
  pen.fill();
  pen.restore();
}
