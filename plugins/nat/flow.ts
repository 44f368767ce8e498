import { type Packet, read16, read32 } from '../../core/index.ts';
import { echoHeader, ICMP_TYPE } from '../icmp/contract.ts';
import { type Ipv4Address, ipv4Header, ipv4HeaderSize } from '../ipv4/contract.ts';
import { udpHeader } from '../udp/contract.ts';
import { espLead, tcpHeader } from './headers.ts';
import { ANY_PROTOCOL, PROTOCOL } from './protocols.ts';

const IP = ipv4Header.offset;
const UDP = udpHeader.offset;
const TCP = tcpHeader.offset;
const ECHO = echoHeader.offset;

/** What translation takes a packet for. */
export const KIND = {
  /** UDP and TCP: both ends have a port. */
  ports: 0,
  /** An ICMP query and its reply: an identifier in place of ports. */
  query: 1,
  reply: 2,
  /** An ICMP message that quotes the packet it is about. */
  error: 3,
  /** ESP: an SPI that its receiver chose. */
  spi: 4,
  /** A protocol without anything like a port. */
  other: 5,
  /** Other ICMP messages: they concern one link only. */
  link: 6,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** What was read of a packet: one object for all of them, as nothing is allocated per packet. */
export interface Flow {
  kind: Kind;
  protocol: number;
  source: Ipv4Address;
  destination: Ipv4Address;
  /** Ports; for queries and replies both are the identifier; for ESP both are the SPI; else 0. */
  sourcePort: number;
  destinationPort: number;
  /** Offset of the transport header in the buffer; -1 for a later fragment. */
  transport: number;
  tcpFlags: number;
}

export function createFlow(): Flow {
  return {
    kind: KIND.other,
    protocol: 0,
    source: 0,
    destination: 0,
    sourcePort: 0,
    destinationPort: 0,
    transport: -1,
    tcpFlags: 0,
  };
}

/** Under `packet.tags.nat`: what the first fragment said, for the later ones; and where a hairpinned packet was sent to. */
export interface NatTag {
  readonly fragment?: { readonly kind: Kind; readonly sourcePort: number; readonly destinationPort: number };
  readonly hairpin?: { readonly address: Ipv4Address; readonly port: number };
}

export const FRAGMENT_OFFSET = 0x1fff;
export const FRAGMENTED = 0x3fff;

/** The word with the fragment's flags and offset. */
export function fragmentWord(packet: Packet): number {
  return read16(packet.buffer, packet.start + IP.reserved);
}

/** Reads a packet that starts with a checked IPv4 header. Returns what is wrong with it, or nothing. */
export function readFlow(flow: Flow, packet: Packet): string | undefined {
  const { buffer, start, end } = packet;
  flow.protocol = buffer[start + IP.protocol] as number;
  flow.source = read32(buffer, start + IP.source);
  flow.destination = read32(buffer, start + IP.destination);
  flow.tcpFlags = 0;
  const word = read16(buffer, start + IP.reserved);
  if ((word & FRAGMENT_OFFSET) !== 0) return readLater(flow, packet);
  return readTransport(flow, buffer, start + ipv4HeaderSize(buffer, start), end, (word & FRAGMENTED) === 0);
}

/** A later fragment has no transport header: what the first one said was put beside it. */
function readLater(flow: Flow, packet: Packet): undefined {
  const known = (packet.tags?.nat as NatTag | undefined)?.fragment;
  flow.transport = -1;
  flow.kind = known?.kind ?? KIND.other;
  flow.sourcePort = known?.sourcePort ?? 0;
  flow.destinationPort = known?.destinationPort ?? 0;
}

/** Reads the transport header at `at`; `whole` is false where the rest of the datagram is elsewhere. */
function readTransport(flow: Flow, buffer: Uint8Array, at: number, end: number, whole: boolean): string | undefined {
  flow.transport = at;
  flow.sourcePort = 0;
  flow.destinationPort = 0;
  const size = end - at;
  switch (flow.protocol) {
    case PROTOCOL.udp:
      return readUdp(flow, buffer, at, size, whole);
    case PROTOCOL.tcp:
      return readTcp(flow, buffer, at, size);
    case PROTOCOL.icmp:
      return readIcmp(flow, buffer, at, size);
    case PROTOCOL.esp:
      flow.kind = KIND.spi;
      if (size < espLead.fixedSize) return `${size} octets are too few for ESP`;
      flow.sourcePort = read32(buffer, at + espLead.offset.spi);
      flow.destinationPort = flow.sourcePort;
      return undefined;
    default:
      flow.kind = KIND.other;
      // 0 stands for mappings of an address alone; as a protocol it is IPv6's hop-by-hop option and no IPv4 payload.
      return flow.protocol === ANY_PROTOCOL ? 'protocol 0 is no IPv4 payload' : undefined;
  }
}

function readUdp(flow: Flow, buffer: Uint8Array, at: number, size: number, whole: boolean): string | undefined {
  flow.kind = KIND.ports;
  if (size < udpHeader.fixedSize) return `${size} octets are too few for a UDP header`;
  const length = read16(buffer, at + UDP.length);
  if (length < udpHeader.fixedSize) return `the UDP length is ${length}, less than its header`;
  if (whole && length > size) return `the UDP length is ${length}, but ${size} octets are there`;
  flow.sourcePort = read16(buffer, at + UDP.sourcePort);
  flow.destinationPort = read16(buffer, at + UDP.destinationPort);
  return zeroPort(flow);
}

function readTcp(flow: Flow, buffer: Uint8Array, at: number, size: number): string | undefined {
  flow.kind = KIND.ports;
  // The checksum must be in the first fragment, or it could not be brought up to date (RFC 3022 §6.3, RFC 1858 §3).
  if (size < tcpHeader.fixedSize) return `${size} octets are too few for a TCP header`;
  const headerSize = ((buffer[at + TCP.dataOffset] as number) >> 4) * 4;
  if (headerSize < tcpHeader.fixedSize) return `the TCP header says that it has ${headerSize} octets`;
  flow.sourcePort = read16(buffer, at + TCP.sourcePort);
  flow.destinationPort = read16(buffer, at + TCP.destinationPort);
  flow.tcpFlags = buffer[at + TCP.flags] as number;
  return zeroPort(flow);
}

/** Port 0 is reserved (IANA): nobody can answer it, and no mapping can keep it. */
function zeroPort(flow: Flow): string | undefined {
  if (flow.sourcePort !== 0 && flow.destinationPort !== 0) return undefined;
  return `the ${flow.sourcePort === 0 ? 'source' : 'destination'} port is 0`;
}

function readIcmp(flow: Flow, buffer: Uint8Array, at: number, size: number): string | undefined {
  if (size < echoHeader.fixedSize) return `${size} octets are too few for an ICMP message`;
  flow.kind = icmpKind(buffer[at + ECHO.type] as number);
  if (flow.kind === KIND.query || flow.kind === KIND.reply) {
    flow.sourcePort = read16(buffer, at + ECHO.identifier);
    flow.destinationPort = flow.sourcePort;
  }
  return undefined;
}

/** Queries have an identifier, errors quote a packet (RFC 5508 §2); the rest is between neighbours. */
export function icmpKind(type: number): Kind {
  switch (type) {
    case ICMP_TYPE.echo:
    case 13: // timestamp
    case 15: // information
    case 17: // address mask
      return KIND.query;
    case ICMP_TYPE.echoReply:
    case 14:
    case 16:
    case 18:
      return KIND.reply;
    case ICMP_TYPE.unreachable:
    case ICMP_TYPE.sourceQuench:
    case ICMP_TYPE.timeExceeded:
    case ICMP_TYPE.parameterProblem:
      return KIND.error;
    default:
      return KIND.link;
  }
}

/**
 * Reads the packet that an ICMP error quotes, whose IPv4 header is at `at`, into `flow`. It is cut, at 8 octets behind its header at the
 * least (RFC 792). Returns what is wrong, or nothing.
 */
export function readQuoted(flow: Flow, buffer: Uint8Array, at: number, end: number): string | undefined {
  const there = end - at;
  if (there < 28) return `it quotes ${there} octets, at least 28 expected`;
  const headerSize = ipv4HeaderSize(buffer, at);
  if ((buffer[at] as number) >> 4 !== 4 || headerSize < 20) return 'what it quotes is no IPv4 packet';
  const transport = at + headerSize;
  if (transport + 8 > end) return 'it quotes less than 8 octets behind the header';
  flow.protocol = buffer[at + IP.protocol] as number;
  flow.source = read32(buffer, at + IP.source);
  flow.destination = read32(buffer, at + IP.destination);
  flow.transport = transport;
  flow.sourcePort = 0;
  flow.destinationPort = 0;
  if ((read16(buffer, at + IP.reserved) & FRAGMENT_OFFSET) !== 0)
    return 'it quotes a later fragment, which has no ports';
  switch (flow.protocol) {
    case PROTOCOL.udp:
    case PROTOCOL.tcp:
      flow.kind = KIND.ports;
      flow.sourcePort = read16(buffer, transport + UDP.sourcePort);
      flow.destinationPort = read16(buffer, transport + UDP.destinationPort);
      return undefined;
    case PROTOCOL.icmp:
      flow.kind = icmpKind(buffer[transport + ECHO.type] as number);
      if (flow.kind !== KIND.query && flow.kind !== KIND.reply) return 'it quotes an ICMP message that is no query';
      flow.sourcePort = read16(buffer, transport + ECHO.identifier);
      flow.destinationPort = flow.sourcePort;
      return undefined;
    case PROTOCOL.esp:
      flow.kind = KIND.spi;
      flow.sourcePort = read32(buffer, transport + espLead.offset.spi);
      flow.destinationPort = flow.sourcePort;
      return undefined;
    default:
      flow.kind = KIND.other;
      return undefined;
  }
}
