import { type Expectation, formatInstant, fromHex, type Verdict } from '../../core/index.ts';
import { type ReadableExpectation, readableExpectation } from './config.ts';

/** What an eavesdropper on a link reads without any key: octets are looked for in the frames as they are, whatever the nodes know of them. */

/** The most records that a verdict names. */
const MOST_EVIDENCE = 50;

interface ReadableFold {
  frames: number;
  unread: number;
  seen: number;
  /** When they were read first, nanoseconds. */
  first: number;
  readonly records: number[];
}

export const readableOutcome: Expectation<ReadableExpectation, ReadableFold> = {
  key: 'readable',
  about: 'A text, such as an identity, can be read on a link by anybody, in so many frames; or in none.',
  example: '{ link: home:wan -- isp:home, readable: taro@example.jp, count: 0 }',
  schema: readableExpectation,
  observes: ['transmit'],
  create: () => ({ frames: 0, unread: 0, seen: 0, first: 0, records: [] }),

  observe(fold, record, { link, readable }) {
    if (record.link !== link) return;
    fold.frames++;
    if (record.bytes === undefined) {
      fold.unread++;
      return;
    }
    if (!holds(record.bytes, octetsOf(readable))) return;
    if (fold.seen++ === 0) fold.first = record.time;
    if (fold.records.length < MOST_EVIDENCE) fold.records.push(record.number);
  },

  verdict({ frames, unread, seen, first, records }, { readable, count }): Verdict {
    if (unread > 0) {
      return { held: false, evidence: `${unread} frames were not kept, so nobody can tell`, records: [] };
    }
    const when = seen === 0 ? '' : `, first at ${formatInstant(first)} s`;
    return {
      held: seen >= count.at_least && seen <= (count.at_most ?? Number.POSITIVE_INFINITY),
      evidence: `${readable} can be read in ${seen} of ${frames} frames${when}`,
      records,
    };
  },
};

function octetsOf(text: string): Uint8Array {
  const octets = /^0x(?:[0-9a-f]{2})+$/i.test(text) ? fromHex(text.slice(2)) : undefined;
  return octets ?? new TextEncoder().encode(text);
}

/** Whether octets stand anywhere in a frame. */
function holds(frame: Uint8Array, wanted: Uint8Array): boolean {
  const first = wanted[0] as number;
  const last = frame.length - wanted.length;
  for (let at = frame.indexOf(first); at >= 0 && at <= last; at = frame.indexOf(first, at + 1)) {
    let same = 1;
    while (same < wanted.length && frame[at + same] === wanted[same]) same++;
    if (same === wanted.length) return true;
  }
  return false;
}
