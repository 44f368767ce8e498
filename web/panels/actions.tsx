import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { NodeView } from '../../workers/client.ts';
import { yamlName } from '../model/acting.ts';
import type { Model } from '../model/model.ts';
import { text } from '../text/text.ts';
import { type Acted, type Acts, nodeActs } from './acts.ts';
import { usePage } from './page.ts';

/** What can be done to a node: what its plugins offer, its interfaces, and plugins taken out and put back. */
export function NodeActions({ node }: { node: NodeView }) {
  const { model, desk } = usePage();
  const acts = nodeActs(actedOf(model), node.name);

  async function takeOut(plugin: string): Promise<void> {
    const reason = await model.acting.enter(`${acts.prefix}plugin: ${yamlName(plugin)}, set: out`);
    if (reason !== undefined) desk.message.value = text('act.refused', { reason });
  }

  async function runWithout(plugin: string): Promise<void> {
    const part = `${node.name}/${plugin}`;
    if (await model.acting.runWithout(part)) {
      const went = model.mistakes.value.filter(({ file }) => file === part);
      if (went.length > 0) desk.message.value = went.map(({ message }) => message).join('; ');
      return;
    }
    const reason = model.mistakes.value.map(({ message }) => message).join('; ');
    desk.message.value = text('act.refusedOut', { part, reason });
  }

  return (
    <details class="acts" open>
      <summary>{text('act.title')}</summary>
      <ActionRow key={node.name} {...acts} />
      <details class="take-out">
        <summary class="soft">{text('act.takeOut')}</summary>
        <PluginRow node={node} word="out" about="act.takeOut.about" act={takeOut} />
      </details>
      <details class="take-out run-without">
        <summary class="soft">{text('act.without')}</summary>
        <PluginRow node={node} word="without" about="act.without.about" act={runWithout} />
      </details>
    </details>
  );
}

/** A button for each plugin that is there. */
function PluginRow(props: {
  readonly node: NodeView;
  readonly word: 'out' | 'without';
  readonly about: 'act.takeOut.about' | 'act.without.about';
  readonly act: (plugin: string) => Promise<void>;
}) {
  const { node, word, about, act } = props;
  return (
    <div class="act-row">
      {node.plugins
        .filter(({ present }) => present)
        .map(({ name, title }) => (
          <button
            key={name}
            type="button"
            class="act"
            data-plugin={`${word} ${name}`}
            title={text(about, { plugin: title, node: node.name })}
            onClick={() => void act(name)}
          >
            {title}
          </button>
        ))}
    </div>
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
