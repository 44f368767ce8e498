import type { Expectation, Verdict } from '../../core/index.ts';
import { ahPacketIn, type Change, changeSentence, changesBetween, isSame, type Standing } from './changed.ts';
import { type RefusedExpectation, refusedExpectation } from './config.ts';

/** The most records that a verdict names, and packets under way whose last frame is kept. */
const MOST_EVIDENCE = 50;
const MOST_UNDER_WAY = 1024;

/** What is known of a packet under way: its last frame, and the first change of what AH covers. */
interface Way {
  last: Standing;
  change: Change | undefined;
  by: string;
  time: number;
}

interface Fold {
  /** By packet of the run, oldest first. */
  readonly ways: Map<number, Way>;
  count: number;
  told: string;
  other: string;
  readonly records: number[];
}

export const refusedOutcome: Expectation<RefusedExpectation, Fold> = {
  key: 'ah_refused',
  about: 'AH refuses packets because somebody on the way rewrote what their ICV covers, as the frames of the run show.',
  example: '{ node: gw-b, ah_refused: source address, rewritten_by: home }',
  schema: refusedExpectation,
  observes: ['transmit', 'derive', 'drop'],
  create: () => ({ ways: new Map(), count: 0, told: '', other: '', records: [] }),

  observe(fold, record, spec) {
    if (record.kind === 'transmit') {
      const packet = record.bytes === undefined ? undefined : ahPacketIn(record.bytes);
      if (packet === undefined) return;
      follow(fold, record.packet, { ...packet, frame: packet.frame.slice() }, record.node, record.time);
      return;
    }
    if (record.kind === 'derive') {
      // What was copied, cut into fragments or put together again has the way of what it was before.
      const from = fold.ways.get(record.values?.from as number);
      const same = /^(copy|fragment|reassembled)$/.test(String(record.values?.relation));
      if (from !== undefined && same) keep(fold, record.packet, { ...from });
      return;
    }
    if (record.code !== 'ah.integrity-failed' || record.node !== spec.node) return;
    const way = fold.ways.get(record.packet);
    if (fold.records.length < MOST_EVIDENCE) fold.records.push(record.number);
    if (way?.change === undefined) {
      fold.other = 'nobody rewrote what the ICV covers: the keys differ';
      return;
    }
    const sentence = changeSentence(record.node, way.change, way.by, way.time);
    const fits = way.change.field === spec.ah_refused && (spec.rewritten_by ?? way.by) === way.by;
    if (!fits) {
      fold.other = sentence;
      return;
    }
    if (fold.count++ === 0) fold.told = sentence;
  },

  verdict(fold, spec): Verdict {
    const held = fold.count >= spec.count.at_least && fold.count <= spec.count.at_most;
    const said = fold.count > 0 ? fold.told : fold.other;
    const counted = `${fold.count} ${fold.count === 1 ? 'packet' : 'packets'} refused so`;
    return { held, evidence: said === '' ? counted : `${said}; ${counted}`, records: fold.records };
  },
};

function follow(fold: Fold, packet: number, standing: Standing, node: string, time: number): void {
  const known = fold.ways.get(packet);
  if (known === undefined || !isSame(standing, known.last.spi, known.last.sequence)) {
    keep(fold, packet, { last: standing, change: undefined, by: '', time: 0 });
    return;
  }
  const [change] = changesBetween(known.last, standing);
  if (known.change === undefined && change !== undefined) Object.assign(known, { change, by: node, time });
  known.last = standing;
}

function keep(fold: Fold, packet: number, way: Way): void {
  fold.ways.delete(packet);
  fold.ways.set(packet, way);
  const [oldest] = fold.ways.keys();
  if (fold.ways.size > MOST_UNDER_WAY && oldest !== undefined) fold.ways.delete(oldest);
}
