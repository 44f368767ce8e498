import { type Expectation, formatDuration, type PlainValue, type TraceRecord, type Verdict } from '../../core/index.ts';
import { childProblems } from './check-names.ts';
import {
  type ChildExpectation,
  childExpectation,
  type DroppedExpectation,
  droppedExpectation,
  type IpsecExpectation,
  ipsecExpectation,
  type NotedExpectation,
  notedExpectation,
  type Tally,
} from './config.ts';
import { describeProposal } from './proposal.ts';
import { formatPattern, formatSelectors } from './selector-text.ts';
import { sameSelectors } from './selectors.ts';
import type { ChildSa, IpsecState } from './state.ts';

/** The most records that a verdict names. */
const MOST_EVIDENCE = 50;

interface ChildFold {
  /** Labels of the SAs that are there, as of the instant asked for. */
  present: string[];
  readonly records: number[];
}

function nameOf(label: PlainValue | undefined): string {
  return String(label).replace(/\{\d+\}$/, '');
}

export const childOutcome: Expectation<ChildExpectation, ChildFold> = {
  key: 'child',
  about: 'A Child SA is installed on a node, or is not.',
  example: '{ node: laptop, child: office/lan, state: installed, by: 2s }',
  schema: childExpectation,
  check: childProblems,
  observes: ['note'],
  create: () => ({ present: [], records: [] }),

  observe(fold, record, spec) {
    if (record.node !== spec.node || record.plugin !== 'ipsec') return;
    const { sa } = record.values ?? {};
    if (nameOf(sa) !== spec.child || (spec.by !== undefined && record.time > spec.by)) return;
    if (record.code === 'ipsec.sa-installed') fold.present.push(String(sa));
    else if (record.code === 'ipsec.sa-removed') fold.present = fold.present.filter((label) => label !== sa);
    else return;
    if (fold.records.length < MOST_EVIDENCE) fold.records.push(record.number);
  },

  verdict(fold, spec, view): Verdict {
    const when = spec.by === undefined ? 'at the end' : `at ${formatDuration(spec.by)}`;
    const there = fold.present.length;
    const seen =
      there === 0
        ? `${spec.node} has no SA ${spec.child} ${when}`
        : `${spec.node} has ${fold.present.join(', ')} ${when}`;
    if (spec.state === 'none') return { held: there === 0, evidence: seen, records: fold.records };
    const state = view.state(spec.node, 'ipsec') as IpsecState | undefined;
    const children = [...(state?.children.values() ?? [])].filter((child) => fold.present.includes(labelled(child)));
    const wrong = children.flatMap((child) => differencesOf(child, spec));
    const held = there > 0 && wrong.length === 0;
    return { held, evidence: [seen, ...wrong].join('; '), records: fold.records };
  },
};

function labelled(child: ChildSa): string {
  return `${child.connection === '' ? '' : `${child.connection}/`}${child.child}{${child.id}}`;
}

function differencesOf(child: ChildSa, spec: ChildExpectation): string[] {
  const wrong: string[] = [];
  for (const side of ['local_ts', 'remote_ts'] as const) {
    const wanted = spec[side];
    const agreed = side === 'local_ts' ? child.localTs : child.remoteTs;
    if (
      wanted === undefined ||
      sameSelectors(
        wanted.map(({ selector }) => selector),
        agreed,
      )
    )
      continue;
    wrong.push(`${side} is ${formatSelectors(agreed)}, not ${wanted.map(formatPattern).join(' ')}`);
  }
  const proposal = describeProposal(child.proposal);
  if (spec.proposal !== undefined && spec.proposal !== proposal)
    wrong.push(`its transforms are ${proposal}, not ${spec.proposal}`);
  return wrong;
}

const COUNTED = ['sealed', 'opened', 'refused', 'installed', 'removed'] as const;

export const ipsecOutcome: Expectation<IpsecExpectation, { readonly records: number[] }> = {
  key: 'ipsec',
  about: 'What the IPsec monitor of a node counts.',
  example: '{ node: gw-a, ipsec: { sealed: 3, opened: 3, refused: 0 } }',
  schema: ipsecExpectation,
  observes: ['drop'],
  create: () => ({ records: [] }),

  observe(fold, record, spec) {
    if (record.node !== spec.node || !/^(ipsec|esp|ah)$/.test(record.plugin)) return;
    if (fold.records.length < MOST_EVIDENCE) fold.records.push(record.number);
  },

  verdict(fold, spec, view): Verdict {
    const state = view.state(spec.node, 'ipsec') as IpsecState | undefined;
    if (state === undefined) return { held: false, evidence: `${spec.node} has no IPsec`, records: [] };
    const told: string[] = [];
    let held = true;
    for (const key of COUNTED) {
      const bounds = spec.ipsec[key];
      if (bounds === undefined) continue;
      held &&= within(state.counters[key], bounds);
      told.push(
        `${state.counters[key]} ${key}${within(state.counters[key], bounds) ? '' : ` instead of ${boundsText(bounds)}`}`,
      );
    }
    return { held, evidence: told.join(', '), records: fold.records };
  },
};

interface RecordFold {
  count: number;
  readonly records: number[];
}

function gather(fold: RecordFold, record: TraceRecord): void {
  fold.count++;
  if (fold.records.length < MOST_EVIDENCE) fold.records.push(record.number);
}

export const droppedOutcome: Expectation<DroppedExpectation, RecordFold> = {
  key: 'dropped',
  about: 'Packets are dropped for a reason, so many times.',
  example: '{ node: gw-b, dropped: ipsec.clear-text-refused, count: 3 }',
  schema: droppedExpectation,
  observes: ['drop'],
  create: () => ({ count: 0, records: [] }),
  observe(fold, record, spec) {
    if (record.code === spec.dropped && (spec.node === undefined || record.node === spec.node)) gather(fold, record);
  },
  verdict: (fold, spec) => counted(fold, spec.count, `dropped as ${spec.dropped}`),
};

export const notedOutcome: Expectation<NotedExpectation, RecordFold> = {
  key: 'noted',
  about: 'A story is told, so many times.',
  example: '{ node: gw-b, noted: ipsec.sa-removed, saying: lifetime }',
  schema: notedExpectation,
  observes: ['note'],
  create: () => ({ count: 0, records: [] }),
  observe(fold, record, spec) {
    if (record.code !== spec.noted || (spec.node !== undefined && record.node !== spec.node)) return;
    if (spec.saying === undefined || says(record.values ?? {}, spec.saying)) gather(fold, record);
  },
  verdict: (fold, spec) =>
    counted(fold, spec.count, `noted ${spec.noted}${spec.saying === undefined ? '' : ` saying "${spec.saying}"`}`),
};

function says(value: PlainValue, text: string): boolean {
  if (typeof value === 'string') return value.includes(text);
  if (typeof value === 'number') return String(value) === text;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  return Object.values(value).some((each) => says(each as PlainValue, text));
}

function counted(fold: RecordFold, bounds: Tally, what: string): Verdict {
  const held = within(fold.count, bounds);
  const evidence = `${fold.count} times ${what}${held ? '' : ` instead of ${boundsText(bounds)}`}`;
  return { held, evidence, records: fold.records };
}

function within(value: number, { at_least, at_most }: Tally): boolean {
  return value >= at_least && value <= at_most;
}

function boundsText({ at_least, at_most }: Tally): string {
  if (at_least === at_most) return String(at_least);
  if (at_most === Number.MAX_SAFE_INTEGER) return `${at_least} or more`;
  return at_least === 0 ? `${at_most} or fewer` : `${at_least} to ${at_most}`;
}
