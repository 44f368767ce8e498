import { describe, expect, it } from '@jest/globals';
import { createDirection, enqueueFrame, MOST_IN_FLIGHT } from '../../../core/network/index.ts';
import { FATE, type Packet } from '../../../core/packet/index.ts';
import { type Codec, createRegistry, dissect, HOOK, MOST_LAYERS, orderPlugins } from '../../../core/plugin/index.ts';
import { MOST_HOOKS } from '../../../core/simulation/context.ts';
import { MOST_KEYS } from '../../../core/simulation/engine.ts';
import { causeChain, judge, Simulation, type Snapshot } from '../../../core/simulation/index.ts';
import { MOST_EVENTS_AT_ONCE } from '../../../core/simulation/simulation.ts';
import { MOST_TIMERS } from '../../../core/simulation/timers.ts';
import type { TimelineEntry } from '../../../core/topology/index.ts';
import type { Trace } from '../../../core/trace/index.ts';
import type { Dissection } from '../../../core/wire/index.ts';
import { frames, plainLink, registry, ring, sieve, start, throwBeads } from './toys.ts';

const stormy = { loss: 0.1, duplicate: 0.1, reorder: 0.2, corrupt: 0.05, jitter: 300_000 };

function runAll(simulation: Simulation): Simulation {
  expect(simulation.advance()).toBe(true);
  return simulation;
}

describe('the same topology, seed and inputs give the same bytes', () => {
  const reference = frames(runAll(start(ring({ link: stormy }))));

  it('twice', () => {
    expect(reference.length).toBeGreaterThan(200);
    expect(frames(runAll(start(ring({ link: stormy }))))).toEqual(reference);
    expect(frames(runAll(start(ring({ link: stormy, seed: 2 }))))).not.toEqual(reference);
  });

  it('cut at random instants, cloned and taken up again', () => {
    const whole = start(ring({ link: stormy }));
    const cuts = Array.from({ length: 50 }, (_, at) => at * 400_000 + ((at * 7919) % 977));
    for (const cut of cuts) {
      const first = start(ring({ link: stormy }));
      first.advance(cut);
      const before = frames(first);
      const snapshot = structuredClone(first.snapshot()) as Snapshot;
      const second = Simulation.resume(snapshot, { registry });
      second.advance();
      expect([...before, ...frames(second)]).toEqual(reference);
    }
    whole.advance();
  });

  it('with all caches emptied before every event', () => {
    expect(frames(runAll(start(ring({ link: stormy }), { emptyCaches: true })))).toEqual(reference);
  });

  it('recorded or not: the state at the end is the same', () => {
    const strip = (simulation: Simulation): unknown => {
      const run = structuredClone(simulation.run) as unknown as Record<string, unknown>;
      // What only the trace gives: numbers of records, and causes made of them.
      delete run.nextRecord;
      delete run.queue;
      for (const direction of run.directions as Record<string, unknown>[]) delete direction.causes;
      return run;
    };
    const full = runAll(start(ring({ link: stormy })));
    const off = runAll(start(ring({ link: stormy }), { recording: 'off' }));
    const records = runAll(start(ring({ link: stormy }), { recording: 'records' }));
    expect(strip(off)).toEqual(strip(full));
    expect(strip(records)).toEqual(strip(full));
  });

  it('with other nodes beside: their presence changes nobody else', () => {
    const both = ring({ link: stormy });
    const other = ring({ link: stormy, names: ['0first', 'bb', 'zlast'], timeline: [throwBeads('bb', 30)] });
    const joined = {
      ...both,
      nodes: [...both.nodes, ...other.nodes].sort((x, y) => (x.name < y.name ? -1 : 1)),
      links: [...both.links, ...other.links].sort((x, y) => (x.name < y.name ? -1 : 1)),
      timeline: [...both.timeline, ...other.timeline].sort((x, y) => x.at - y.at),
    };
    const own = frames(runAll(start(joined))).filter((line) => !/ (0first|bb|zlast) /.test(line));
    expect(own).toEqual(reference);
  });

  it('with another plugin that draws beside: names of streams keep them apart', () => {
    const seen = (sieves: string[]): string[] =>
      frames(runAll(start(ring({ link: stormy, sieves, timeline: [throwBeads('a', 20, 0, 6)] }))));
    expect(seen(['a', 'b', 'c', 'd'])).toEqual(seen([]));
  });

  it('with an operator: the log played again from the start gives the same', () => {
    const live = start(ring({ link: stormy }));
    live.advance(1_500_000);
    live.enter({ kind: 'command', node: 'b', plugin: 'beads', name: 'throw', args: { throw: 5 } } as never);
    live.advance(2_500_000);
    live.enter({ kind: 'link', link: 'a:right -- b:left', set: { up: false }, for: 3_000_000 } as never);
    live.advance();
    const replay = runAll(start({ ...ring({ link: stormy }), timeline: live.run.inputs }));
    expect(frames(replay)).toEqual(frames(live));
    expect(frames(live)).not.toEqual(reference);
  });

  it('with an operator at the very instant of an event: what enters goes first', () => {
    const [time = 0] = (reference[150] ?? '').split(' ', 1).map(Number);
    const live = start(ring({ link: stormy }));
    live.advance(time - 1);
    live.enter({ kind: 'command', node: 'b', plugin: 'beads', name: 'throw', args: { throw: 5 } } as never);
    runAll(live);
    const first = [...(live.trace?.records() ?? [])].filter((record) => record.time === time);
    expect(first.length).toBeGreaterThan(6);
    expect(first[0]?.kind).toBe('input');
  });

  it('with nothing but octets on links: other packets of the same octets in place of those in flight', () => {
    const simulation = start(ring({ link: stormy }));
    do {
      const bare = (packet: Packet): Packet => ({
        id: simulation.run.nextPacket++,
        buffer: packet.buffer.slice(packet.start, packet.end),
        start: 0,
        end: packet.end - packet.start,
        outer: -1,
        ingress: -1,
        fate: FATE.onLink,
        hooks: 0,
        tags: undefined,
      });
      for (const direction of simulation.run.directions) {
        direction.packets = direction.packets.map((packet) => packet && bare(packet));
      }
      for (const stray of simulation.run.strays) if (stray !== null) stray.packet = bare(stray.packet);
    } while (simulation.step());
    expect(frames(simulation)).toEqual(reference);
    const codes = [...(simulation.trace?.records() ?? [])].map((record) => record.code);
    expect(codes).not.toContain('beads.beside');
    expect([...(runAll(start(ring())).trace?.records() ?? [])].map((record) => record.code)).not.toContain(
      'beads.beside',
    );
  });
});

describe('no packet vanishes', () => {
  it('every packet that was made has met an end, is on a link, or is held', () => {
    const simulation = start(
      ring({ link: { ...stormy, queue: 1200 }, timeline: [throwBeads('a', 60), throwBeads('b', 9, 0, 255)] }),
    );
    const check = (): void => {
      const { ledger, directions, strays, states } = simulation.run;
      const onLink = directions.reduce((sum, one) => sum + one.count, 0) + strays.filter((one) => one !== null).length;
      const held = (states as { held: unknown[] }[]).reduce((sum, one) => sum + one.held.length, 0);
      expect(ledger.delivered + ledger.dropped + ledger.replaced + onLink + held).toBe(ledger.created);
    };
    for (let at = 0; at < 60; at++) {
      simulation.advance(at * 200_000);
      check();
    }
    runAll(simulation);
    check();
    const codes = new Map<string, number>();
    for (const record of simulation.trace?.records() ?? []) {
      if (record.kind === 'drop') codes.set(record.code ?? '', (codes.get(record.code ?? '') ?? 0) + 1);
    }
    expect([...codes.values()].reduce((a, b) => a + b)).toBe(simulation.run.ledger.dropped);
    for (const code of ['core.queue-full', 'core.link-lost', 'beads.used-up', 'core.left-in-hand']) {
      expect([code, (codes.get(code) ?? 0) > 0]).toEqual([code, true]);
    }
  });

  it('one that was made and forgotten is dropped, and one on a link that is cut', () => {
    const forget = { throw: 3, forget: true };
    const simulation = start(
      ring({
        link: { ...stormy, reorder: 1, loss: 0, duplicate: 0 },
        timeline: [
          { at: 0, kind: 'command', node: 'a', plugin: 'beads', name: 'throw', args: forget },
          throwBeads('a', 4, 1000),
          { at: 900_000, kind: 'link', link: 'a:left -- d:right', set: { up: false } },
        ],
        duration: 900_000,
      }),
    );
    runAll(simulation);
    const drops = [...(simulation.trace?.records() ?? [])].flatMap(({ kind, code }) => (kind === 'drop' ? [code] : []));
    expect(drops).toEqual([...Array(3).fill('core.left-in-hand'), ...Array(4).fill('core.link-cut')]);
    expect(simulation.run.ledger).toEqual({ created: 7, delivered: 0, dropped: 7, replaced: 0 });
  });

  it('an end cannot be met twice', () => {
    const simulation = start(ring());
    const packet = simulation.newPacket(10, 0, -1);
    simulation.settle(packet, FATE.delivered);
    expect(() => simulation.settle(packet, FATE.dropped)).toThrow(/twice/);
  });
});

describe('everything has a cause', () => {
  it('each record names an earlier one, back to an input', () => {
    const simulation = runAll(start(ring({ link: stormy, sieves: ['b'] })));
    const trace = simulation.trace;
    let chains = 0;
    for (const record of trace?.records() ?? []) {
      expect(record.cause).toBeLessThan(record.number);
      if (record.kind !== 'drop') continue;
      const chain = causeChain(registry, record.number, (number) => trace?.record(number));
      expect(chain[chain.length - 1]?.record.kind).toBe('input');
      chains++;
    }
    expect(chains).toBeGreaterThan(5);
  });

  it('what a node does with a packet that came to it is because of the frame that brought it', () => {
    const trace = runAll(start(ring({ sieves: ['b'] }))).trace;
    let arrived = 0;
    for (const { kind, packet, cause } of trace?.records() ?? []) {
      if (kind !== 'deliver') continue;
      arrived++;
      expect(trace?.record(cause)).toMatchObject({ kind: 'transmit', packet });
    }
    expect(arrived).toBeGreaterThan(5);
  });

  it('links and interfaces that come back do so because of what took them away; copies name what they are of', () => {
    const simulation = runAll(
      start(
        ring({
          link: stormy,
          timeline: [
            throwBeads('a', 20),
            { at: 2_000_000, kind: 'link', link: 'a:left -- d:right', set: { up: false }, for: 500_000 },
            { at: 3_000_000, kind: 'interface', node: 'c', interface: 'left', up: false, for: 500_000 },
          ],
        }),
      ),
    );
    const records = [...(simulation.trace?.records() ?? [])];
    for (const record of records) {
      expect([record.number, record.kind, record.cause > 0]).toEqual([
        record.number,
        record.kind,
        record.kind !== 'input',
      ]);
    }
    for (const code of ['core.link-changed', 'core.interface-changed']) {
      const [away, back] = records.filter((record) => record.code === code);
      expect([code, away?.kind, back?.cause]).toEqual([code, 'input', away?.number]);
    }
    const copies = records.filter((record) => record.code === 'core.duplicated');
    expect(copies.length).toBeGreaterThan(3);
    const sent = new Set(records.filter(({ kind }) => kind === 'transmit').map(({ packet }) => packet));
    for (const { values } of copies) expect([values?.relation, sent.has(Number(values?.from))]).toEqual(['copy', true]);
  });

  it('tells drops with their sentence, source and cure', () => {
    const simulation = runAll(start(ring()));
    const drop = [...(simulation.trace?.records() ?? [])].find((record) => record.code === 'beads.used-up');
    const [first] = causeChain(registry, drop?.number ?? 0, (number) => simulation.trace?.record(number));
    expect(first).toMatchObject({ source: 'this test §1', cure: 'give it more' });
    expect(first?.story).toBe(`${drop?.node}: bead ${drop?.values?.colour} has no hops left`);
  });
});

describe('links', () => {
  const two = (link = {}, count = 1) =>
    start(
      ring({
        names: ['a', 'b'],
        link: { ...plainLink, ...link },
        timeline: [throwBeads('a', count)],
        duration: 3_000_000,
      }),
    );

  it('take the time of transmission and propagation to the nanosecond', () => {
    const simulation = two({ rate: 1_000_000, delay: 1_000_000 }, 3);
    simulation.advance(0);
    const [flight, , third] = [...(simulation.trace?.records() ?? [])]
      .filter((record) => record.kind === 'transmit')
      .map((record) => simulation.trace?.flight(record.number));
    // 40 octets at 1 Mbit/s take 320 µs; the third waits for two others.
    expect(flight).toEqual({ starts: 0, arrives: 1_320_000 });
    expect(third).toEqual({ starts: 640_000, arrives: 1_960_000 });
  });

  it('lose about the fraction that they should, and draw each fortune from a stream of its own', () => {
    const lost = (link: object): number[] => {
      const simulation = start(
        ring({ names: ['a', 'b'], link: { ...link, queue: 1e6 }, timeline: [throwBeads('a', 2000)], duration: 0 }),
      );
      simulation.advance();
      const numbers: number[] = [];
      for (const record of simulation.trace?.records() ?? [])
        if (record.code === 'core.link-lost') numbers.push(record.packet);
      return numbers;
    };
    const alone = lost({ loss: 0.1 });
    expect(Math.abs(alone.length - 200)).toBeLessThan(60);
    expect(lost({ loss: 0.1, jitter: 5000, corrupt: 0.5 })).toEqual(alone);
  });

  it('have a fortune for each direction, which the other does not change', () => {
    const lost = (timeline: TimelineEntry[]): number[] => {
      const simulation = start(ring({ names: ['a', 'b'], link: { loss: 0.3, queue: 1e6 }, timeline, duration: 0 }));
      runAll(simulation);
      return [...(simulation.trace?.records() ?? [])].flatMap(({ kind, code, node, packet }) =>
        kind === 'drop' && code === 'core.link-lost' && node === 'a' ? [packet] : [],
      );
    };
    const there = throwBeads('a', 200);
    const back = { ...throwBeads('b', 200), args: { throw: 200, by: 1 } } as TimelineEntry;
    expect(lost([there]).length).toBeGreaterThan(20);
    expect(lost([there, back])).toEqual(lost([there]));
  });

  it('flip exactly one bit where they corrupt, after the record of what was sent', () => {
    const simulation = two({ corrupt: 1 });
    simulation.advance();
    const records = [...(simulation.trace?.records() ?? [])];
    const sent = records.filter((record) => record.kind === 'transmit').map((record) => record.bytes as Uint8Array);
    const flips = records.filter((record) => record.code === 'core.corrupted');
    expect(flips.length).toBe(sent.length);
    expect(sent[0]?.[0]).toBe(12);
  });

  it('drop what is in flight when they are cut, and say when they are joined again', () => {
    const simulation = start(
      ring({
        names: ['a', 'b'],
        timeline: [
          throwBeads('a', 2),
          { at: 700_000, kind: 'link', link: 'a:left -- b:right', set: { up: false }, for: 500_000 },
        ],
        duration: 2_000_000,
      }),
    );
    simulation.advance();
    const codes = [...(simulation.trace?.records() ?? [])].map((record) => record.code);
    expect(codes.filter((code) => code === 'core.link-cut')).toHaveLength(2);
    expect(codes.filter((code) => code === 'core.link-changed')).toHaveLength(2);
    expect(simulation.run.links[0]?.up).toBe(true);
  });
});

describe('taking a plugin away', () => {
  const fates = (sieves: string[]): number => {
    const simulation = runAll(start(ring({ sieves })));
    return [...(simulation.trace?.records() ?? [])].filter((record) => record.code === 'sieve.caught').length;
  };
  it('takes its behaviour away and nothing else', () => {
    expect(fates(['a', 'b', 'c', 'd'])).toBe(2);
    expect(fates([])).toBe(0);
    expect(orderPlugins(registry, ['sieve']).problems[0]).toMatchObject({ plugin: 'sieve', missing: 'beads' });
    expect(orderPlugins(registry, ['sieve', 'beads']).order).toEqual(['beads', 'sieve']);
  });
});

describe('the end of a run', () => {
  it('comes at its duration, or when all is quiet, and expectations are judged', () => {
    const timed = start(
      ring({ duration: 5_000_000, expectations: [{ key: 'beads', spec: { beads: 15 }, text: 'beads: 15', line: 1 }] }),
    );
    timed.advance();
    expect(timed.now).toBe(5_000_000);
    const quiet = start(ring({ expectations: [{ key: 'beads', spec: { beads: 15 }, text: 'beads: 15', line: 1 }] }));
    quiet.advance();
    expect(judge(quiet)[0]).toMatchObject({ held: true, evidence: '15 beads arrived, 15 expected' });
    const again = Simulation.resume(quiet.snapshot(), { registry });
    expect(judge(again)).toEqual(judge(quiet));
  });
});

describe('a limit on everything', () => {
  const idle = (): Simulation => start(ring({ names: ['a', 'b'], timeline: [] }));

  it('hooks that one packet passes on one node', () => {
    const simulation = idle();
    const ctx = simulation.context(0);
    const packet = simulation.newPacket(40, 0, -1);
    for (let at = 0; at < MOST_HOOKS; at++) expect(ctx.hook(0, packet, -1)).toBe(HOOK.accept);
    expect(ctx.hook(0, packet, -1)).toBe(HOOK.stolen);
    expect(simulation.recordAt(simulation.run.nextRecord - 1)?.code).toBe('core.too-many-hooks');
  });

  it('events at one instant: what never waits ends with a message, not a hang', () => {
    const spin = { throw: 0, spin: true };
    const simulation = start(
      ring({ timeline: [{ at: 5, kind: 'command', node: 'a', plugin: 'beads', name: 'throw', args: spin }] }),
      { recording: 'off' },
    );
    expect(() => simulation.advance()).toThrow(`more than ${MOST_EVENTS_AT_ONCE} events at 5 ns`);
  });

  it('keys, entries of caches, timers, frames in flight', () => {
    const simulation = idle();
    const ctx = simulation.context(0);
    for (let at = 0; at <= MOST_KEYS; at++) simulation.logKey(0, 'beads', { at });
    expect([simulation.run.keyLog.length, simulation.run.keyLog[0]?.entry]).toEqual([MOST_KEYS, { at: 1 }]);
    const cache = ctx.cache<number>('few', 2);
    for (const key of [1, 2, 3]) cache.set(key, key);
    expect([1, 2, 3].map((key) => cache.get(key))).toEqual([undefined, 2, 3]);
    simulation.run.timers.length = MOST_TIMERS;
    expect(() => ctx.setTimer('one more', 1)).toThrow(`more than ${MOST_TIMERS} timers`);
    const direction = createDirection();
    direction.packets.length = MOST_IN_FLIGHT;
    direction.count = MOST_IN_FLIGHT;
    const packet = simulation.newPacket(40, 0, -1);
    expect(() => enqueueFrame(direction, packet, 0, 0)).toThrow(`more than ${MOST_IN_FLIGHT} frames`);
  });

  it('records and octets of a trace: the oldest go', () => {
    const held = (records: number, bytes: number): number => {
      const budget = { records, bytes };
      const simulation = runAll(start(ring({ timeline: [throwBeads('a', 2000)], link: { queue: 1e6 } }), { budget }));
      const trace = simulation.trace as Trace;
      expect(trace.next).toBeGreaterThan(40_000);
      expect(trace.record(trace.first)?.number).toBe(trace.first);
      expect(trace.record(trace.first - 1)).toBeUndefined();
      return trace.next - trace.first;
    };
    expect(held(8192, 1 << 30)).toBeLessThanOrEqual(8192);
    expect(held(1e9, 3 * 1024 * 1024)).toBeLessThanOrEqual(3 * 4096);
  });

  it('layers of a packet, and a codec that does not advance', () => {
    const nest: Codec = {
      name: 'nest',
      title: 'Nest',
      dissect: (bytes, from, end) => ({
        ...{ name: 'nest', title: 'Nest', summary: '', start: from, end, fields: [] },
        ...(bytes[0] === 1
          ? { opened: { bytes, by: { codec: 'nest' }, key: 'a key' } }
          : { payload: { start: from, end, by: { codec: 'nest' } } }),
      }),
    };
    const nested = createRegistry([{ ...sieve, name: 'nest', requires: [], codecs: [nest] }]);
    expect(dissect(nested, Uint8Array.of(0, 0), { codec: 'nest' }).layers).toHaveLength(MOST_LAYERS);
    let depth = 0;
    let within: Dissection | undefined = dissect(nested, Uint8Array.of(1, 0), { codec: 'nest' });
    for (; within !== undefined && within.layers.length > 0; depth++) within = within.layers[0]?.opened?.dissection;
    expect(depth).toBe(MOST_LAYERS);
  });
});
