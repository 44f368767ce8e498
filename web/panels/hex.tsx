import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Dissection } from '../../core/wire/index.ts';
import { byteViews, lineAt, treeLines } from '../model/dissection-tree.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** Octets on a line: sixteen where they have room. */
const WIDE = 16;
const NARROW = 8;
/** Pixels of a pane that has room for sixteen. */
const ROOM = 560;

/** The octets. Those of the tree's line under the pointer are lit, and an octet under the pointer lights its line. */
export function Hex({ dissection, rewritten }: { dissection: Dissection; rewritten: ReadonlySet<number> }) {
  const { model, desk } = usePage();
  const { lit } = model;
  const perLine = desk.sizes.value.inspector >= ROOM ? WIDE : NARROW;
  const chosen = useSignal(0);
  const host = useRef<HTMLDivElement>(null);
  const views = useMemo(() => byteViews(dissection), [dissection]);
  const whole = useMemo(() => treeLines(dissection, () => true), [dissection]);
  const depth = useComputed(() => lit.value?.depth ?? chosen.value);
  const shown = views[Math.min(depth.value, views.length - 1)] ?? views[0];
  const bytes = shown?.dissection.bytes ?? new Uint8Array(0);

  // The line that is lit stays in sight when the pointer has left.
  useEffect(() => {
    if (lit.value !== undefined) chosen.value = lit.value.depth;
  }, [lit.value, chosen]);

  useEffect(() => {
    chosen.value = 0;
  }, [dissection, chosen]);

  // Classes are set here and not by rendering: a frame has thousands of octets and the pointer is quick.
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    for (const one of element.querySelectorAll('.lit')) one.classList.remove('lit');
    const now = lit.value;
    if (now === undefined || now.depth !== shown?.depth) return;
    const from = now.bit >> 3;
    const to = Math.max(from + 1, Math.ceil((now.bit + now.bits) / 8));
    for (let at = from; at < to && at < bytes.length; at++) {
      for (const one of element.querySelectorAll(`[data-at="${at}"]`)) one.classList.add('lit');
    }
    if (!element.matches(':hover')) {
      element.querySelector(`[data-at="${from}"]`)?.scrollIntoView({ block: 'nearest' });
    }
  }, [lit.value, shown, bytes]);

  function light(event: Event): void {
    const at = (event.target as HTMLElement).dataset.at;
    if (at === undefined || shown === undefined) return;
    const line = lineAt(whole, shown.depth, Number(at) * 8);
    lit.value = line === undefined ? undefined : { depth: line.depth, bit: line.bit, bits: line.bits, id: line.id };
  }

  const own = shown?.depth === 0 ? rewritten : NONE;
  const lines = useMemo(() => hexLines(bytes, perLine, own), [bytes, perLine, dissection]);

  return (
    <div class="hex">
      {views.length < 2 ? null : (
        <div class="hex-views">
          {views.map((view) => (
            <button
              key={view.depth}
              type="button"
              aria-pressed={view.depth === shown?.depth}
              onClick={() => {
                lit.value = undefined;
                chosen.value = view.depth;
              }}
            >
              {view.depth === 0 ? text('packet.frame') : text('packet.opened', { key: view.key })}
            </button>
          ))}
        </div>
      )}
      <section
        ref={host}
        class="hex-lines mono scroll"
        aria-label={text('packet.hex')}
        onPointerOver={light}
        onPointerLeave={() => {
          lit.value = undefined;
        }}
      >
        {lines}
      </section>
    </div>
  );
}

const NONE: ReadonlySet<number> = new Set();

function hexLines(bytes: Uint8Array, perLine: number, rewritten: ReadonlySet<number>): preact.JSX.Element[] {
  const lines: preact.JSX.Element[] = [];
  for (let start = 0; start < bytes.length; start += perLine) {
    const row = [...bytes.subarray(start, start + perLine)];
    lines.push(
      <div class="hex-line" key={start}>
        <span class="offset">{start.toString(16).padStart(4, '0')}</span>
        <span class="octets" style={{ minWidth: `${perLine * 3 + (perLine > NARROW ? 1 : 0)}ch` }}>
          {row.map((byte, at) => (
            <span key={at} data-at={start + at} class={rewritten.has(start + at) ? 'changed' : ''}>
              {byte.toString(16).padStart(2, '0')}
            </span>
          ))}
        </span>
        <span class="letters">
          {row.map((byte, at) => (
            <span key={at} data-at={start + at}>
              {byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'}
            </span>
          ))}
        </span>
      </div>,
    );
  }
  return lines;
}
