import { formatInstant, internetChecksum, read16, read32, type TraceRecord, toHex } from '../../core/index.ts';
import { IP_PROTOCOL } from '../ipsec/contract.ts';
import { formatIpv4, ipv4Header, ipv4HeaderSize, isFragment } from '../ipv4/contract.ts';
import { AH_FIXED_SIZE, AT } from './headers.ts';
import { coveredHeader } from './mutable.ts';

/** Who changed what the ICV covers, as the frames of a run show it: each is compared with the one before it. */

const IP_AT = ipv4Header.offset;
const LEAST_HEADER = 20;
const VERSION_4 = 4;

/** A part of a packet that AH covers, what it was and what it became. */
export interface Change {
  readonly field: string;
  readonly from: string;
  readonly to: string;
  /** Sections that say so. */
  readonly source: string;
}

const MUTABLE_RULES = 'RFC 4302 §3.3.3.1';
const TRANSLATED = `${MUTABLE_RULES}; RFC 3715 §2.1(a)`;

/** Where an AH packet stands in a frame. */
export interface Standing {
  readonly frame: Uint8Array;
  readonly start: number;
  readonly headerSize: number;
  readonly end: number;
  /** What its AH says; -1 in fragments behind the first. */
  readonly spi: number;
  readonly sequence: number;
}

/** The AH packet in a frame, wherever an IPv4 header of it with a right checksum stands: `undefined` where there is none. */
export function ahPacketIn(frame: Uint8Array): Standing | undefined {
  for (let start = 0; start + LEAST_HEADER <= frame.length; start++) {
    if ((frame[start] as number) >> 4 !== VERSION_4 || frame[start + IP_AT.protocol] !== IP_PROTOCOL.ah) continue;
    const headerSize = ipv4HeaderSize(frame, start);
    const end = start + read16(frame, start + IP_AT.totalLength);
    if (headerSize < LEAST_HEADER || start + headerSize > end || end > frame.length) continue;
    if (internetChecksum(frame, start, start + headerSize) !== 0) continue;
    const at = start + headerSize;
    const first = (read16(frame, start + IP_AT.reserved) & 0x1fff) === 0 && at + AH_FIXED_SIZE <= end;
    const spi = first ? read32(frame, at + AT.spi) : -1;
    return { frame, start, headerSize, end, spi, sequence: first ? read32(frame, at + AT.sequence) : -1 };
  }
  return undefined;
}

/** What of the covered octets differs between a packet and the same packet one hop on. */
export function changesBetween(before: Standing, after: Standing): readonly Change[] {
  const changes: Change[] = [];
  const compare = (field: string, at: number, say: (bytes: Uint8Array, at: number) => string, source: string): void => {
    const from = say(before.frame, before.start + at);
    const to = say(after.frame, after.start + at);
    if (from !== to) changes.push({ field, from, to, source });
  };
  const number = (bytes: Uint8Array, at: number): string => String(read16(bytes, at));
  const address = (bytes: Uint8Array, at: number): string => formatIpv4(read32(bytes, at));
  compare('source address', IP_AT.source, address, TRANSLATED);
  compare('destination address', IP_AT.destination, address, TRANSLATED);
  compare('identification', IP_AT.identification, number, MUTABLE_RULES);
  // The lengths and the octets of fragments are not those of the whole that is covered.
  if (isFragment(before.frame, before.start) || isFragment(after.frame, after.start)) return changes;
  compare('total length', IP_AT.totalLength, number, MUTABLE_RULES);
  const options = (packet: Standing): string =>
    toHex(coveredHeader(packet.frame, packet.start, packet.headerSize).subarray(LEAST_HEADER));
  if (options(before) !== options(after)) {
    changes.push({ field: 'options', from: options(before), to: options(after), source: MUTABLE_RULES });
  }
  const rest = (packet: Standing): Uint8Array => packet.frame.subarray(packet.start + packet.headerSize, packet.end);
  const differs = firstDifference(rest(before), rest(after));
  if (differs >= 0) {
    const show = (bytes: Uint8Array): string => `0x${toHex(bytes.subarray(differs, differs + 1))}`;
    const field = `octet ${differs} behind the header`;
    changes.push({ field, from: show(rest(before)), to: show(rest(after)), source: 'RFC 4302 §3.3.3' });
  }
  return changes;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const most = Math.max(a.length, b.length);
  for (let at = 0; at < most; at++) if (a[at] !== b[at]) return at;
  return -1;
}

/** Is it the same packet: the same number on the same SA, or a fragment, of which only the first shows them? */
export function isSame(one: Standing, spi: number, sequence: number): boolean {
  return one.spi < 0 || (one.spi === spi && one.sequence === sequence);
}

/** The sentence of a refusal whose cause is known. */
export function changeSentence(node: string, { field, from, to, source }: Change, by: string, time: number): string {
  return `${node} refused the packet: the ICV of AH covers the ${field}, and ${by} rewrote ${from} to ${to} at ${formatInstant(time)} s (${source})`;
}

/** `Story.because` of a wrong ICV: the first change on the packet's way. */
export function becauseChanged(record: TraceRecord, causes: readonly TraceRecord[]): string | undefined {
  const spi = Number(record.values?.spi);
  const sequence = Number(record.values?.sequence) % 2 ** 32;
  let before: Standing | undefined;
  for (const cause of causes.toReversed()) {
    const packet = cause.bytes === undefined ? undefined : ahPacketIn(cause.bytes);
    if (packet === undefined || !isSame(packet, spi, sequence)) continue;
    const [change] = before === undefined ? [] : changesBetween(before, packet);
    if (change !== undefined) return changeSentence(record.node, change, cause.node, cause.time);
    before = packet;
  }
  return undefined;
}
