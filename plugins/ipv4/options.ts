import { type Context, type Packet, read32 } from '../../core/index.ts';
import { ICMP_TYPE, icmpContract, UNREACHABLE } from '../icmp/contract.ts';
import { formatIpv4 } from './address.ts';
import { AT, ipv4HeaderSize } from './headers.ts';

/** Option types (RFC 791 §3.1; the copied flag is the highest bit). */
export const OPTION = {
  end: 0,
  nothing: 1,
  recordRoute: 7,
  timestamp: 68,
  looseSourceRoute: 131,
  strictSourceRoute: 137,
  routerAlert: 148,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  [OPTION.end]: 'end of options',
  [OPTION.nothing]: 'no operation',
  [OPTION.recordRoute]: 'record route',
  [OPTION.timestamp]: 'timestamp',
  130: 'security',
  [OPTION.looseSourceRoute]: 'loose source route',
  [OPTION.strictSourceRoute]: 'strict source route',
  136: 'stream identifier',
  [OPTION.routerAlert]: 'router alert',
};

export interface Ipv4Option {
  readonly type: number;
  readonly name: string;
  /** Offset of its first octet, and octets in all. */
  readonly at: number;
  readonly size: number;
}

/** The options in `bytes[start, end)`, and where they stop making sense. Bounded by the 40 octets that options can have. */
export function readOptions(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly options: readonly Ipv4Option[]; readonly wrongAt?: number } {
  const options: Ipv4Option[] = [];
  let at = start;
  while (at < end) {
    const type = bytes[at] as number;
    const name = NAMES[type] ?? `option ${type}`;
    if (type === OPTION.end || type === OPTION.nothing) {
      options.push({ type, name, at, size: 1 });
      if (type === OPTION.end) break;
      at++;
      continue;
    }
    const size = at + 1 < end ? (bytes[at + 1] as number) : 0;
    if (size < 2 || at + size > end) return { options, wrongAt: at };
    options.push({ type, name, at, size });
    at += size;
  }
  return { options };
}

/**
 * Looks at the options of a packet on its way: they are passed along as they are, except that source routes are refused
 * (RFC 7126 §4.3, §4.4) and malformed options are told to the sender (RFC 1812 §5.2.4). False when the packet was dropped.
 */
export function optionsAllow(packet: Packet, ctx: Context): boolean {
  const { buffer, start } = packet;
  const { options, wrongAt } = readOptions(buffer, start + AT.options, start + ipv4HeaderSize(buffer, start));
  const icmp = ctx.sibling(icmpContract);
  if (wrongAt !== undefined) {
    const pointer = wrongAt - start;
    icmp?.sendError({ type: ICMP_TYPE.parameterProblem, code: 0, pointer }, packet, packet.ingress);
    ctx.drop(packet, 'ipv4.bad-option', { at: pointer, type: buffer[wrongAt] as number });
    return false;
  }
  const route = options.find(({ type }) => type === OPTION.looseSourceRoute || type === OPTION.strictSourceRoute);
  if (route === undefined) return true;
  const error = { type: ICMP_TYPE.unreachable, code: UNREACHABLE.sourceRouteFailed };
  icmp?.sendError(error, packet, packet.ingress);
  ctx.drop(packet, 'ipv4.source-route', { source: formatIpv4(read32(buffer, start + AT.source)), option: route.name });
  return false;
}

/** The options that every fragment carries, filled up with zeros to a multiple of 4 octets (RFC 791 §3.2). */
export function copiedOptions(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const { options } = readOptions(bytes, start, end);
  const copied = options.filter(({ type }) => (type & 0x80) !== 0);
  const size = copied.reduce((sum, option) => sum + option.size, 0);
  const result = new Uint8Array((size + 3) & ~3);
  let to = 0;
  for (const option of copied) {
    result.set(bytes.subarray(option.at, option.at + option.size), to);
    to += option.size;
  }
  return result;
}
