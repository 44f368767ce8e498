import { adjustChecksum, foldSum, type Packet, read16, read32, sumWords, write16 } from '../../core/index.ts';
import type { OriginalAddresses } from '../ipsec/contract.ts';
import { type Ipv4Address, ipv4Header, sumPseudoHeader } from '../ipv4/contract.ts';

const AT = ipv4Header.offset;
const TCP = 6;
const UDP = 17;
/** Where the checksum stands in the header (RFC 9293 §3.1, RFC 768), and what such a header has at least. */
const CHECKSUM_AT: Readonly<Record<number, number>> = { [TCP]: 16, [UDP]: 6 };
const LEAST_SIZE: Readonly<Record<number, number>> = { [TCP]: 20, [UDP]: 8 };

/**
 * Transport mode (RFC 3948 §3.1.2): the sender's checksum counts addresses that a NAT has changed since. Where the original ones are known
 * it is adjusted for the difference, so that what was wrong before it was sealed stays wrong; else it is counted anew. Other protocols
 * count no addresses. A UDP checksum of 0 stays: none was made, and none is made up.
 *
 * The IPv4 header of `headerSize` octets stands at `packet.start`.
 */
export function restoreChecksum(packet: Packet, headerSize: number, original: OriginalAddresses | undefined): void {
  const { buffer, start, end } = packet;
  const protocol = buffer[start + AT.protocol] as number;
  const payload = start + headerSize;
  const offset = CHECKSUM_AT[protocol];
  if (offset === undefined || end - payload < (LEAST_SIZE[protocol] ?? 0)) return;
  const at = payload + offset;
  const before = read16(buffer, at);
  if (protocol === UDP && before === 0) return;
  const source = read32(buffer, start + AT.source);
  const destination = read32(buffer, start + AT.destination);
  let after: number;
  if (original === undefined) {
    write16(buffer, at, 0);
    after = foldSum(sumWords(buffer, payload, end, sumPseudoHeader(buffer, start, protocol, end - payload)));
  } else {
    if (source === original.source && destination === original.destination) return;
    after = adjusted(adjusted(before, original.source, source), original.destination, destination);
  }
  // 0 would say that there is none: UDP writes it as its other form (RFC 768).
  write16(buffer, at, protocol === UDP && after === 0 ? 0xffff : after);
}

function adjusted(checksum: number, before: Ipv4Address, after: Ipv4Address): number {
  return adjustChecksum(adjustChecksum(checksum, before >>> 16, after >>> 16), before & 0xffff, after & 0xffff);
}
