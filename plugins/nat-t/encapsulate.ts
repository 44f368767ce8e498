import { type Context, internetChecksum, type Packet, prepend, read32, write16 } from '../../core/index.ts';
import type { UdpEncapsulation } from '../ipsec/contract.ts';
import { ipv4Header } from '../ipv4/contract.ts';
import { udpHeader } from '../udp/contract.ts';
import { touch } from './flows.ts';
import type { NatTraversalState } from './state.ts';

/** A UDP header between the IPv4 header and ESP (RFC 3948 §3), put in and taken out in place. */

const AT = ipv4Header.offset;
const UDP_AT = udpHeader.offset;
export const UDP_SIZE = udpHeader.fixedSize;
const UDP = 17;
const ESP = 50;
const LARGEST = 65_535;

/** `NatTraversalCalls.encapsulate`. False: it was dropped. */
export function encapsulate(
  state: NatTraversalState,
  packet: Packet,
  headerSize: number,
  { localPort, remotePort }: UdpEncapsulation,
  ctx: Context,
): boolean {
  const size = packet.end - packet.start + UDP_SIZE;
  if (size > LARGEST) {
    ctx.drop(packet, 'nat-t.too-long', { size });
    return false;
  }
  prepend(packet, UDP_SIZE);
  const { buffer, start } = packet;
  buffer.copyWithin(start, start + UDP_SIZE, start + UDP_SIZE + headerSize);
  const udp = start + headerSize;
  write16(buffer, udp + UDP_AT.sourcePort, localPort);
  write16(buffer, udp + UDP_AT.destinationPort, remotePort);
  write16(buffer, udp + UDP_AT.length, size - headerSize);
  // RFC 3948 §2.1: the checksum SHOULD be transmitted as zero; ESP has its own.
  write16(buffer, udp + UDP_AT.checksum, 0);
  finishHeader(buffer, start, headerSize, size, UDP);
  state.counters.sentEsp++;
  const source = read32(buffer, start + AT.source);
  touch(state, source, localPort, read32(buffer, start + AT.destination), remotePort, ctx);
  return true;
}

/**
 * Takes the UDP header out: `packet.start` is at ESP already, `packet.outer` at the UDP header, and before that stands an IPv4 header of
 * `headerSize` octets. It moves up to ESP, and says what a packet without UDP would.
 */
export function decapsulate(packet: Packet, headerSize: number): void {
  const { buffer, end } = packet;
  const before = packet.outer - headerSize;
  const header = before + UDP_SIZE;
  buffer.copyWithin(header, before, before + headerSize);
  finishHeader(buffer, header, headerSize, end - header, ESP);
  packet.outer = header;
}

function finishHeader(bytes: Uint8Array, at: number, size: number, total: number, protocol: number): void {
  write16(bytes, at + AT.totalLength, total);
  bytes[at + AT.protocol] = protocol;
  write16(bytes, at + AT.checksum, 0);
  write16(bytes, at + AT.checksum, internetChecksum(bytes, at, at + size));
}
