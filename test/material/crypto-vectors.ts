import { readdirSync, readFileSync } from 'node:fs';
import { materialPath } from '../skip.ts';

/** One test of a vector file: mostly hexadecimal strings under the names that its source gives them. */
export type Vector = Readonly<Record<string, unknown>>;

interface VectorFile {
  readonly meta?: { readonly algorithm?: string };
  readonly groups: readonly { readonly group: Vector; readonly tests: readonly Vector[] }[];
}

/** A test together with the fields of its group. */
export interface Case {
  readonly file: string;
  /** What the file is about, where it says so. */
  readonly algorithm: string | undefined;
  readonly group: Vector;
  readonly test: Vector;
}

export function casesOf(...path: readonly string[]): Case[] {
  const file = path[path.length - 1] as string;
  const { groups, meta } = JSON.parse(readFileSync(materialPath(...path), 'utf8')) as VectorFile;
  return groups.flatMap(({ group, tests }) => tests.map((test) => ({ file, algorithm: meta?.algorithm, group, test })));
}

export function filesIn(...path: readonly string[]): string[] {
  return readdirSync(materialPath(...path))
    .filter((name) => name.endsWith('.json'))
    .sort();
}

/** The bytes of a hexadecimal field. */
export function field(from: Vector, name: string): Uint8Array {
  const value = from[name];
  if (typeof value !== 'string' || !/^([0-9a-f]{2})*$/i.test(value)) throw new Error(`${name} is not hexadecimal`);
  return Uint8Array.from(Buffer.from(value, 'hex'));
}

export function text(from: Vector, name: string): string {
  return String(from[name]);
}

/** Counts what was compared, and what was left out and why, and prints it in one line a file. */
export class Tally {
  readonly #compared = new Map<string, number>();
  readonly #exempted = new Map<string, number>();

  compared(file: string, values = 1): void {
    this.#compared.set(file, (this.#compared.get(file) ?? 0) + values);
  }

  exempted(file: string, reason: string): void {
    const key = `${file}: ${reason}`;
    this.#exempted.set(key, (this.#exempted.get(key) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#compared.values()].reduce((sum, count) => sum + count, 0);
  }

  print(title: string): void {
    const left = [...this.#exempted.values()].reduce((sum, count) => sum + count, 0);
    const lines = [`${title}: ${this.total} values compared, ${left} exempted`];
    for (const [reason, count] of this.#exempted) lines.push(`  exempted ${count} x ${reason}`);
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}
