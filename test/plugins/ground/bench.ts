import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { definePlugin, FATE, type Packet, type Plugin, type TraceRecord } from '../../../core/index.ts';
import { createRegistry, type Registry } from '../../../core/plugin/index.ts';
import { judge, Simulation, type SimulationOptions, storyOf } from '../../../core/simulation/index.ts';
import { parseTopology, type TimelineAction, type Topology } from '../../../core/topology/index.ts';
import { plugins } from '../../../plugins/index.ts';
import { repositoryRoot } from '../../skip.ts';

/** Small networks for tests of the ground plugins, written as topologies are, and a node that puts any bytes on its links. */

/** Transmits frames as they are given, and keeps what comes in: a stranger on the link. */
const stranger: Plugin = definePlugin<{ heard: Uint8Array[] }, object>({
  name: 'stranger',
  title: 'Stranger',
  about: 'puts any bytes on the link',
  sources: ['this test'],
  binds: [{ below: 'link', key: 1 }],
  actions: [
    {
      key: 'frame',
      about: 'transmits a frame',
      example: 'frame: 00',
      schema: z.strictObject({ frame: z.instanceof(Uint8Array) }),
    },
  ],
  codes: { 'stranger.heard': { text: '{node} heard a frame' } },
  protocol: {
    create: () => ({ heard: [] }),
    receive(state, packet, ctx) {
      state.heard.push(packet.buffer.slice(packet.start, packet.end));
      ctx.consume(packet);
    },
    command(_state, command, ctx) {
      const { frame } = command.args as { frame: Uint8Array };
      const packet = ctx.createPacket(frame.length);
      packet.buffer.set(frame, packet.start);
      ctx.transmit(packet, 0);
    },
  },
});

export const registry: Registry = createRegistry([...plugins, stranger]);
const kinds = `${readFileSync(join(repositoryRoot, 'topologies', 'kinds.yaml'), 'utf8')}
stranger:
  about: Puts any bytes on its link
  plugins: { stranger: {} }
`;

export function messagesOf(text: string): string[] {
  return parseTopology(text, { registry, kinds })
    .diagnostics.filter(({ message }) => !message.startsWith('no link joins'))
    .map(({ line, severity, message }) => `${line} ${severity}: ${message}`);
}

export function topologyOf(text: string): Topology {
  const { topology, diagnostics } = parseTopology(text, { registry, kinds });
  if (topology === undefined) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return topology;
}

export function start(text: string, options: Partial<SimulationOptions> = {}): Simulation {
  return Simulation.start(topologyOf(text), { registry, ...options });
}

/** Runs a network to its end; every packet must be accounted for. */
export function run(text: string, options: Partial<SimulationOptions> = {}): Simulation {
  return finish(start(text, options));
}

export function finish(simulation: Simulation): Simulation {
  if (!simulation.advance()) throw new Error('the run did not end');
  const { created, delivered, dropped, replaced } = simulation.run.ledger;
  const left = created - delivered - dropped - replaced - held(simulation);
  if (left !== 0) throw new Error(`${left} packets vanished`);
  return simulation;
}

/** Packets that protocols keep and those on links. */
function held(simulation: Simulation): number {
  const found = new Set<Packet>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
    if ('fate' in value && 'buffer' in value) {
      const packet = value as Packet;
      if (packet.fate === FATE.held || packet.fate === FATE.onLink) found.add(packet);
      return;
    }
    // A clone's maps are of another realm here.
    if (Object.prototype.toString.call(value) === '[object Map]')
      for (const one of (value as Map<unknown, unknown>).values()) walk(one);
    else for (const one of Object.values(value)) walk(one);
  };
  walk(simulation.run.states);
  walk(simulation.run.directions);
  walk(simulation.run.strays);
  return found.size;
}

/** Lets a stranger transmit frames, a microsecond apart. */
export function transmit(simulation: Simulation, node: string, frames: readonly Uint8Array[]): void {
  for (const frame of frames) {
    enter(simulation, { kind: 'command', node, plugin: 'stranger', name: 'frame', args: { frame } });
    simulation.advance(simulation.now + 1000);
  }
}

function enter(simulation: Simulation, action: TimelineAction): void {
  simulation.enter(action);
}

export function heardBy(simulation: Simulation, node: string): Uint8Array[] {
  return (stateOf(simulation, node, 'stranger') as { heard: Uint8Array[] }).heard;
}

export function stateOf<T>(simulation: Simulation, node: string, plugin: string): T {
  const instance = simulation.wiring.nodeByName.get(node)?.providers.get(plugin);
  if (instance === undefined) throw new Error(`${node} has no ${plugin}`);
  return simulation.run.states[instance.index] as T;
}

/** An operator's action, checked by its schema: `act(simulation, 'a', { ping: '10.0.0.1' })`. The first key names it. */
export function act(simulation: Simulation, node: string, written: Record<string, unknown>): void {
  const name = Object.keys(written)[0] as string;
  const known = registry.actions.get(name);
  if (known === undefined) throw new Error(`no action ${name}`);
  const { plugin, action } = known;
  const read = action.schema.parse(written);
  enter(simulation, { kind: 'command', node, plugin, name, args: read });
}

/** The records of a node with a code, in order. */
export function records(simulation: Simulation, code: string, node?: string): TraceRecord[] {
  return [...(simulation.trace?.records() ?? [])].filter(
    (record) => record.code === code && (node === undefined || record.node === node),
  );
}

/** How often each code of a kind stands in the trace. */
export function codes(
  simulation: Simulation,
  kind: TraceRecord['kind'] = 'drop',
  node?: string,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const record of simulation.trace?.records() ?? []) {
    if (record.kind !== kind || record.code === undefined || (node !== undefined && record.node !== node)) continue;
    counts[record.code] = (counts[record.code] ?? 0) + 1;
  }
  return counts;
}

export function stories(simulation: Simulation, code: string): string[] {
  return records(simulation, code).map((record) => storyOf(registry, record));
}

/** The frames that a node put on its links. */
export function sentBy(simulation: Simulation, node: string): { time: number; bytes: Uint8Array }[] {
  return [...(simulation.trace?.records() ?? [])]
    .filter((record) => record.kind === 'transmit' && record.node === node)
    .map(({ time, bytes }) => ({ time, bytes: bytes ?? new Uint8Array(0) }));
}

/** Each expectation: whether it held, and its evidence. */
export function verdicts(simulation: Simulation): [boolean, string][] {
  return judge(simulation).map(({ held: came, evidence }) => [came, evidence]);
}
