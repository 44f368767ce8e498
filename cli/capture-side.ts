import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import {
  type CapturedPacket,
  formatCaptureTime,
  nanosecondsBetween,
  type ReadCapture,
  readCapture,
} from '../core/capture/index.ts';
import { dissect, formatInstant, NO_OPENERS, type Openers, type PlainValues, type Registry } from '../core/index.ts';
import { type ComparedFrame, keysOf } from '../workers/frame-keys.ts';
import { codecOwners, headline } from '../workers/frame-reader.ts';
import { labNames, readCaptureFile } from './files.ts';
import { followKeys } from './key-files.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';
import { captureWords } from './words/capture.ts';
import { compareCaptureWords as words } from './words/compare-captures.ts';

/** Packets of one capture that are compared. */
const MOST_PACKETS = 200_000;
/** Endings of files that are taken for captures whatever is in them: what is wrong is then said of a capture. */
const ENDINGS = /\.(pcap|pcapng|cap|dmp)(\.\w+)?$/i;
const MAGIC_BYTES = 4;

/** Does a name stand for a capture file? By its ending, or by its first octets. */
export function isCapture(path: string): boolean {
  if (labNames().includes(path) || !existsSync(path) || !statSync(path).isFile()) return ENDINGS.test(path);
  if (ENDINGS.test(path)) return true;
  const start = new Uint8Array(MAGIC_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  return readCapture(start).format !== undefined;
}

/** One of two captures that are compared. */
export interface CaptureSide {
  readonly frames: readonly ComparedFrame[];
  readonly packets: number;
  /** The file is damaged, and what is behind the damage was not read. */
  readonly stopped: boolean;
}

/** A capture file as a side, with what is wrong with it told. */
export function captureFileSide(
  path: string,
  keys: Map<string, PlainValues[]>,
  host: Host,
  terminal: Terminal,
): CaptureSide {
  const read = readCapture(readCaptureFile(path));
  for (const { at, message } of read.faults) terminal.tell(captureWords.faultOf(path, at, message));
  if (read.faultsNotListed > 0) terminal.tell(captureWords.more(read.faultsNotListed));
  return captureSide(path, read, keys, host);
}

interface Host {
  readonly registry: Registry;
  readonly slots: Readonly<Record<string, unknown>>;
}

export function captureSide(
  name: string,
  read: ReadCapture,
  keys: Map<string, PlainValues[]>,
  { registry, slots }: Host,
): CaptureSide {
  if (read.packets.length > MOST_PACKETS) throw new Refused(words.tooMany(name, read.packets.length, MOST_PACKETS));
  const codecOf = ({ interface: index }: CapturedPacket): string =>
    registry.linkTypes.get(read.interfaces[index]?.linkType ?? -1) ?? '';
  const bare = function* () {
    for (const packet of read.packets) yield dissect(registry, packet.bytes, { codec: codecOf(packet) });
  };
  followKeys(keys, registry, bare(), slots);
  const openers: Openers = { keys: (format) => keys.get(format) ?? [], slots };
  const owners = codecOwners(registry);
  const varies = variesIn(registry);
  const frames = read.packets.map((packet): ComparedFrame => {
    const whole = (withKeys: boolean) =>
      dissect(registry, packet.bytes, { codec: codecOf(packet) }, withKeys ? openers : NO_OPENERS);
    const dissection = whole(true);
    return {
      number: packet.number,
      time: timeOf(packet, read.packets[0]),
      headline: headline(dissection, owners),
      ...keysOf(dissection, varies),
      dissect: whole,
    };
  });
  return { frames, packets: frames.length, stopped: read.faults.some(({ stopped }) => stopped) };
}

/** Fields that differ from run to run, as the codecs say. */
export function variesIn(registry: Registry): ReadonlySet<string> {
  return new Set([...registry.codecs.values()].flatMap(({ varies }) => varies ?? []));
}

function timeOf({ time }: CapturedPacket, first: CapturedPacket | undefined): string {
  if (time === undefined) return '';
  const since = first?.time === undefined ? undefined : nanosecondsBetween(first.time, time);
  if (since === undefined) return formatCaptureTime(time);
  return since < 0 ? `-${formatInstant(-since)}` : formatInstant(since);
}
