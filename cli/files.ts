import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestWord } from '../core/index.ts';
import { Refused, systemReason } from './refused.ts';
import { filesWords as words } from './words/files.ts';

/** The folder with package.json, from wherever this was built to. */
export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));
const TOPOLOGIES = join(ROOT, 'topologies');
const TOPOLOGY_FILE = 'topology.yaml';
const STANDARD_INPUT = '-';
/** A topology is text: a larger file is none. The reader's own limit is lower and says so with a place. */
const LARGEST_TEXT = 64 * 1024 * 1024;
/** Octets that are read at once. */
const CHUNK = 1024 * 1024;
/** Octets of a capture that is read into memory. */
const LARGEST_CAPTURE = 1024 * 1024 * 1024;

export interface TopologyFile {
  /** As diagnostics name it; the path of a file of the user's. */
  readonly name: string;
  readonly text: string;
}

function rootAbove(folder: string): string {
  const above = dirname(folder);
  return existsSync(join(folder, 'package.json')) || above === folder ? folder : rootAbove(above);
}

/** The labs that come along: folders of topologies/ with a topology.yaml. */
export function labNames(): string[] {
  if (!existsSync(TOPOLOGIES)) return [];
  return readdirSync(TOPOLOGIES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(TOPOLOGIES, entry.name, TOPOLOGY_FILE)))
    .map(({ name }) => name)
    .sort();
}

/** A lab by its name, or a file, a folder with a topology.yaml in it, or `-` for what comes in. */
export function readTopologyFile(given: string): TopologyFile {
  if (given === STANDARD_INPUT) return { name: words.standardInput, text: textOf(words.standardInput, 0) };
  if (labNames().includes(given)) {
    const path = join(TOPOLOGIES, given, TOPOLOGY_FILE);
    return { name: `topologies/${given}/${TOPOLOGY_FILE}`, text: textOf(path, path) };
  }
  const inside = join(given, TOPOLOGY_FILE);
  if (existsSync(inside)) return { name: inside, text: textOf(inside, inside) };
  if (!existsSync(given)) throw new Refused(words.noSuchLab(given, nearestWord(given, labNames()), labNames()));
  return { name: given, text: textOf(given, given) };
}

/** The kinds of nodes that come along. */
export function kindsText(): string {
  const path = join(TOPOLOGIES, 'kinds.yaml');
  return textOf(path, path);
}

function textOf(name: string, file: string | number): string {
  return decode(name, readAll(name, file, LARGEST_TEXT));
}

/** The byte order mark of UTF-16, or every other octet of the beginning zero. */
function isUtf16([first = 0, second = 0, third = 0, fourth = 0]: Uint8Array): boolean {
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (second === 0 && fourth === 0 && first * third > 0) || (first === 0 && third === 0 && second * fourth > 0);
}

function decode(name: string, bytes: Uint8Array): string {
  if (isUtf16(bytes)) throw new Refused(words.otherText(name));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refused(words.notText(name));
  }
}

export function readTextFile(path: string): string {
  return textOf(path, path);
}

/** An input log may be larger than a topology. */
export function readLogFile(path: string, most: number): string {
  return decode(path, readAll(path, path, most));
}

export function readCaptureFile(path: string): Uint8Array {
  return readAll(path, path === STANDARD_INPUT ? 0 : path, LARGEST_CAPTURE);
}

function readAll(name: string, file: string | number, most: number): Uint8Array {
  try {
    const size = typeof file === 'string' ? statSync(file) : fstatSync(file);
    if (size.isDirectory()) throw new Refused(words.isFolder(name));
    if (size.size > most) throw new Refused(words.tooLarge(name, size.size, most));
    return readBounded(name, file, most);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(words.cannotRead(name, systemReason(error)));
  }
}

/** What comes through a pipe or from a device tells no size, and need not end. */
function readBounded(name: string, file: string | number, most: number): Uint8Array {
  const from = typeof file === 'string' ? openSync(file, 'r') : file;
  const parts: Uint8Array[] = [];
  try {
    for (let total = 0; ; ) {
      const part = new Uint8Array(CHUNK);
      const count = readSome(from, part);
      if (count === 0) return Buffer.concat(parts);
      total += count;
      if (total > most) throw new Refused(words.endless(name, most));
      parts.push(part.subarray(0, count));
    }
  } finally {
    if (typeof file === 'string') closeSync(from);
  }
}

/** A terminal or pipe that has nothing yet is asked again; the end of a terminal's input is an error on some systems. */
function readSome(file: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(file, into, 0, into.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** A file that is open for writing before the run begins, so that a run is never in vain. */
export interface Output {
  readonly path: string;
  write(bytes: Uint8Array): void;
  close(): void;
}

export function openOutput(path: string): Output {
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    throw new Refused(words.cannotWrite(path, systemReason(error)));
  }
  return {
    path,
    write(bytes) {
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } catch (error) {
        throw new Refused(words.cannotWrite(path, systemReason(error)));
      }
    },
    close: () => closeSync(file),
  };
}

/** Refuses to write over a file that is read: a slip of the keyboard would cost a topology. */
export function refuseToOverwrite(output: string, input: string): void {
  if (!existsSync(output) || !existsSync(input)) return;
  const [one, other] = [statSync(output), statSync(input)];
  if (one.dev === other.dev && one.ino === other.ino) throw new Refused(words.wouldOverwrite(output));
}

/** Makes a folder and sees to it that files can be written there. */
export function openFolder(path: string): void {
  try {
    makeFolder(resolve(path));
  } catch (error) {
    throw new Refused(words.cannotWrite(path, systemReason(error)));
  }
}

/** Not with `recursive`: where the system denies that a folder can be made (as below /proc) Node tries for ever. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = dirname(path);
  if (above !== path && !existsSync(above)) makeFolder(above);
  mkdirSync(path);
}

export function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new Refused(words.cannotWrite(path, systemReason(error)));
  }
}
