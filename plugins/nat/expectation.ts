import type { DescribedNode, Expectation, Problem, TraceRecord } from '../../core/index.ts';
import { type MappingExpectation, MOST_COUNT, mappingExpectation } from './config.ts';
import { insideText, outsideText, remoteText } from './describe.ts';
import { protocolName } from './protocols.ts';
import { CELL, cell } from './rows.ts';
import type { NatState } from './state.ts';
import { liveRows } from './views.ts';

/** The most records that a verdict names, and mappings that its sentence shows. */
const MOST_EVIDENCE = 50;
const MOST_SHOWN = 3;

interface Fold {
  count: number;
  shown: string[];
  records: number[];
}

const CODE: Readonly<Record<string, string>> = {
  made: 'nat.mapped',
  expired: 'nat.expired',
  rebound: 'nat.rebound',
};

export const mappingOutcome: Expectation<MappingExpectation, Fold> = {
  key: 'mapping',
  about: 'Which mappings a translator has at the end, or made or forgot on the way.',
  example: '{ node: home, mapping: { protocol: udp, inside: 192.168.1.10:500 }, count: 1, state: live }',
  schema: mappingExpectation,
  check: withoutPlugin,
  observes: ['note'],
  create: () => ({ count: 0, shown: [], records: [] }),

  observe(fold, record, spec) {
    if (record.plugin !== 'nat' || record.node !== spec.node) return;
    // What was made shows where a live mapping came from.
    if (record.code !== (CODE[spec.state] ?? 'nat.mapped') || !fits(spec, valuesOf(record))) return;
    if (fold.records.length < MOST_EVIDENCE) fold.records.push(record.number);
    if (spec.state === 'live' || (spec.by !== undefined && record.time > spec.by)) return;
    fold.count++;
    if (fold.shown.length < MOST_SHOWN) fold.shown.push(shown(valuesOf(record)));
  },

  verdict(fold, spec, view) {
    const state = view.state(spec.node, 'nat') as NatState | undefined;
    if (state === undefined) return { held: false, evidence: `${spec.node} has no plugin nat`, records: [] };
    const live = spec.state === 'live' ? liveEnds(state, view.now).filter((ends) => fits(spec, ends)) : undefined;
    const count = live?.length ?? fold.count;
    const examples = live?.slice(0, MOST_SHOWN).map(shown) ?? fold.shown;
    const more = count > examples.length ? ', …' : '';
    const list = examples.length === 0 ? '' : `: ${examples.join(', ')}${more}`;
    const what = `${count} ${count === 1 ? 'mapping' : 'mappings'} ${spec.state}${list}`;
    return {
      held: count >= spec.count.at_least && count <= spec.count.at_most,
      evidence: `${what}; ${boundsText(spec)} expected`,
      records: fold.records,
    };
  },
};

interface Ends {
  readonly protocol: string;
  readonly inside: string;
  readonly outside: string;
  readonly remote: string;
}

function liveEnds({ table }: NatState, now: number): Ends[] {
  return liveRows(table, now).map((row) => ({
    protocol: protocolName(cell(table, row, CELL.protocol)),
    inside: insideText(table, row),
    outside: outsideText(table, row),
    remote: remoteText(table, row),
  }));
}

function valuesOf(record: TraceRecord): Ends {
  const { protocol = '', inside = '', outside = '', remote = '' } = record.values ?? {};
  return { protocol: String(protocol), inside: String(inside), outside: String(outside), remote: String(remote) };
}

function fits({ mapping }: MappingExpectation, ends: Ends): boolean {
  if (mapping.protocol !== undefined && protocolName(mapping.protocol) !== ends.protocol) return false;
  return (
    matchesEnd(mapping.inside, ends.inside) &&
    matchesEnd(mapping.outside, ends.outside) &&
    matchesEnd(mapping.remote, ends.remote) &&
    (mapping.kept === undefined || keeps(mapping.kept, portOf(ends.inside), portOf(ends.outside)))
  );
}

/** The port at the end of `192.168.1.10:500`; 0 where there is none. */
function portOf(end: string): number {
  return Number(/:([0-9]+)$/.exec(end)?.[1] ?? 0);
}

function keeps(what: 'port' | 'parity' | 'range', inside: number, outside: number): boolean {
  if (inside === 0 || outside === 0) return false;
  if (what === 'port') return inside === outside;
  return what === 'parity' ? (inside & 1) === (outside & 1) : inside <= 1023 === outside <= 1023;
}

/** An address alone stands for all its ports, identifiers and SPIs. */
function matchesEnd(wanted: string | undefined, end: string): boolean {
  return wanted === undefined || end === wanted || end.startsWith(`${wanted}:`) || end.startsWith(`${wanted} `);
}

function shown({ protocol, inside, outside }: Ends): string {
  return `${inside} as ${outside} (${protocol})`;
}

function boundsText({ count }: MappingExpectation): string {
  if (count.at_least === count.at_most) return String(count.at_least);
  return count.at_most === MOST_COUNT ? `at least ${count.at_least}` : `${count.at_least} to ${count.at_most}`;
}

function withoutPlugin(spec: MappingExpectation, nodes: readonly DescribedNode[]): Problem[] {
  const node = nodes.find(({ name }) => name === spec.node);
  if (node === undefined || node.plugins.nat !== undefined) return [];
  return [{ path: ['node'], message: `node ${spec.node} has no plugin nat`, severity: 'warning' }];
}
