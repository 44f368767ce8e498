import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Dissection } from '../../core/wire/index.ts';
import { Icon } from '../look/icon.tsx';
import { firstOpen, type TreeLine, treeLines } from '../model/dissection-tree.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** The dissection as a tree. The line under the pointer and its octets light each other. */
export function DissectionTree({ dissection }: { dissection: Dissection }) {
  const { model } = usePage();
  const turned = useSignal<ReadonlySet<string>>(new Set());
  const tree = useRef<HTMLDivElement>(null);
  const first = useMemo(() => firstOpen(dissection), [dissection]);
  const isOpen = (id: string) => first.has(id) !== turned.value.has(id);
  const lines = treeLines(dissection, isOpen);
  const lit = model.lit;
  const litId = useComputed(() => lit.value?.id ?? '');

  useEffect(() => {
    if (litId.value === '' || tree.current?.matches(':hover')) return;
    tree.current?.querySelector('.lit')?.scrollIntoView({ block: 'nearest' });
  }, [litId.value]);

  function toggle(id: string): void {
    const next = new Set(turned.value);
    if (!next.delete(id)) next.add(id);
    turned.value = next;
  }

  function press(event: KeyboardEvent, line: TreeLine): void {
    const item = event.currentTarget as HTMLElement;
    const way = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key] as
      | 'nextElementSibling'
      | undefined;
    if (way !== undefined) (item[way] as HTMLElement | null)?.focus();
    else if (event.key === 'ArrowRight' && line.parent && !isOpen(line.id)) toggle(line.id);
    else if (event.key === 'ArrowLeft' && line.parent && isOpen(line.id)) toggle(line.id);
    else if (event.key === 'Enter' && line.parent) toggle(line.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const told = lines.find(({ id }) => id === litId.value);
  return (
    <>
      <div
        ref={tree}
        class="tree scroll"
        role="tree"
        aria-label={text('packet.tree')}
        onPointerLeave={() => {
          lit.value = undefined;
        }}
      >
        {lines.map((line, index) => {
          const within = litId.value.startsWith(`${line.id}.`) && !isOpen(line.id);
          const on = litId.value === line.id || within;
          const light = () => {
            lit.value = { depth: line.depth, bit: line.bit, bits: line.bits, id: line.id };
          };
          return (
            <div
              key={line.id}
              class={`tree-line ${line.kind}${on ? ' lit' : ''}`}
              role="treeitem"
              aria-level={line.level + 1}
              aria-selected={on}
              {...(line.parent ? { 'aria-expanded': isOpen(line.id) } : {})}
              tabIndex={index === 0 ? 0 : -1}
              style={{ paddingLeft: `${12 + line.level * 14}px` }}
              onPointerEnter={light}
              onFocus={light}
              onClick={() => line.parent && toggle(line.id)}
              onKeyDown={(event) => press(event, line)}
              title={helpOf(line)}
            >
              <span class={`twist${line.parent && isOpen(line.id) ? ' open' : ''}`}>
                {line.parent ? <Icon name="open" /> : null}
              </span>
              <LineText line={line} />
            </div>
          );
        })}
      </div>
      <p class="tree-help soft">{told === undefined ? text('tree.hint') : helpOf(told)}</p>
    </>
  );
}

/** What a line is: its name in filters, where it lies, and what defines it. */
function helpOf({ kind, label, name, bit, bits, source }: TreeLine): string {
  if (kind === 'opened' || kind === 'fault') return label;
  const size = bits % 8 === 0 ? text('tree.octets', { count: bits / 8 }) : text('tree.bits', { count: bits });
  const place = text('tree.place', { size, octet: bit >> 3 });
  return [name === label ? name : `${label}, ${name}`, place, ...(source === undefined ? [] : [source])].join(' · ');
}

function LineText({ line }: { line: TreeLine }) {
  switch (line.kind) {
    case 'layer':
      return (
        <>
          <strong>{line.label}</strong>
          {line.sealed ? (
            <span class="tone-protected sealed" title={text('packet.sealed')}>
              <Icon name="lock" />
              <span class="unseen">{text('packet.sealed')}</span>
            </span>
          ) : null}
          <span class="soft grow">{line.value}</span>
        </>
      );
    case 'opened':
      return (
        <span class="tone-protected opened-by">
          <Icon name="unlock" />
          {text('packet.opened', { key: line.label })}
        </span>
      );
    case 'fault':
      return (
        <span class="tone-failed">
          {text('packet.fault')}: {line.label}
        </span>
      );
    default:
      return (
        <>
          <span class="label">{line.label}</span>
          <span class="value mono">{line.value}</span>
          {line.remark === undefined ? null : <span class="soft">{line.remark}</span>}
        </>
      );
  }
}
