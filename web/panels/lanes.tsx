import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Bar, Lane } from '../../workers/client.ts';
import { theme } from '../look/theme.ts';
import { formatMoment } from '../model/format.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** Milliseconds between two looks while the run is computed. */
const LOOK_EVERY = 500;
/** Pixels of one part of a lane, and of the lane itself. */
const PART = 4;
const HEIGHT = 18;
/** Pixels from one row of bars to the next, and of a bar; rows that a lane has at most: what finds no row lies on the last. */
const BAR_STEP = 6;
const BAR = 4;
const MOST_BAR_ROWS = 6;
/** Happenings that one part is searched for. */
const MOST_SEARCHED = 500;

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** What each node noted, dropped and was told to do, over the same time as the timeline above: a lane a node. */
export function Lanes({ from, to, width }: Stretch) {
  const { model } = usePage();
  const [lanes, setLanes] = useState<readonly Lane[]>([]);
  const { lab, progress, era } = model;
  const { ended } = progress.value;
  const count = Math.max(1, Math.floor(width / PART));

  useEffect(() => {
    if (lab.value === undefined || width === 0) return;
    let live = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const seen = progress.value;
      const answer = await model.worker.ask((api) => api.lanes(from, to, count));
      if (!live) return;
      if (answer !== undefined) setLanes(answer.lanes);
      if (!seen.ended || answer?.whole === false) timer = setTimeout(look, LOOK_EVERY);
    };
    void look();
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [from, to, count, era.value, ended, lab.value, width, model, progress]);

  if (lanes.length === 0) return <p class="soft lanes-none">{text('lanes.none')}</p>;
  return (
    <ul class="lanes-list scroll" aria-label={text('lanes.title')}>
      {lanes.map((lane) => (
        <OneLane key={lane.node} lane={lane} from={from} to={to} width={width} />
      ))}
    </ul>
  );
}

function OneLane({ lane, from, to, width }: Stretch & { lane: Lane }) {
  const { model } = usePage();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pointed, setPointed] = useState<PlacedBar | undefined>(undefined);
  const placed = useMemo(() => placeBars(lane.bars, from, to, width), [lane, from, to, width]);
  const height = HEIGHT + BAR_STEP * placed.reduce((most, { row }) => Math.max(most, row + 1), 0);
  const count = lane.notes.length;
  const actions = (model.lab.value?.timeline ?? []).filter(({ place }) => place === lane.node);

  useEffect(() => {
    const pen = canvas.current?.getContext('2d');
    if (pen === null || pen === undefined) return;
    const ratio = globalThis.devicePixelRatio || 1;
    pen.canvas.width = Math.round(width * ratio);
    pen.canvas.height = Math.round(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(pen.canvas);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    pen.fillStyle = colour('line');
    pen.fillRect(0, HEIGHT - 2, width, 1);
    const step = width / count;
    for (let at = 0; at < count; at++) {
      const x = at * step;
      if ((lane.notes[at] as number) > 0) {
        // A root, so that one note is still seen beside a hundred.
        const high = Math.min(9, 3 + Math.sqrt(lane.notes[at] as number));
        pen.fillStyle = colour('key');
        pen.fillRect(x, HEIGHT - 2 - high, Math.max(2, step - 1), high);
      }
      if ((lane.drops[at] as number) === 0) continue;
      // A cross, so that colour is not the only sign.
      pen.strokeStyle = colour('failed');
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.moveTo(x - 1.5, 1.5);
      pen.lineTo(x + 3.5, 6.5);
      pen.moveTo(x + 3.5, 1.5);
      pen.lineTo(x - 1.5, 6.5);
      pen.stroke();
    }
    for (const one of placed) {
      const { bar, left, right, row } = one;
      const top = HEIGHT + row * BAR_STEP;
      pen.globalAlpha = pointed === undefined || pointed.bar.record === bar.record ? 1 : 0.45;
      pen.fillStyle = colour(bar.tone);
      pen.fillRect(left, top, Math.max(2, right - left), BAR);
      // Birth and death inside of what is seen have an edge.
      pen.fillStyle = colour(`${bar.tone}-text`);
      if (bar.from >= from) pen.fillRect(left, top - 1, 1.5, BAR + 2);
      if (bar.to < to) pen.fillRect(Math.max(left + 2, right) - 1.5, top - 1, 1.5, BAR + 2);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = colour('ink');
    for (const { at } of actions) {
      const x = ((at - from) / Math.max(1, to - from)) * width;
      if (x < 0 || x > width) continue;
      pen.beginPath();
      pen.moveTo(x - 3, 2);
      pen.lineTo(x + 3, 2);
      pen.lineTo(x, 7);
      pen.fill();
    }
  }, [lane, from, to, width, height, placed, pointed, count, actions.length, theme.value]);

  /** Shows the first happening of the node in one part of the lane that `wants` wants; false where there is none. */
  async function showIn(bucket: number, wants: (time: number) => boolean, last = false): Promise<boolean> {
    const span = (to - from) / count;
    const [begins, ends] = [Math.floor(from + bucket * span), Math.ceil(from + (bucket + 1) * span)];
    const found = (await model.worker.ask((api) => api.happenings(begins, ends, MOST_SEARCHED))) ?? [];
    const mine = found.filter(
      (one) =>
        one.kind !== 'input' &&
        wants(one.time) &&
        (one.node === lane.node ||
          (one.link !== undefined && model.lab.value?.links[one.link]?.ends.some(({ node }) => node === lane.node))),
    );
    const one = last ? mine.at(-1) : mine[0];
    if (one === undefined) return false;
    model.playing.value = false;
    model.seek(one.time);
    void model.select({ kind: 'packet', record: one.frame ?? one.record });
    return true;
  }

  const filled = (bucket: number) => (lane.notes[bucket] ?? 0) + (lane.drops[bucket] ?? 0) > 0;

  async function walk(way: 1 | -1): Promise<void> {
    const now = model.moment.peek();
    const span = (to - from) / count;
    const start = Math.max(0, Math.min(count - 1, Math.floor((now - from) / span)));
    for (let at = start; at >= 0 && at < count; at += way) {
      if (!filled(at)) continue;
      if (await showIn(at, (time) => (way > 0 ? time > now : time < now), way < 0)) return;
    }
  }

  function press(event: KeyboardEvent): void {
    const lanes = [...document.querySelectorAll<HTMLElement>('.lane-row')];
    const here = lanes.indexOf(event.currentTarget as HTMLElement);
    if (event.key === 'ArrowRight') void walk(1);
    else if (event.key === 'ArrowLeft') void walk(-1);
    else if (event.key === 'ArrowDown') lanes[here + 1]?.focus();
    else if (event.key === 'ArrowUp') lanes[here - 1]?.focus();
    else if (event.key === 'Enter') void model.select({ kind: 'node', name: lane.node });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function barAt(event: MouseEvent): PlacedBar | undefined {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const [x, row] = [event.clientX - box.left, Math.floor((event.clientY - box.top - HEIGHT + 1) / BAR_STEP)];
    // Those born later lie above.
    return placed.findLast((one) => one.row === row && x >= one.left - 2 && x <= Math.max(one.right, one.left + 2) + 2);
  }

  function click(event: MouseEvent): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const bar = barAt(event)?.bar;
    if (bar !== undefined) {
      model.playing.value = false;
      model.seek(bar.from);
      void model.select({ kind: 'packet', record: bar.record });
      return;
    }
    const middle = Math.floor(((event.clientX - box.left) / Math.max(1, box.width)) * count);
    // A mark is small: those beside it count too.
    const near = [middle, middle - 1, middle + 1, middle - 2, middle + 2].find(filled);
    if (near === undefined) {
      model.playing.value = false;
      model.seek(from + ((event.clientX - box.left) / Math.max(1, box.width)) * (to - from));
      void model.select({ kind: 'node', name: lane.node });
    } else void showIn(near, () => true);
  }

  const sum = (counts: Uint32Array) => counts.reduce((all, one) => all + one, 0);
  const about = text('lanes.about', {
    node: lane.node,
    notes: sum(lane.notes),
    drops: sum(lane.drops),
    actions: actions.length,
    bars: lane.bars.length,
  });
  return (
    <li>
      <button
        type="button"
        class="lane-row"
        data-lane={lane.node}
        aria-label={`${about}. ${formatMoment(model.moment.peek())} s`}
        title={pointed === undefined ? about : barText(pointed.bar)}
        onPointerMove={(event) => {
          const bar = barAt(event);
          if (bar?.bar.record !== pointed?.bar.record) setPointed(bar);
        }}
        onPointerLeave={() => setPointed(undefined)}
        onClick={click}
        onKeyDown={press}
      >
        <canvas ref={canvas} style={{ width: `${width}px`, height: `${height}px` }} />
        <span class="lane-title">{lane.node}</span>
      </button>
    </li>
  );
}

interface PlacedBar {
  readonly bar: Bar;
  readonly left: number;
  readonly right: number;
  readonly row: number;
}

/** Each bar in the first row that is free where it begins. */
function placeBars(bars: readonly Bar[], from: number, to: number, width: number): PlacedBar[] {
  const scale = width / Math.max(1, to - from);
  const ends: number[] = [];
  return bars.map((bar) => {
    const left = Math.max(0, (bar.from - from) * scale);
    const right = Math.min(width, (Math.min(bar.to, to) - from) * scale);
    const free = ends.findIndex((end) => end < left);
    const row = free >= 0 ? free : Math.min(ends.length, MOST_BAR_ROWS - 1);
    ends[row] = Math.max(ends[row] ?? 0, right + 1);
    return { bar, left, right, row };
  });
}

/** `IKE SA 1f..: 1.033 to 61.2 s`. */
function barText({ of, name, from, to }: Bar): string {
  const times = { of, name, from: formatMoment(from), to: formatMoment(to) };
  return to === Number.POSITIVE_INFINITY ? text('lanes.lasts', times) : text('lanes.lasted', times);
}
