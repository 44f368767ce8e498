import { internetChecksum, type Packet, prepend, read16, write16, write32 } from '../../core/index.ts';
import { type Ipv4Address, ipv4Header } from '../ipv4/contract.ts';

/** The outer header of tunnel mode (RFC 4301 §5.1.2.1) and the ECN field across it (RFC 6040). */

const AT = ipv4Header.offset;
/** Octets of an outer header: it has no options (RFC 4301 §5.1.2.1 note 5). */
export const OUTER_SIZE = 20;
/** Initial time to live of an outer header (RFC 1700: 64). */
const OUTER_TTL = 64;
const IPV4_IN_IPV4 = 4;
const DONT_FRAGMENT = 0x4000;

const TYPE_OF_SERVICE_AT = AT.dscp;
const FLAGS_AT = AT.reserved;

export function hasDontFragment(bytes: Uint8Array, at: number): boolean {
  return (read16(bytes, at + FLAGS_AT) & DONT_FRAGMENT) !== 0;
}

/**
 * Puts an outer header before the IPv4 packet at `packet.start`. DSCP and ECN are copied (RFC 6040 §4.1, normal mode), Don't Fragment where
 * `copyDf` says so (RFC 4301 §8.1), the time to live is new.
 */
export function prependOuter(
  packet: Packet,
  source: Ipv4Address,
  destination: Ipv4Address,
  identification: number,
  copyDf: boolean,
): void {
  prepend(packet, OUTER_SIZE);
  const { buffer, start, end } = packet;
  const inner = start + OUTER_SIZE;
  buffer[start] = 0x45;
  buffer[start + TYPE_OF_SERVICE_AT] = buffer[inner + TYPE_OF_SERVICE_AT] as number;
  write16(buffer, start + AT.totalLength, end - start);
  write16(buffer, start + AT.identification, identification);
  write16(buffer, start + FLAGS_AT, copyDf && hasDontFragment(buffer, inner) ? DONT_FRAGMENT : 0);
  buffer[start + AT.timeToLive] = OUTER_TTL;
  buffer[start + AT.protocol] = IPV4_IN_IPV4;
  write16(buffer, start + AT.checksum, 0);
  write32(buffer, start + AT.source, source);
  write32(buffer, start + AT.destination, destination);
  write16(buffer, start + AT.checksum, internetChecksum(buffer, start, inner));
}

/** Makes protocol, total length and checksum of the IPv4 header at `at` right for what stands behind it now. */
export function rewriteHeader(bytes: Uint8Array, at: number, size: number, total: number, protocol: number): void {
  write16(bytes, at + AT.totalLength, total);
  bytes[at + AT.protocol] = protocol;
  write16(bytes, at + AT.checksum, 0);
  write16(bytes, at + AT.checksum, internetChecksum(bytes, at, at + size));
}

const NOT_CAPABLE = 0;
const ECT_1 = 1;
const ECT_0 = 2;
const CONGESTED = 3;

/**
 * The inner header's ECN field on the way out of a tunnel (RFC 6040 §4.2, figure 4). False: the packet must be dropped, as it met
 * congestion and its sender would not understand.
 */
export function decapsulateEcn(bytes: Uint8Array, outer: number, inner: number): boolean {
  const arriving = (bytes[outer + TYPE_OF_SERVICE_AT] as number) & 3;
  const at = inner + TYPE_OF_SERVICE_AT;
  const own = (bytes[at] as number) & 3;
  if (arriving === CONGESTED && own === NOT_CAPABLE) return false;
  const marked = arriving === CONGESTED ? CONGESTED : arriving === ECT_1 && own === ECT_0 ? ECT_1 : own;
  if (marked === own) return true;
  bytes[at] = ((bytes[at] as number) & 0xfc) | marked;
  const header = ((bytes[inner] as number) & 15) * 4;
  write16(bytes, inner + AT.checksum, 0);
  write16(bytes, inner + AT.checksum, internetChecksum(bytes, inner, inner + header));
  return true;
}
