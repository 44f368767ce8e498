import { describe, expect, it } from '@jest/globals';
import { dissect } from '../../core/plugin/index.ts';
import { Simulation } from '../../core/simulation/index.ts';
import type { Dissection } from '../../core/wire/index.ts';
import { labText, registry, slotsOf, topologyOf } from './labs.ts';

const LAB = 'several-tunnels';

function run(version: 1 | 2): Simulation {
  const text = labText(LAB).replaceAll('version: 2', `version: ${version}`);
  const simulation = Simulation.start(topologyOf(text, LAB), { registry, slots: slotsOf() });
  simulation.advance();
  return simulation;
}

function fieldOf({ layers }: Dissection, name: string): string | undefined {
  return layers.flatMap(({ fields }) => fields).find((field) => field.name === name)?.value;
}

describe('several tunnels between the same gateways', () => {
  it.each([1, 2] as const)(
    'IKEv%i: each has an SPI of its own in each direction, and carries what its selectors say',
    (version) => {
      const simulation = run(version);
      const openers = {
        keys: (format: string) => simulation.run.keyLog.filter((one) => one.format === format).map((one) => one.entry),
        slots: slotsOf(),
      };
      /** What is inside, by outer source and SPI. */
      const carried = new Map<string, Set<string>>();
      for (const record of simulation.trace?.records() ?? []) {
        if (record.kind !== 'transmit' || record.link !== 'gw-a:wan -- internet:a') continue;
        const outer = dissect(registry, record.bytes as Uint8Array, { codec: 'ethernet' }, openers);
        const esp = outer.layers.find(({ name }) => name === 'esp');
        if (esp === undefined) continue;
        const inner = esp.opened?.dissection;
        if (inner === undefined) throw new Error('an ESP packet that no key opens');
        const key = `${fieldOf(outer, 'ipv4.source')} ${fieldOf(outer, 'esp.spi')}`;
        const face = `${fieldOf(inner, 'ipv4.source')} ${fieldOf(inner, 'ipv4.destination')} ${fieldOf(inner, 'ipv4.protocol')}`;
        carried.set(key, (carried.get(key) ?? new Set()).add(face));
      }
      const flows = [...carried].map(([key, faces]) => [key.split(' ')[0], ...[...faces].sort()]);
      expect(flows.map((flow) => flow.join(' | ')).sort()).toEqual([
        '198.51.100.1 | 10.2.0.20 10.1.1.10 ICMP (1)',
        '198.51.100.1 | 10.2.0.20 10.1.2.10 ICMP (1)',
        '203.0.113.1 | 10.1.1.10 10.2.0.20 ICMP (1)',
        '203.0.113.1 | 10.1.1.10 10.2.0.20 UDP (17)',
        '203.0.113.1 | 10.1.2.10 10.2.0.20 ICMP (1)',
      ]);
      const spis = [...carried.keys()].map((key) => key.split(' ')[1]);
      expect(new Set(spis).size).toBe(5);
    },
  );
});
