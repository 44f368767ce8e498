import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readCapture } from '../../../core/capture/index.ts';
import { read16, read32 } from '../../../core/index.ts';
import { Simulation } from '../../../core/simulation/index.ts';
import { groupWith, material, materialPath } from '../../skip.ts';
import { addressText, type Lab, pass, registry, S, topologyOf, wait } from './lab.ts';

/**
 * Packets that a real Linux kernel translated, captured on both sides of it: ours, with the port that the kernel chose, makes the same
 * octets of them, time to live, checksums and all, in both directions.
 */

interface Pair {
  readonly inside: Uint8Array;
  readonly outside: Uint8Array;
}

interface Scenario {
  readonly middle: { readonly leftAddress: string; readonly rightAddress: string };
  readonly right: { readonly address: string };
  readonly left: { readonly address: string };
}

/** The IPv4 packets of a capture of Ethernet frames, without padding. */
function packetsOf(name: string): Uint8Array[] {
  const { packets, faults } = readCapture(readFileSync(materialPath('captures', name)));
  expect(faults).toEqual([]);
  return packets
    .filter(({ bytes }) => read16(bytes, 12) === 0x0800)
    .map(({ bytes }) => bytes.slice(14, 14 + read16(bytes, 16)));
}

function startTranslator({ middle, right, left }: Scenario, insidePort: number, outsidePort: number): Lab {
  const gateway = (address: string): string => `{ ipv4: { gateway: ${address} } }`;
  const text = `
name: kernel
duration: 100d
nodes:
  a: { kind: probe, interfaces: { eth0: ${left.address}/24 }, plugins: ${gateway(middle.leftAddress)} }
  b: { kind: probe, interfaces: { eth0: 192.168.99.10/24 } }
  nat:
    kind: nat
    interfaces: { lan1: ${middle.leftAddress}/24, lan2: 192.168.99.1/24, wan: ${middle.rightAddress}/24 }
    plugins: { nat: { forwards: [{ outside_port: ${outsidePort}, to: ${left.address}, to_port: ${insidePort} }] } }
  out: { kind: probe, interfaces: { eth0: ${right.address}/24 } }
links: [ a:eth0 -- nat:lan1, b:eth0 -- nat:lan2, nat:wan -- out:eth0 ]
`;
  const lab = { from: 0, simulation: Simulation.start(topologyOf(text), { registry, recording: 'off' }) };
  wait(lab, 1 * S);
  return lab;
}

groupWith(material('captures'), 'packets on both sides of a real translator', () => {
  const names = readdirSync(materialPath('captures'))
    .filter((name) => name.endsWith('.inside.pcap'))
    .map((name) => name.replace('.inside.pcap', ''));
  let compared = 0;

  it.each(names)('%s', (name) => {
    const scenario = JSON.parse(readFileSync(materialPath('captures', `${name}.json`), 'utf8')) as Scenario;
    const outside = packetsOf(`${name}.pcap`);
    const pairs = packetsOf(`${name}.inside.pcap`).map(
      (inside, at): Pair => ({ inside, outside: outside[at] as Uint8Array }),
    );
    expect(pairs.length).toBe(outside.length);
    const labs = new Map<string, Lab>();
    for (const pair of pairs) {
      const outwards = addressText(read32(pair.inside, 12)) === scenario.left.address;
      const portAt = outwards ? 20 : 22;
      expect(pair.inside[9]).toBe(17);
      const [insidePort, outsidePort] = [read16(pair.inside, portAt), read16(pair.outside, portAt)];
      const key = `${insidePort} ${outsidePort}`;
      const lab = labs.get(key) ?? startTranslator(scenario, insidePort, outsidePort);
      labs.set(key, lab);
      // The first packet of each lab may wait for ARP; nothing else is under way.
      const made = outwards ? pass(lab, 'a', pair.inside, 'out') : pass(lab, 'out', pair.outside, 'a');
      expect(made).toEqual([outwards ? pair.outside : pair.inside]);
      compared++;
    }
  });

  it('and that is many', () => {
    expect(compared).toBeGreaterThan(200);
    process.stdout.write(`translated as a real kernel did: ${compared} packets of ${names.length} captures\n`);
  });
});
