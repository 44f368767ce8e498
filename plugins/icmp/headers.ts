import { type DissectedField, type Header, header, internetChecksum, octets, unsigned } from '../../core/index.ts';
import { ICMP_TYPE } from './messages.ts';

const TYPES: Readonly<Record<number, string>> = {
  [ICMP_TYPE.echoReply]: 'echo reply',
  [ICMP_TYPE.unreachable]: 'destination unreachable',
  [ICMP_TYPE.sourceQuench]: 'source quench',
  [ICMP_TYPE.redirect]: 'redirect',
  [ICMP_TYPE.echo]: 'echo request',
  9: 'router advertisement',
  10: 'router solicitation',
  [ICMP_TYPE.timeExceeded]: 'time exceeded',
  [ICMP_TYPE.parameterProblem]: 'parameter problem',
  13: 'timestamp request',
  14: 'timestamp reply',
};

/** What every message starts with (RFC 792). The checksum covers the whole message. */
const lead = {
  type: unsigned(8, { names: TYPES }),
  code: unsigned(8),
  checksum: unsigned(16, {
    radix: 16,
    late: true,
    fill: (_, { bytes, start }) => internetChecksum(bytes, start, bytes.length),
    remark: (_, _all, bytes, start, end) => (internetChecksum(bytes, start, end) === 0 ? 'correct' : 'wrong'),
  }),
};

/** Any message: type, code, checksum, and four octets that the type gives a meaning. */
export const icmpHeader = header({
  name: 'icmp',
  title: 'Internet Control Message Protocol',
  source: 'RFC 792',
  fields: { ...lead, rest: unsigned(32, { radix: 16 }) },
});

/** Echo request and reply (RFC 792, pages 14 and 15). */
export const echoHeader = header({
  name: 'icmp',
  title: 'Internet Control Message Protocol',
  source: 'RFC 792',
  fields: { ...lead, identifier: unsigned(16, { radix: 16 }), sequence: unsigned(16) },
});

/** Destination unreachable, with the next hop's MTU where the code is 4 (RFC 1191 §4). */
export const unreachableHeader = header({
  name: 'icmp',
  title: 'Internet Control Message Protocol',
  source: 'RFC 1191 §4',
  fields: { ...lead, unused: unsigned(16), nextHopMtu: unsigned(16, { label: 'MTU of the next hop' }) },
});

/** Parameter problem: the octet of the quoted header that is wrong (RFC 792, page 8). */
export const parameterHeader = header({
  name: 'icmp',
  title: 'Internet Control Message Protocol',
  source: 'RFC 792',
  fields: { ...lead, pointer: unsigned(8), unused: octets(3) },
});

/** The part of a header declaration that dissection needs, whichever its fields. */
type Dissecting = Pick<Header<Record<string, never>>, 'source'> & {
  dissect(bytes: Uint8Array, start?: number, end?: number): ReturnType<Header<Record<string, never>>['dissect']>;
};

/** The declaration that reads messages of a type. */
export function headerOf(type: number): Dissecting {
  if (type === ICMP_TYPE.echo || type === ICMP_TYPE.echoReply) return echoHeader;
  if (type === ICMP_TYPE.unreachable) return unreachableHeader;
  if (type === ICMP_TYPE.parameterProblem) return parameterHeader;
  return icmpHeader;
}

/** The name of a type. */
export function typeName(type: number): string {
  return TYPES[type] ?? `type ${type}`;
}

/** The octets behind an echo's header, as one field. */
export function dataField(start: number, end: number): DissectedField {
  return { name: 'icmp.data', label: 'Data', value: `${end - start} octets`, bit: start * 8, bits: (end - start) * 8 };
}

/** Messages that quote the packet they are about (RFC 1122 §3.2.2). */
export function isErrorType(type: number): boolean {
  return (
    type === ICMP_TYPE.unreachable ||
    type === ICMP_TYPE.sourceQuench ||
    type === ICMP_TYPE.redirect ||
    type === ICMP_TYPE.timeExceeded ||
    type === ICMP_TYPE.parameterProblem
  );
}
