import { describe, expect, it } from '@jest/globals';
import { orderPlugins } from '../../core/plugin/index.ts';
import { judge, Simulation } from '../../core/simulation/index.ts';
import { parseTopology, type Topology, withoutParts } from '../../core/topology/index.ts';
import { finish } from '../plugins/ground/bench.ts';
import { kinds, labNames, labText, registry, slotsOf, topologyOf } from './labs.ts';

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

function codesOf(simulation: Simulation): Set<string> {
  return new Set([...(simulation.trace?.records() ?? [])].flatMap(({ code }) => code ?? []));
}

/** Every plugin of every node, as `node/plugin`. */
function partsOf(topology: Topology): [part: string, node: string, plugin: string][] {
  return topology.nodes.flatMap(({ name, order }) =>
    order.map((plugin): [string, string, string] => [`${name}/${plugin}`, name, plugin]),
  );
}

/** A lab's text without one plugin of one node, checked. */
function without(text: string, part: string, fileName: string) {
  const reduced = withoutParts(text, [part], { kinds, registry, fileName });
  expect([part, reduced.diagnostics]).toEqual([part, []]);
  expect(reduced.removed[0]).toBe(
    `plugin ${part.slice(part.indexOf('/') + 1)} of node ${part.slice(0, part.indexOf('/'))}`,
  );
  return parseTopology(reduced.text, { registry, kinds, fileName });
}

describe.each(labNames.map((name) => ({ name })))('taking plugins off nodes of $name', ({ name }) => {
  const text = labText(name);
  const whole = topologyOf(text, name);

  it('takes their behaviour away and breaks nothing else; what others of the node require is told with its place', () => {
    let [ran, refused] = [0, 0];
    const reference = Simulation.start(whole, { registry, slots: slotsOf(), recording: 'records' });
    finish(reference);
    const before = failed(reference);
    const toldBefore = codesOf(reference);
    for (const [part, node, plugin] of partsOf(whole)) {
      const order = whole.nodes.find((one) => one.name === node)?.order ?? [];
      const { problems } = orderPlugins(
        registry,
        order.filter((one) => one !== plugin),
      );
      const { topology, diagnostics } = without(text, part, name);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      if (problems.length > 0) {
        refused++;
        expect([part, topology]).toEqual([part, undefined]);
        for (const { plugin: needy, missing } of problems) {
          const told = errors.find(({ message }) => message.includes(needy) && message.includes(missing ?? ''));
          expect([part, needy, told !== undefined && told.line > 0 && told.column > 0]).toEqual([part, needy, true]);
        }
        continue;
      }
      expect([part, errors]).toEqual([part, []]);
      const simulation = Simulation.start(topology as Topology, { registry, slots: slotsOf(), recording: 'records' });
      // Ends, and every packet has met an end, is on a link or is held.
      finish(simulation);
      const own = registry.plugins.get(plugin)?.codes ?? {};
      for (const { code, node: place, plugin: by } of simulation.trace?.records() ?? []) {
        if (code === 'core.left-in-hand') throw new Error(`${part}: ${by} of ${place} left a packet in hand`);
        if (place === node && (by === plugin || (code !== undefined && Object.hasOwn(own, code)))) {
          throw new Error(`${part}: ${plugin} is off, and ${by} said ${code}`);
        }
      }
      for (const { evidence } of judge(simulation)) expect(evidence).not.toBe('');
      const sayings = TOLD_BY[plugin];
      if (sayings !== undefined && [...failed(simulation)].some((text) => !before.has(text))) {
        const told = codesOf(simulation);
        const warned = diagnostics.some(({ message }) => message.split(/[^\w-]+/).includes(plugin));
        const said = warned || sayings.some((code) => told.has(code) || toldBefore.has(code));
        expect([part, 'says what is missing', said]).toEqual([part, 'says what is missing', true]);
      }
      ran++;
    }
    expect(ran).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});
