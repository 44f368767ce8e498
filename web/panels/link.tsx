import { formatSpan } from '../model/format.ts';
import { text } from '../text/text.ts';
import { ActionRow, actedOf } from './actions.tsx';
import { linkActs } from './acts.ts';
import { usePage } from './page.ts';

/** The link that is selected, at the instant that is shown: its ends, what it does to frames, and what can be done to it. */
export function LinkPanel({ index }: { index: number }) {
  const { model } = usePage();
  const link = model.lab.value?.links[index];
  if (link === undefined) return null;
  const now = model.overview.value?.links[index] ?? link.settings;
  const facts = [
    ['node.state', text(now.up ? 'link.joined' : 'link.cut')],
    ['link.delay', formatSpan(now.delay)],
    ['link.jitter', formatSpan(now.jitter)],
    ['link.loss', `${Number((100 * now.loss).toFixed(3))} %`],
    ['link.rate', now.rate === 0 ? text('link.noLimit') : text('link.bits', { rate: rateText(now.rate) })],
    ['link.mtu', String(now.mtu)],
  ] as const;
  return (
    <div class="node-panel scroll">
      <header class="about">
        <h2>{link.name}</h2>
        <p class="soft">{text('link.title')}</p>
      </header>
      <section class="acts">
        <ActionRow key={link.name} {...linkActs(actedOf(model), link.name)} />
      </section>
      <section class="table">
        <h3>{text('link.settings')}</h3>
        <dl class="facts">
          {facts.map(([key, value]) => (
            <div key={key}>
              <dt class="soft">{text(key)}</dt>
              <dd class={`mono${key === 'node.state' && !now.up ? ' tone-failed' : ''}`}>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section class="table">
        <h3>{text('link.ends')}</h3>
        <ul class="facts">
          {link.ends.map((end) => (
            <li key={`${end.node}:${end.interface}`}>
              <button type="button" class="quiet" onClick={() => void model.select({ kind: 'node', name: end.node })}>
                {end.node}
              </button>{' '}
              <span class="mono soft">{end.interface}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** `10 M`, `1.5 G`. */
function rateText(rate: number): string {
  const [size, letter] = (
    [
      [1e9, 'G'],
      [1e6, 'M'],
      [1e3, 'k'],
    ] as const
  ).find(([one]) => rate >= one) ?? [1, ''];
  return `${Number((rate / size).toFixed(2))}${letter === '' ? '' : `\u2009${letter}`}`;
}
