import type { TickClock } from './capture-time.ts';
import type { CaptureFault, CaptureFaultCode, CaptureFormat, CaptureRecord } from './captured.ts';
import type { CaptureLimits } from './limits.ts';

/**
 * The state of reading one capture file that arrives in chunks: plain data. Begin with `startReading`, hand each chunk to
 * `readChunk`, and end with `readEnd`.
 */
export interface CaptureReader {
  readonly limits: CaptureLimits;
  /** Known from the first four octets. */
  format: CaptureFormat | undefined;
  /** Nothing more is read: the file is at its end, or a fault stopped it. */
  stopped: boolean;
  /** Octet of the file that the next record begins at. */
  at: number;
  /** The octets from `at` that have arrived and do not make a whole record yet: the first `pendingLength` of a buffer. */
  pending: Uint8Array;
  pendingLength: number;
  /** How many octets from `at` are needed to go on, and what for. */
  wanted: number;
  wantedFor: string;

  littleEndian: boolean;
  /** The interfaces of the present section; `undefined` where a description could not be read. */
  interfaces: (InterfaceReading | undefined)[];
  /** Where the present section's blocks begin, and how many octets of them its header promises; -1 where it does not. */
  sectionBodyAt: number;
  sectionBodyLength: number;

  sectionCount: number;
  interfaceCount: number;
  packetCount: number;
  nameCount: number;
  secretsCount: number;
  /** Blocks of a type that this reader does not know, which it passed over. */
  skippedBlocks: number;
  faultCount: number;
  /** Those of them that were counted only. */
  faultsNotListed: number;
}

/** What packets need to know of their interface. */
export interface InterfaceReading {
  /** Index over the whole file. */
  readonly index: number;
  readonly snapLength: number;
  readonly clock: TickClock;
}

/** The octets at hand. `at` is the octet of the file that the first of them is. */
export interface Window {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly length: number;
  readonly at: number;
}

/** A whole block in a window: its body is from `start` to `end` of the window's octets. */
export interface Block {
  readonly window: Window;
  /** What it is called in faults. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Octet of the file where the block begins. */
  readonly at: number;
}

/** An object under construction whose type is read-only for everyone else. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

export interface FaultReport {
  readonly code: CaptureFaultCode;
  readonly at: number;
  readonly header: string;
  readonly field?: string;
  readonly expected: string;
  readonly found: string;
}

/** Adds a fault to what was read, and goes on. */
export function report(reader: CaptureReader, records: CaptureRecord[], fault: FaultReport): void {
  reader.faultCount++;
  if (reader.faultCount > reader.limits.faults) {
    reader.faultsNotListed++;
    return;
  }
  records.push({ kind: 'fault', fault: faultOf(fault, false) });
  if (reader.faultCount < reader.limits.faults) return;
  records.push({
    kind: 'fault',
    fault: faultOf(
      {
        code: 'limit',
        at: fault.at,
        header: 'file',
        expected: `at most ${reader.limits.faults} faults`,
        found: 'as many; those that follow are counted and not listed, but for one that stops the reading',
      },
      false,
    ),
  });
}

/** Adds a fault after which nothing more is read. Returns 0, the octets consumed. */
export function stop(reader: CaptureReader, records: CaptureRecord[], fault: FaultReport): 0 {
  reader.faultCount++;
  reader.stopped = true;
  records.push({ kind: 'fault', fault: faultOf(fault, true) });
  return 0;
}

/** Says how many octets the next record needs. Returns 0, the octets consumed. */
export function want(reader: CaptureReader, octets: number, what: string): 0 {
  reader.wanted = octets;
  reader.wantedFor = what;
  return 0;
}

function faultOf(fault: FaultReport, stopped: boolean): CaptureFault {
  const place = fault.field === undefined ? fault.header : `${fault.header}, ${fault.field}`;
  const rest = stopped ? '; nothing after it is read' : '';
  return { ...fault, stopped, message: `${place}: expected ${fault.expected}, found ${fault.found}${rest}` };
}
