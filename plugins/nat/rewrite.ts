import { read16, read32, write16, write32 } from '../../core/index.ts';
import { echoHeader } from '../icmp/contract.ts';
import { type Ipv4Address, ipv4Header } from '../ipv4/contract.ts';
import { udpHeader } from '../udp/contract.ts';
import { tcpHeader } from './headers.ts';
import { PROTOCOL } from './protocols.ts';

/**
 * Addresses and ports written in place, with the checksums brought up to date by the difference (RFC 1624 equation 3), so that a packet that
 * came damaged goes on damaged. Translation and its reverse give the original octets: equation 3 never yields the second zero, 0xffff,
 * which no sender writes but for UDP, where 0 means that there is no checksum.
 */

const IP = ipv4Header.offset;
const UDP = udpHeader.offset;
const TCP = tcpHeader.offset;
const ECHO = echoHeader.offset;

/** Which end of a packet is written: its source or its destination. */
export const END = { source: 0, destination: 1 } as const;
export type End = (typeof END)[keyof typeof END];

/** The difference that a checksum sees when an address changes: to be added to its complement. */
function addressDifference(before: Ipv4Address, after: Ipv4Address): number {
  return (~(before >>> 16) & 0xffff) + (~before & 0xffff) + (after >>> 16) + (after & 0xffff);
}

function wordDifference(before: number, after: number): number {
  return (~before & 0xffff) + after;
}

/** RFC 1624 equation 3 for a difference of several words. */
function adjusted(checksum: number, difference: number): number {
  let sum = (~checksum & 0xffff) + difference;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** For UDP a checksum of 0 stays (there is none), and one that comes out as 0 is written as its other form (RFC 768). */
function adjustedUdp(checksum: number, difference: number): number {
  return checksum === 0 ? 0 : adjusted(checksum, difference) || 0xffff;
}

/**
 * Writes one end of the packet whose IPv4 header is at `at` and whose transport header is at `transport`: its address, and its port or
 * query identifier where `port` is not -1. `end` bounds what is written: a quoted packet is cut. The transport header is left alone
 * when `transport` is -1 (a later fragment). Returns the difference that a checksum over the whole packet would see.
 */
export function writeEnd(
  bytes: Uint8Array,
  at: number,
  transport: number,
  end: number,
  which: End,
  address: Ipv4Address,
  port: number,
): number {
  const addressAt = at + (which === END.source ? IP.source : IP.destination);
  const before = read32(bytes, addressAt);
  const addressChange = addressDifference(before, address);
  write32(bytes, addressAt, address);
  const checksum = read16(bytes, at + IP.checksum);
  const corrected = adjusted(checksum, addressChange);
  write16(bytes, at + IP.checksum, corrected);
  const change = addressChange + wordDifference(checksum, corrected);
  if (transport < 0) return change;
  const protocol = bytes[at + IP.protocol];
  if (protocol === PROTOCOL.udp) {
    return change + writeUdp(bytes, transport, end, which, addressChange, port);
  }
  if (protocol === PROTOCOL.tcp) return change + writeTcp(bytes, transport, end, which, addressChange, port);
  if (protocol === PROTOCOL.icmp && port >= 0) return change + writeQuery(bytes, transport, end, port);
  return change;
}

function writeUdp(bytes: Uint8Array, at: number, end: number, which: End, addressChange: number, port: number): number {
  const portAt = at + (which === END.source ? UDP.sourcePort : UDP.destinationPort);
  const portChange = port < 0 || portAt + 2 > end ? 0 : writePort(bytes, portAt, port);
  const checksumAt = at + UDP.checksum;
  if (checksumAt + 2 > end) return portChange;
  const checksum = read16(bytes, checksumAt);
  const corrected = adjustedUdp(checksum, addressChange + portChange);
  write16(bytes, checksumAt, corrected);
  return portChange + wordDifference(checksum, corrected);
}

function writeTcp(bytes: Uint8Array, at: number, end: number, which: End, addressChange: number, port: number): number {
  const portAt = at + (which === END.source ? TCP.sourcePort : TCP.destinationPort);
  const portChange = port < 0 || portAt + 2 > end ? 0 : writePort(bytes, portAt, port);
  const checksumAt = at + TCP.checksum;
  // A quote need not reach so far (RFC 792: 8 octets are enough).
  if (checksumAt + 2 > end) return portChange;
  const checksum = read16(bytes, checksumAt);
  const corrected = adjusted(checksum, addressChange + portChange);
  write16(bytes, checksumAt, corrected);
  return portChange + wordDifference(checksum, corrected);
}

/** The identifier of a query; ICMP's checksum knows no addresses. */
function writeQuery(bytes: Uint8Array, at: number, end: number, identifier: number): number {
  const identifierAt = at + ECHO.identifier;
  if (identifierAt + 2 > end) return 0;
  const change = writePort(bytes, identifierAt, identifier);
  const checksumAt = at + ECHO.checksum;
  const checksum = read16(bytes, checksumAt);
  const corrected = adjusted(checksum, change);
  write16(bytes, checksumAt, corrected);
  return change + wordDifference(checksum, corrected);
}

function writePort(bytes: Uint8Array, at: number, port: number): number {
  const before = read16(bytes, at);
  write16(bytes, at, port);
  return wordDifference(before, port);
}

/** Brings the checksum of an ICMP message up to date after `difference` in what it quotes. */
export function adjustIcmp(bytes: Uint8Array, message: number, difference: number): void {
  let folded = difference;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  const at = message + ECHO.checksum;
  write16(bytes, at, adjusted(read16(bytes, at), folded));
}
