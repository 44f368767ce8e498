import { type Expectation, formatInstant, internetChecksum, read16, read32, type Verdict } from '../../core/index.ts';
import { formatIpv4, ipv4Header } from '../ipv4/contract.ts';
import { type CleartextExpectation, cleartextExpectation } from './config.ts';
import type { AddressRange } from './connection.ts';
import { KEYING_PORTS } from './keying-traffic.ts';
import { selectorAt } from './packet-selector.ts';
import { IP_PROTOCOL } from './proposal.ts';

/** What an eavesdropper on a link can read: judged from the octets of the frames alone, never from what the nodes know of them. */

const AT = ipv4Header.offset;
const MOST_EVIDENCE = 50;
const HEADER = 20;
const UDP = 17;
/** Protocols whose packets are looked for: what else starts like an IPv4 header by chance is none. */
const PROTOCOLS: ReadonlySet<number> = new Set([1, 2, 4, 6, 17, 33, 41, 47, 51, 58, 89, 108, 132, 136]);

interface CleartextFold {
  frames: number;
  unread: number;
  seen: number;
  first: string;
  readonly records: number[];
}

export const cleartextOutcome: Expectation<CleartextExpectation, CleartextFold> = {
  key: 'never',
  about: 'No packet to or from the inner networks can be read on a link.',
  example: '{ link: home:wan -- isp:p1, never: cleartext, inner: 10.1.0.0/24 }',
  schema: cleartextExpectation,
  observes: ['transmit'],
  create: () => ({ frames: 0, unread: 0, seen: 0, first: '', records: [] }),

  observe(fold, record, spec) {
    if (record.link !== spec.link) return;
    fold.frames++;
    if (record.bytes === undefined) {
      fold.unread++;
      return;
    }
    const found = findCleartext(record.bytes, spec.inner);
    if (found === undefined) return;
    if (fold.seen++ === 0) fold.first = `${found} at ${formatInstant(record.time)} s`;
    if (fold.records.length < MOST_EVIDENCE) fold.records.push(record.number);
  },

  verdict(fold): Verdict {
    if (fold.unread > 0) {
      return { held: false, evidence: `${fold.unread} frames were not kept, so nobody can tell`, records: [] };
    }
    if (fold.seen === 0) return { held: true, evidence: `none in ${fold.frames} frames`, records: [] };
    return {
      held: false,
      evidence: `${fold.seen} of ${fold.frames} frames, the first ${fold.first}`,
      records: fold.records,
    };
  },
};

/**
 * The first packet in a frame that can be read and has an end in one of the networks: wherever in the frame an IPv4 header with a right
 * checksum stands, so that tunnels without encryption hide nothing. ESP and key exchange between the very addresses are no clear text.
 */
export function findCleartext(frame: Uint8Array, inner: readonly AddressRange[]): string | undefined {
  for (let at = 0; at + HEADER <= frame.length; at++) {
    const first = frame[at] as number;
    if (first >> 4 !== 4 || (first & 15) < 5) continue;
    const source = read32(frame, at + AT.source);
    const destination = read32(frame, at + AT.destination);
    if (!isWithin(source, inner) && !isWithin(destination, inner)) continue;
    const protocol = frame[at + AT.protocol] as number;
    const header = (first & 15) * 4;
    const total = read16(frame, at + AT.totalLength);
    if (!PROTOCOLS.has(protocol) || total < header || at + total > frame.length) continue;
    if (internetChecksum(frame, at, at + header) !== 0 || isKeying(frame, at, at + total)) continue;
    return `${formatIpv4(source)} to ${formatIpv4(destination)}, protocol ${protocol}`;
  }
  return undefined;
}

function isWithin(address: number, ranges: readonly AddressRange[]): boolean {
  return ranges.some(({ start, end }) => address >= start && address <= end);
}

function isKeying(frame: Uint8Array, at: number, end: number): boolean {
  const face = selectorAt(frame, at, end);
  if (face.protocol === IP_PROTOCOL.esp) return true;
  return (
    face.protocol === UDP && (KEYING_PORTS.includes(face.sourcePort) || KEYING_PORTS.includes(face.destinationPort))
  );
}
