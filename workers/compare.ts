import { alignRuns } from '../core/experiment/index.ts';
import type { DissectedField, Dissection } from '../core/index.ts';
import type { TraceRecord } from '../core/trace/index.ts';
import type { OpenLab } from './open-lab.ts';
import { failuresBehind } from './root-cause.ts';
import { chainRecords, sentenceOf } from './stories.ts';
import type { Sentence } from './views.ts';

/** Fields of two frames that are told apart one by one. */
const MOST_FIELDS = 24;

/** Two runs side by side. Plain data. */
export interface Comparison {
  /** Drops, notes, deliveries, inputs and frames that both have; that both have with other contents; and that only one has. */
  readonly alike: number;
  readonly differ: number;
  readonly onlyA: number;
  readonly onlyB: number;
  /** Contents were compared too: both runs have one seed. */
  readonly contents: boolean;
  /** Absent where the runs are alike. */
  readonly divergence?: Divergence;
  /** Goals by their text that came out differently, or stand in one topology alone. */
  readonly verdicts: readonly VerdictPair[];
}

export interface Divergence {
  /** Nanoseconds: when the runs first differ. */
  readonly time: number;
  /** The first record that the other side does not have; the effect first, then its causes. Absent where a side has nothing of its own. */
  readonly a?: readonly Sentence[];
  readonly b?: readonly Sentence[];
  /** Where both put a frame in the same place, and the frames differ. */
  readonly fields: readonly FieldPair[];
}

export interface FieldPair {
  /** `layer: field` */
  readonly field: string;
  readonly a: string;
  readonly b: string;
}

export interface VerdictPair {
  readonly expectation: string;
  readonly a?: { readonly held: boolean; readonly evidence: string };
  readonly b?: { readonly held: boolean; readonly evidence: string };
}

/** Compares two runs that have ended. */
export function compareRuns(a: OpenLab, b: OpenLab): Comparison {
  const contents = a.history.head.topology.seed === b.history.head.topology.seed;
  const { alike, differ, onlyA, onlyB, firstA, firstB, partnerOf } = alignRuns(recordsOf(a), recordsOf(b), {
    contents,
  });
  const [recordA, recordB] = [recordAt(a, firstA), recordAt(b, firstB)];
  const counted = { alike, differ, onlyA, onlyB, contents, verdicts: verdictsOf(a, b) };
  if (recordA === undefined && recordB === undefined) return counted;
  // The earlier of the two is where they part; the other side is shown in the same place where it has one.
  const earlierIsA = recordB === undefined || (recordA !== undefined && recordA.time <= recordB.time);
  const [own, others] = earlierIsA ? [recordA, b] : [recordB, a];
  const partner = own && recordAt(others, partnerOf(earlierIsA ? 'a' : 'b', own.number));
  const [shownA, shownB] = earlierIsA ? [recordA, partner ?? recordB] : [partner ?? recordA, recordB];
  return {
    ...counted,
    divergence: {
      time: own?.time ?? 0,
      ...(shownA === undefined ? {} : { a: chainAt(a, shownA) }),
      ...(shownB === undefined ? {} : { b: chainAt(b, shownB) }),
      fields: partner === undefined ? [] : fieldsOf(a, shownA, b, shownB),
    },
  };
}

function* recordsOf({ history }: OpenLab): Generator<TraceRecord> {
  for (let number = 1; number < history.head.run.nextRecord; number++) {
    const record = history.record(number);
    if (record !== undefined) yield record;
  }
}

function recordAt({ history }: OpenLab, number: number | undefined): TraceRecord | undefined {
  return number === undefined ? undefined : history.record(number);
}

function chainAt(open: OpenLab, record: TraceRecord): Sentence[] {
  const { chain } = failuresBehind(open, chainRecords(open.history, record.number));
  return chain.map((one) => sentenceOf(open.history, one));
}

function verdictsOf(a: OpenLab, b: OpenLab): VerdictPair[] {
  const pairs = new Map<string, VerdictPair>();
  // A topology with something taken off is written anew, with other spaces.
  const key = (expectation: string): string => expectation.replace(/\s+/g, '');
  for (const { expectation, held, evidence } of a.verdicts()) {
    pairs.set(key(expectation), { expectation, a: { held, evidence } });
  }
  for (const { expectation, held, evidence } of b.verdicts()) {
    const pair = pairs.get(key(expectation)) ?? { expectation };
    pairs.set(key(expectation), { ...pair, b: { held, evidence } });
  }
  return [...pairs.values()].filter((pair) => pair.a?.held !== pair.b?.held);
}

/** The fields in which two frames differ, layer by layer. */
function fieldsOf(
  a: OpenLab,
  recordA: TraceRecord | undefined,
  b: OpenLab,
  recordB: TraceRecord | undefined,
): FieldPair[] {
  if (recordA?.bytes === undefined || recordB?.bytes === undefined) return [];
  const read = (open: OpenLab, number: number): Map<string, string> => {
    const row = open.index.rowOf(number);
    const dissection = row < 0 ? undefined : open.reader.dissect(row);
    const fields = new Map<string, string>();
    if (dissection !== undefined) gather(dissection, fields);
    return fields;
  };
  const [one, other] = [read(a, recordA.number), read(b, recordB.number)];
  const names = [...new Set([...one.keys(), ...other.keys()])];
  return names
    .filter((field) => one.get(field) !== other.get(field))
    .slice(0, MOST_FIELDS)
    .map((field) => ({ field, a: one.get(field) ?? '', b: other.get(field) ?? '' }));
}

function gather(dissection: Dissection, into: Map<string, string>, before = ''): void {
  for (const layer of dissection.layers) {
    const walk = (field: DissectedField, path: string): void => {
      const name = `${path}${field.label}`;
      if (field.children === undefined || field.children.length === 0) {
        let key = name;
        for (let turn = 2; into.has(key); turn++) key = `${name} (${turn})`;
        into.set(key, field.value);
      } else for (const child of field.children) walk(child, `${name}, `);
    };
    for (const field of layer.fields) walk(field, `${before}${layer.title}: `);
    if (layer.opened !== undefined) gather(layer.opened.dissection, into, before);
  }
}
