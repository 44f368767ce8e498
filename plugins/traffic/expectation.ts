import {
  type DescribedNode,
  type Expectation,
  formatDuration,
  nearestWord,
  type Problem,
  type RunView,
  SECOND,
} from '../../core/index.ts';
import { type Ipv4InterfaceAddress, parseIpv4 } from '../ipv4/contract.ts';
import type { Arrival } from './arrival.ts';
import { type CountBounds, type TrafficExpectation, trafficExpectation } from './config.ts';
import type { Flow } from './flow.ts';
import type { TrafficState } from './protocol.ts';

/** The most records that a verdict names. */
const MOST_EVIDENCE = 50;

/** Records that tell of the sender's flows and of what arrived. */
interface TrafficFold {
  readonly records: number[];
}

export const trafficOutcome: Expectation<TrafficExpectation, TrafficFold> = {
  key: 'traffic',
  about: 'What became of the test traffic from one node to another: received, lost, late, twice.',
  example: '{ traffic: a -> b, received: 100, lost: 0, delay_below: 50ms }',
  schema: trafficExpectation,
  check: unknownNames,
  observes: ['note'],
  create: () => ({ records: [] }),

  observe(fold, record, spec) {
    if (record.plugin !== 'traffic' || fold.records.length >= MOST_EVIDENCE) return;
    const { from, to } = spec.traffic;
    if (record.node === from || record.node === to || record.code === 'traffic.arriving') {
      fold.records.push(record.number);
    }
  },

  verdict(fold, spec, view) {
    const { from, to } = spec.traffic;
    if (!view.nodes.includes(from)) return { held: false, evidence: `there is no node ${from}`, records: [] };
    const sum = sumOf(spec, view);
    const lost = Math.max(0, sum.sent - sum.received);
    const counted = spec.received ?? spec.lost ?? spec.duplicates ?? spec.reordered;
    const held =
      within(sum.received, spec.received) &&
      within(lost, spec.lost) &&
      within(sum.duplicates, spec.duplicates) &&
      within(sum.reordered, spec.reordered) &&
      (spec.delay_below === undefined || sum.delayMost < spec.delay_below) &&
      (spec.jitter_below === undefined || sum.jitter < spec.jitter_below) &&
      (counted !== undefined || (sum.sent > 0 && lost === 0));
    if (sum.sent === 0) return { held, evidence: `${from} sent no test traffic to ${to}`, records: fold.records };
    return { held, evidence: evidenceOf(sum, lost), records: fold.records };
  },

  figures(_fold, spec, view) {
    const { sent, received, duplicates, reordered, delayTotal, delayMost, jitter } = sumOf(spec, view);
    const delay = received === 0 ? 0 : delayTotal / received / SECOND;
    const lost = Math.max(0, sent - received);
    return {
      sent,
      received,
      lost,
      duplicates,
      reordered,
      delay,
      delay_most: delayMost / SECOND,
      jitter: jitter / SECOND,
    };
  },
};

interface Sum {
  sent: number;
  refused: number;
  received: number;
  duplicates: number;
  reordered: number;
  delayLeast: number;
  delayMost: number;
  delayTotal: number;
  jitter: number;
}

/** All flows that are meant, and what arrived of them: found by their numbers, so translated addresses do not matter. */
function sumOf(spec: TrafficExpectation, view: RunView): Sum {
  const { from, to } = spec.traffic;
  const sum: Sum = {
    sent: 0,
    refused: 0,
    received: 0,
    duplicates: 0,
    reordered: 0,
    delayLeast: Number.POSITIVE_INFINITY,
    delayMost: 0,
    delayTotal: 0,
    jitter: 0,
  };
  const named = view.nodes.includes(to);
  const addresses = named ? addressesOf(to, view) : [parseIpv4(to)];
  for (const flow of stateOf(from, view)?.flows ?? []) {
    if (spec.port !== undefined && flow.port !== spec.port) continue;
    const arrived = arrivalsOf(flow, named ? [to] : view.nodes, view);
    if (arrived.length === 0 && !addresses.includes(flow.destination)) continue;
    if (!named && !addresses.includes(flow.destination)) continue;
    sum.sent += flow.sent;
    sum.refused += flow.refused;
    for (const arrival of arrived) add(sum, arrival);
  }
  return sum;
}

function add(sum: Sum, arrival: Arrival): void {
  sum.received += arrival.received;
  sum.duplicates += arrival.duplicates;
  sum.reordered += arrival.reordered;
  sum.delayLeast = Math.min(sum.delayLeast, arrival.delayLeast);
  sum.delayMost = Math.max(sum.delayMost, arrival.delayMost);
  sum.delayTotal += arrival.delayTotal;
  sum.jitter = Math.max(sum.jitter, arrival.jitter);
}

function stateOf(node: string, view: RunView): TrafficState | undefined {
  return view.state(node, 'traffic') as TrafficState | undefined;
}

function arrivalsOf(flow: Flow, nodes: readonly string[], view: RunView): Arrival[] {
  return nodes.flatMap((node) => stateOf(node, view)?.arrivals.get(flow.token) ?? []);
}

function addressesOf(node: string, view: RunView): number[] {
  return view
    .interfaces(node)
    .flatMap((face) => face.addresses.filter(({ syntax }) => syntax === 'ipv4'))
    .map(({ value }) => (value as Ipv4InterfaceAddress).address);
}

function within(count: number, bounds: CountBounds | undefined): boolean {
  return bounds === undefined || (count >= bounds.at_least && count <= bounds.at_most);
}

function evidenceOf(sum: Sum, lost: number): string {
  const parts = [`${sum.received} of ${sum.sent} received, ${lost} lost`];
  if (sum.duplicates > 0) parts.push(`${sum.duplicates} came again`);
  if (sum.reordered > 0) parts.push(`${sum.reordered} out of order`);
  if (sum.refused > 0) parts.push(`${sum.refused} refused by ICMP`);
  if (sum.received > 0) {
    const mean = formatDuration(Math.round(sum.delayTotal / sum.received));
    const spread = `${formatDuration(sum.delayLeast)} to ${formatDuration(sum.delayMost)}`;
    parts.push(`delay ${spread}, ${mean} on average, jitter ${formatDuration(Math.round(sum.jitter))}`);
  }
  return parts.join('; ');
}

function unknownNames(spec: TrafficExpectation, nodes: readonly DescribedNode[]): Problem[] {
  const names = nodes.map((node) => node.name);
  const problems: Problem[] = [];
  for (const name of [spec.traffic.from, spec.traffic.to]) {
    const node = nodes.find((one) => one.name === name);
    if (node !== undefined) {
      if (node.plugins.traffic === undefined) {
        problems.push({ path: ['traffic'], message: `node ${name} has no plugin traffic`, severity: 'warning' });
      }
      continue;
    }
    if (name === spec.traffic.to && parseIpv4(name) !== undefined) continue;
    const near = nearestWord(name, names);
    const hint = near === undefined ? '' : `, did you mean \`${near}\`?`;
    const suggestion = near === undefined ? {} : { suggestion: near };
    problems.push({ path: ['traffic'], message: `there is no node \`${name}\`${hint}`, ...suggestion });
  }
  return problems;
}
