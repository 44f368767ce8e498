import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { NodeView } from '../../workers/client.ts';
import { yamlName } from '../model/acting.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** A button of the inspector: an action in the words of a timeline, but of whom. */
export interface Act {
  readonly title: string;
  readonly about?: string;
  readonly entry: string;
  /** It goes to the line below first, to be filled in. */
  readonly draft?: boolean | undefined;
}

/** What can be done to a node: what its plugins offer, its interfaces, and plugins taken out. */
export function NodeActions({ node }: { node: NodeView }) {
  const { model, desk } = usePage();
  const acts = model.acting.actions.value.flatMap(({ about, offers }) =>
    offers.filter((offer) => offer.node === node.name).map((offer): Act => ({ ...offer, about })),
  );
  const faces = node.interfaces
    .filter(({ link }) => link >= 0)
    .map(
      ({ name, up }): Act => ({
        title: text(up ? 'act.interfaceDown' : 'act.interfaceUp', { interface: name }),
        entry: `interface: ${yamlName(name)}, set: ${up ? 'down' : 'up'}`,
      }),
    );

  async function takeOut(plugin: string): Promise<void> {
    const part = `${node.name}/${plugin}`;
    if (await model.acting.takeOut(part)) return;
    const reason = model.mistakes.value.map(({ message }) => message).join('; ');
    desk.message.value = text('act.refusedOut', { part, reason });
  }

  return (
    <details class="acts" open>
      <summary>{text('act.title')}</summary>
      <ActionRow
        key={node.name}
        place={node.name}
        prefix={`node: ${yamlName(node.name)}, `}
        acts={[...acts, ...faces]}
      />
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

/** Buttons that act at once, and a line for what has to be written first. */
export function ActionRow(props: { readonly place: string; readonly prefix: string; readonly acts: readonly Act[] }) {
  const { place, prefix, acts } = props;
  const { model } = usePage();
  const typed = useSignal('');
  const wrong = useSignal<string | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);

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
