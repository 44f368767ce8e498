import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { MachineView } from '../../workers/client.ts';
import { type ChartState, layOut, waysTaken } from '../model/state-chart.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** A state machine, drawn from its transitions, with what runs by it lit at the instant that is shown. */
export function StateChart({ node, machine }: { node: string; machine: MachineView }) {
  const { model } = usePage();
  const chosen = useSignal<string | undefined>(undefined);
  const { title, transitions, running } = machine;
  const chart = useMemo(() => layOut(transitions), [machine.name, transitions.length]);
  const now = new Set(running.map(({ state }) => state));
  const taken = new Map<string, number>();
  for (const one of model.story.value.list) {
    if (one.node !== node || one.time > model.moment.value) continue;
    taken.set(one.code, (taken.get(one.code) ?? 0) + 1);
  }
  const gone = waysTaken(transitions, (code) => taken.has(code), now);
  const shown = chosen.value ?? running[0]?.state ?? chart.states[0]?.name ?? '';
  const leading = transitions.filter(({ from }) => from === shown);
  const drawing = (
    <>
      {running.length === 0 ? null : (
        <p class="soft none">
          {running
            .slice(0, 12)
            .map(({ name, state }) => text('chart.running', { name, state }))
            .join(' · ')}
        </p>
      )}
      <svg viewBox={`0 0 ${chart.width} ${chart.height}`} style={{ maxWidth: `${chart.width}px` }} aria-label={title}>
        {chart.ways.map((way) => (
          <path
            key={`${way.from}/${way.to}`}
            d={way.path}
            class={`way${gone.has(`${way.from}/${way.to}`) ? ' taken' : ''}`}
          />
        ))}
        {chart.states.map((state) => (
          <State
            key={state.name}
            state={state}
            lit={now.has(state.name)}
            chosen={state.name === shown}
            choose={() => {
              chosen.value = state.name;
            }}
          />
        ))}
      </svg>
      <h4 class="soft">{text('chart.from', { state: shown })}</h4>
      {leading.length === 0 ? <p class="soft none">{text('chart.nothing')}</p> : null}
      <ul class="ways">
        {leading.map(({ on, to, code, source }) => {
          const count = taken.get(code) ?? 0;
          return (
            <li key={`${code}/${on}`} title={code}>
              {on} <span class="soft">→ {to.join(', ')}</span>{' '}
              {count === 0 ? null : <span class="tone-key">{text('chart.taken', { count })}</span>}{' '}
              <span class="soft source">{source}</span>
            </li>
          );
        })}
      </ul>
    </>
  );
  // What nobody runs by is folded away: a gateway that can do two versions mostly does one.
  return running.length === 0 ? (
    <details class="table chart">
      <summary>
        {title} <span class="soft">{text('chart.idle')}</span>
      </summary>
      {drawing}
    </details>
  ) : (
    <section class="table chart">
      <h3>{title}</h3>
      {drawing}
    </section>
  );
}

function State(props: { state: ChartState; lit: boolean; chosen: boolean; choose: () => void }) {
  const { state, lit, chosen, choose } = props;
  const { x, y, width, height, lines, name } = state;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot stand within a drawing.
    <g
      class={`state${lit ? ' lit' : ''}${chosen ? ' chosen' : ''}`}
      data-state={name}
      role="button"
      tabindex={0}
      aria-pressed={chosen}
      aria-label={`${text('chart.state', { state: name })}${lit ? `, ${text('chart.now')}` : ''}`}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        choose();
      }}
    >
      <rect x={x - width / 2} y={y - height / 2} width={width} height={height} rx="6" />
      {lines.map((line, at) => (
        <text key={line} x={x} y={y + 4 + (at - (lines.length - 1) / 2) * 13}>
          {line}
        </text>
      ))}
      {lit ? <circle cx={x - width / 2} cy={y - height / 2} r="4" /> : null}
    </g>
  );
}
