import { formatCaptureTime, timeOfTicks } from './capture-time.ts';
import type { CapturedPacket, CaptureRecord } from './captured.ts';
import { PCAP_HEADER_BYTES, PCAP_LINK_TYPE_MASK, PCAP_MAGIC, PCAP_RECORD_BYTES, PCAP_VERSION } from './pcap-format.ts';
import { type CaptureReader, type Draft, report, stop, type Window, want } from './reading.ts';

/** Reads the next record of a classic pcap file, its header first; returns the octets consumed, 0 where more are needed. */
export function readPcap(reader: CaptureReader, window: Window, at: number, records: CaptureRecord[]): number {
  return reader.interfaceCount === 0 ? readHeader(reader, window, records) : readRecord(reader, window, at, records);
}

function readHeader(reader: CaptureReader, window: Window, records: CaptureRecord[]): number {
  const { view, length } = window;
  const little = reader.littleEndian;
  if (length < PCAP_HEADER_BYTES) return want(reader, PCAP_HEADER_BYTES, 'file header');
  const version = `${view.getUint16(4, little)}.${view.getUint16(6, little)}`;
  const expected = `${PCAP_VERSION.major}.${PCAP_VERSION.minor}`;
  if (version !== expected) {
    return stop(reader, records, {
      code: 'version',
      at: 4,
      header: 'file header',
      field: 'version',
      expected,
      found: version,
    });
  }
  const exponent = view.getUint32(0, little) === PCAP_MAGIC.nanoseconds ? 9 : 6;
  const snapLength = view.getUint32(16, little);
  reader.interfaces = [{ index: 0, snapLength, clock: { ticksPerSecond: 10n ** BigInt(exponent), offsetSeconds: 0 } }];
  reader.interfaceCount = 1;
  records.push({
    kind: 'interface',
    interface: {
      at: 0,
      section: 0,
      linkType: view.getUint32(20, little) & PCAP_LINK_TYPE_MASK,
      snapLength,
      resolution: { base: 10, exponent },
      offsetSeconds: 0,
    },
  });
  return PCAP_HEADER_BYTES;
}

function readRecord(reader: CaptureReader, window: Window, at: number, records: CaptureRecord[]): number {
  const { view } = window;
  const little = reader.littleEndian;
  const left = window.length - at;
  if (left < PCAP_RECORD_BYTES) return want(reader, PCAP_RECORD_BYTES, 'record header');
  const captured = view.getUint32(at + 8, little);
  const originalLength = view.getUint32(at + 12, little);
  if (captured > reader.limits.packetBytes) {
    // The next record's place follows from this length, and no magic number marks it.
    return stop(reader, records, {
      code: 'limit',
      at: window.at + at + 8,
      header: 'record header',
      field: 'captured length',
      expected: `at most ${reader.limits.packetBytes} octets`,
      found: String(captured),
    });
  }
  const size = PCAP_RECORD_BYTES + captured;
  if (left < size) return want(reader, size, 'record');
  if (captured > originalLength) {
    report(reader, records, {
      code: 'field-length',
      at: window.at + at + 12,
      header: 'record header',
      field: 'original length',
      expected: `at least the captured length, ${captured}`,
      found: String(originalLength),
    });
  }
  const packet: Draft<CapturedPacket> = {
    number: ++reader.packetCount,
    at: window.at + at,
    interface: 0,
    bytes: window.bytes.slice(at + PCAP_RECORD_BYTES, at + size),
    originalLength,
  };
  readTime(reader, window, at, packet, records);
  records.push({ kind: 'packet', packet });
  return size;
}

/** Seconds and their fraction, in microseconds or nanoseconds. A fraction of a second or more is carried over. */
function readTime(
  reader: CaptureReader,
  window: Window,
  at: number,
  packet: Draft<CapturedPacket>,
  records: CaptureRecord[],
): void {
  const clock = reader.interfaces[0]?.clock;
  if (clock === undefined) return;
  const seconds = window.view.getUint32(at, reader.littleEndian);
  const fraction = window.view.getUint32(at + 4, reader.littleEndian);
  const time = timeOfTicks(0, fraction, { ticksPerSecond: clock.ticksPerSecond, offsetSeconds: seconds });
  if (time === undefined) return;
  packet.time = time;
  if (time.seconds === seconds) return;
  report(reader, records, {
    code: 'time',
    at: window.at + at + 4,
    header: 'record header',
    field: 'fraction of a second',
    expected: `less than ${clock.ticksPerSecond}`,
    found: `${fraction}, read as ${formatCaptureTime(time)}`,
  });
}
