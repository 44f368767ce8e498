import { join } from 'node:path';
import { captureFrames, captureHead, type TakenLinks } from '../workers/exports.ts';
import { type LinksForKeys, linksForKeys } from '../workers/links-for-keys.ts';
import { namedLinks } from '../workers/named-links.ts';
import type { OpenLab } from '../workers/open-lab.ts';
import { type Output, openFolder, openOutput, writeText } from './files.ts';
import { shellWord } from './options.ts';
import { Refused } from './refused.ts';
import { runWords as words } from './words/run.ts';

export const KEY_LOG_FILE = 'keys.jsonl';

/** What the flags say of a capture. */
export interface CaptureFlags {
  readonly pcap?: string;
  /** Words that name links; none: all links. */
  readonly pcapLink: readonly string[];
}

/** The links that a capture takes; refuses words that name none, before anything is written. */
export function takenLinks({ history }: OpenLab, { pcap, pcapLink }: CaptureFlags): TakenLinks {
  if (pcapLink.length === 0) return undefined;
  if (pcap === undefined) throw new Refused(words.linkWithoutPcap);
  const named = namedLinks(history.head.topology, pcapLink);
  if ('wrong' in named) throw new Refused(words.wrongLink(named.wrong));
  return named.links;
}

/** A capture that grows while the run goes on, so that an interrupted one has all frames so far. */
export class CaptureOutput {
  /** The links that it takes. */
  readonly links: TakenLinks;
  readonly #output: Output;
  #rows = 0;
  #begun = false;

  /** Opens the file: before the run, so that one that cannot be written is known then. */
  constructor(path: string, links: TakenLinks) {
    this.links = links;
    this.#output = openOutput(path);
  }

  get path(): string {
    return this.#output.path;
  }

  /** Writes the frames that are new. */
  take(open: OpenLab): void {
    if (!this.#begun) {
      for (const block of captureHead(open.history, this.links)) this.#output.write(block);
      this.#begun = true;
    }
    const { rows } = open.index;
    const blocks = [...captureFrames(open.history, open.index, this.links, this.#rows, rows)];
    this.#rows = rows;
    if (blocks.length > 0) this.#output.write(Buffer.concat(blocks));
  }

  close(): void {
    this.#output.close();
  }
}

/** What was written of keys. */
export interface KeyFiles {
  readonly files: readonly string[];
  /** What to know who opens the capture with them. */
  readonly hints: readonly string[];
}

/** Key tables in a folder. */
export class KeyOutput {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    openFolder(folder);
    // The page that says how to use them comes first: a folder that cannot be written is known before the run.
    writeText(join(folder, 'README'), words.keysReadme([], []));
  }

  write(open: OpenLab, capture: CaptureOutput | undefined): KeyFiles {
    const tables = open.keyTables();
    const needs = linksForKeys(open, capture?.links);
    for (const { file, text } of tables) writeText(join(this.#folder, file), text);
    writeText(join(this.#folder, KEY_LOG_FILE), keyLogText(open));
    writeText(join(this.#folder, 'README'), words.keysReadme(tables, needs.map(flagsFor)));
    return {
      files: tables.map(({ file }) => join(this.#folder, file)),
      hints: needs
        .filter(({ copied }) => copied && capture !== undefined)
        .map((need) => words.needsOneLink(need.file, flagsFor(need))),
    };
  }
}

/** The flags of a capture for each link. */
function flagsFor({ links }: LinksForKeys): readonly string[] {
  return links.map((link) => `--pcap-link ${shellWord(link)}`);
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
