import type { TraceRecord } from '../../../core/index.ts';
import { Simulation, type SimulationOptions, storyOf } from '../../../core/simulation/index.ts';
import { parseTopology } from '../../../core/topology/index.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import type { Established, Ikev1State, IsakmpSa } from '../../../plugins/ikev1/state.ts';
import type { IpsecState } from '../../../plugins/ipsec/state.ts';
import { frameLike, inject, messagesOf, type Pair, pairText, recordsOf, registry } from '../ikev2/bench.ts';

/** Two hosts that negotiate by IKEv1, a third one on the same link that sends whatever it likes, and what was seen of it. */

export { frameLike, inject, messagesOf, recordsOf, registry };

const kinds = `
secure:
  about: A host with IPsec by IKEv1
  plugins: { ethernet: {}, arp: {}, ipv4: {}, icmp: {}, udp: {}, ping: {}, traffic: {}, ipsec: {}, esp: {}, ah: {}, isakmp: {}, ikev1: {} }
switch:
  about: A learning bridge
  plugins: { bridge: {} }
stranger:
  about: Puts any bytes on its link
  plugins: { stranger: {} }
`;

export interface Pair1 extends Pair {
  readonly aggressive?: boolean;
}

/** The same two hosts as for IKEv2: the version is the change, and groups that IKEv1 has a number for. */
function parsed(pair: Pair1): ReturnType<typeof parseTopology> {
  const both = { proposals: 'aes128-sha256-modp1024', esp: 'aes128-sha256', ...pair.both };
  const text = pairText({ ...pair, both })
    .replaceAll('version: 2', `version: 1\n            aggressive: ${pair.aggressive === true}`)
    .replaceAll('ikev2:', 'ikev1:');
  return parseTopology(text, { registry, kinds });
}

/** What reading the two hosts warns of, but for weak transforms: `connection.setting: message`. */
export function warningsOf(pair: Pair1): string[] {
  return parsed(pair)
    .diagnostics.filter(({ message }) => !message.includes(' is weak: '))
    .map(({ path, message }) => `${path.slice(5).join('.')}: ${message}`);
}

export function startPair(pair: Pair1, options: Partial<SimulationOptions> = {}): Simulation {
  const { topology, diagnostics } = parsed(pair);
  if (topology === undefined) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return Simulation.start(topology, { registry, slots: { crypto: createNodeProvider() }, ...options });
}

/** Codes that any run of this file's tests told. */
export const seenCodes = new Set<string>();

/** Lets a run go on; to its end where no time in seconds is given. */
export function advance(simulation: Simulation, seconds?: number): Simulation {
  simulation.advance(seconds === undefined ? undefined : Math.round(seconds * 1e9));
  for (const { code } of simulation.trace?.records() ?? []) if (code?.startsWith('ikev1.')) seenCodes.add(code);
  return simulation;
}

export function runPair(pair: Pair1, options: Partial<SimulationOptions> = {}): Simulation {
  return advance(startPair(pair, options));
}

export function countOf(simulation: Simulation, code: string, node?: string): number {
  return recordsOf(simulation, code, node).length;
}

export function storiesOf(simulation: Simulation, code: string): string[] {
  return recordsOf(simulation, code).map((record: TraceRecord) => storyOf(registry, record));
}

/** The codes of IKEv1 that a node told, each once. */
export function codesOf(simulation: Simulation, node: string): string[] {
  const codes = [...(simulation.trace?.records() ?? [])]
    .filter((record) => record.node === node)
    .map(({ code }) => code);
  return [...new Set(codes.filter((code) => code?.startsWith('ikev1.')) as string[])];
}

export function stateOf(simulation: Simulation, node: string): Ikev1State {
  const instance = simulation.wiring.nodeByName.get(node)?.providers.get('ikev1');
  return simulation.run.states[instance?.index ?? -1] as Ikev1State;
}

export function sasOf(simulation: Simulation, node: string): IsakmpSa[] {
  return [...stateOf(simulation, node).sas.values()];
}

export function establishedOf(simulation: Simulation, node: string): Established {
  const sa = sasOf(simulation, node).find(({ state }) => state === 'established');
  if (sa?.state !== 'established') throw new Error(`${node} has no ISAKMP SA`);
  return sa;
}

export function statesOf(simulation: Simulation, node: string): string[] {
  return sasOf(simulation, node).map(({ state }) => state);
}

export function ipsecOf(simulation: Simulation, node: string): IpsecState {
  const instance = simulation.wiring.nodeByName.get(node)?.providers.get('ipsec');
  return simulation.run.states[instance?.index ?? -1] as IpsecState;
}

/** SPIs of a node's IPsec SAs, `in/out`, or seen from the other side `out/in`. */
export function spisOf(simulation: Simulation, node: string, mirrored = false): string[] {
  return [...ipsecOf(simulation, node).children.values()]
    .map(({ inbound, outbound }) => (mirrored ? [outbound.spi, inbound.spi] : [inbound.spi, outbound.spi]).join('/'))
    .sort();
}
