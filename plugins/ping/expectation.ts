import {
  type DescribedNode,
  type Expectation,
  formatDuration,
  nearestWord,
  type Problem,
  type RunView,
  SECOND,
  type TraceRecord,
} from '../../core/index.ts';
import { formatIpv4, type Ipv4InterfaceAddress, parseIpv4 } from '../ipv4/contract.ts';
import { type PingExpectation, pingExpectation } from './config.ts';

/** The most records that a verdict names, of replies and of failures each. */
const MOST_EVIDENCE = 50;

/** What was seen of one target. */
interface Tally {
  sent: number;
  answered: number;
  least: number;
  most: number;
  replies: number[];
  /** When the last answer came; before that, when the first request went out. */
  last: number;
  /** The longest time without an answer, up to the last answer or the last request that was given up. */
  silence: number;
  failures: { readonly record: number; readonly reason: string }[];
  failed: number;
}

/** By the target's address as text: which node has it is known only at the end. */
type PingFold = Record<string, Tally>;

export const pingOutcome: Expectation<PingExpectation, PingFold> = {
  key: 'ping',
  about: 'Echo requests of a node to an address or another node are answered (or are not).',
  example: '{ ping: laptop -> 10.1.0.20, answered: 3, rtt_below: 50ms }',
  schema: pingExpectation,
  check: unknownNames,
  observes: ['note'],
  create: () => ({}),

  observe(fold, record, spec) {
    if (record.plugin !== 'ping' || record.node !== spec.ping.from) return;
    const target = record.values?.target;
    if (typeof target !== 'string') return;
    fold[target] ??= emptyTally();
    count(fold[target], record, spec);
  },

  verdict(fold, spec, view) {
    const { from, to } = spec.ping;
    if (!view.nodes.includes(from)) return { held: false, evidence: `there is no node ${from}`, records: [] };
    const tally = merged(fold, addressesOf(to, view));
    if (tally.sent === 0) {
      const held = spec.answered !== undefined && spec.answered.at_least === 0;
      return { held, evidence: `${from} asked ${to} for no echo`, records: [] };
    }
    const least = spec.answered === undefined ? tally.sent : spec.answered.at_least;
    const most = spec.answered === undefined ? tally.sent : (spec.answered.at_most ?? Number.POSITIVE_INFINITY);
    const enough = tally.answered >= least && tally.answered <= most;
    const fast = spec.rtt_below === undefined || tally.answered === 0 || tally.most < spec.rtt_below;
    const failures = tally.failures.map(({ record }) => record);
    return {
      held: enough && fast,
      evidence: evidenceOf(tally, spec),
      records: enough && fast ? tally.replies : failures.length > 0 ? failures : tally.replies,
    };
  },

  figures(fold, spec, view) {
    const { sent, answered, most, silence } = merged(fold, addressesOf(spec.ping.to, view));
    return { sent, answered, lost: sent - answered, rtt_most: most / SECOND, silence: silence / SECOND };
  },
};

function emptyTally(): Tally {
  return { sent: 0, answered: 0, least: 0, most: 0, replies: [], last: 0, silence: 0, failures: [], failed: 0 };
}

function count(tally: Tally, record: TraceRecord, spec: PingExpectation): void {
  const values = record.values ?? {};
  if (record.code === 'ping.sent') {
    if (tally.sent === 0) tally.last = record.time;
    tally.sent++;
  } else if (record.code === 'ping.reply') {
    tally.silence = Math.max(tally.silence, record.time - tally.last);
    tally.last = record.time;
    if (spec.by !== undefined && record.time > spec.by) return;
    const rtt = values.rtt as number;
    tally.least = tally.answered === 0 ? rtt : Math.min(tally.least, rtt);
    tally.most = Math.max(tally.most, rtt);
    tally.answered++;
    if (tally.replies.length < MOST_EVIDENCE) tally.replies.push(record.number);
  } else if (record.code === 'ping.error' || record.code === 'ping.timeout') {
    tally.failed++;
    tally.silence = Math.max(tally.silence, record.time - tally.last);
    if (tally.failures.length >= MOST_EVIDENCE) return;
    const reason =
      record.code === 'ping.error' ? `${String(values.from)} says ${String(values.reason)}` : 'no reply came in time';
    tally.failures.push({ record: record.number, reason });
  }
}

function merged(fold: PingFold, targets: readonly string[]): Tally {
  const sum = emptyTally();
  for (const target of targets) {
    const tally = fold[target];
    if (tally === undefined) continue;
    sum.sent += tally.sent;
    if (tally.answered > 0) {
      sum.least = sum.answered === 0 ? tally.least : Math.min(sum.least, tally.least);
      sum.most = Math.max(sum.most, tally.most);
    }
    sum.answered += tally.answered;
    sum.failed += tally.failed;
    sum.silence = Math.max(sum.silence, tally.silence);
    sum.replies.push(...tally.replies);
    sum.failures.push(...tally.failures);
  }
  return sum;
}

function evidenceOf(tally: Tally, spec: PingExpectation): string {
  const parts = [`${tally.answered} of ${tally.sent} answered`];
  if (tally.answered === 1) parts.push(`in ${formatDuration(tally.most)}`);
  else if (tally.answered > 1) parts.push(`in ${formatDuration(tally.least)} to ${formatDuration(tally.most)}`);
  if (spec.by !== undefined) parts.push(`by ${formatDuration(spec.by)}`);
  if (tally.failures.length === 0) return parts.join(' ');
  const reasons = new Map<string, number>();
  for (const { reason } of tally.failures) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const told = [...reasons].map(([reason, times]) => (times === 1 ? reason : `${reason} (${times} times)`));
  return `${parts.join(' ')}: ${told.join('; ')}`;
}

/** The addresses that a target stands for: those of the node of that name, or the address itself. */
function addressesOf(to: string, view: RunView): string[] {
  if (!view.nodes.includes(to)) return [to];
  return view
    .interfaces(to)
    .flatMap((face) => face.addresses.filter(({ syntax }) => syntax === 'ipv4'))
    .map(({ value }) => formatIpv4((value as Ipv4InterfaceAddress).address));
}

function unknownNames(spec: PingExpectation, nodes: readonly DescribedNode[]): Problem[] {
  const names = nodes.map((node) => node.name);
  const problems: Problem[] = [];
  const { from, to } = spec.ping;
  const asker = nodes.find((node) => node.name === from);
  const tell = (name: string, what: string): void => {
    const near = nearestWord(name, names);
    const hint = near === undefined ? '' : `, did you mean \`${near}\`?`;
    const suggestion = near === undefined ? {} : { suggestion: near };
    problems.push({ path: ['ping'], message: `there is no ${what} \`${name}\`${hint}`, ...suggestion });
  };
  if (asker === undefined) tell(from, 'node');
  else if (asker.plugins.ping === undefined) {
    problems.push({ path: ['ping'], message: `node ${from} has no plugin ping`, severity: 'warning' });
  }
  if (!names.includes(to) && parseIpv4(to) === undefined) tell(to, 'address or node');
  return problems;
}
