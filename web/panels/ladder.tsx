import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Ladder, MessageRung, Rung } from '../../workers/client.ts';
import { formatMoment } from '../model/format.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** Milliseconds before the ladder is asked for again while it grows. */
const LOOK_EVERY = 250;

/** The messages of conversations, one rung each, over the nodes that they cross. Up and down walk along the messages. */
export function LadderList() {
  const { model } = usePage();
  const ladder = useSignal<Ladder | undefined>(undefined);
  const chosen = useSignal<string | undefined>(undefined);
  const from = useSignal(0);
  const list = useRef<HTMLOListElement>(null);
  const era = model.era.value;

  useEffect(() => {
    let live = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const answer = await model.worker.ask((api) => api.ladder(chosen.value, from.value));
      if (!live || answer === undefined) return;
      ladder.value = answer;
      const { ended } = model.progress.peek();
      if (!ended || answer.looked < answer.of) timer = setTimeout(() => void ask(), ended ? 0 : LOOK_EVERY);
    };
    void ask();
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [era, chosen.value, from.value, model, ladder, chosen, from]);

  // Another lab has other conversations.
  useEffect(() => {
    chosen.value = undefined;
    from.value = 0;
  }, [era, chosen, from]);

  const shown = ladder.value;
  if (shown === undefined) return null;
  if (shown.rungs.length === 0) return <p class="empty soft">{text('ladder.none')}</p>;
  const { columns, conversations, rungs } = shown;
  const reached = rungs.findLastIndex(({ time }) => time <= model.moment.value);

  function turn(to: number): void {
    from.value = Math.max(0, to);
    list.current?.parentElement?.scrollTo({ top: 0 });
  }

  function press(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>('button.rung') ?? [])];
    const next = buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step];
    event.preventDefault();
    event.stopPropagation();
    next?.focus();
    next?.click();
  }

  return (
    <div class="ladder scroll">
      <div class="rung ladder-head">
        {conversations.length < 2 ? (
          <span />
        ) : (
          <select
            aria-label={text('ladder.conversation')}
            value={chosen.value ?? ''}
            onChange={(event) => {
              from.value = 0;
              chosen.value = event.currentTarget.value === '' ? undefined : event.currentTarget.value;
            }}
          >
            <option value="">{text('ladder.all', { count: conversations.length })}</option>
            {conversations.map(({ id, peers }) => (
              <option key={id} value={id}>
                {peers.join(' – ')} · {id.slice(0, 8)}
              </option>
            ))}
          </select>
        )}
        <span class="lanes">
          {columns.map((name, at) => (
            <span key={name} class="lane-name" style={{ left: `${middle(at, columns.length)}%` }}>
              {name}
            </span>
          ))}
        </span>
        <span />
      </div>
      <ol ref={list} onKeyDown={press}>
        {rungs.map((rung, at) => (
          <li key={rung.record}>
            <Line rung={rung} columns={columns} ahead={at > reached} first={at === 0} />
          </li>
        ))}
      </ol>
      <Pages shown={shown} turn={turn} />
    </div>
  );
}

/** Where there are more rungs than one page of them has: which these are, and the way to the others. */
function Pages({ shown, turn }: { shown: Ladder; turn: (from: number) => void }) {
  const { from, page, total, more, full, rungs } = shown;
  if (from === 0 && !more) return full ? <p class="soft none">{text('ladder.full')}</p> : null;
  return (
    <p class="ladder-pages soft">
      <button type="button" class="act" disabled={from === 0} data-page="earlier" onClick={() => turn(from - page)}>
        {text('ladder.earlier')}
      </button>
      <span>{text('ladder.page', { from: from + 1, to: from + rungs.length, total })}</span>
      <button type="button" class="act" disabled={!more} data-page="later" onClick={() => turn(from + page)}>
        {text('ladder.later')}
      </button>
      {full ? <span>{text('ladder.full')}</span> : null}
    </p>
  );
}

const middle = (at: number, of: number): number => ((at + 0.5) / of) * 100;

function Line(props: { rung: Rung; columns: readonly string[]; ahead: boolean; first: boolean }) {
  const { rung, columns, ahead, first } = props;
  const { model } = usePage();
  const selected = model.selection.value;
  const records = rung.kind === 'note' ? [rung.record] : rung.hops.map(({ record }) => record);
  const on = selected.kind === 'packet' && records.includes(selected.record);
  return (
    <button
      type="button"
      class={`rung of-${rung.kind}${ahead ? ' ahead' : ''}${on ? ' chosen' : ''}`}
      tabIndex={on || first ? 0 : -1}
      aria-current={on}
      onClick={() => {
        model.playing.value = false;
        model.seek(rung.time);
        void model.select({ kind: 'packet', record: rung.record });
      }}
    >
      <span class="mono soft time">{formatMoment(rung.time)}</span>
      <span class="lanes" aria-hidden="true">
        {columns.map((name, at) => (
          <i key={name} class="lane" style={{ left: `${middle(at, columns.length)}%` }} />
        ))}
        {rung.kind === 'note' ? (
          <i class="lane-dot" style={{ left: `${middle(Math.max(0, columns.indexOf(rung.node)), columns.length)}%` }} />
        ) : (
          <Hops rung={rung} columns={columns} />
        )}
      </span>
      {rung.kind === 'note' ? (
        <span class={`told tone-${rung.tone}`}>{rung.text}</span>
      ) : (
        <span class="told">
          <b>{rung.exchange}</b> {rung.id} <span class="soft way">{wayText(rung)}</span>
          {rung.again === 0 ? null : (
            <span class="tone-translation mark">{text('ladder.again', { count: rung.again })}</span>
          )}
          {rung.lost === undefined ? null : <span class="tone-failed mark">{text('ladder.lost')}</span>}
          <span class="parts mono">{rung.parts.join('  ')}</span>
          {rung.lost === undefined ? null : <span class="said tone-failed">{rung.lost}</span>}
          {rung.story.map((one) => (
            <span key={one.record} class={`said ${one.tone === 'failed' ? 'tone-failed' : 'soft'}`}>
              {one.text}
            </span>
          ))}
        </span>
      )}
    </button>
  );
}

function wayText({ hops }: MessageRung): string {
  return `${hops[0]?.from ?? ''} → ${hops.at(-1)?.to ?? ''}`;
}

function Hops({ rung, columns }: { rung: MessageRung; columns: readonly string[] }) {
  return (
    <>
      {rung.hops.map((hop) => {
        const from = columns.indexOf(hop.from);
        const to = columns.indexOf(hop.to);
        const left = middle(Math.min(from, to), columns.length);
        const width = (Math.abs(to - from) / columns.length) * 100;
        const kind = `${to > from ? 'right' : 'left'}${hop.lost ? ' lost' : ''}${rung.again > 0 ? ' again' : ''}`;
        return <i key={hop.record} class={`hop ${kind}`} style={{ left: `${left}%`, width: `${width}%` }} />;
      })}
    </>
  );
}
