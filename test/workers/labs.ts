import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabApi, LoadOptions } from '../../workers/api.ts';
import type { LabHost } from '../../workers/host.ts';
import { Lab } from '../../workers/lab.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { repositoryRoot } from '../skip.ts';

const topologies = join(repositoryRoot, 'topologies');
export const kinds = readFileSync(join(topologies, 'kinds.yaml'), 'utf8');

export function shippedText(name: string): string {
  return readFileSync(join(topologies, name, 'topology.yaml'), 'utf8');
}

/** Two hosts behind a router; one link loses, delays, reorders, duplicates and damages frames. */
export const RAINY = `
name: A rainy path
seed: 5
nodes:
  a: { kind: host, interfaces: { eth0: 10.1.0.2/24 }, plugins: { ipv4: { gateway: 10.1.0.1 } } }
  r: { kind: router, interfaces: { lan: 10.1.0.1/24, wan: 10.2.0.1/24 } }
  b: { kind: host, interfaces: { eth0: 10.2.0.2/24 }, plugins: { ipv4: { gateway: 10.2.0.1 } } }
links:
  - { endpoints: [a:eth0, r:lan], delay: 1ms, rate: 10Mbit/s }
  - { endpoints: [r:wan, b:eth0], delay: 5ms, loss: 10%, jitter: 2ms, reorder: 5%, duplicate: 5%, corrupt: 5% }
timeline:
  - { at: 1s, node: a, ping: 10.2.0.2, count: 40, interval: 50ms }
  - { at: 1500ms, link: 'r:wan -- b:eth0', set: { up: false }, for: 200ms }
expect:
  - { ping: a -> b, answered: { at_least: 1 } }
`;

export async function loaded(lab: LabApi, text: string, options: LoadOptions = {}): Promise<LabApi> {
  const { diagnostics, lab: description } = await lab.load(text, { kinds, ...options });
  if (description === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return lab;
}

/** A lab in this thread, loaded. */
export async function openLab(text: string, options: LoadOptions = {}, host: LabHost = createNodeHost()): Promise<Lab> {
  const lab = new Lab(host);
  await loaded(lab, text, options);
  return lab;
}

export async function finish<L extends LabApi>(lab: L): Promise<L> {
  for (;;) {
    const { ended, stopped } = await lab.advance();
    if (stopped !== undefined) throw new Error(stopped);
    if (ended) return lab;
  }
}

/** Numbers from 0 up to `bound` that are the same in every run of the tests. */
export function luck(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
