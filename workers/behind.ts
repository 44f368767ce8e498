import type { TraceRecord } from '../core/trace/index.ts';
import { dropAfter } from './drop-behind.ts';
import { kindOfHappening } from './frames.ts';
import type { ReadRun } from './sentences.ts';
import { isFailure } from './stories.ts';

/** Notes that are looked through for what led to a record. */
const MOST_NOTES = 100_000;

/**
 * The record that led to one whose own causes do not lead there, as its code's `behind` says: a packet that went in clear came from a host, and
 * why there was no SA for it is told where the negotiation failed.
 */
export function recordBehind(run: ReadRun, record: TraceRecord): TraceRecord | undefined {
  const { history, index } = run;
  const { registry } = history.head;
  const behind = record.code === undefined ? undefined : registry.codes.get(record.code)?.behind;
  if (behind === undefined) return undefined;
  const { happenings } = index;
  let looked = 0;
  for (let at = happenings.record.firstFrom(record.number) - 1; at >= 0 && looked < MOST_NOTES; at--, looked++) {
    const kind = kindOfHappening(happenings.kind.at(at));
    if (kind !== 'note' && kind !== 'drop') continue;
    const other = history.record(happenings.record.at(at));
    if (other === undefined || other.node !== record.node || other.code === record.code) continue;
    const code = other.code ?? '';
    const begun = behind.begun?.includes(code) === true;
    const told = begun || behind.codes?.includes(code) === true || isFailure(history, other);
    if (told && isAboutTheSame(record, other, behind.by)) return begun ? (dropAfter(run, other) ?? other) : other;
  }
  return undefined;
}

/** Names may be written together: `office/lan` is about `office`, and about its `lan`. */
function isAboutTheSame(record: TraceRecord, other: TraceRecord, names: readonly string[]): boolean {
  const whole = names.map((name) => record.values?.[name]).join('/');
  return names.every((name, at) => {
    const [wanted, there] = [record.values?.[name], other.values?.[name]];
    if (there === undefined) return at > 0;
    return there === wanted || there === whole;
  });
}
