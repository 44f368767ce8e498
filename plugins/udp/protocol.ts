import {
  type Context,
  foldSum,
  nextBelow,
  type Packet,
  type Protocol,
  prepend,
  read16,
  read32,
  sumWords,
  write16,
} from '../../core/index.ts';
import { ICMP_TYPE, icmpContract, UNREACHABLE } from '../icmp/contract.ts';
import {
  formatIpv4,
  type Ipv4Address,
  type Ipv4Calls,
  ipv4Contract,
  ipv4Header,
  ipv4HeaderSize,
  sumPseudoHeader,
} from '../ipv4/contract.ts';
import { errorsToPort, type UdpCalls, type UdpSendOptions, type UdpTag } from './contract.ts';
import { udpHeader } from './headers.ts';

const UDP_PROTOCOL = 17;
const HEADER_SIZE = udpHeader.fixedSize;
const AT = udpHeader.offset;
const IP = ipv4Header.offset;
/** The dynamic ports (RFC 6335 §6). */
const FIRST_DYNAMIC = 49_152;
const DYNAMIC_PORTS = 16_384;
const LARGEST_LENGTH = 65_535;

/** UDP keeps nothing: who is bound to which port is the engine's to know. */
export type UdpState = Record<string, never>;

export const udpProtocol: Protocol<UdpState, unknown> = {
  create: () => ({}),
  receive(_state, packet, ctx) {
    if (packet.tags?.icmp === undefined) receiveDatagram(packet, ctx);
    else receiveError(packet, ctx);
  },
  calls: (_state, ctx): UdpCalls => ({
    send: (packet, options) => send(packet, options, ctx),
    freePort: () => freePort(ctx),
  }),
};

function receiveDatagram(packet: Packet, ctx: Context): void {
  const { buffer, start, outer } = packet;
  const there = packet.end - start;
  const source = read32(buffer, outer + IP.source);
  const length = there >= HEADER_SIZE ? read16(buffer, start + AT.length) : 0;
  if (length < HEADER_SIZE || length > there) {
    const decoded = udpHeader.decode(buffer, start, packet.end);
    ctx.drop(packet, 'udp.malformed', { from: formatIpv4(source), message: decoded.ok ? '' : decoded.fault.message });
    return;
  }
  // What IP carries behind the datagram is no part of it.
  packet.end = start + length;
  const sourcePort = read16(buffer, start + AT.sourcePort);
  const destinationPort = read16(buffer, start + AT.destinationPort);
  if (read16(buffer, start + AT.checksum) !== 0) {
    const sum = sumPseudoHeader(buffer, outer, UDP_PROTOCOL, length);
    if (foldSum(sumWords(buffer, start, start + length, sum)) !== 0) {
      ctx.drop(packet, 'udp.bad-checksum', { from: formatIpv4(source), port: destinationPort });
      return;
    }
  }
  const destination = read32(buffer, outer + IP.destination);
  const tag: UdpTag = { source, sourcePort, destination, destinationPort, ipHeaderSize: start - outer };
  if (packet.tags === undefined) packet.tags = { udp: tag };
  else packet.tags.udp = tag;
  packet.outer = start;
  packet.start = start + HEADER_SIZE;
  if (ctx.deliver(packet, destinationPort)) return;
  packet.start = outer;
  const error = { type: ICMP_TYPE.unreachable, code: UNREACHABLE.port };
  ctx.sibling(icmpContract)?.sendError(error, packet, packet.ingress);
  ctx.drop(packet, 'udp.no-port', { port: destinationPort, from: formatIpv4(source) });
}

/** An ICMP error about a datagram of ours: for whoever has the port that it was sent from. */
function receiveError(packet: Packet, ctx: Context): void {
  const { buffer, start, end } = packet;
  const at = start + ipv4HeaderSize(buffer, start);
  if (end - at < HEADER_SIZE) {
    ctx.drop(packet, 'udp.bad-quote', { size: Math.max(0, end - at) });
    return;
  }
  const sourcePort = read16(buffer, at + AT.sourcePort);
  const tag: UdpTag = {
    source: read32(buffer, start + IP.source),
    sourcePort,
    destination: read32(buffer, start + IP.destination),
    destinationPort: read16(buffer, at + AT.destinationPort),
    ipHeaderSize: at - start,
  };
  packet.tags = packet.tags === undefined ? { udp: tag } : { ...packet.tags, udp: tag };
  if (!ctx.deliver(packet, errorsToPort(sourcePort))) ctx.consume(packet);
}

function send(packet: Packet, options: UdpSendOptions, ctx: Context): void {
  const ipv4 = ctx.sibling(ipv4Contract) as Ipv4Calls;
  const { destination, destinationPort, sourcePort } = options;
  const length = packet.end - packet.start + HEADER_SIZE;
  if (length > LARGEST_LENGTH) {
    ctx.drop(packet, 'udp.too-long', { length, destination: formatIpv4(destination) });
    return;
  }
  // The checksum covers the source address, so it is chosen here.
  const source = options.source ?? ipv4.sourceFor(destination) ?? ipv4.addresses()[0]?.address ?? 0;
  prepend(packet, HEADER_SIZE);
  const { buffer, start, end } = packet;
  write16(buffer, start + AT.sourcePort, sourcePort);
  write16(buffer, start + AT.destinationPort, destinationPort);
  write16(buffer, start + AT.length, length);
  write16(buffer, start + AT.checksum, 0);
  if (options.withoutChecksum !== true) {
    const sum = wordsOf(source) + wordsOf(destination) + UDP_PROTOCOL + length;
    // A checksum that comes out as 0 is sent as all ones: 0 says that there is none (RFC 768).
    write16(buffer, start + AT.checksum, foldSum(sumWords(buffer, start, end, sum)) || 0xffff);
  }
  // Written out, undefined or not: spreads in a literal cost more than the header.
  const { ttl, dontFragment, typeOfService, egress } = options;
  ipv4.send(packet, { destination, source, protocol: UDP_PROTOCOL, ttl, dontFragment, typeOfService, egress });
}

function wordsOf(address: Ipv4Address): number {
  return (address >>> 16) + (address & 0xffff);
}

/** A dynamic port that is free, from a random one on (RFC 6056 §3.3.1). */
function freePort(ctx: Context): number | undefined {
  const first = nextBelow(ctx.random('port'), DYNAMIC_PORTS);
  for (let step = 0; step < DYNAMIC_PORTS; step++) {
    const port = FIRST_DYNAMIC + ((first + step) % DYNAMIC_PORTS);
    if (!ctx.bind('udp', port)) continue;
    // It was only asked whether somebody has it: the caller binds it.
    ctx.unbind('udp', port);
    return port;
  }
  return undefined;
}
