import { concatBytes, fromHex, read16, type TraceRecord, toHex } from '../../../core/index.ts';
import { createRegistry, type Registry } from '../../../core/plugin/index.ts';
import { Simulation, type SimulationOptions, storyOf } from '../../../core/simulation/index.ts';
import { parseTopology, type TimelineAction, type Topology } from '../../../core/topology/index.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { findIkeKeys, IKE_KEY_LOG } from '../../../plugins/ikev2/key-log.ts';
import { firstType, type PayloadToWrite, writePayloads } from '../../../plugins/ikev2/message.ts';
import { sealMessage } from '../../../plugins/ikev2/sk.ts';
import type { IkeSa, Ikev2State } from '../../../plugins/ikev2/state.ts';
import type { IpsecState } from '../../../plugins/ipsec/state.ts';
import { registry as withStranger } from '../ground/bench.ts';
import { datagram } from '../ground/frames.ts';

/** Two hosts that negotiate, a third one on the same link that sends whatever it likes, and what was seen of it. */

export const registry: Registry = createRegistry([...withStranger.plugins.values()]);

const kinds = `
secure:
  about: A host with IPsec by IKEv2
  plugins: { ethernet: {}, arp: {}, ipv4: {}, icmp: {}, udp: {}, ping: {}, traffic: {}, ipsec: {}, esp: {}, isakmp: {}, ikev2: {} }
switch:
  about: A learning bridge
  plugins: { bridge: {} }
stranger:
  about: Puts any bytes on its link
  plugins: { stranger: {} }
`;

/** One side, in YAML where it is text; what is left out is the same on both sides. */
export interface Side {
  readonly proposals?: string;
  readonly esp?: string;
  readonly id?: string;
  readonly remoteId?: string;
  readonly remoteAddrs?: string;
  /** `start_action` of the child. */
  readonly start?: string;
  readonly secret?: string;
  readonly secretId?: string;
  /** Further settings of the connection, and of its child: `dpd_delay: 10s`. */
  readonly connection?: string;
  readonly child?: string;
  /** Further children: `{ name: settings }`. */
  readonly children?: string;
  /** Settings of ikev2. */
  readonly ikev2?: string;
}

export interface Pair {
  readonly a?: Side;
  readonly b?: Side;
  readonly both?: Side;
  readonly timeline?: string;
  readonly link?: string;
  readonly duration?: string;
  readonly expect?: string;
  readonly seed?: number;
}

export function pairText({
  a = {},
  b = {},
  both = {},
  timeline = '[]',
  link = '',
  duration,
  expect,
  seed = 1,
}: Pair): string {
  const side = (name: 'a' | 'b', own: Side): string => {
    const {
      proposals = 'aes128-sha256-x25519',
      esp = 'aes128gcm16',
      id = `${name}.example`,
      remoteId = `${name === 'a' ? 'b' : 'a'}.example`,
      secret = 'open sesame',
      secretId = '',
      connection = '',
      child = '',
      children = '',
      ikev2 = '',
      remoteAddrs = name === 'a' ? '192.0.2.2' : '192.0.2.1',
      start: action = name === 'a' ? 'start' : 'none',
    } = { ...both, ...own };
    return `
  ${name}:
    kind: secure
    interfaces: { eth0: 192.0.2.${name === 'a' ? 1 : 2}/24 }
    plugins:
      ikev2: { ${ikev2} }
      ipsec:
        connections:
          c:
            version: 2
            remote_addrs: [${remoteAddrs}]
            local: { auth: psk, id: ${id} }
            remote: { auth: psk, id: ${remoteId} }
            proposals: [${proposals}]
            ${connection}
            children:
              n: { esp_proposals: [${esp}], start_action: ${action}${child === '' ? '' : `, ${child}`} }
              ${children}
        secrets: { ike-s: { ${secretId === '' ? '' : `id: [${secretId}], `}secret: ${secret} } }`;
  };
  return `
name: pair
seed: ${seed}
${duration === undefined ? '' : `duration: ${duration}`}
nodes:${side('a', a)}${side('b', b)}
  s: { kind: switch, interfaces: [p1, p2, p3] }
  evil: { kind: stranger, interfaces: [eth0] }
links:
  - { endpoints: [a:eth0, s:p1], delay: 10ms${link === '' ? '' : `, ${link}`} }
  - s:p2 -- b:eth0
  - s:p3 -- evil:eth0
timeline: ${timeline}
expect: ${expect ?? '[]'}
`;
}

export function topologyOf(text: string): Topology {
  const { topology, diagnostics } = parseTopology(text, { registry, kinds });
  if (topology === undefined) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return topology;
}

/** Codes of transitions that any run of this file's tests told. */
export const seenCodes = new Set<string>();

export function startPair(pair: Pair, options: Partial<SimulationOptions> = {}): Simulation {
  return Simulation.start(topologyOf(pairText(pair)), {
    registry,
    slots: { crypto: createNodeProvider() },
    ...options,
  });
}

/** Lets a run go on; to its end where no time in seconds is given. */
export function advance(simulation: Simulation, seconds?: number): Simulation {
  simulation.advance(seconds === undefined ? undefined : Math.round(seconds * 1e9));
  for (const { code } of simulation.trace?.records() ?? []) if (code?.startsWith('ikev2.')) seenCodes.add(code);
  return simulation;
}

export function runPair(pair: Pair, options: Partial<SimulationOptions> = {}): Simulation {
  return advance(startPair(pair, options));
}

export function recordsOf(simulation: Simulation, code: string, node?: string): TraceRecord[] {
  return [...(simulation.trace?.records() ?? [])].filter(
    (record) => record.code === code && (node === undefined || record.node === node),
  );
}

export function countOf(simulation: Simulation, code: string, node?: string): number {
  return recordsOf(simulation, code, node).length;
}

export function storiesOf(simulation: Simulation, code: string): string[] {
  return recordsOf(simulation, code).map((record) => storyOf(registry, record));
}

export function stateOf(simulation: Simulation, node: string): Ikev2State {
  const instance = simulation.wiring.nodeByName.get(node)?.providers.get('ikev2');
  return simulation.run.states[instance?.index ?? -1] as Ikev2State;
}

export function sasOf(simulation: Simulation, node: string): IkeSa[] {
  return [...stateOf(simulation, node).sas.values()];
}

/** Names of the states of a node's IKE SAs. */
export function statesOf(simulation: Simulation, node: string): string[] {
  return sasOf(simulation, node).map(({ state }) => state);
}

/** Child SAs that a node has now. */
export function childCount(simulation: Simulation, node: string): number {
  const instance = simulation.wiring.nodeByName.get(node)?.providers.get('ipsec');
  return (simulation.run.states[instance?.index ?? -1] as IpsecState).children.size;
}

export interface SentMessage {
  readonly time: number;
  readonly node: string;
  readonly frame: Uint8Array;
  readonly bytes: Uint8Array;
}

/** IKE messages that a and b put on their links, in order. */
export function messagesOf(simulation: Simulation, node?: string): SentMessage[] {
  const found: SentMessage[] = [];
  for (const record of simulation.trace?.records() ?? []) {
    const frame = record.bytes;
    if (record.kind !== 'transmit' || frame === undefined || (record.node !== 'a' && record.node !== 'b')) continue;
    if (node !== undefined && record.node !== node) continue;
    if (read16(frame, 12) !== 0x0800 || frame[23] !== 17) continue;
    if (read16(frame, 34) !== 500 && read16(frame, 36) !== 500) continue;
    found.push({ time: record.time, node: record.node, frame, bytes: frame.slice(42) });
  }
  return found;
}

/** A frame with other octets at port 500, as if it came from who sent `like`, or from another address. */
export function frameLike(like: Uint8Array, bytes: Uint8Array, from?: string, port = 500): Uint8Array {
  const address = (at: number): string => like.slice(at, at + 4).join('.');
  return concatBytes(like.slice(0, 14), datagram(from ?? address(26), address(30), [port, 500], bytes));
}

/** What an operator does while it runs. */
export function command(simulation: Simulation, node: string, plugin: string, name: string, args: unknown): void {
  const action: TimelineAction = { kind: 'command', node, plugin, name, args };
  simulation.enter(action);
}

/** The stranger puts frames on the link, and a little time goes by after each. */
export function inject(simulation: Simulation, frames: readonly Uint8Array[], seconds = 0.001): void {
  for (const frame of frames) {
    command(simulation, 'evil', 'stranger', 'frame', { frame });
    simulation.advance(simulation.now + seconds * 1e9);
  }
}

/** A message of `from`, sealed with the keys of an IKE SA that the key log has: what only a real peer could send. */
export function forged(
  simulation: Simulation,
  from: 'a' | 'b',
  exchange: number,
  messageId: number,
  payloads: readonly PayloadToWrite[],
  more: { readonly flags?: number; readonly inner?: Uint8Array; readonly first?: number } = {},
): Uint8Array {
  const entries = simulation.run.keyLog.filter(({ format }) => format === IKE_KEY_LOG).map(({ entry }) => entry);
  const last = entries.at(-1);
  const spis = [last?.spiI, last?.spiR].map((spi) => toHex(spi as Uint8Array)) as [string, string];
  const keys = findIkeKeys(entries, ...spis);
  if (keys === undefined) throw new Error('no keys');
  const crypto = createNodeProvider();
  const fromInitiator = from === 'a';
  return sealMessage(crypto, keys.protection, fromInitiator ? keys.fromInitiator : keys.fromResponder, {
    header: {
      initiatorSpi: fromHex(spis[0]) as Uint8Array,
      responderSpi: fromHex(spis[1]) as Uint8Array,
      majorVersion: 2,
      exchangeType: exchange,
      flags: more.flags ?? (fromInitiator ? 0x08 : 0),
      messageId,
    },
    inner: more.inner ?? writePayloads(payloads),
    first: more.first ?? firstType(payloads),
    iv: new Uint8Array(keys.protection.encryption.iv).fill(7),
  });
}
