import type { Registry } from '../plugin/index.ts';
import { formatInstant } from '../time/index.ts';
import type { PlainValue, TraceRecord } from '../trace/index.ts';
import { toHex } from '../wire/index.ts';

/** A record as a sentence: its code's text with the values in the braces, or a plain sentence for its kind. */
export function storyOf(registry: Registry, record: TraceRecord): string {
  const story = record.code === undefined ? undefined : registry.codes.get(record.code);
  if (story !== undefined) return filled(story.text, record);
  switch (record.kind) {
    case 'transmit':
      return `${record.node} put packet ${record.packet} on ${record.link ?? 'a link'}`;
    case 'deliver':
      return `packet ${record.packet} arrived at ${record.plugin} of ${record.node}`;
    case 'timer':
      return `the timer ${record.code ?? ''} of ${record.plugin} on ${record.node} fired`;
    case 'derive':
      return `packet ${record.packet} is ${shown(record.values?.from)} ${shown(record.values?.relation)}`;
    case 'key':
      return `${record.node} has new keys (${record.code ?? ''})`;
    default:
      return `${record.node} ${record.plugin}: ${record.kind} ${record.code ?? ''}`.trim();
  }
}

/** What usually cures a record's failure, with the record's own values. */
export function cureOf(registry: Registry, record: TraceRecord): string | undefined {
  const cure = record.code === undefined ? undefined : registry.codes.get(record.code)?.cure;
  return cure === undefined ? undefined : filled(cure, record);
}

function filled(text: string, record: TraceRecord): string {
  return text.replace(/\{(\w+)\}/g, (brace, name: string) => {
    const value = record.values?.[name];
    if (value !== undefined) return shown(value);
    if (name === 'node') return record.node;
    if (name === 'plugin') return record.plugin;
    if (name === 'link') return record.link ?? brace;
    if (name === 'interface') return record.interface ?? brace;
    if (name === 'packet') return String(record.packet);
    if (name === 'time') return formatInstant(record.time);
    return brace;
  });
}

function shown(value: PlainValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return Object.entries(value)
    .map(([key, one]) => `${key} ${shown(one)}`)
    .join(', ');
}

/** As `storyOf`, and where the code's `because` finds in the causes why it happened, that sentence. */
export function evidentStoryOf(
  registry: Registry,
  record: TraceRecord,
  recordAt: (number: number) => TraceRecord | undefined,
): string {
  const because = record.code === undefined ? undefined : registry.codes.get(record.code)?.because;
  return because?.(record, causesOf(record, recordAt)) ?? storyOf(registry, record);
}

/** The records that one came from, the nearest first. */
function causesOf(record: TraceRecord, recordAt: (number: number) => TraceRecord | undefined): TraceRecord[] {
  const causes: TraceRecord[] = [];
  let at = record.cause;
  while (at > 0 && causes.length < MOST_STEPS) {
    const cause = recordAt(at);
    if (cause === undefined) break;
    causes.push(cause);
    at = cause.cause;
  }
  return causes;
}

/** One link of a chain of causes. */
export interface CauseStep {
  readonly record: TraceRecord;
  readonly story: string;
  readonly source?: string;
  readonly cure?: string;
}

/** The most steps of a chain: a run's chains are longer only where traffic echoes for ever. */
export const MOST_STEPS = 200;

/** The chain of causes of a record, the record itself first, back to the input that started it. */
export function causeChain(
  registry: Registry,
  number: number,
  recordAt: (number: number) => TraceRecord | undefined,
): CauseStep[] {
  const steps: CauseStep[] = [];
  let at = number;
  while (at > 0 && steps.length < MOST_STEPS) {
    const record = recordAt(at);
    if (record === undefined) break;
    const story = record.code === undefined ? undefined : registry.codes.get(record.code);
    const cure = cureOf(registry, record);
    steps.push({
      record,
      story: evidentStoryOf(registry, record, recordAt),
      ...(story?.source === undefined ? {} : { source: story.source }),
      ...(cure === undefined ? {} : { cure }),
    });
    at = record.cause;
  }
  return steps;
}
