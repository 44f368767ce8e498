import { toHex } from '../wire/index.ts';
import type { CaptureRecord } from './captured.ts';
import { CAPTURE_LIMITS, type CaptureLimits } from './limits.ts';
import { PCAP_MAGIC } from './pcap-format.ts';
import { readPcap } from './pcap-reader.ts';
import { BLOCK_TYPE } from './pcapng-format.ts';
import { readBlock } from './pcapng-reader.ts';
import { type CaptureReader, stop, type Window, want } from './reading.ts';
import { checkSectionLength } from './section-length.ts';

/** Reading a capture file, pcap or pcapng, that arrives in chunks of any size. Never throws, whatever the octets are. */

/** The reader of a file of which nothing has arrived yet. */
export function startReading(limits: CaptureLimits = CAPTURE_LIMITS): CaptureReader {
  return {
    limits,
    format: undefined,
    stopped: false,
    at: 0,
    pending: new Uint8Array(0),
    pendingLength: 0,
    wanted: 0,
    wantedFor: '',
    littleEndian: true,
    interfaces: [],
    sectionBodyAt: 0,
    sectionBodyLength: -1,
    sectionCount: 0,
    interfaceCount: 0,
    packetCount: 0,
    nameCount: 0,
    secretsCount: 0,
    skippedBlocks: 0,
    faultCount: 0,
    faultsNotListed: 0,
  };
}

/** Takes the next octets of the file; returns the records that are whole with them. The chunk is not kept. */
export function readChunk(reader: CaptureReader, chunk: Uint8Array): CaptureRecord[] {
  const records: CaptureRecord[] = [];
  if (reader.stopped || chunk.length === 0) return records;
  if (reader.pendingLength === 0) {
    const used = readSteps(reader, chunk, chunk.length, records);
    if (!reader.stopped && used < chunk.length) keep(reader, chunk.subarray(used));
    return records;
  }
  keep(reader, chunk);
  if (reader.pendingLength < reader.wanted) return records;
  const used = readSteps(reader, reader.pending, reader.pendingLength, records);
  reader.pending.copyWithin(0, used, reader.pendingLength);
  reader.pendingLength -= used;
  return records;
}

/** Says that the file has ended; returns the faults that follow from that. */
export function readEnd(reader: CaptureReader): CaptureRecord[] {
  const records: CaptureRecord[] = [];
  if (reader.stopped) return records;
  if (reader.at + reader.pendingLength === 0) {
    stop(reader, records, {
      code: 'empty',
      at: 0,
      header: 'file',
      expected: 'the header of a pcap or pcapng file',
      found: 'no octets at all',
    });
  } else if (reader.pendingLength > 0) {
    stop(reader, records, {
      code: 'cut',
      at: reader.at,
      header: reader.wantedFor,
      expected: `${reader.wanted} octets`,
      found: `${reader.pendingLength} before the end of the file`,
    });
  } else if (reader.format === 'pcapng') {
    checkSectionLength(reader, reader.at, records);
  }
  reader.stopped = true;
  reader.pending = new Uint8Array(0);
  reader.pendingLength = 0;
  return records;
}

/** Appends to the pending octets. The buffer doubles, so that a file in chunks of one octet costs linear time. */
function keep(reader: CaptureReader, chunk: Uint8Array): void {
  const length = reader.pendingLength + chunk.length;
  if (length > reader.pending.length) {
    const wider = new Uint8Array(Math.max(length, 2 * reader.pending.length));
    wider.set(reader.pending.subarray(0, reader.pendingLength));
    reader.pending = wider;
  }
  reader.pending.set(chunk, reader.pendingLength);
  reader.pendingLength = length;
}

/** Reads all whole records; returns the octets consumed. */
function readSteps(reader: CaptureReader, chunk: Uint8Array, length: number, records: CaptureRecord[]): number {
  // A plain view, since `slice` of Node's Buffer, a subclass, does not copy.
  const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, length);
  const window: Window = { bytes, view: new DataView(chunk.buffer, chunk.byteOffset, length), length, at: reader.at };
  let at = 0;
  want(reader, 0, '');
  while (at < length && !reader.stopped) {
    if (reader.format === undefined) recognise(reader, window, records);
    if (reader.format === undefined) break;
    const size =
      reader.format === 'pcap' ? readPcap(reader, window, at, records) : readBlock(reader, window, at, records);
    if (size === 0) break;
    at += size;
    want(reader, 0, '');
  }
  reader.at += at;
  return at;
}

const MAGIC_BYTES = 4;
const MAGICS_EXPECTED = 'the magic number of pcap (a1b2c3d4, a1b23c4d, or either reversed) or of pcapng (0a0d0d0a)';

/** Other files that are handed in as captures, by their first octets in hexadecimal. */
const OTHER_FILES: readonly (readonly [string, string])[] = [
  ['a1b2cd34', "Kuznetzov's modified pcap, whose record headers have 24 octets: convert it to pcapng first"],
  ['34cdb2a1', "Kuznetzov's modified pcap, whose record headers have 24 octets: convert it to pcapng first"],
  ['1f8b', 'a gzip file: decompress it first'],
  ['28b52ffd', 'a Zstandard file: decompress it first'],
  ['04224d18', 'an LZ4 file: decompress it first'],
  ['504b0304', 'a zip archive: unpack it first'],
  ['736e6f6f', 'a snoop capture: convert it to pcapng first'],
];

/** Tells the format, and of pcap the byte order, by the first four octets. */
function recognise(reader: CaptureReader, window: Window, records: CaptureRecord[]): void {
  if (window.length < MAGIC_BYTES) {
    want(reader, MAGIC_BYTES, 'file header');
    return;
  }
  const little = window.view.getUint32(0, true);
  const big = window.view.getUint32(0, false);
  if (little === BLOCK_TYPE.section) reader.format = 'pcapng';
  else if (isPcapMagic(little)) reader.format = 'pcap';
  else if (isPcapMagic(big)) {
    reader.format = 'pcap';
    reader.littleEndian = false;
  } else {
    const found = toHex(window.bytes.subarray(0, MAGIC_BYTES));
    const other = OTHER_FILES.find(([octets]) => found.startsWith(octets));
    stop(reader, records, {
      code: 'magic',
      at: 0,
      header: 'file header',
      field: 'magic number',
      expected: MAGICS_EXPECTED,
      found: other === undefined ? found : `${found}, ${other[1]}`,
    });
  }
}

function isPcapMagic(value: number): boolean {
  return value === PCAP_MAGIC.microseconds || value === PCAP_MAGIC.nanoseconds;
}
