import { describe, expect, it } from '@jest/globals';
import { orderPlugins } from '../../core/plugin/index.ts';
import { createStream, nextBelow } from '../../core/random/index.ts';
import { judge, Simulation } from '../../core/simulation/index.ts';
import { parseTopology, type Topology, withoutParts } from '../../core/topology/index.ts';
import { finish } from '../plugins/ground/bench.ts';
import { framesOf, kinds, labNames, labText, registry, slotsOf, topologyOf } from './labs.ts';

/** Those of which something says that they are missing, wherever an expectation fails without them. */
const TOLD = new Set(['isakmp', 'ikev1', 'ikev2', 'esp', 'ah', 'nat-t', 'ipsec', 'nat', 'dhcp', 'icmp', 'udp']);

/** What says, in a run, that a plugin is missing somewhere: stories and drops of those who meet the lack. A warning that names it will do as well. */
const TOLD_BY: Readonly<Record<string, readonly string[]>> = {
  'nat-t': ['nat-t.not-supported'],
  ah: ['ipsec.cannot-install'],
  ikev1: ['ipsec.nobody-negotiates', 'isakmp.nobody-speaks'],
  dhcp: ['udp.no-port', 'dhcp.sent-again'],
  // Nobody translates: private addresses are nobody's outside, and what comes in is for the translator itself.
  nat: ['ipv4.no-route', 'arp.unanswered', 'ipv4.martian', 'udp.no-port', 'icmp.error-received'],
};

/** Which expectations do not hold, those aside that want frames which are not kept here. */
function failed(simulation: Simulation): Set<string> {
  const wrong = judge(simulation).filter(({ held, evidence }) => !held && !evidence.includes('nobody can tell'));
  return new Set(wrong.map(({ expectation }) => expectation.text));
}

function wordsOf(message: string): string[] {
  return message.split(/[^\w-]+/);
}

function codesOf(simulation: Simulation): Set<string> {
  return new Set([...(simulation.trace?.records() ?? [])].flatMap(({ code }) => code ?? []));
}

/** Every plugin of every node, as `node/plugin`. */
function partsOf(topology: Topology): [part: string, node: string, plugin: string][] {
  return topology.nodes.flatMap(({ name, order }) =>
    order.map((plugin): [string, string, string] => [`${name}/${plugin}`, name, plugin]),
  );
}

/** A lab's text without one plugin of one node, checked; `went` are the sentences about what went with it. */
function without(text: string, part: string, fileName: string) {
  const reduced = withoutParts(text, [part], { kinds, registry, fileName });
  expect([part, reduced.diagnostics.filter(({ severity }) => severity === 'error')]).toEqual([part, []]);
  expect(reduced.removed[0]).toBe(
    `plugin ${part.slice(part.indexOf('/') + 1)} of node ${part.slice(0, part.indexOf('/'))}`,
  );
  const went = reduced.diagnostics.map(({ message }) => message);
  return { ...parseTopology(reduced.text, { registry, kinds, fileName }), went };
}

/** What is off says nothing, what is there leaves nothing in hand, and every expectation is judged with evidence. */
function noSignOf(simulation: Simulation, gone: ReadonlyMap<string, readonly string[]>, what: string): void {
  const own = new Map(
    [...gone].map(([node, plugins]) => [
      node,
      new Set(plugins.flatMap((one) => Object.keys(registry.plugins.get(one)?.codes ?? {}))),
    ]),
  );
  for (const { code, node, plugin } of simulation.trace?.records() ?? []) {
    if (code === 'core.left-in-hand') throw new Error(`${what}: ${plugin} of ${node} left a packet in hand`);
    if (gone.get(node)?.includes(plugin) || (code !== undefined && own.get(node)?.has(code))) {
      throw new Error(`${what}: ${gone.get(node)} are off ${node}, and ${plugin} said ${code}`);
    }
  }
  for (const { evidence } of judge(simulation)) expect(evidence).not.toBe('');
}

/** Plugins of each node that a reduced topology lacks. */
function goneFrom(whole: Topology, reduced: Topology): Map<string, string[]> {
  const left = new Map(reduced.nodes.map(({ name, order }) => [name, order]));
  return new Map(
    whole.nodes.map(({ name, order }) => [name, order.filter((one) => left.get(name)?.includes(one) !== true)]),
  );
}

/** How many pairs of parts are taken off a lab together, and how many parts that did nothing. */
const PAIRS = 2;
const IDLE = 1;

describe.each(labNames.map((name) => ({ name })))('taking plugins off nodes of $name', ({ name }) => {
  const text = labText(name);
  const whole = topologyOf(text, name);

  it('takes their behaviour away, and that of what requires them, breaks nothing else, and says what went and what is missing', () => {
    const ran = new Set<string>();
    let alone = 0;
    let withOthers = 0;
    const reference = Simulation.start(whole, { registry, slots: slotsOf(), recording: 'records' });
    finish(reference);
    const before = failed(reference);
    const toldBefore = codesOf(reference);
    for (const [part, node, plugin] of partsOf(whole)) {
      const order = whole.nodes.find((one) => one.name === node)?.order ?? [];
      const { topology, diagnostics, went } = without(text, part, name);
      expect([part, diagnostics.filter(({ severity }) => severity === 'error')]).toEqual([part, []]);
      const left = topology?.nodes.find((one) => one.name === node)?.order ?? [];
      const gone = order.filter((one) => !left.includes(one));
      // Nothing is there that could not be, and nothing went that could have stayed.
      expect([part, orderPlugins(registry, left).problems]).toEqual([part, []]);
      for (const one of gone) {
        const { problems } = orderPlugins(registry, [...left, one]);
        expect([part, one, one === plugin || problems.length > 0]).toEqual([part, one, true]);
        const told = went.filter((message) => message.startsWith(`${node}: `) && message.includes(' went with '));
        expect([part, one, one === plugin || told.some((message) => wordsOf(message).includes(one))]).toEqual([
          part,
          one,
          true,
        ]);
      }
      if (gone.length > 1) withOthers++;
      else alone++;
      // The ground under them is taken from one node of a lab.
      if (!TOLD.has(plugin) && ran.has(plugin)) continue;
      ran.add(plugin);
      const simulation = Simulation.start(topology as Topology, { registry, slots: slotsOf(), recording: 'records' });
      // Ends, and every packet has met an end, is on a link or is held.
      finish(simulation);
      noSignOf(simulation, new Map([[node, gone]]), part);
      expect(judge(simulation)).toHaveLength(whole.expectations.length);
      if (!TOLD.has(plugin) || [...failed(simulation)].every((one) => before.has(one))) continue;
      const told = codesOf(simulation);
      const said =
        [...diagnostics.map(({ message }) => message), ...went].some((message) => wordsOf(message).includes(plugin)) ||
        (TOLD_BY[plugin] ?? []).some((code) => told.has(code) || toldBefore.has(code));
      expect([part, 'says what is missing', said]).toEqual([part, 'says what is missing', true]);
    }
    expect(alone).toBeGreaterThan(0);
    expect(withOthers).toBeGreaterThan(0);
  });

  it('in pairs drawn by chance, with seeds drawn by chance, whichever is named first', () => {
    const parts = partsOf(whole).map(([part]) => part);
    const stream = createStream(1, `pairs of ${name}`);
    for (let turn = 0; turn < PAIRS; turn++) {
      const pair = [parts[nextBelow(stream, parts.length)], parts[nextBelow(stream, parts.length)]] as [string, string];
      const seed = nextBelow(stream, 1000);
      const [one, other] = [pair, [...pair].reverse()].map((each) =>
        withoutParts(text, each, { kinds, registry, fileName: name }),
      );
      const what = `${pair.join(' and ')} with seed ${seed}`;
      // The second may have gone with the first: then nothing is wrong but that it is named twice.
      const wrong = one?.diagnostics.filter(({ severity }) => severity === 'error') ?? [];
      expect([what, wrong]).toEqual([what, []]);
      const topology = { ...topologyOf(one?.text ?? '', name), seed };
      expect({ ...topologyOf(other?.text ?? '', name), seed }).toEqual(topology);
      const simulation = Simulation.start(topology, { registry, slots: slotsOf(), recording: 'records' });
      finish(simulation);
      noSignOf(simulation, goneFrom(whole, topology), what);
    }
  });

  it('changes no frame where it did nothing', () => {
    const reference = Simulation.start(whole, { registry, slots: slotsOf() });
    finish(reference);
    const busy = new Set<string>();
    for (const { node, plugin } of reference.trace?.records() ?? []) busy.add(`${node}/${plugin}`);
    const frames = framesOf(reference);
    const quiet = partsOf(whole).filter(([part]) => !busy.has(part));
    const stream = createStream(1, `idle in ${name}`);
    for (let left = IDLE; left > 0 && quiet.length > 0; ) {
      const [[part, node] = ['', '']] = quiet.splice(nextBelow(stream, quiet.length), 1);
      const reduced = topologyOf(withoutParts(text, [part], { kinds, registry, fileName: name }).text, name);
      // What goes with it may have done something.
      if (
        goneFrom(whole, reduced)
          .get(node)
          ?.some((one) => busy.has(`${node}/${one}`)) === true
      )
        continue;
      left--;
      const simulation = Simulation.start(reduced, { registry, slots: slotsOf() });
      finish(simulation);
      expect([part, framesOf(simulation)]).toEqual([part, frames]);
    }
  });
});
