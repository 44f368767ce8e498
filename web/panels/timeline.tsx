import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Density } from '../../workers/client.ts';
import { Icon } from '../look/icon.tsx';
import { theme } from '../look/theme.ts';
import { formatMoment } from '../model/format.ts';
import { text } from '../text/text.ts';
import { Later } from './later.tsx';
import { usePage } from './page.ts';
import { drawTimeline, TIMELINE_HEIGHT } from './timeline-picture.ts';

/** Milliseconds between two looks at the density while the run is computed. */
const LOOK_EVERY = 250;
/** Pixels of one bar. */
const BAR = 3;
const CLOSEST = 1000;

/** A part that the first view does without. */
const loadLanes = () =>
  import('./lanes.tsx').then(({ Lanes }) => (stretch: Parameters<typeof Lanes>[0]) => <Lanes {...stretch} />);

/** The run from left to right: how much happened when. Pressing and dragging shows that instant; the wheel looks closer. */
export function Timeline() {
  const { model, desk } = usePage();
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [density, setDensity] = useState<Density | undefined>(undefined);
  const [window, setWindow] = useState<{ from: number; to: number } | undefined>(undefined);
  const { lab, progress, moment, era } = model;
  const { frontier, end, ended } = progress.value;
  const whole = Math.max(1, ended ? end : Math.max(frontier, lab.value?.duration ?? frontier));
  const from = window?.from ?? 0;
  const to = window?.to ?? whole;

  useEffect(() => setWindow(undefined), [era.value]);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (width === 0 || lab.value === undefined) return;
    let live = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const seen = progress.value;
      const buckets = Math.max(1, Math.floor(width / BAR));
      const answer = await model.worker.ask((api) => api.density(from, to, buckets));
      if (!live) return;
      if (answer !== undefined) setDensity(answer);
      if (!seen.ended) timer = setTimeout(look, LOOK_EVERY);
    };
    void look();
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [width, from, to, era.value, ended, lab.value, model, progress]);

  useEffect(() => {
    const pen = canvas.current?.getContext('2d');
    if (pen === null || pen === undefined || width === 0) return;
    const ratio = globalThis.devicePixelRatio || 1;
    if (pen.canvas.width !== Math.round(width * ratio)) {
      pen.canvas.width = Math.round(width * ratio);
      pen.canvas.height = Math.round(TIMELINE_HEIGHT * ratio);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const actions = lab.value?.timeline ?? [];
    const style = getComputedStyle(pen.canvas);
    drawTimeline(pen, width, { from, to, frontier, density, actions }, style);
  }, [width, from, to, frontier, density, lab.value, theme.value]);

  function timeAt(event: { clientX: number }): number {
    const box = (host.current as HTMLDivElement).getBoundingClientRect();
    return from + ((event.clientX - box.left) / Math.max(1, box.width)) * (to - from);
  }

  function scrub(event: PointerEvent): void {
    const element = event.currentTarget as HTMLElement;
    element.setPointerCapture(event.pointerId);
    model.playing.value = false;
    model.seek(timeAt(event));
  }

  function zoom(event: WheelEvent): void {
    event.preventDefault();
    const middle = timeAt(event);
    const factor = Math.exp(Math.max(-120, Math.min(120, event.deltaY)) * 0.003);
    const span = Math.max(CLOSEST, (to - from) * factor);
    if (span >= whole) {
      setWindow(undefined);
      return;
    }
    const left = Math.max(0, Math.min(whole - span, middle - ((middle - from) / (to - from)) * span));
    setWindow({ from: left, to: left + span });
  }

  function press(event: KeyboardEvent): void {
    const step = (to - from) / 100;
    const target = {
      ArrowLeft: moment.peek() - step,
      ArrowRight: moment.peek() + step,
      PageDown: moment.peek() - 10 * step,
      PageUp: moment.peek() + 10 * step,
      Home: 0,
      End: frontier,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    model.playing.value = false;
    model.seek(target);
  }

  return (
    <div class="timeline">
      <div
        ref={host}
        class="timeline-strip"
        role="slider"
        tabIndex={0}
        aria-label={text('timeline.title')}
        aria-valuemin={0}
        aria-valuemax={whole / 1e9}
        aria-valuenow={moment.peek() / 1e9}
        aria-valuetext={`${formatMoment(moment.peek())} s`}
        onPointerDown={scrub}
        onPointerMove={(event) => {
          if (event.buttons & 1) model.seek(timeAt(event));
        }}
        onWheel={zoom}
        onKeyDown={press}
      >
        <canvas ref={canvas} style={{ width: `${width}px`, height: `${TIMELINE_HEIGHT}px` }} />
        <Playhead from={from} to={to} slider={host} />
      </div>
      <button
        type="button"
        class="tool lanes-turn"
        aria-label={text('lanes.turn')}
        title={text('lanes.turn')}
        aria-expanded={desk.lanes.value}
        onClick={() => {
          desk.lanes.value = !desk.lanes.value;
        }}
      >
        <Icon name={desk.lanes.value ? 'close' : 'lanes'} />
      </button>
      {desk.lanes.value ? <Later load={loadLanes} given={{ from, to, width }} /> : null}
      {window === undefined ? null : (
        <button type="button" class="whole" onClick={() => setWindow(undefined)}>
          {text('timeline.whole')}
        </button>
      )}
    </div>
  );
}

/** The instant that is shown, apart from the picture below it because it moves with every frame of the screen. */
function Playhead(props: { from: number; to: number; slider: RefObject<HTMLDivElement | null> }) {
  const { model } = usePage();
  const { from, to, slider } = props;
  const at = model.moment.value;
  const part = (at - from) / Math.max(1, to - from);

  useEffect(() => {
    slider.current?.setAttribute('aria-valuenow', String(at / 1e9));
    slider.current?.setAttribute('aria-valuetext', `${formatMoment(at)} s`);
  }, [at, slider]);

  return part < 0 || part > 1 ? null : <div class="playhead" style={{ left: `${(100 * part).toFixed(3)}%` }} />;
}
