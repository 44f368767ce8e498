import type { Fault } from '../wire/index.ts';
import type { CaptureTime } from './capture-time.ts';

/** What a capture file holds, as plain data. Every array of octets is a copy of its own, never a view of the file. */

/** Which way a packet crossed the interface that recorded it. */
export type CaptureDirection = 'inbound' | 'outbound';

/** One packet of a capture file. */
export interface CapturedPacket {
  /** Its place in the file, from 1, as dissectors count. */
  readonly number: number;
  /** Octet of the file where its record or block begins. */
  readonly at: number;
  /** Index into the interfaces of the file (not of the section). */
  readonly interface: number;
  /** Absent where the block carries none (simple packet block). */
  readonly time?: CaptureTime;
  /** The octets that were recorded. */
  readonly bytes: Uint8Array;
  /** Octets the packet had before it was cut to the snapshot length. */
  readonly originalLength: number;
  readonly direction?: CaptureDirection;
  readonly comments?: readonly string[];
}

/** One interface of a capture file. A classic pcap file has exactly one. */
export interface CapturedInterface {
  /** Octet of the file where its description begins. */
  readonly at: number;
  /** Index of the section it belongs to; 0 in a classic pcap file. */
  readonly section: number;
  /** Link-layer type, a number of the registry "PCAP LinkType". Which protocol it stands for, the plugins' manifests say. */
  readonly linkType: number;
  /** Longest packet recorded, in octets; 0 means no limit. */
  readonly snapLength: number;
  /** One tick of its timestamps is `base` to the power of minus `exponent` seconds. */
  readonly resolution: TimeResolution;
  /** Seconds added to each of its timestamps. */
  readonly offsetSeconds: number;
  readonly name?: string;
  readonly description?: string;
  readonly comments?: readonly string[];
}

export interface TimeResolution {
  readonly base: 2 | 10;
  readonly exponent: number;
}

/** One section of a pcapng file. */
export interface CapturedSection {
  readonly at: number;
  readonly littleEndian: boolean;
  readonly hardware?: string;
  readonly operatingSystem?: string;
  readonly application?: string;
  readonly comments?: readonly string[];
}

/** The content of a decryption secrets block: `type` says which program's key log it is. */
export interface CapturedSecrets {
  readonly at: number;
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** One record of a name resolution block. `type` says what kind of address it is. */
export interface CapturedName {
  readonly at: number;
  readonly type: number;
  readonly address: Uint8Array;
  readonly names: readonly string[];
}

export type CaptureFormat = 'pcap' | 'pcapng';

/** What went wrong, for programs; the fault's `message` is for people. */
export type CaptureFaultCode =
  | 'empty'
  | 'cut'
  | 'magic'
  | 'version'
  | 'block-length'
  | 'field-length'
  | 'unknown-interface'
  | 'option'
  | 'time'
  | 'section-length'
  | 'limit';

/** A fault of a capture file: `at` is the octet of the file, `header` the record or block, `field` what in it. */
export interface CaptureFault extends Fault {
  readonly code: CaptureFaultCode;
  readonly expected: string;
  readonly found: string;
  /** Nothing after this place was read, because where the next record begins is not known or a limit was reached. */
  readonly stopped: boolean;
}

/** What the readers hand out, in the order of the file. */
export type CaptureRecord =
  | { readonly kind: 'section'; readonly section: CapturedSection }
  | { readonly kind: 'interface'; readonly interface: CapturedInterface }
  | { readonly kind: 'packet'; readonly packet: CapturedPacket }
  | { readonly kind: 'secrets'; readonly secrets: CapturedSecrets }
  | { readonly kind: 'name'; readonly name: CapturedName }
  | { readonly kind: 'fault'; readonly fault: CaptureFault };
