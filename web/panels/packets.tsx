import { useEffect, useRef, useState } from 'preact/hooks';
import { FRAME_FATE, type Row } from '../../workers/client.ts';
import { Icon } from '../look/icon.tsx';
import { formatMoment, protocolName } from '../model/format.ts';
import { type TextKey, text } from '../text/text.ts';
import { usePage } from './page.ts';

export const ROW_HEIGHT = 22;
const SPARE = 6;
/** Browsers cap the height of an element: beyond this the scroll range stands for more rows than it has pixels. */
const TALLEST = 8_000_000;
/** Milliseconds between two looks at which row time has reached. */
const FOLLOW_EVERY = 120;

/** The packet list: only the rows in sight exist, however many frames there are. It follows time until the reader scrolls. */
export function Packets() {
  const { model } = usePage();
  const { rows, arrived, moment, playing, selection, progress, era, filter } = model;
  const view = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const [top, setTop] = useState(0);
  const [reached, setReached] = useState(-1);
  const own = useRef(false);
  void arrived.value;
  const { total, wrong } = rows.value;
  const frames = progress.value.frames;
  const count = filter.value === '' ? Math.max(total, frames) : total;
  const full = count * ROW_HEIGHT;
  const tall = Math.min(full, TALLEST);
  const stretch = tall <= height ? 1 : Math.max(1, (full - height) / (tall - height));
  const first = Math.max(0, Math.floor((top * stretch) / ROW_HEIGHT) - SPARE);
  const last = Math.min(count, Math.ceil((top * stretch + height) / ROW_HEIGHT) + SPARE);

  useEffect(() => {
    const element = view.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(
    () => model.pages.want(first, Math.max(last, 1)),
    [first, last, frames, era.value, filter.value, rows.value, model],
  );

  useEffect(() => {
    let live = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen = -1;
    const follow = async () => {
      if (moment.peek() !== seen) {
        seen = moment.peek();
        const at = await model.pages.indexAt(seen);
        if (!live) return;
        setReached(at);
      }
      timer = setTimeout(follow, FOLLOW_EVERY);
    };
    void follow();
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [era.value, filter.value, total, model, moment]);

  useEffect(() => {
    const element = view.current;
    if (element === null || reached < 0 || own.current) return;
    const place = (reached * ROW_HEIGHT) / stretch;
    const sight = height / stretch;
    if (place < element.scrollTop || place + ROW_HEIGHT > element.scrollTop + sight) {
      element.scrollTop = Math.max(0, place - sight * 0.6);
    }
  }, [reached, stretch, height]);

  // Whoever starts time again wants to see where it goes.
  useEffect(() => {
    if (playing.value) own.current = false;
  }, [playing.value]);

  const chosen = selection.value.kind === 'packet' ? selection.value.record : -1;

  function press(event: KeyboardEvent): void {
    const way = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (way === 0) return;
    event.preventDefault();
    event.stopPropagation();
    let at = reached;
    for (let index = first; index < last; index++) if (model.pages.row(index)?.record === chosen) at = index;
    const next = Math.max(0, Math.min(count - 1, at + way));
    const row = model.pages.row(next);
    if (row === undefined) return;
    own.current = true;
    void model.select({ kind: 'packet', record: row.record });
    const element = view.current as HTMLDivElement;
    const place = (next * ROW_HEIGHT) / stretch;
    if (place < element.scrollTop) element.scrollTop = place;
    if (place + ROW_HEIGHT > element.scrollTop + height) element.scrollTop = place + ROW_HEIGHT - height;
  }

  const lines: preact.JSX.Element[] = [];
  for (let index = first; index < last; index++) {
    const row = model.pages.row(index);
    const place = index * ROW_HEIGHT - top * stretch + top;
    lines.push(
      <Line
        key={index}
        row={row}
        index={index}
        count={count}
        place={place}
        chosen={row !== undefined && row.record === chosen}
        ahead={index > reached}
        sealed={row !== undefined && (model.flights.stack(row.stack)?.shells.some((shell) => shell.sealed) ?? false)}
        choose={() => row !== undefined && void model.select({ kind: 'packet', record: row.record })}
        go={() => row !== undefined && model.seek(row.time)}
      />,
    );
  }

  return (
    <div class="packets">
      <div class="packet-row heads" aria-hidden="true">
        {(['number', 'time', 'way', 'protocol', 'summary', 'size'] as const).map((name) => (
          <span key={name} class={name}>
            {text(`packets.${name}` as TextKey)}
          </span>
        ))}
      </div>
      <div
        ref={view}
        class="packet-view scroll"
        role="listbox"
        tabIndex={0}
        aria-label={text('packets.title')}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onWheel={() => {
          own.current = true;
        }}
        onPointerDown={() => {
          own.current = true;
        }}
        onKeyDown={press}
      >
        <div class="packet-space" style={{ height: `${tall}px` }}>
          {lines}
        </div>
        {count === 0 || wrong !== undefined ? (
          <p class="empty soft">{wrong ?? text(filter.value === '' ? 'packets.none' : 'packets.noMatch')}</p>
        ) : null}
      </div>
    </div>
  );
}

interface LineProps {
  readonly row: Row | undefined;
  readonly index: number;
  readonly count: number;
  readonly place: number;
  readonly chosen: boolean;
  readonly ahead: boolean;
  readonly sealed: boolean;
  readonly choose: () => void;
  readonly go: () => void;
}

function Line({ row, index, count, place, chosen, ahead, sealed, choose, go }: LineProps) {
  const failed = row !== undefined && (row.fate === FRAME_FATE.dropped || row.fate === FRAME_FATE.lost);
  const marks = `${chosen ? ' chosen' : ''}${ahead ? ' ahead' : ''}${failed ? ' failed' : ''}`;
  return (
    <div
      class={`packet-row${marks}`}
      role="option"
      tabIndex={-1}
      aria-posinset={index + 1}
      aria-setsize={count}
      aria-selected={chosen}
      style={{ transform: `translateY(${place}px)` }}
      onClick={choose}
      onDblClick={go}
      onKeyDown={(event) => event.key === 'Enter' && go()}
    >
      {row === undefined ? null : (
        <>
          <span class="number mono">{row.number}</span>
          <span class="time mono">{formatMoment(row.time)}</span>
          <span class="way">
            {row.from} <i aria-hidden="true">→</i> {row.to}
          </span>
          <span class={sealed ? 'protocol tone-protected' : 'protocol'} title={row.title}>
            {sealed ? <Icon name="lock" /> : null}
            {protocolName(row.protocol)}
          </span>
          <span class="summary" title={row.summary}>
            {failed ? <b class="tone-failed">{text(`fate.${row.fate}` as TextKey)}. </b> : null}
            {row.summary}
            {row.reason === undefined ? null : <span class="tone-failed"> {row.reason}</span>}
          </span>
          <span class="size mono">{row.size}</span>
        </>
      )}
    </div>
  );
}
