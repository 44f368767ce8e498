import { readChunk, readEnd, startReading } from './capture-reader.ts';
import type {
  CapturedInterface,
  CapturedName,
  CapturedPacket,
  CapturedSecrets,
  CapturedSection,
  CaptureFault,
  CaptureFormat,
  CaptureRecord,
} from './captured.ts';
import { CAPTURE_LIMITS, type CaptureLimits } from './limits.ts';
import { stop } from './reading.ts';

/** A capture file read as a whole: what could be read, and what was wrong with the rest. */
export interface ReadCapture {
  /** `undefined` where the file is neither. */
  readonly format: CaptureFormat | undefined;
  readonly sections: readonly CapturedSection[];
  readonly interfaces: readonly CapturedInterface[];
  readonly packets: readonly CapturedPacket[];
  readonly secrets: readonly CapturedSecrets[];
  readonly names: readonly CapturedName[];
  readonly faults: readonly CaptureFault[];
  /** Faults beyond the limit, counted only. */
  readonly faultsNotListed: number;
  /** Blocks of types that this reader does not know. That is no fault: the format is made to be extended. */
  readonly skippedBlocks: number;
}

/** A file at hand is read in pieces of this many octets, so that whoever stops early has not paid for the rest. */
const PIECE_BYTES = 1_048_576;

/** Reads a pcap or pcapng file. Never throws; empty, cut, foreign and lying files give located faults. */
export function readCapture(bytes: Uint8Array, limits: CaptureLimits = CAPTURE_LIMITS): ReadCapture {
  const reader = startReading(limits);
  const sections: CapturedSection[] = [];
  const interfaces: CapturedInterface[] = [];
  const packets: CapturedPacket[] = [];
  const secrets: CapturedSecrets[] = [];
  const names: CapturedName[] = [];
  const faults: CaptureFault[] = [];

  const collect = (records: readonly CaptureRecord[]): void => {
    for (const record of records) {
      if (record.kind === 'packet' && packets.length === limits.packets) {
        const refused: CaptureRecord[] = [];
        stop(reader, refused, {
          code: 'limit',
          at: record.packet.at,
          header: 'file',
          expected: `at most ${limits.packets} packets`,
          found: 'one more',
        });
        collect(refused);
        return;
      }
      if (record.kind === 'packet') packets.push(record.packet);
      else if (record.kind === 'section') sections.push(record.section);
      else if (record.kind === 'interface') interfaces.push(record.interface);
      else if (record.kind === 'secrets') secrets.push(record.secrets);
      else if (record.kind === 'name') names.push(record.name);
      else faults.push(record.fault);
    }
  };
  for (const piece of piecesOf(bytes)) {
    collect(readChunk(reader, piece));
    if (reader.stopped) break;
  }
  collect(readEnd(reader));

  const { format, skippedBlocks, faultsNotListed } = reader;
  return { format, sections, interfaces, packets, secrets, names, faults, faultsNotListed, skippedBlocks };
}

/**
 * The records of a file one by one, in its order, keeping none of them: for files too large to hold. Takes the file's octets or any
 * sequence of its chunks.
 */
export function* captureRecords(
  file: Uint8Array | Iterable<Uint8Array>,
  limits: CaptureLimits = CAPTURE_LIMITS,
): Generator<CaptureRecord, void, void> {
  const reader = startReading(limits);
  for (const chunk of file instanceof Uint8Array ? piecesOf(file) : file) {
    yield* readChunk(reader, chunk);
    if (reader.stopped) return;
  }
  yield* readEnd(reader);
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
