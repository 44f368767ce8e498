import { z } from 'zod';
import { concatBytes, definePlugin, type Packet, type Plugin, read16, type TraceRecord } from '../../../core/index.ts';
import { createRegistry, type Registry } from '../../../core/plugin/index.ts';
import { Simulation, type SimulationOptions, storyOf } from '../../../core/simulation/index.ts';
import { parseTopology, type Topology } from '../../../core/topology/index.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import type { Ikev2State } from '../../../plugins/ikev2/state.ts';
import { type NatTraversalCalls, natTraversal } from '../../../plugins/ipsec/contract.ts';
import type { IpsecState } from '../../../plugins/ipsec/state.ts';
import type { NatTraversalState } from '../../../plugins/nat-t/state.ts';
import { kinds as shippedKinds } from '../../scenarios/labs.ts';
import { registry as withStranger } from '../ground/bench.ts';
import { datagram } from '../ground/frames.ts';

/** Asks the calls of NAT traversal on a node, as a version of IKE would. */
const asker: Plugin = definePlugin<object, object>({
  name: 'asker',
  title: 'Asker',
  about: 'asks NAT traversal',
  sources: ['this test'],
  extends: ['nat-t'],
  actions: [{ key: 'ask', about: 'asks', example: 'ask: 1', schema: z.strictObject({ ask: z.any() }) }],
  protocol: {
    create: () => ({}),
    command(_state, command, ctx) {
      const calls = ctx.sibling(natTraversal);
      if (calls === undefined) throw new Error('there is no NAT traversal');
      (command.args as { ask: (calls: NatTraversalCalls) => void }).ask(calls);
    },
  },
});

export const registry: Registry = createRegistry([...withStranger.plugins.values(), asker]);
const kinds = `${shippedKinds}
stranger:
  about: Puts any bytes on its link
  plugins: { stranger: {} }
`;

/** What can be set of a laptop behind a router and a gateway; a stranger shares the gateway's link. */
export interface Road {
  readonly laptop?: string;
  readonly gateway?: string;
  /** Settings of `nat-t` on either side: `{ keep_alive: 5s }`, or `false`. */
  readonly laptopNatT?: string;
  readonly gatewayNatT?: string;
  readonly home?: string;
  /** `nat`: the router translates; `router`: it does not. */
  readonly homeKind?: 'nat' | 'router';
  readonly child?: string;
  readonly mode?: 'tunnel' | 'transport';
  readonly duration?: string;
}

export function roadText({
  laptop = '',
  gateway = '',
  laptopNatT = '{}',
  gatewayNatT = '{}',
  home = 'ports: random, udp_timeout: 5min',
  homeKind = 'nat',
  child = 'esp_proposals: [aes128gcm16]',
  mode = 'tunnel',
  duration = '1h',
}: Road = {}): string {
  const inner = mode === 'tunnel';
  const side = (connection: string, own: string, peer: string, more: string, ts: string) => `
          ${connection}:
            version: 2
            local: { auth: psk, id: ${own} }
            remote: { auth: psk, id: ${peer} }
            proposals: [aes128-sha256-x25519]
            rekey_time: 0
            ${more}
            children:
              lan: { ${child}, mode: ${mode}, rekey_time: 0, ${ts} }
        secrets: { ike-s: { secret: open sesame } }`;
  return `
name: road
duration: ${duration}
nodes:
  laptop:
    kind: gateway
    interfaces: { eth0: 192.168.1.10/24 }
    plugins:
      asker: {}
      ipv4: { gateway: 192.168.1.1 }
      traffic: { listen: [7000] }
      nat-t: ${laptopNatT}
      ipsec:
        connections:${side('c', 'laptop.example', 'gw.example', `remote_addrs: [203.0.113.10]\n            ${laptop}`, `start_action: start${inner ? ', local_ts: [192.168.1.10/32], remote_ts: [10.1.0.0/24]' : ''}`)}
  home:
    kind: ${homeKind}
    interfaces: { lan: 192.168.1.1/24, wan: 198.51.100.7/24 }
    plugins:
      ipv4: { gateway: 198.51.100.1 }
      ${homeKind === 'nat' ? `nat: { ${home} }` : ''}
  isp:
    kind: router
    interfaces: { home: 198.51.100.1/24, net: 203.0.113.1/24 }
    ${homeKind === 'nat' ? '' : 'plugins: { ipv4: { routes: [{ to: 192.168.1.0/24, via: 198.51.100.7 }] } }'}
  s: { kind: switch, interfaces: [p1, p2, p3] }
  evil: { kind: stranger, interfaces: [eth0] }
  gw:
    kind: gateway
    interfaces: { lan: 10.1.0.1/24, wan: 203.0.113.10/24 }
    plugins:
      asker: {}
      ipv4: { gateway: 203.0.113.1 }
      traffic: { listen: [7000] }
      nat-t: ${gatewayNatT}
      ipsec:
        connections:${side('c', 'gw.example', 'laptop.example', gateway, inner ? 'local_ts: [10.1.0.0/24], remote_ts: [192.168.1.0/24]' : 'start_action: none')}
  server:
    kind: host
    interfaces: { eth0: 10.1.0.20/24 }
    plugins: { ipv4: { gateway: 10.1.0.1 } }
links:
  - laptop:eth0 -- home:lan
  - { endpoints: [home:wan, isp:home], delay: 10ms }
  - isp:net -- s:p1
  - s:p2 -- gw:wan
  - s:p3 -- evil:eth0
  - gw:lan -- server:eth0
`;
}

export function topologyOf(text: string): Topology {
  const { topology, diagnostics } = parseTopology(text, { registry, kinds });
  if (topology === undefined) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return topology;
}

export function startRoad(road: Road = {}, options: Partial<SimulationOptions> = {}): Simulation {
  return Simulation.start(topologyOf(roadText(road)), {
    registry,
    slots: { crypto: createNodeProvider() },
    ...options,
  });
}

export function advance(simulation: Simulation, seconds: number): Simulation {
  simulation.advance(Math.round(seconds * 1e9));
  return simulation;
}

/** What an operator does while it runs. */
export function command(simulation: Simulation, node: string, plugin: string, name: string, args: unknown): void {
  simulation.enter({ kind: 'command', node, plugin, name, args });
  simulation.advance(simulation.now + 1);
}

/** Asks the calls of a node at this instant. */
export function ask<T>(simulation: Simulation, node: string, question: (calls: NatTraversalCalls) => T): T {
  let answer: { readonly value: T } | undefined;
  const put = (calls: NatTraversalCalls): void => {
    answer = { value: question(calls) };
  };
  command(simulation, node, 'asker', 'ask', { ask: put });
  if (answer === undefined) throw new Error(`${node} was not asked`);
  return answer.value;
}

/** Echoes from a node, and how many were answered within the next seconds. */
export function pinged(simulation: Simulation, node: string, to: string, count = 1): number {
  const before = recordsOf(simulation, 'ping.reply', node).length;
  command(simulation, node, 'ping', 'ping', pingArgs(to, count));
  advance(simulation, simulation.now / 1e9 + count + 1);
  return recordsOf(simulation, 'ping.reply', node).length - before;
}

function pingArgs(to: string, count: number): unknown {
  const action = registry.actions.get('ping')?.action;
  if (action === undefined) throw new Error('there is no ping');
  return action.schema.parse({ ping: to, count });
}

export function acted(simulation: Simulation, node: string, written: Record<string, unknown>): void {
  const [key] = Object.keys(written);
  const known = registry.actions.get(key as string);
  if (known === undefined) throw new Error(`there is no action ${key}`);
  command(simulation, node, known.plugin, key as string, known.action.schema.parse(written));
}

export function recordsOf(simulation: Simulation, code: string, node?: string): TraceRecord[] {
  return [...(simulation.trace?.records() ?? [])].filter(
    (record) => record.code === code && (node === undefined || record.node === node),
  );
}

export function storiesOf(simulation: Simulation, code: string): string[] {
  return recordsOf(simulation, code).map((record) => storyOf(registry, record));
}

export function stateOf<T>(simulation: Simulation, node: string, plugin: string): T {
  const instance = simulation.wiring.nodeByName.get(node)?.providers.get(plugin);
  return simulation.run.states[instance?.index ?? -1] as T;
}

export const natTOf = (simulation: Simulation, node: string): NatTraversalState =>
  stateOf<NatTraversalState>(simulation, node, 'nat-t');
export const ikeOf = (simulation: Simulation, node: string): Ikev2State =>
  stateOf<Ikev2State>(simulation, node, 'ikev2');
export const ipsecOf = (simulation: Simulation, node: string): IpsecState =>
  stateOf<IpsecState>(simulation, node, 'ipsec');

/** Where a node sends what it has for its peer: of the IKE SA, and of the Child SA. */
export function peerOf(simulation: Simulation, node: string): string[] {
  const [sa] = ikeOf(simulation, node).sas.values();
  const [child] = ipsecOf(simulation, node).children.values();
  return [`${sa?.remote.address}:${sa?.remote.port}`, `${child?.remote}:${child?.outbound.encapsulation?.remotePort}`];
}

export interface Sent {
  readonly time: number;
  readonly frame: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly checksum: number;
  readonly payload: Uint8Array;
}

/** UDP datagrams that a node put on its links, in order. */
export function datagramsOf(simulation: Simulation, node: string): Sent[] {
  const found: Sent[] = [];
  for (const { kind, bytes, node: by, time } of simulation.trace?.records() ?? []) {
    if (kind !== 'transmit' || by !== node || bytes === undefined) continue;
    if (read16(bytes, 12) !== 0x0800 || bytes[23] !== 17) continue;
    found.push({
      ...{ time, frame: bytes, sourcePort: read16(bytes, 34), destinationPort: read16(bytes, 36) },
      ...{ checksum: read16(bytes, 40), payload: bytes.slice(42, 34 + read16(bytes, 38)) },
    });
  }
  return found;
}

const onPort4500 = ({ sourcePort, destinationPort }: Sent): boolean => sourcePort === 4500 || destinationPort === 4500;
const hasMarker = ({ payload }: Sent): boolean => !payload.slice(0, 4).some((octet) => octet !== 0);
export const isEsp = (sent: Sent): boolean => onPort4500(sent) && sent.payload.length > 4 && !hasMarker(sent);
export const isKeepalive = ({ payload }: Sent): boolean => payload.length === 1 && payload[0] === 0xff;
export const isIke = (sent: Sent): boolean => onPort4500(sent) && sent.payload.length > 4 && hasMarker(sent);

/** The same frame with another payload, source address or port; its checksums are right. */
export function frameLike(
  like: Uint8Array,
  change: { readonly payload?: Uint8Array; readonly from?: string; readonly port?: number },
): Uint8Array {
  const address = (at: number): string => like.slice(at, at + 4).join('.');
  const payload = change.payload ?? like.slice(42);
  const ports: [number, number] = [change.port ?? read16(like, 34), read16(like, 36)];
  return concatBytes(like.slice(0, 14), datagram(change.from ?? address(26), address(30), ports, payload));
}

/** The stranger puts frames on the link, and a little time goes by after each. */
export function inject(simulation: Simulation, frames: readonly Uint8Array[]): void {
  for (const frame of frames) {
    command(simulation, 'evil', 'stranger', 'frame', { frame });
    simulation.advance(simulation.now + 3_000_000);
  }
}

/** A packet as hooks see it: its octets in a buffer of its own. */
export function packetOf(bytes: Uint8Array, headroom = 0): Packet {
  const buffer = concatBytes(new Uint8Array(headroom), bytes);
  return {
    ...{ id: 1, buffer, start: headroom, end: buffer.length, outer: -1, ingress: 0, fate: 0 },
    ...{ hooks: 0, tags: undefined },
  };
}
