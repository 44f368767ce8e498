import type { RefObject } from 'preact';
import { usePage } from '../panels/page.ts';
import type { Stage } from '../scene/stage-contract.ts';
import { text } from '../text/text.ts';

/**
 * Nodes and links of the lab as a list that is not seen: with it the canvas is walked through by keyboard, and read by a screen reader. Up
 * and down select the next one, and the canvas shows it.
 */
export function Walk({ stage }: { stage: RefObject<Stage | undefined> }) {
  const { model } = usePage();
  const lab = model.lab.value;
  if (lab === undefined) return null;
  const selected = model.selection.value;
  const things = [
    ...lab.nodes.map(({ name, kind }) => ({ kind: 'node' as const, name, about: kind })),
    ...lab.links.map(({ name }) => ({ kind: 'link' as const, name, about: text('link.title') })),
  ];
  const chosen = things.findIndex(
    ({ kind, name }) => kind === selected.kind && 'name' in selected && name === selected.name,
  );

  function press(event: KeyboardEvent): void {
    const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const button = buttons[Math.max(0, Math.min(buttons.length - 1, next))];
    button?.focus();
    button?.click();
  }

  return (
    <ul class="unseen walk" aria-label={text('canvas.nodes')} onKeyDown={press}>
      {things.map(({ kind, name, about }, at) => (
        <li key={`${kind}/${name}`}>
          <button
            type="button"
            tabIndex={at === Math.max(0, chosen) ? 0 : -1}
            aria-pressed={at === chosen}
            onClick={() => {
              void model.select({ kind, name });
              stage.current?.reveal({ kind, name });
            }}
          >
            {name}, {about}
          </button>
        </li>
      ))}
    </ul>
  );
}
