import type { Expectation, Registry, RunView, Verdict } from '../plugin/index.ts';
import type { ExpectationEntry, Topology } from '../topology/index.ts';
import type { RecordKind, TraceRecord } from '../trace/index.ts';
import type { Run } from './run.ts';
import type { Wiring } from './wiring.ts';

/** For each kind of record, the indices of the expectations that are shown it. */
export type Observers = Readonly<Partial<Record<RecordKind, readonly number[]>>>;

/** What judging needs of a simulation. */
export interface Judged {
  readonly topology: Topology;
  readonly registry: Registry;
  readonly run: Run;
  readonly wiring: Wiring;
  readonly observers: Observers;
  recordAt(number: number): TraceRecord | undefined;
}

/** An expectation and how it came out. */
export interface Judgement extends Verdict {
  readonly expectation: ExpectationEntry;
}

export function observersOf(topology: Topology, registry: Registry): Observers {
  const observers: Partial<Record<RecordKind, number[]>> = {};
  topology.expectations.forEach((entry, index) => {
    const { expectation } = kindOf(registry, entry);
    if (expectation.observe === undefined) return;
    for (const kind of expectation.observes) {
      const list = observers[kind] ?? [];
      list.push(index);
      observers[kind] = list;
    }
  });
  return observers;
}

/** Starts the fold of each expectation: their states are part of the run. */
export function startFolds(simulation: Judged): void {
  for (const entry of simulation.topology.expectations) {
    simulation.run.folds.push(kindOf(simulation.registry, entry).expectation.create(entry.spec));
  }
}

/** Shows a record to the expectations that look at its kind. */
export function foldRecord(simulation: Judged, kind: RecordKind, number: number): void {
  const interested = simulation.observers[kind];
  if (interested === undefined) return;
  const record = simulation.recordAt(number);
  if (record === undefined) return;
  for (const index of interested) {
    const entry = simulation.topology.expectations[index] as ExpectationEntry;
    kindOf(simulation.registry, entry).expectation.observe?.(simulation.run.folds[index], record, entry.spec);
  }
}

/** Judges every expectation as things stand now. */
export function judge(simulation: Judged): Judgement[] {
  const view = runView(simulation);
  return simulation.topology.expectations.map((entry, index) => ({
    expectation: entry,
    ...kindOf(simulation.registry, entry).expectation.verdict(simulation.run.folds[index], entry.spec, view),
  }));
}

/** What verdicts may look at. */
export function runView(simulation: Judged): RunView {
  const { wiring, run } = simulation;
  return {
    now: run.now,
    nodes: wiring.nodes.map((node) => node.name),
    state: (node, plugin) => {
      const instance = wiring.nodeByName.get(node)?.providers.get(plugin);
      return instance === undefined ? undefined : run.states[instance.index];
    },
    interfaces: (node) => wiring.nodeByName.get(node)?.face.interfaces ?? [],
  };
}

function kindOf(registry: Registry, entry: ExpectationEntry): { readonly expectation: Expectation } {
  const kind = registry.expectations.get(entry.key);
  if (kind === undefined) throw new Error(`no plugin of this host knows the expectation ${entry.key}`);
  return kind;
}
