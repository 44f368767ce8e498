/**
 * Capture files as other programs write them, in either byte order, built here by hand and with none of the product's code: what
 * its own writer never writes (big endian, microseconds, old blocks, lies) must be read all the same.
 */
export type Order = 'little' | 'big';

export function u16(order: Order, value: number): number[] {
  const octets = [(value >>> 8) & 0xff, value & 0xff];
  return order === 'big' ? octets : octets.reverse();
}

export function u32(order: Order, value: number): number[] {
  const octets = [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
  return order === 'big' ? octets : octets.reverse();
}

export function u64(order: Order, value: bigint): number[] {
  const wrapped = BigInt.asUintN(64, value);
  const octets = [...u32('big', Number(wrapped >> 32n)), ...u32('big', Number(wrapped & 0xffff_ffffn))];
  return order === 'big' ? octets : octets.reverse();
}

export function pad(octets: readonly number[]): number[] {
  return [...octets, ...Array<number>((4 - (octets.length % 4)) % 4).fill(0)];
}

export function text(value: string): number[] {
  return [...new TextEncoder().encode(value)];
}

export function block(order: Order, type: number, body: readonly number[]): number[] {
  const length = body.length + 12;
  return [...u32(order, type), ...u32(order, length), ...body, ...u32(order, length)];
}

export function option(order: Order, code: number, value: readonly number[]): number[] {
  return [...u16(order, code), ...u16(order, value.length), ...pad(value)];
}

export interface SectionFields {
  readonly major?: number;
  readonly minor?: number;
  readonly length?: bigint;
  readonly options?: readonly number[];
}

export function section(order: Order, fields: SectionFields = {}): number[] {
  const { major = 1, minor = 0, length = -1n, options = [] } = fields;
  const fixed = [...u32(order, 0x1a2b3c4d), ...u16(order, major), ...u16(order, minor), ...u64(order, length)];
  return block(order, 0x0a0d0d0a, [...fixed, ...options]);
}

export function described(order: Order, linkType: number, snapLength = 0, options: readonly number[] = []): number[] {
  return block(order, 1, [...u16(order, linkType), 0, 0, ...u32(order, snapLength), ...options]);
}

export interface PacketFields {
  readonly interface?: number;
  readonly ticks?: bigint;
  readonly bytes: readonly number[];
  readonly captured?: number;
  readonly original?: number;
  readonly options?: readonly number[];
}

export function enhanced(order: Order, packet: PacketFields): number[] {
  return block(order, 6, [...u32(order, packet.interface ?? 0), ...packetBody(order, packet)]);
}

export function obsolete(order: Order, packet: PacketFields): number[] {
  return block(order, 2, [...u16(order, packet.interface ?? 0), 0xff, 0xff, ...packetBody(order, packet)]);
}

function packetBody(order: Order, packet: PacketFields): number[] {
  const { ticks = 0n, bytes, captured = bytes.length, original = bytes.length, options = [] } = packet;
  const time = [...u32(order, Number(ticks >> 32n)), ...u32(order, Number(ticks & 0xffff_ffffn))];
  return [...time, ...u32(order, captured), ...u32(order, original), ...pad(bytes), ...options];
}

export function simple(order: Order, originalLength: number, bytes: readonly number[]): number[] {
  return block(order, 3, [...u32(order, originalLength), ...pad(bytes)]);
}

export interface PcapPacketFields {
  readonly seconds: number;
  readonly fraction: number;
  readonly bytes: readonly number[];
  readonly captured?: number;
  readonly original?: number;
}

export function pcap(
  order: Order,
  magic: number,
  linkType: number,
  packets: readonly PcapPacketFields[],
  minor = 4,
): Uint8Array {
  const header = [...u32(order, magic), ...u16(order, 2), ...u16(order, minor), ...Array<number>(8).fill(0)];
  const records = packets.flatMap((packet) => [
    ...[...u32(order, packet.seconds), ...u32(order, packet.fraction)],
    ...u32(order, packet.captured ?? packet.bytes.length),
    ...u32(order, packet.original ?? packet.bytes.length),
    ...packet.bytes,
  ]);
  return Uint8Array.from([...header, ...u32(order, 65_535), ...u32(order, linkType), ...records]);
}
