import { timeOfTicks } from './capture-time.ts';
import type { CapturedPacket, CaptureRecord } from './captured.ts';
import { longEnough, optionText, readOptions, sizedOption } from './options.ts';
import {
  DIRECTION_INBOUND,
  DIRECTION_MASK,
  DIRECTION_OUTBOUND,
  OPTION,
  PACKET_BODY_BYTES,
  padded,
  SIMPLE_PACKET_BODY_BYTES,
} from './pcapng-format.ts';
import { type Block, type CaptureReader, type Draft, type InterfaceReading, report } from './reading.ts';

/** Enhanced packet block: `interface(4) high(4) low(4) capturedLength(4) originalLength(4) packet padding options`. */
export function enhancedPacketBlock(reader: CaptureReader, block: Block, records: CaptureRecord[]): void {
  if (!longEnough(reader, block, PACKET_BODY_BYTES, records)) return;
  timedPacket(reader, block, block.window.view.getUint32(block.start, reader.littleEndian), records);
}

/** The obsolete packet block has the same shape, but for `interface(2) drops(2)` at its start. */
export function obsoletePacketBlock(reader: CaptureReader, block: Block, records: CaptureRecord[]): void {
  if (!longEnough(reader, block, PACKET_BODY_BYTES, records)) return;
  timedPacket(reader, block, block.window.view.getUint16(block.start, reader.littleEndian), records);
}

/** Simple packet block: `originalLength(4) packet padding`. Of interface 0, without time, cut at its snapshot length. */
export function simplePacketBlock(reader: CaptureReader, block: Block, records: CaptureRecord[]): void {
  if (!longEnough(reader, block, SIMPLE_PACKET_BODY_BYTES, records)) return;
  const from = findInterface(reader, block, 0, records);
  if (from === undefined) return;
  const originalLength = block.window.view.getUint32(block.start, reader.littleEndian);
  const length = from.snapLength === 0 ? originalLength : Math.min(originalLength, from.snapLength);
  const dataAt = block.start + SIMPLE_PACKET_BODY_BYTES;
  if (!packetFits(reader, block, block.start, dataAt, length, records)) return;
  const bytes = block.window.bytes.slice(dataAt, dataAt + length);
  const packet = { number: ++reader.packetCount, at: block.at, interface: from.index, bytes, originalLength };
  records.push({ kind: 'packet', packet });
}

function timedPacket(reader: CaptureReader, block: Block, interfaceNumber: number, records: CaptureRecord[]): void {
  const { view, bytes } = block.window;
  const little = reader.littleEndian;
  const from = findInterface(reader, block, interfaceNumber, records);
  if (from === undefined) return;
  const captured = view.getUint32(block.start + 12, little);
  const originalLength = view.getUint32(block.start + 16, little);
  const dataAt = block.start + PACKET_BODY_BYTES;
  if (!packetFits(reader, block, block.start + 12, dataAt, captured, records)) return;
  if (captured > originalLength) {
    report(reader, records, {
      code: 'field-length',
      at: block.window.at + block.start + 16,
      header: block.name,
      field: 'original length',
      expected: `at least the captured length, ${captured}`,
      found: String(originalLength),
    });
  }
  const packet: Draft<CapturedPacket> = {
    number: ++reader.packetCount,
    at: block.at,
    interface: from.index,
    bytes: bytes.slice(dataAt, dataAt + captured),
    originalLength,
  };
  const time = timeOfTicks(
    view.getUint32(block.start + 4, little),
    view.getUint32(block.start + 8, little),
    from.clock,
  );
  if (time !== undefined) packet.time = time;
  else {
    report(reader, records, {
      code: 'time',
      at: block.window.at + block.start + 4,
      header: block.name,
      field: 'timestamp',
      expected: 'seconds within 53 bits',
      found: 'more, so the packet has no time',
    });
  }
  const optionsAt = dataAt + padded(captured);
  if (optionsAt < block.end) packetOptions(reader, block, optionsAt, packet, records);
  records.push({ kind: 'packet', packet });
}

function packetOptions(
  reader: CaptureReader,
  block: Block,
  start: number,
  packet: Draft<CapturedPacket>,
  records: CaptureRecord[],
): void {
  const comments: string[] = [];
  readOptions(reader, block, start, records, (code, at, length) => {
    if (code === OPTION.comment) comments.push(optionText(block, at, length));
    else if (code === OPTION.packetFlags && sizedOption(reader, block, at, length, 4, 'packet flags', records)) {
      const direction = block.window.view.getUint32(at, reader.littleEndian) & DIRECTION_MASK;
      if (direction === DIRECTION_INBOUND) packet.direction = 'inbound';
      else if (direction === DIRECTION_OUTBOUND) packet.direction = 'outbound';
    }
  });
  if (comments.length > 0) packet.comments = comments;
}

function findInterface(
  reader: CaptureReader,
  block: Block,
  number: number,
  records: CaptureRecord[],
): InterfaceReading | undefined {
  const found = reader.interfaces[number];
  if (found !== undefined) return found;
  report(reader, records, {
    code: 'unknown-interface',
    at: block.window.at + block.start,
    header: block.name,
    field: 'interface',
    expected: `one of the ${reader.interfaces.length} that this section has described`,
    found: number < reader.interfaces.length ? `${number}, whose description could not be read` : String(number),
  });
  return undefined;
}

/** Whether `length` octets of packet are in the block, and within what is read. Where not, the block is passed over. */
function packetFits(
  reader: CaptureReader,
  block: Block,
  fieldAt: number,
  dataAt: number,
  length: number,
  records: CaptureRecord[],
): boolean {
  const left = block.end - dataAt;
  const fits = length <= left;
  if (fits && length <= reader.limits.packetBytes) return true;
  report(reader, records, {
    code: fits ? 'limit' : 'field-length',
    at: block.window.at + fieldAt,
    header: block.name,
    field: 'captured length',
    expected: fits ? `at most ${reader.limits.packetBytes} octets` : `at most ${left}, what is left of the block`,
    found: `${length}; the packet is passed over`,
  });
  return false;
}
