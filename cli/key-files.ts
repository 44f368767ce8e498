import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Dissection, PlainValue, PlainValues, Registry, Slot } from '../core/index.ts';
import { readTextFile } from './files.ts';
import { Refused } from './refused.ts';
import { KEY_LOG_FILE } from './run-outputs.ts';
import type { Terminal } from './terminal.ts';
import { captureWords as words } from './words/capture.ts';

/** Lines of key files that are read. */
const MOST_LINES = 100_000;
const DEEPEST = 8;

/** The keys of a folder by format: its own key log, and for formats that it says nothing of, the tables of other programs. */
export function readKeys(
  folder: string,
  registry: Registry,
  terminal: Pick<Terminal, 'tell'>,
): Map<string, PlainValues[]> {
  const keys = new Map<string, PlainValues[]>();
  const files = [
    KEY_LOG_FILE,
    ...[...registry.keyLogs.values()].filter(({ read }) => read !== undefined).map(({ file }) => file),
  ];
  let found = false;
  const enter = (format: string, entry: PlainValues): void => {
    const known = keys.get(format);
    if (known === undefined) keys.set(format, [entry]);
    else known.push(entry);
  };
  const lines = (file: string, take: (line: string) => boolean): void => {
    const path = join(folder, file);
    if (!existsSync(path)) return;
    found = true;
    readTextFile(path)
      .split('\n', MOST_LINES)
      .forEach((line, at) => {
        if (line.trim() !== '' && !line.startsWith('#') && !take(line)) terminal.tell(words.badKeyLine(path, at + 1));
      });
  };
  lines(KEY_LOG_FILE, (line) => {
    const logged = entryOf(line);
    if (logged !== undefined) enter(logged.format, logged.entry);
    return logged !== undefined;
  });
  const logged = new Set(keys.keys());
  for (const { format, file, read } of registry.keyLogs.values()) {
    // The tables of a run say what its own key log says, and less of it.
    if (read === undefined || logged.has(format)) continue;
    lines(file, (line) => {
      const entry = read(line);
      if (entry !== undefined) enter(format, entry);
      return entry !== undefined;
    });
  }
  if (!found) throw new Refused(words.noKeys(folder, [...new Set(files)]));
  return keys;
}

/** Adds what follows from a capture's packets, where its tables say less than they open. */
export function followKeys(
  keys: Map<string, PlainValues[]>,
  registry: Registry,
  packets: Iterable<Dissection>,
  slots: Readonly<Record<string, unknown>>,
): void {
  const slot = <Filling>({ slot: name }: Slot<Filling>): Filling | undefined => slots[name] as Filling | undefined;
  for (const { format, follow } of registry.keyLogs.values()) {
    const known = keys.get(format);
    if (follow === undefined || known === undefined) continue;
    for (const made of follow(known, { packets, slot })) {
      const before = keys.get(made.format);
      if (before === undefined) keys.set(made.format, [made.entry]);
      else before.push(made.entry);
    }
  }
}

function entryOf(line: string): { readonly format: string; readonly entry: PlainValues } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { format, entry } = value as { format?: unknown; entry?: unknown };
  const plain = plainOf(entry, 0);
  if (typeof format !== 'string' || typeof plain !== 'object' || plain === null) return undefined;
  return { format, entry: plain as PlainValues };
}

/** What JSON holds, with `{ "hex": … }` as octets again. */
function plainOf(value: unknown, depth: number): PlainValue {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value as PlainValue;
  if (Array.isArray(value)) return value.map((one) => plainOf(one, depth + 1));
  const { hex } = value as { hex?: unknown };
  if (typeof hex === 'string' && /^([0-9a-f]{2})*$/.test(hex)) return Uint8Array.from(Buffer.from(hex, 'hex'));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plainOf(one, depth + 1)]));
}
