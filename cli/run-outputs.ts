import { join } from 'node:path';
import { captureFrames, captureHead } from '../workers/exports.ts';
import type { OpenLab } from '../workers/open-lab.ts';
import { type Output, openFolder, openOutput, writeText } from './files.ts';
import { runWords as words } from './words/run.ts';

export const KEY_LOG_FILE = 'keys.jsonl';

/** A capture that grows while the run goes on, so that an interrupted one has all frames so far. */
export class CaptureOutput {
  readonly #output: Output;
  #rows = 0;
  #begun = false;

  /** Opens the file: before the run, so that one that cannot be written is known then. */
  constructor(path: string) {
    this.#output = openOutput(path);
  }

  get path(): string {
    return this.#output.path;
  }

  /** Writes the frames that are new. */
  take(open: OpenLab): void {
    if (!this.#begun) {
      for (const block of captureHead(open.history)) this.#output.write(block);
      this.#begun = true;
    }
    const { rows } = open.index;
    const blocks = [...captureFrames(open.history, open.index, this.#rows, rows)];
    this.#rows = rows;
    if (blocks.length > 0) this.#output.write(Buffer.concat(blocks));
  }

  close(): void {
    this.#output.close();
  }
}

/** Key tables in a folder. Returns the files that it wrote. */
export class KeyOutput {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    openFolder(folder);
    // The page that says how to use them comes first: a folder that cannot be written is known before the run.
    writeText(join(folder, 'README'), words.keysReadme([]));
  }

  write(open: OpenLab): string[] {
    const tables = open.keyTables();
    for (const { file, text } of tables) writeText(join(this.#folder, file), text);
    writeText(join(this.#folder, KEY_LOG_FILE), keyLogText(open));
    writeText(join(this.#folder, 'README'), words.keysReadme(tables));
    return tables.map(({ file }) => join(this.#folder, file));
  }
}

/** The key log itself, an entry a line; octets as `{ "hex": … }`. */
function keyLogText(open: OpenLab): string {
  return open.history.head.run.keyLog
    .map((logged) => `${JSON.stringify(logged, (_, value) => (value instanceof Uint8Array ? hexOf(value) : value))}\n`)
    .join('');
}

function hexOf(bytes: Uint8Array): { readonly hex: string } {
  return { hex: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') };
}
