import { type CaptureTime, nanosecondHalves } from './capture-time.ts';
import type { CaptureDirection } from './captured.ts';
import { MAX_PACKET_BYTES } from './limits.ts';
import { put16, put32, put64 } from './little-endian.ts';
import {
  BLOCK_BYTES_LEAST,
  BLOCK_HEADER_BYTES,
  BLOCK_TYPE,
  BYTE_ORDER_MAGIC,
  DIRECTION_INBOUND,
  DIRECTION_OUTBOUND,
  INTERFACE_BODY_BYTES,
  NAME_ADDRESS_BYTES,
  NAME_RECORD_END,
  OPTION,
  PACKET_BODY_BYTES,
  padded,
  SECRETS_BODY_BYTES,
  SECTION_BODY_BYTES,
} from './pcapng-format.ts';

/**
 * Writing pcapng, a block at a time: each function returns the octets of one block, so that a capture of any length is streamed
 * by whoever holds the file. Little endian; timestamps count nanoseconds. The same input gives the same octets. A wrong
 * argument (a length that does not fit, a time that is not an integer) is the caller's fault and throws a RangeError.
 */

/** What a section says of its origin. */
export interface SectionDescription {
  /** The program that wrote it. */
  readonly application?: string;
  readonly comments?: readonly string[];
}

export interface InterfaceDescription {
  /** Link-layer type of its packets, 16 bits. */
  readonly linkType: number;
  /** Longest packet recorded, in octets; 0 for no limit. */
  readonly snapLength?: number;
  readonly name?: string;
  readonly description?: string;
  /** Seconds that a reader adds to each timestamp: puts a run that begins at 0 somewhere in the calendar. */
  readonly offsetSeconds?: number;
  readonly comments?: readonly string[];
}

export interface PacketToWrite {
  /** Which of the section's interfaces, from 0 in the order of their descriptions. */
  readonly interface: number;
  /** Integer nanoseconds, or seconds and nanoseconds, counted from the interface's `offsetSeconds`. */
  readonly time: number | CaptureTime;
  readonly bytes: Uint8Array;
  /** Octets it had before it was cut; that of `bytes` where absent. */
  readonly originalLength?: number;
  readonly direction?: CaptureDirection;
  readonly comments?: readonly string[];
}

export interface SecretsToWrite {
  /** Secrets type, four octets. */
  readonly type: number;
  readonly bytes: Uint8Array;
}

export interface NameToWrite {
  /** Record type, which fixes the length of the address. */
  readonly type: number;
  readonly address: Uint8Array;
  readonly names: readonly string[];
}

/** Longest text of an option, in octets of UTF-8: what 16 bits and the padding leave. Longer text is cut and ends in `…`. */
export const MAX_TEXT_BYTES = 65_532;

const APPLICATION = 'Ikebana';
const NANOSECOND_RESOLUTION = 9;
const VERSION_MAJOR = 1;
const EMPTY = new Uint8Array(0);

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/** The section header block, which begins a capture. Its section's length is left open, so blocks can follow as they come. */
export function sectionHeader(section: SectionDescription = {}): Uint8Array {
  const bytes = block(BLOCK_TYPE.section, SECTION_BODY_BYTES, EMPTY, [
    ...comments(section.comments),
    text(OPTION.sectionApplication, section.application ?? APPLICATION),
  ]);
  put32(bytes, BLOCK_HEADER_BYTES, BYTE_ORDER_MAGIC);
  put16(bytes, BLOCK_HEADER_BYTES + 4, VERSION_MAJOR);
  bytes.fill(0xff, BLOCK_HEADER_BYTES + 8, BLOCK_HEADER_BYTES + 16);
  return bytes;
}

/** An interface description block. The first one of a section is interface 0. */
export function interfaceDescription(described: InterfaceDescription): Uint8Array {
  const options = comments(described.comments);
  if (described.name !== undefined) options.push(text(OPTION.interfaceName, described.name));
  if (described.description !== undefined) options.push(text(OPTION.interfaceDescription, described.description));
  options.push({ code: OPTION.interfaceResolution, value: Uint8Array.of(NANOSECOND_RESOLUTION) });
  if (described.offsetSeconds !== undefined) {
    checkInteger('offsetSeconds', described.offsetSeconds, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    const value = new Uint8Array(8);
    put64(value, 0, described.offsetSeconds);
    options.push({ code: OPTION.interfaceOffset, value });
  }
  const bytes = block(BLOCK_TYPE.interface, INTERFACE_BODY_BYTES, EMPTY, options);
  put16(bytes, BLOCK_HEADER_BYTES, checkInteger('linkType', described.linkType, 0, 0xffff));
  put32(bytes, BLOCK_HEADER_BYTES + 4, checkInteger('snapLength', described.snapLength ?? 0, 0, 0xffff_ffff));
  return bytes;
}

/** An enhanced packet block. */
export function enhancedPacket(packet: PacketToWrite): Uint8Array {
  checkInteger('interface', packet.interface, 0, 0xffff_ffff);
  checkInteger('length of the packet', packet.bytes.length, 0, MAX_PACKET_BYTES);
  const length = packet.originalLength ?? packet.bytes.length;
  checkInteger('originalLength', length, packet.bytes.length, 0xffff_ffff);
  const options = comments(packet.comments);
  if (packet.direction !== undefined) {
    const flags = packet.direction === 'inbound' ? DIRECTION_INBOUND : DIRECTION_OUTBOUND;
    options.push({ code: OPTION.packetFlags, value: Uint8Array.of(flags, 0, 0, 0) });
  }
  const time = nanosecondHalves(packet.time);
  const bytes = block(BLOCK_TYPE.enhancedPacket, PACKET_BODY_BYTES, packet.bytes, options);
  put32(bytes, 8, packet.interface);
  put32(bytes, 12, time.high);
  put32(bytes, 16, time.low);
  put32(bytes, 20, packet.bytes.length);
  put32(bytes, 24, length);
  return bytes;
}

/** A decryption secrets block. It goes before the packets it opens: dissectors read a file once, from its start. */
export function decryptionSecrets(secrets: SecretsToWrite): Uint8Array {
  const bytes = block(BLOCK_TYPE.decryptionSecrets, SECRETS_BODY_BYTES, secrets.bytes, []);
  put32(bytes, BLOCK_HEADER_BYTES, checkInteger('type of secrets', secrets.type, 0, 0xffff_ffff));
  put32(bytes, BLOCK_HEADER_BYTES + 4, secrets.bytes.length);
  return bytes;
}

/** A name resolution block: which names stand for which addresses. */
export function nameResolution(names: readonly NameToWrite[]): Uint8Array {
  const records = names.map((name) => nameRecord(name));
  const length = records.reduce((sum, record) => sum + 4 + padded(record.value.length), 0);
  const body = new Uint8Array(length + 4);
  const at = putOptions(body, 0, records);
  put32(body, at, NAME_RECORD_END);
  return block(BLOCK_TYPE.nameResolution, 0, body, []);
}

/** A record of the block has the shape of an option: type, length, value, padding. */
function nameRecord(name: NameToWrite): Option {
  const expected = NAME_ADDRESS_BYTES[name.type];
  if (expected === undefined) throw new RangeError(`unknown type of name record: ${name.type}`);
  checkInteger('length of the address', name.address.length, expected, expected);
  const names = new TextEncoder().encode(name.names.map((one) => `${one.replaceAll('\0', '')}\0`).join(''));
  checkInteger('length of the names', names.length, 1, MAX_TEXT_BYTES - expected);
  const value = new Uint8Array(name.address.length + names.length);
  value.set(name.address);
  value.set(names, name.address.length);
  return { code: name.type, value };
}

/** A block of zeros with its frame, data and options in place; the caller fills the fixed part of the body, from octet 8. */
function block(type: number, fixed: number, data: Uint8Array, options: readonly Option[]): Uint8Array {
  const dataAt = BLOCK_HEADER_BYTES + fixed;
  const optionsAt = dataAt + padded(data.length);
  let length = BLOCK_BYTES_LEAST - BLOCK_HEADER_BYTES + optionsAt;
  for (const option of options) length += 4 + padded(option.value.length);
  if (options.length > 0) length += 4;
  const bytes = new Uint8Array(length);
  put32(bytes, 0, type);
  put32(bytes, 4, length);
  bytes.set(data, dataAt);
  // The end of options is four zero octets, which are there already.
  putOptions(bytes, optionsAt, options);
  put32(bytes, length - 4, length);
  return bytes;
}

function putOptions(bytes: Uint8Array, start: number, options: readonly Option[]): number {
  let at = start;
  for (const option of options) {
    put16(bytes, at, option.code);
    put16(bytes, at + 2, option.value.length);
    bytes.set(option.value, at + 4);
    at += 4 + padded(option.value.length);
  }
  return at;
}

function comments(texts: readonly string[] | undefined): Option[] {
  return (texts ?? []).map((one) => text(OPTION.comment, one));
}

function text(code: number, value: string): Option {
  const bytes = new TextEncoder().encode(value);
  if (bytes.length <= MAX_TEXT_BYTES) return { code, value: bytes };
  const ellipsis = new TextEncoder().encode('…');
  let end = MAX_TEXT_BYTES - ellipsis.length;
  // Octets 10xxxxxx continue a character: none is cut in half.
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  const cut = new Uint8Array(end + ellipsis.length);
  cut.set(bytes.subarray(0, end));
  cut.set(ellipsis, end);
  return { code, value: cut };
}

function checkInteger(what: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${what} is ${value}; it is an integer from ${least} to ${most}`);
}
