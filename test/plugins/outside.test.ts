import { describe, expect, it } from '@jest/globals';
import { Simulation } from '../../core/simulation/index.ts';
import type { TimelineEntry } from '../../core/topology/index.ts';
import { CLOSED_OUTLET, type Outlet, outlet, plugins } from '../../plugins/index.ts';
import { createHost } from '../../workers/host.ts';
import { Lab } from '../../workers/lab.ts';
import { captureOf, registry, slotsOf, topologyOf } from '../scenarios/labs.ts';
import { kinds, luck, openLab } from '../workers/labs.ts';

const EDGE = `
name: Edge
seed: 3
nodes:
  alice: { kind: host, interfaces: { eth0: 10.1.0.10/24 }, plugins: { ipv4: { gateway: 10.1.0.1 } } }
  r: { kind: router, interfaces: { lan: 10.1.0.1/24, wan: 192.0.2.1/24 } }
  world: { kind: outside, interfaces: [eth0], plugins: { outside: { local: 21101, remote: 21001 } } }
links:
  - alice:eth0 -- r:lan
  - { endpoints: [r:wan, world:eth0], loss: 3%, duplicate: 5%, reorder: 5%, corrupt: 2%, jitter: 300us }
timeline:
  - { at: 1s, node: alice, ping: 192.0.2.10, count: 20, interval: 100ms }
  - { at: 1500ms, node: world, interface: eth0, set: down, for: 100ms }
duration: 5s
`;

/** Who sits outside: an address that answers ARP and echo requests, so that frames come back that fit. */
function stack(address: string): (frame: Uint8Array) => Uint8Array[] {
  const own = address.split('.').map(Number);
  const mac = [2, 0, 0, 0, 0, 9];
  return (frame) => {
    const answer = new Uint8Array(frame);
    answer.set(frame.subarray(6, 12), 0);
    answer.set(mac, 6);
    if (frame[12] === 8 && frame[13] === 6 && frame[21] === 1 && own.every((one, at) => frame[38 + at] === one)) {
      answer[21] = 2;
      answer.set(frame.subarray(22, 32), 32);
      answer.set([...mac, ...own], 22);
      return [answer];
    }
    if (frame[12] !== 8 || frame[13] !== 0 || frame[23] !== 1 || frame[34] !== 8) return [];
    answer.set(frame.subarray(26, 30), 30);
    answer.set(frame.subarray(30, 34), 26);
    // A request becomes a reply: its sum grows by 0x0800, with the carry (RFC 1624).
    answer[34] = 0;
    const sum = ((frame[36] as number) << 8) + (frame[37] as number) + 0x0800;
    const carried = (sum & 0xffff) + (sum >> 16);
    answer.set([carried >> 8, carried & 0xff], 36);
    return [answer];
  };
}

interface Live {
  readonly simulation: Simulation;
  readonly entered: readonly TimelineEntry[];
  readonly left: number;
}

/** A run whose outside answers, and now and then sends what nobody asked for. */
function live(text: string, seed: number): Live {
  const chance = luck(seed);
  const answer = stack('192.0.2.10');
  const came: Uint8Array[] = [];
  let left = 0;
  const door: Outlet = {
    leave: (_node, _name, _at, frame) => {
      left++;
      came.push(...answer(frame));
    },
  };
  const simulation = Simulation.start(topologyOf(text, 'edge'), {
    registry,
    slots: { ...slotsOf(), [outlet.slot]: door },
  });
  const entered: TimelineEntry[] = [];
  const enter = (bytes: Uint8Array): void => {
    entered.push(simulation.enter({ kind: 'frame', node: 'world', interface: 'eth0', bytes }));
  };
  // As a clock would: in uneven steps, some of which end a nanosecond before an entry of the timeline.
  for (let now = 0; !simulation.advance(now); now += 1 + chance(3_000_000)) {
    if (chance(40) === 0) now = Math.max(now, 1_500_000_000 - 1);
    for (const frame of came.splice(0)) enter(frame);
    if (chance(30) === 0)
      enter(Uint8Array.from({ length: chance(2) === 0 ? chance(20) : chance(1800) }, () => chance(256)));
  }
  return { simulation, entered, left };
}

describe('a run that is joined to its outside', () => {
  it('happens again from its input log, to the byte, however the caches and the clock fall', () => {
    for (const seed of [1, 2, 3]) {
      const { simulation, entered, left } = live(EDGE, seed);
      expect(left).toBeGreaterThan(10);
      expect(entered.length).toBeGreaterThan(20);
      const first = captureOf(simulation);
      const slots = { ...slotsOf(), [outlet.slot]: CLOSED_OUTLET };
      for (const options of [{}, { emptyCaches: true }]) {
        const again = Simulation.start(topologyOf(EDGE, 'edge'), { registry, slots, ...options }, entered);
        again.advance();
        expect(Buffer.compare(captureOf(again), first)).toBe(0);
        expect(again.run.nextRecord).toBe(simulation.run.nextRecord);
        expect(again.run.ledger).toEqual(simulation.run.ledger);
      }
      // What comes in matters: without its last half another run follows.
      const half = Simulation.start(
        topologyOf(EDGE, 'edge'),
        { registry, slots },
        entered.slice(0, entered.length / 2),
      );
      half.advance();
      expect(Buffer.compare(captureOf(half), first)).not.toBe(0);
    }
  });

  it('accounts for every frame that comes in, and names the outside as its cause', () => {
    const { simulation, entered } = live(EDGE, 7);
    const records = [...(simulation.trace?.records() ?? [])];
    const inputs = records.filter(({ code }) => code === 'core.frame-entered');
    expect(inputs.length).toBe(entered.filter(({ at }) => at <= simulation.now).length);
    for (const { number, packet, values } of inputs) {
      const next = records.find((one) => one.number > number && one.packet === packet);
      // On the link; or refused there, because the cable is down or the frame too large.
      expect(['transmit', 'drop']).toContain(next?.kind);
      expect(next?.cause).toBe(number);
      if (next?.kind === 'drop') expect(['core.interface-down', 'core.too-large']).toContain(next.code);
      expect(values).toMatchObject({ node: 'world', interface: 'eth0' });
    }
    const { created, delivered, dropped, replaced } = simulation.run.ledger;
    expect(created - delivered - dropped - replaced).toBeLessThan(10);
    expect(records.some(({ code }) => code === 'core.left-in-hand')).toBe(false);
  });

  it('goes on from a snapshot, and a fork sends nothing twice through a closed door', () => {
    const { simulation, entered } = live(EDGE, 4);
    const slots = { ...slotsOf(), [outlet.slot]: CLOSED_OUTLET };
    const half = Simulation.start(topologyOf(EDGE, 'edge'), { registry, slots }, entered);
    half.advance(1_700_000_000);
    const rest = Simulation.resume(structuredClone(half.snapshot()), { registry, slots });
    rest.advance();
    expect(rest.run.nextRecord).toBe(simulation.run.nextRecord);
    expect(rest.run.ledger).toEqual(simulation.run.ledger);
  });
});

describe('a topology with an outside', () => {
  it.each([
    [
      'kind: outside, interfaces: { eth0: 10.0.0.1/24 }, plugins: { outside: { local: 1, remote: 2 } }',
      'would mean nothing',
    ],
    ['kind: outside, interfaces: [eth0, eth1], plugins: { outside: { local: 1, remote: 2 } }', 'one interface, not 2'],
    [
      'kind: host, interfaces: [eth0], plugins: { outside: { local: 1, remote: 2 } }',
      'cannot have the plugin ethernet',
    ],
    ['kind: outside, interfaces: [eth0], plugins: { outside: { local: 5, remote: 5 } }', 'would send to itself'],
    ['kind: outside, interfaces: [eth0]', 'local'],
    ['kind: outside, interfaces: [eth0], plugins: { outside: { local: 70000, remote: 5 } }', '65535'],
  ])('is told what is wrong: %s', async (node, message) => {
    const lab = new Lab(createHost(plugins));
    const found = await lab.check(`nodes:\n  world: { ${node} }\n`, { kinds });
    expect(found.filter(({ severity }) => severity === 'error').map((one) => one.message)).toEqual(
      expect.arrayContaining([expect.stringContaining(message)]),
    );
  });

  it('is told where two outsides await at one port', async () => {
    const node = 'kind: outside, interfaces: [eth0], plugins: { outside: { local: 5, remote: 6 } }';
    const text = `nodes:\n  one: { ${node} }\n  two: { ${node} }\nlinks: ['one:eth0 -- two:eth0']\n`;
    const found = await new Lab(createHost(plugins)).check(text, { kinds });
    expect(found.map((one) => one.message)).toContain('port 5 is that of one already');
  });

  it('is refused by a host without a door, with what to do; with its log it runs there', async () => {
    const lab = new Lab(createHost(plugins));
    const { lab: description, diagnostics } = await lab.load(EDGE, { kinds, fileName: 'edge.yaml' });
    expect(description).toBeUndefined();
    expect(diagnostics.map(({ message }) => message).join()).toMatch(/`world` stands for.*ikebana attach edge\.yaml/);
    const { entered, simulation } = live(EDGE, 5);
    const again = await openLab(EDGE, { entered: { entries: entered, end: simulation.now } }, createHost(plugins));
    const progress = again.open?.advance(Number.MAX_SAFE_INTEGER, 1_000_000);
    expect(progress).toMatchObject({ ended: true, frontier: simulation.now });
    expect(again.open?.history.head.run.nextRecord).toBe(simulation.run.nextRecord);
  });
});
