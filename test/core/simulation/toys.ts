import { z } from 'zod';
import { definePlugin, HOOK, nextBelow, type Packet, type Plugin } from '../../../core/index.ts';
import { createRegistry } from '../../../core/plugin/index.ts';
import { Simulation, type SimulationOptions } from '../../../core/simulation/index.ts';
import type { LinkSettings, TimelineEntry, Topology } from '../../../core/topology/index.ts';

/**
 * A small protocol for tests of the engine alone: beads. A bead is a frame of [hops left, colour, random octets]; whoever receives one
 * sends it on by a random other interface after a random wait, until its hops are used up.
 */
interface BeadState {
  held: { packet: Packet; to: number }[];
  arrived: number;
}

export const beads: Plugin = definePlugin<BeadState, { greedy: boolean }>({
  name: 'beads',
  title: 'Beads',
  about: 'a toy',
  sources: ['this test'],
  config: z.strictObject({ greedy: z.boolean().default(false) }),
  binds: [{ below: 'link', key: 1 }],
  hookPoints: ['pass'],
  actions: [
    { key: 'throw', about: 'throws beads', example: 'throw: 3', schema: z.strictObject({ throw: z.number() }) },
  ],
  codes: {
    'beads.used-up': { text: '{node}: bead {colour} has no hops left', source: 'this test §1', cure: 'give it more' },
    'beads.waiting': { text: '{node} keeps bead {colour}' },
    'beads.seen': { text: '{node} saw bead {colour}' },
    'beads.beside': { text: '{node} got more than octets' },
  },
  expectations: [
    {
      key: 'beads',
      about: 'how many beads arrive',
      example: 'beads: 3',
      schema: z.strictObject({ beads: z.number() }),
      observes: ['deliver'],
      create: () => ({ count: 0, records: [] as number[] }),
      observe: (state, record) => {
        state.count++;
        if (state.records.length < 3) state.records.push(record.number);
      },
      verdict: (state, spec) => ({
        held: state.count === spec.beads,
        evidence: `${state.count} beads arrived, ${spec.beads} expected`,
        records: state.records,
      }),
    },
  ],
  protocol: {
    create: () => ({ held: [], arrived: 0 }),
    receive(state, packet, ctx) {
      if (packet.tags !== undefined || packet.hooks !== 0) ctx.note('beads.beside', {}, packet);
      if (ctx.hook(0, packet, -1) === HOOK.stolen) return;
      const hops = packet.buffer[packet.start] as number;
      const colour = packet.buffer[packet.start + 1] as number;
      ctx.cache<number>('colours', 4).set(colour, hops);
      if (hops === 0) {
        if (colour % 2 === 0) ctx.consume(packet);
        else ctx.drop(packet, 'beads.used-up', { colour });
        state.arrived++;
        return;
      }
      if (colour === 255) return;
      packet.buffer[packet.start] = hops - 1;
      const up = ctx.node.interfaces.filter((face) => face.up);
      const to = (up[nextBelow(ctx.random('way'), Math.max(1, up.length))] ?? ctx.node.interfaces[0])?.index ?? 0;
      ctx.hold(packet, 'beads.waiting', { colour });
      state.held.push({ packet, to });
      const spare = ctx.setTimer('never', 5_000_000_000);
      ctx.setTimer('on', 1000 + nextBelow(ctx.random('wait'), 5000), packet.id);
      ctx.cancelTimer(spare);
    },
    timer(state, timer, ctx) {
      if (timer.name === 'spin') ctx.setTimer('spin', 0);
      const at = state.held.findIndex(({ packet }) => packet.id === timer.data);
      const [held] = state.held.splice(at, 1);
      if (held === undefined) return;
      ctx.takeUp(held.packet);
      ctx.note('beads.seen', { colour: held.packet.buffer[held.packet.start + 1] as number }, held.packet);
      held.packet.tags = { beads: { to: held.to } };
      ctx.transmit(held.packet, held.to);
    },
    command(_, command, ctx) {
      if (command.args.spin === true) ctx.setTimer('spin', 0);
      for (let bead = 0; bead < command.args.throw; bead++) {
        const packet = ctx.createPacket(40);
        packet.buffer[packet.start] = 12;
        packet.buffer[packet.start + 1] = command.args.colour ?? bead;
        packet.buffer[packet.start + 2] = nextBelow(ctx.random('octet'), 256);
        if (command.args.forget !== true) ctx.transmit(packet, command.args.by ?? 0);
      }
    },
  },
});

/** Drops every bead of one colour at the hook of `beads`. */
export const sieve: Plugin = definePlugin<object, object>({
  name: 'sieve',
  title: 'Sieve',
  about: 'a toy',
  sources: ['this test'],
  requires: ['beads'],
  codes: { 'sieve.caught': { text: '{node} caught a bead' } },
  protocol: {
    create: () => ({}),
    hooks: [
      {
        point: 'beads.pass',
        priority: 0,
        run(_, packet, ctx) {
          nextBelow(ctx.random('way'), 256);
          if (packet.buffer[packet.start + 1] !== 4) return HOOK.accept;
          ctx.drop(packet, 'sieve.caught');
          return HOOK.stolen;
        },
      },
    ],
  },
});

export const registry = createRegistry([beads, sieve]);

export const plainLink: LinkSettings = {
  delay: 1_000_000,
  rate: 1_000_000,
  mtu: 1500,
  queue: 65_536,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  corrupt: 0,
  jitter: 0,
  up: true,
};

export interface RingOptions {
  readonly names?: readonly string[];
  readonly link?: Partial<LinkSettings>;
  readonly timeline?: readonly TimelineEntry[];
  readonly sieves?: readonly string[];
  readonly duration?: number;
  readonly seed?: number;
  readonly expectations?: Topology['expectations'];
}

export function throwBeads(node: string, count: number, at = 0, colour?: number): TimelineEntry {
  const args = { throw: count, ...(colour === undefined ? {} : { colour }) };
  return { at, kind: 'command', node, plugin: 'beads', name: 'throw', args };
}

/** Nodes in a ring, each with interfaces `left` and `right`. */
export function ring(options: RingOptions = {}): Topology {
  const names = [...(options.names ?? ['a', 'b', 'c', 'd'])].sort();
  const links = names.map((name, at) => {
    const next = names[(at + 1) % names.length] as string;
    const ends = [
      { node: name, interface: 'right' },
      { node: next, interface: 'left' },
    ].sort((x, y) =>
      `${x.node}:${x.interface}` < `${y.node}:${y.interface}` ? -1 : 1,
    ) as unknown as Topology['links'][0]['ends'];
    return {
      name: ends.map((end) => `${end.node}:${end.interface}`).join(' -- '),
      ends,
      settings: { ...plainLink, ...options.link },
    };
  });
  return {
    name: 'ring',
    about: '',
    seed: options.seed ?? 1,
    ...(options.duration === undefined ? {} : { duration: options.duration }),
    nodes: names.map((name) => {
      const sifted = options.sieves?.includes(name) === true;
      return {
        name,
        kind: 'bead',
        interfaces: [
          { name: 'left', addresses: [] },
          { name: 'right', addresses: [] },
        ],
        plugins: { beads: { greedy: false }, ...(sifted ? { sieve: {} } : {}) },
        order: sifted ? ['beads', 'sieve'] : ['beads'],
      };
    }),
    links: links.sort((x, y) => (x.name < y.name ? -1 : 1)),
    timeline: options.timeline ?? [throwBeads('a', 20), throwBeads('c', 10, 2_000_000)],
    expectations: options.expectations ?? [],
  };
}

export function start(topology: Topology, options: Partial<SimulationOptions> = {}): Simulation {
  return Simulation.start(topology, { registry, ...options });
}

/** Every frame of a run: time, link, sender and bytes. */
export function frames(simulation: Simulation): string[] {
  const lines: string[] = [];
  for (const record of simulation.trace?.records() ?? []) {
    if (record.kind !== 'transmit') continue;
    lines.push(`${record.time} ${record.link} ${record.node} ${Buffer.from(record.bytes ?? []).toString('hex')}`);
  }
  return lines;
}
