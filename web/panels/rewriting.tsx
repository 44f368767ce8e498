import type { Rewriting } from '../../workers/client.ts';
import { formatMoment } from '../model/format.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** Octets on a line. */
const PER_LINE = 10;

/** Where somebody rewrote the packet: octets before and after with those that changed marked, and what they are. */
export function Rewritings({ list, shown }: { list: readonly Rewriting[]; shown: number }) {
  if (list.length === 0) return null;
  return (
    <details class="more rewritings" open>
      <summary>{text('packet.rewritten')}</summary>
      {list.map((one) => (
        <One key={one.record} rewriting={one} shown={shown} />
      ))}
    </details>
  );
}

function One({ rewriting, shown }: { rewriting: Rewriting; shown: number }) {
  const { model } = usePage();
  const { before, after, from, to } = rewriting;
  const starts = Array.from({ length: Math.ceil(before.length / PER_LINE) }, (_, at) => at * PER_LINE);
  const go = (record: number) => void model.select({ kind: 'packet', record });
  return (
    <section class="rewriting">
      <p>
        <button type="button" class="quiet mono" onClick={() => model.seek(rewriting.time)}>
          {formatMoment(rewriting.time)} s
        </button>{' '}
        {rewriting.text}
      </p>
      <dl class="rewritten-fields">
        {rewriting.fields.map((field) => (
          <div key={`${field.first}/${field.label}`}>
            <dt class="soft">{field.label}</dt>
            <dd class="mono">
              {field.before} <i aria-hidden="true">→</i> <span class="unseen">{text('packet.becomes')} </span>
              <b>{field.after}</b>
            </dd>
          </div>
        ))}
      </dl>
      {before.length === 0 ? (
        <p class="soft">{text('packet.octetsEnd', { first: rewriting.octetsOfFirst ?? 0 })}</p>
      ) : (
        <div
          class="rewritten-octets mono"
          role="img"
          aria-label={text('packet.octetsChanged', { octets: changed(rewriting) })}
        >
          {starts.map((start) => (
            <div key={start} class="rewritten-lines">
              <Octets start={start} octets={before} other={after} name={text('packet.before')} />
              <Octets start={start} octets={after} other={before} name={text('packet.after')} />
            </div>
          ))}
        </div>
      )}
      <p class="links">
        {from === undefined || from.record === shown ? null : (
          <button type="button" class="quiet" data-frame="before" onClick={() => go(from.record)}>
            {text('packet.frameBefore')}
          </button>
        )}
        {to === undefined || to.record === shown ? null : (
          <button type="button" class="quiet" data-frame="after" onClick={() => go(to.record)}>
            {text('packet.frameAfter')}
          </button>
        )}
      </p>
    </section>
  );
}

function Octets(props: { start: number; octets: Uint8Array; other: Uint8Array; name: string }) {
  const { start, octets, other, name } = props;
  return (
    <div class="rewritten-line">
      <span class="soft">{name}</span>
      {[...octets.subarray(start, start + PER_LINE)].map((octet, at) => (
        <span key={at} class={octet === other[start + at] ? 'octet' : 'octet changed'}>
          {octet.toString(16).padStart(2, '0')}
        </span>
      ))}
    </div>
  );
}

function changed({ before, after }: Rewriting): number {
  return before.reduce((count, octet, at) => count + (octet === after[at] ? 0 : 1), 0);
}

/** Octets of a frame that were or will be rewritten: places in the frame. */
export function rewrittenIn(list: readonly Rewriting[], frame: number): ReadonlySet<number> {
  const places = new Set<number>();
  for (const { before, after, from, to } of list) {
    const here = [from, to].find((one) => one?.record === frame);
    if (here === undefined) continue;
    before.forEach((octet, at) => {
      if (octet !== after[at]) places.add(here.start + at);
    });
  }
  return places;
}
