import type { History } from '../core/simulation/index.ts';
import type { TraceRecord } from '../core/trace/index.ts';
import { recordBehind } from './behind.ts';
import { withDrop } from './drop-behind.ts';
import { flowNotes, noteOfFlow } from './flow-notes.ts';
import type { FrameIndex } from './frames.ts';
import { kindOfHappening } from './frames.ts';
import type { ReadRun } from './sentences.ts';
import { chainRecords, isAside, isFailure } from './stories.ts';
import { takenOutBehind } from './taken-out.ts';

/** Notes that are looked through for those that belong to a chain. */
const MOST_NOTES = 100_000;

/** How often a chain goes on behind a record that its causes do not lead to. */
const MOST_FOLLOWED = 4;

export interface Behind {
  /** The chain, with the failures that were told on its way where they belong. */
  readonly chain: TraceRecord[];
  /** The failure that the others follow from; absent where the chain has none. */
  readonly root?: TraceRecord;
}

/**
 * What lies behind a failure. A chain of causes goes from packet to packet: a node that refused one and said so did that beside the chain, in the
 * same event as the answer that it sent. Those notes are put into the chain. Going back, the root is the last failure before somebody's
 * step that went well, told by the plugin that failed.
 */
export function failuresBehind(run: ReadRun, chain: readonly TraceRecord[]): Behind {
  const behind = followed(run, chain, flowNotes(run), 0);
  const out = behind.root && takenOutBehind(run, behind.chain, behind.root);
  if (out === undefined) return behind;
  const known = new Set(behind.chain.map(({ number }) => number));
  const rest = chainRecords(run.history, out.number).filter(({ number }) => !known.has(number));
  return { chain: [...behind.chain, ...rest], root: out };
}

function followed(run: ReadRun, chain: readonly TraceRecord[], flows: readonly TraceRecord[], depth: number): Behind {
  const { history, index } = run;
  const notes = notesByCause(history, index, chain);
  const whole: TraceRecord[] = [];
  const seen = new Set(chain.map(({ number }) => number));
  let root: TraceRecord | undefined;
  let settled = false;
  const counts = (record: TraceRecord): boolean =>
    isFailure(history, record) || (root !== undefined && isAside(history, record));
  const meet = (record: TraceRecord): void => {
    if (settled) return;
    if (counts(record)) root = record;
    else if (record.kind === 'note' && root !== undefined && record.plugin === root.plugin) {
      // What went well in the very event of the failure says nothing of what led there.
      settled = record.time !== root.time || record.node !== root.node;
    }
  };
  for (const record of chain) {
    whole.push(record);
    meet(record);
    // What was told in the same event: failures count before the steps that came with them.
    const beside = (notes.get(record.cause) ?? []).filter(
      ({ number, node, time }) => node === record.node && time === record.time && !seen.has(number),
    );
    const failures = beside.filter(counts);
    const earlier = noteOfFlow(run, flows, record);
    if (earlier !== undefined && !seen.has(earlier.number) && !failures.includes(earlier) && counts(earlier)) {
      failures.push(earlier);
    }
    for (const note of failures) {
      seen.add(note.number);
      whole.push(note);
      meet(note);
    }
    const next = depth < MOST_FOLLOWED && !settled ? behindOneOf(run, [record, ...failures], seen) : undefined;
    if (next !== undefined) {
      const rest = followed(run, withDrop(run, next), flows, depth + 1);
      const last = rest.root ?? root;
      return { chain: [...whole, ...rest.chain], ...(last === undefined ? {} : { root: last }) };
    }
    if (failures.length === 0) for (const note of beside) meet(note);
  }
  return root === undefined ? { chain: whole } : { chain: whole, root };
}

/** What led to one of the records that their own causes do not lead to. */
function behindOneOf(
  run: ReadRun,
  records: readonly TraceRecord[],
  seen: ReadonlySet<number>,
): TraceRecord | undefined {
  for (const record of records) {
    const behind = recordBehind(run, record);
    if (behind !== undefined && !seen.has(behind.number)) return behind;
  }
  return undefined;
}

/** The notes and drops that were caused by what caused the records of a chain. */
function notesByCause(
  history: History,
  { happenings }: FrameIndex,
  chain: readonly TraceRecord[],
): ReadonlyMap<number, TraceRecord[]> {
  const causes = new Set(chain.map(({ cause }) => cause).filter((cause) => cause > 0));
  const notes = new Map<number, TraceRecord[]>();
  const first = chain.reduce((least, { number }) => Math.min(least, number), Number.POSITIVE_INFINITY);
  const last = chain.reduce((most, { number }) => Math.max(most, number), 0);
  let looked = 0;
  for (let at = happenings.record.firstFrom(first); at < happenings.table.length; at++) {
    const number = happenings.record.at(at);
    // A refusal and the drop that follows from it may be told in either order: a little beyond the chain is looked at too.
    if (number > last + MOST_BESIDE || ++looked > MOST_NOTES) break;
    const kind = kindOfHappening(happenings.kind.at(at));
    if (kind !== 'note' && kind !== 'drop') continue;
    const record = history.record(number);
    if (record === undefined || !causes.has(record.cause)) continue;
    const group = notes.get(record.cause);
    if (group === undefined) notes.set(record.cause, [record]);
    else group.push(record);
  }
  return notes;
}

const MOST_BESIDE = 64;
