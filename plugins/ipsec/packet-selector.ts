import { type Packet, read16, read32 } from '../../core/index.ts';
import { ipv4Header, ipv4HeaderSize } from '../ipv4/contract.ts';
import type { PacketSelector } from './selectors.ts';

const AT = ipv4Header.offset;
const ICMP = 1;
const TCP = 6;
const UDP = 17;
const SCTP = 132;
const UDP_LITE = 136;
const DCCP = 33;

/** What an IPv4 packet shows to selectors, and whether it is a part of one that does not show its ports. */
export interface PacketFace extends PacketSelector {
  readonly fragment: boolean;
}

/** Reads the IPv4 header at `packet.start` and the ports behind it (RFC 4301 §4.4.1.1). The header was checked by whoever received it. */
export function packetFace(packet: Packet): PacketFace {
  return selectorAt(packet.buffer, packet.start, packet.end);
}

/** As `packetFace`, for octets. */
export function selectorAt(bytes: Uint8Array, start: number, end: number): PacketFace {
  const protocol = bytes[start + AT.protocol] as number;
  const source = read32(bytes, start + AT.source);
  const destination = read32(bytes, start + AT.destination);
  const offset = read16(bytes, start + AT.reserved) & 0x1fff;
  const at = start + ipv4HeaderSize(bytes, start);
  let sourcePort = -1;
  let destinationPort = -1;
  if (offset === 0) {
    if (protocol === ICMP && at + 2 <= end) {
      // Type and code stand for the port on both sides (RFC 7296 §3.13.1).
      sourcePort = read16(bytes, at);
      destinationPort = sourcePort;
    } else if (hasPorts(protocol) && at + 4 <= end) {
      sourcePort = read16(bytes, at);
      destinationPort = read16(bytes, at + 2);
    }
  }
  const fragment = offset !== 0 && (protocol === ICMP || hasPorts(protocol));
  return { source, destination, protocol, sourcePort, destinationPort, fragment };
}

function hasPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP || protocol === SCTP || protocol === UDP_LITE || protocol === DCCP;
}
