import { FRAME_FATE, type Sentence } from '../../workers/client.ts';
import { formatMoment } from '../model/format.ts';
import { type TextKey, text } from '../text/text.ts';
import { DissectionTree } from './dissection.tsx';
import { Hex } from './hex.tsx';
import { usePage } from './page.ts';
import { Rewritings, rewrittenIn } from './rewriting.tsx';
import { Splitter } from './splitter.tsx';
import { Told } from './told.tsx';

/** The frame that is selected: what it says, its octets, why it was sent, what it came from and what became of it. */
export function PacketPanel() {
  const { model, desk } = usePage();
  const packet = model.packet.value;
  const lab = model.lab.value;
  if (packet === undefined) return <Chain sentences={model.chain.value} />;
  const failed = packet.fate === FRAME_FATE.dropped || packet.fate === FRAME_FATE.lost;
  const go = (record: number) => void model.select({ kind: 'packet', record });
  return (
    <div class="packet-panel">
      <header class="about">
        <h2>{text('packet.heading', { number: packet.number })}</h2>
        <p>
          {packet.from} <i aria-hidden="true">→</i> {packet.to}
          <span class="soft"> · {lab?.links[packet.link]?.name ?? ''}</span>
        </p>
        <p class="soft">
          <button type="button" class="quiet mono" onClick={() => model.seek(packet.starts)}>
            {formatMoment(packet.time)} s
          </button>{' '}
          · {text('packet.bytes', { count: packet.dissection.bytes.length })} ·{' '}
          <span class={failed ? 'tone-failed' : ''}>{text(`fate.${packet.fate}` as TextKey)}</span>
        </p>
        {packet.end === undefined ? null : <Told sentence={packet.end} failed={failed} />}
      </header>
      <DissectionTree key={packet.record} dissection={packet.dissection} />
      <Rewritings list={packet.rewritings} shown={packet.record} />
      {packet.lineage.length === 0 ? null : (
        <details class="more">
          <summary>{text('packet.lineage')}</summary>
          <ul>
            {packet.lineage.map((step) => (
              <li key={step.record}>
                <button type="button" disabled={step.toFrame === undefined} onClick={() => go(step.toFrame ?? 0)}>
                  <span class="mono soft">{formatMoment(step.time)}</span> {step.relation}, {step.plugin} {step.node}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
      {packet.why.length === 0 ? null : (
        <details class="more">
          <summary>{text('packet.why')}</summary>
          <ol>
            {packet.why.map((sentence) => (
              <li key={sentence.record}>
                <Told sentence={sentence} failed={false} />
              </li>
            ))}
          </ol>
        </details>
      )}
      <Splitter name="hex" grows="up" />
      <div style={{ height: `${desk.sizes.value.hex}px` }} class="hex-pane">
        <Hex dissection={packet.dissection} rewritten={rewrittenIn(packet.rewritings, packet.record)} />
      </div>
    </div>
  );
}

/** A record that is no frame: why it came to be, back to what was done from outside. */
function Chain({ sentences }: { sentences: readonly Sentence[] }) {
  const { model } = usePage();
  const [first, ...causes] = sentences;
  if (first === undefined) return <p class="empty soft">{text('inspector.nothing')}</p>;
  return (
    <div class="packet-panel">
      <header class="about">
        <h2>{text('verdicts.record', { record: first.record })}</h2>
        <Told sentence={first} failed={false} />
        <p class="soft">
          <button type="button" class="quiet mono" onClick={() => model.seek(first.time)}>
            {formatMoment(first.time)} s
          </button>{' '}
          {first.node}
        </p>
      </header>
      <ol class="chain scroll">
        {causes.map((sentence) => (
          <li key={sentence.record}>
            <Told sentence={sentence} failed={false} />
          </li>
        ))}
      </ol>
    </div>
  );
}
