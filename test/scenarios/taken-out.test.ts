import { describe, expect, it } from '@jest/globals';
import { createStream, nextBelow } from '../../core/index.ts';
import { judge, Simulation, storyOf } from '../../core/simulation/index.ts';
import { parseAction, type TimelineEntry } from '../../core/topology/index.ts';
import { finish } from '../plugins/ground/bench.ts';
import { labNames, labText, registry, slotsOf, topologyOf } from './labs.ts';

const SECOND = 1_000_000_000;

/** When a run without a duration of its own has seen what it is about. */
const LONGEST = 120 * SECOND;

function options(emptyCaches = false) {
  return { registry, slots: slotsOf(), recording: 'records', emptyCaches } as const;
}

/** All that a run came to: what was recorded, and the state in which it ended. */
function outcomeOf(simulation: Simulation): unknown {
  return { run: simulation.run, verdicts: judge(simulation).map(({ held, evidence }) => [held, evidence]) };
}

describe.each(labNames.map((name) => ({ name })))('plugins taken out of nodes of $name under way', ({ name }) => {
  const topology = topologyOf(labText(name), name);
  const chance = createStream(11, name);
  const end = Math.min(topology.duration ?? LONGEST, LONGEST);
  const draw = (most: number): number => nextBelow(chance, Math.max(1, Math.min(0x7fffffff, most)));
  const instant = (): number => draw(1000) * Math.floor(end / 1000) + draw(Math.floor(end / 1000));

  it('leaves a run that goes on, says what went, and is the same from every cut', () => {
    const parts = topology.nodes.flatMap(({ name: node, order }) => order.map((plugin) => ({ node, plugin })));
    // Two plugins at a time, so that what one takes with it meets what the other does.
    for (const first of parts) {
      // A sample: the same one in every run.
      if (draw(4) > 0) continue;
      const second = parts[draw(parts.length)] as (typeof parts)[number];
      const out = instant();
      const entries: TimelineEntry[] = [
        { at: out, kind: 'plugin', ...first, present: false },
        { at: instant(), kind: 'plugin', ...second, present: false, for: 1 + instant() },
        { at: out + instant(), kind: 'plugin', ...first, present: true },
      ];
      entries.sort((a, b) => a.at - b.at);
      const what = JSON.stringify([name, entries]);
      try {
        const whole = Simulation.start({ ...topology, duration: end }, options(), entries);
        finish(whole);
        for (const { code, node, plugin } of whole.trace?.records() ?? []) {
          if (code === 'core.left-in-hand') throw new Error(`${plugin} of ${node} left a packet in hand`);
        }
        if (draw(3) > 0) continue;
        let cut = Simulation.start({ ...topology, duration: end }, options(true), entries);
        for (const at of [instant(), out, out + 1, instant()].sort((a, b) => a - b)) {
          cut.advance(at);
          cut = Simulation.resume(structuredClone(cut.snapshot()), options());
        }
        finish(cut);
        expect(outcomeOf(cut)).toEqual(outcomeOf(whole));
      } catch (error) {
        throw new Error(`${what}: ${error instanceof Error ? error.stack : error}`);
      }
    }
  });
});

describe('a plugin taken out of a node', () => {
  const OFFICE = `
duration: 60s
nodes:
  a: { kind: host, interfaces: { e: 10.0.0.1/24 }, plugins: { ipv4: { gateway: 10.0.0.2 } } }
  b: { kind: nat, interfaces: { lan: 10.0.0.2/24, wan: 198.51.100.2/24 } }
  c: { kind: host, interfaces: { e: 198.51.100.3/24 } }
links: [a:e -- b:lan, b:wan -- c:e]
`;
  const office = (timeline: string): Simulation => {
    const simulation = Simulation.start(topologyOf(`${OFFICE}timeline:\n${timeline}`, 'office'), options());
    return finish(simulation);
  };
  const told = (simulation: Simulation, wants: RegExp): string[] =>
    [...(simulation.trace?.records() ?? [])]
      .filter(({ code }) => wants.test(code ?? ''))
      .map((record) => `${record.time / SECOND} ${storyOf(registry, record)}`);
  const CHANGES = /^core\.(plugin|nobody-does)/;

  it('goes with what requires it, and they come back together, each with a fresh state', () => {
    const run = office(`
  - { at: 1s, node: a, ping: 198.51.100.3, count: 1 }
  - { at: 2s, node: b, plugin: icmp, set: out }
  - { at: 3s, node: a, plugin: icmp, set: out }
  - { at: 4s, node: a, ping: 198.51.100.3 }
  - { at: 5s, node: a, plugin: icmp, set: out }
  - { at: 6s, node: a, plugin: ping, set: out }
  - { at: 7s, node: a, plugin: ping, set: in }
  - { at: 8s, node: a, plugin: icmp, set: in }
  - { at: 9s, node: a, ping: 198.51.100.3, count: 1 }
`);
    expect(told(run, CHANGES)).toEqual([
      '2 b: icmp is taken out',
      '2 b has no ping from now on: it went with icmp, which it requires',
      '2 b has no icmp from now on',
      '3 a: icmp is taken out',
      '3 a has no ping from now on: it went with icmp, which it requires',
      '3 a has no icmp from now on',
      '4 a does nothing of this (ping: 198.51.100.3): ping is out',
      '5 a: icmp is taken out',
      '5 a: icmp was out already',
      '6 a: ping is taken out',
      '7 a: ping is put back',
      '7 a has no ping yet: it requires icmp, which is out',
      '8 a: icmp is put back',
      '8 a has icmp again, which starts anew',
      '8 a has ping again, which starts anew',
    ]);
    expect(run.run.takenOut).toHaveLength(1);
    expect(told(run, /^ping\.finished$/)).toEqual([
      expect.stringMatching(/^1.* a has 1 of 1/),
      expect.stringMatching(/^9.* a has 1 of 1/),
    ]);
  });

  it('drops what it held, and lets what arrives find nobody', () => {
    // Nobody answers for .9: the packets wait in arp when it goes.
    const run = office(`
  - { at: 1s, node: a, ping: 10.0.0.9, count: 2, interval: 100ms }
  - { at: 1200ms, node: a, plugin: arp, set: out }
  - { at: 2s, node: c, plugin: ethernet, set: out, for: 3s }
  - { at: 2s, node: b, ping: 198.51.100.3 }
  - { at: 10s, node: b, ping: 198.51.100.3, count: 1 }
`);
    expect(told(run, /plugin-gone|nobody-above/).slice(0, 3)).toEqual([
      '1.2 a: arp held the packet, and is out now',
      '1.2 a: arp held the packet, and is out now',
      expect.stringContaining('c has no protocol that reads such frames on e'),
    ]);
    expect(told(run, /^ping\.finished$/).at(-1)).toMatch(/^10.* b has 1 of 1/);
  });

  it('forgets the mappings of a translator, and makes new ones when it is back', () => {
    const run = office(`
  - { at: 1s, node: a, ping: 198.51.100.3, count: 1 }
  - { at: 5s, node: b, plugin: nat, set: out, for: 10s }
  - { at: 6s, node: b, nat: flush }
  - { at: 7s, node: a, ping: 198.51.100.3 }
  - { at: 20s, node: a, ping: 198.51.100.3 }
`);
    expect(told(run, CHANGES).map((line) => line.slice(0, 24))).toEqual([
      '5 b: nat is taken out',
      '5 b has no nat from now ',
      '6 b does nothing of this',
      '15 b: nat is put back',
      '15 b has nat again, whic',
    ]);
    expect(told(run, /^nat\.mapped$/).map((line) => line.split('.')[0])).toEqual(['1', '20']);
  });

  it('is read with its places, and typed by an operator', () => {
    const topology = topologyOf(OFFICE, 'office');
    const read = (words: string) => parseAction(words, { registry, topology });
    expect(read('node: b, plugin: nat, set: out, for: 5s').action).toMatchObject({
      ...{ kind: 'plugin', node: 'b', plugin: 'nat', present: false, for: 5 * SECOND },
      text: 'plugin: nat, for: 5s, set: out',
    });
    expect(read('node: b, plugin: nat, set: in').action).toMatchObject({ present: true });
    const wrong = (words: string): string | undefined => read(words).diagnostics[0]?.message;
    expect(wrong('node: b, plugin: nta, set: out')).toBe('there is no plugin on `b` called `nta`, did you mean `nat`?');
    expect(wrong('node: a, plugin: nat, set: out')).toContain('there is no plugin on `a` called `nat`');
    expect(wrong('node: b, plugin: nat, set: away')).toMatch(/out|in/);
    expect(wrong('node: x, plugin: nat, set: out')).toContain('there is no node `x`');
  });
});
