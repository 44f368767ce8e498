import { createHash } from 'node:crypto';
import type { Simulation } from '../../core/simulation/index.ts';
import { canonicalText, type TimelineEntry, type Topology } from '../../core/topology/index.ts';
import type { EnteredLog } from '../../workers/api.ts';
import { type Output, openOutput, readLogFile } from '../files.ts';
import { Refused } from '../refused.ts';
import { attachWords as words } from '../words/attach.ts';

/**
 * The file of an input log, a JSON value a line: a head `{ format, lab, seed, topology }`; for each frame that came in
 * `{ at, node, interface, frame }`, `at` in nanoseconds of the run and `frame` in hexadecimal digits; at last `{ end }`, the instant at
 * which the run ended. A log without its last line is that of a run that was killed.
 */
export const LOG_FORMAT = 'ikebana-input-log-1';
/** Octets of a log: when so many are written the live run ends. */
export const LARGEST_LOG = 256 * 1024 * 1024;

type FrameEntry = Extract<TimelineEntry, { readonly kind: 'frame' }>;

/** Of what changes a run: who wrote the file, and what is only said or expected in it, does not. */
export function topologyDigest({ seed, nodes, links, timeline }: Topology): string {
  const entries = timeline.map((entry) => ({ ...entry, text: undefined }));
  return createHash('sha256')
    .update(canonicalText({ seed, nodes, links, timeline: entries }))
    .digest('hex');
}

/** A log that grows while the run goes on. */
export class InputLogOutput {
  readonly #output: Output;
  #lines: string[] = [];
  #size = 0;

  /** Opens the file: before the run, so that one that cannot be written is known then. */
  constructor(path: string, topology: Topology) {
    this.#output = openOutput(path);
    const { name, seed } = topology;
    this.#line({ format: LOG_FORMAT, lab: name, seed, topology: topologyDigest(topology) });
    this.flush();
  }

  get path(): string {
    return this.#output.path;
  }

  get full(): boolean {
    return this.#size >= LARGEST_LOG;
  }

  take(entry: FrameEntry): void {
    const { at, node, interface: name, bytes } = entry;
    this.#line({ at, node, interface: name, frame: Buffer.from(bytes).toString('hex') });
  }

  /** Hands what was taken to the system: a program that is killed loses what came after. */
  flush(): void {
    if (this.#lines.length === 0) return;
    this.#output.write(Buffer.from(this.#lines.join(''), 'utf8'));
    this.#lines = [];
  }

  close(end: number): void {
    this.#line({ end });
    this.flush();
    this.#output.close();
  }

  #line(value: object): void {
    const line = `${JSON.stringify(value)}\n`;
    this.#lines.push(line);
    this.#size += line.length;
  }
}

export interface InputLog extends EnteredLog {
  readonly path: string;
  readonly seed: number;
  readonly digest: string;
}

/** Reads a log; one that is none ends in `Refused` with the line. */
export function readInputLog(path: string): InputLog {
  const lines = readLogFile(path, LARGEST_LOG * 2).split('\n');
  // Whatever stands behind the last line's end was cut off in the middle.
  lines.pop();
  const head = objectIn(lines[0]);
  if (head?.format !== LOG_FORMAT || !Number.isSafeInteger(head.seed) || typeof head.topology !== 'string') {
    throw new Refused(words.noLog(path));
  }
  const entries: FrameEntry[] = [];
  let end: number | undefined;
  for (const [at, line] of lines.entries()) {
    if (at === 0) continue;
    const value = objectIn(line);
    if (end !== undefined) throw new Refused(words.wrongLine(path, at + 1, words.afterEnd));
    if (Number.isSafeInteger(value?.end) && (value?.end as number) >= (entries.at(-1)?.at ?? 0)) {
      end = value?.end as number;
      continue;
    }
    const entry = value && frameEntry(value);
    if (entry === undefined) throw new Refused(words.wrongLine(path, at + 1, words.noEntry));
    if (entry.at < (entries.at(-1)?.at ?? 0)) throw new Refused(words.wrongLine(path, at + 1, words.backInTime));
    entries.push(entry);
  }
  const { seed, topology } = head;
  return { path, seed: seed as number, digest: topology, entries, ...(end === undefined ? {} : { end }) };
}

/** Refuses a log whose frames come in where this topology has no interface; says whether it is that of the log. */
export function matchLog(log: InputLog, { topology, wiring }: Simulation): boolean {
  const known = new Set(
    topology.nodes.flatMap(({ name, interfaces }) => interfaces.map((one) => `${name}:${one.name}`)),
  );
  for (const entry of log.entries) {
    if (entry.kind !== 'frame') continue;
    const place = `${entry.node}:${entry.interface}`;
    if (!known.has(place)) throw new Refused(words.noSuchPlace(log.path, place, [...wiring.nodeByName.keys()]));
  }
  return topologyDigest(topology) === log.digest;
}

function frameEntry({ at, node, interface: name, frame }: Record<string, unknown>): FrameEntry | undefined {
  if (!Number.isSafeInteger(at) || (at as number) < 0) return undefined;
  if (typeof node !== 'string' || typeof name !== 'string' || typeof frame !== 'string') return undefined;
  if (frame.length % 2 !== 0 || !/^[0-9a-f]*$/.test(frame)) return undefined;
  return { at: at as number, kind: 'frame', node, interface: name, bytes: new Uint8Array(Buffer.from(frame, 'hex')) };
}

function objectIn(line: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
