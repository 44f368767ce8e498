import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { NodeView } from '../../workers/client.ts';
import type { Model } from '../model/model.ts';
import { text } from '../text/text.ts';
import { type Acted, type Acts, nodeActs } from './acts.ts';
import { usePage } from './page.ts';

/** What can be done to a node: what its plugins offer, its interfaces, and plugins taken out. */
export function NodeActions({ node }: { node: NodeView }) {
  const { model, desk } = usePage();
  const acts = nodeActs(actedOf(model), node.name);

  async function takeOut(plugin: string): Promise<void> {
    const part = `${node.name}/${plugin}`;
    if (await model.acting.takeOut(part)) return;
    const reason = model.mistakes.value.map(({ message }) => message).join('; ');
    desk.message.value = text('act.refusedOut', { part, reason });
  }

  return (
    <details class="acts" open>
      <summary>{text('act.title')}</summary>
      <ActionRow key={node.name} {...acts} />
      <details class="take-out">
        <summary class="soft">{text('act.takeOut')}</summary>
        <div class="act-row">
          {node.plugins.map(({ name, title }) => (
            <button
              key={name}
              type="button"
              class="act"
              data-out={name}
              title={text('act.takeOut.about', { plugin: title, node: node.name })}
              onClick={() => void takeOut(name)}
            >
              {title}
            </button>
          ))}
        </div>
      </details>
    </details>
  );
}

/** What acts are read from, of the lab that is open. */
export function actedOf({ lab, overview, acting }: Model): Acted {
  return { lab: lab.value, overview: overview.value, actions: acting.actions.value };
}

/** Buttons that act at once, and a line for what has to be written first. */
export function ActionRow({ place, prefix, acts }: Acts) {
  const { model, desk } = usePage();
  const typed = useSignal('');
  const wrong = useSignal<string | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);

  // What was begun on the canvas is filled in here.
  useSignalEffect(() => {
    const draft = desk.draft.value;
    if (draft?.place !== place) return;
    desk.draft.value = undefined;
    typed.value = draft.entry;
    wrong.value = undefined;
    requestAnimationFrame(() => field.current?.focus());
  });

  async function run(entry: string): Promise<void> {
    wrong.value = await model.acting.enter(`${prefix}${entry}`);
    if (wrong.value === undefined) typed.value = '';
  }

  return (
    <>
      <div class="act-row">
        {acts.map((act) => (
          <button
            key={act.entry}
            type="button"
            class="act"
            data-act={act.entry}
            title={act.about ?? act.entry}
            onClick={() => {
              if (act.draft !== true) {
                void run(act.entry);
                return;
              }
              typed.value = act.entry;
              wrong.value = undefined;
              field.current?.focus();
            }}
          >
            {act.title}
            {act.draft === true ? '…' : ''}
          </button>
        ))}
      </div>
      <form
        class="act-line"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.value.trim() !== '') void run(typed.value.trim());
        }}
      >
        <input
          ref={field}
          class="mono"
          spellcheck={false}
          autocomplete="off"
          aria-label={text('act.typed', { place })}
          aria-invalid={wrong.value !== undefined}
          placeholder={acts[0]?.entry}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            wrong.value = undefined;
          }}
        />
        <button type="submit" class="act" disabled={typed.value.trim() === ''}>
          {text('act.run')}
        </button>
      </form>
      {wrong.value === undefined ? null : (
        <p class="tone-failed act-wrong" role="alert">
          {text('act.refused', { reason: wrong.value })}
        </p>
      )}
    </>
  );
}
