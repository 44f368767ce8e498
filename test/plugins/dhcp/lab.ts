import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { definePlugin, type Packet, type Plugin, type TraceRecord } from '../../../core/index.ts';
import { createRegistry, type Registry } from '../../../core/plugin/index.ts';
import { Simulation, storyOf } from '../../../core/simulation/index.ts';
import { parseTopology } from '../../../core/topology/index.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { HEADER_SIZE } from '../../../plugins/dhcp/headers.ts';
import { readOptions } from '../../../plugins/dhcp/options.ts';
import type { DhcpState } from '../../../plugins/dhcp/state.ts';
import { plugins } from '../../../plugins/index.ts';
import type { Ipv4State } from '../../../plugins/ipv4/state.ts';
import { repositoryRoot } from '../../skip.ts';

/** Networks for tests of DHCP, and a station that puts any frame on its link. */

const stranger: Plugin = definePlugin<object, object>({
  name: 'stranger',
  title: 'Stranger',
  about: 'puts any bytes on the link',
  sources: ['this test'],
  binds: [{ below: 'link', key: 1 }],
  actions: [
    { key: 'frame', about: 'sends', example: 'frame: 00', schema: z.strictObject({ frame: z.instanceof(Uint8Array) }) },
  ],
  protocol: {
    create: () => ({}),
    receive: (_state, packet: Packet, ctx) => ctx.consume(packet),
    command(_state, command, ctx) {
      const { frame } = command.args as { frame: Uint8Array };
      const packet = ctx.createPacket(frame.length);
      packet.buffer.set(frame, packet.start);
      ctx.transmit(packet, 0);
    },
  },
});

export const registry: Registry = createRegistry([...plugins, stranger]);
const kinds = `${readFileSync(join(repositoryRoot, 'topologies', 'kinds.yaml'), 'utf8')}
stranger:
  about: Puts any bytes on its link
  plugins: { stranger: {} }
`;

export function diagnosticsOf(text: string): string[] {
  return parseTopology(text, { registry, kinds }).diagnostics.map(({ message }) => message);
}

export function start(text: string): Simulation {
  const { topology, diagnostics } = parseTopology(text, { registry, kinds });
  if (topology === undefined) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return Simulation.start(topology, { registry, slots: { crypto: createNodeProvider() } });
}

export interface LanOptions {
  readonly hosts?: readonly string[];
  readonly client?: string;
  readonly serve?: string;
  readonly timeline?: string;
  readonly duration?: string;
  readonly link?: string;
  readonly nodes?: string;
  readonly more?: string;
}

/** A server, a switch, and hosts that use DHCP; a stranger on the switch. */
export function lan({
  hosts = ['h1'],
  client = '{}',
  serve = 'range: 10.0.0.10-20, lease: 1000s',
  timeline = '',
  duration = '100s',
  link = '',
  nodes = '',
  more = '',
}: LanOptions = {}): string {
  const ports = ['server', 'eve', ...hosts].map((_, at) => `p${at}`);
  return `
name: lan
nodes:
  server: { kind: router, interfaces: { eth0: 10.0.0.1/24 }, plugins: { dhcp: { serve: { eth0: { ${serve} } } } } }
  eve: { kind: stranger, interfaces: { p: {} } }
${hosts.map((name) => `  ${name}: { kind: host, interfaces: { eth0: dhcp }, plugins: { dhcp: { client: ${client} } } }`).join('\n')}
  floor: { kind: switch, interfaces: [${[...ports, 'extra'].join(', ')}] }
${nodes}
links:
  - { endpoints: [server:eth0, floor:p0]${link} }
  - eve:p -- floor:p1
${hosts.map((name, at) => `  - ${name}:eth0 -- floor:p${at + 2}`).join('\n')}
${more}
timeline:${timeline === '' ? ' []' : `\n${timeline}`}
duration: ${duration}
`;
}

export function run(text: string): Simulation {
  const simulation = start(text);
  if (!simulation.advance()) throw new Error('the run did not end');
  return simulation;
}

export function recordsOf(simulation: Simulation, code: string, node?: string): TraceRecord[] {
  return [...(simulation.trace?.records() ?? [])].filter(
    (record) => record.code === code && (node === undefined || record.node === node),
  );
}

export function storiesOf(simulation: Simulation, code: string, node?: string): string[] {
  return recordsOf(simulation, code, node).map((record) => storyOf(registry, record));
}

function stateOf(simulation: Simulation, node: string, plugin: string): unknown {
  const instance = simulation.wiring.nodeByName.get(node)?.providers.get(plugin);
  return simulation.run.states[instance?.index ?? -1];
}

export function dhcpOf(simulation: Simulation, node: string): DhcpState {
  return stateOf(simulation, node, 'dhcp') as DhcpState;
}

export function ipv4Of(simulation: Simulation, node: string): Ipv4State {
  return stateOf(simulation, node, 'ipv4') as Ipv4State;
}

/** Octets before the DHCP message in an Ethernet frame without IP options. */
export const MESSAGE_AT = 14 + 20 + 8;

export interface Seen {
  readonly time: number;
  readonly node: string;
  readonly type: number;
  readonly frame: Uint8Array;
  readonly message: Uint8Array;
  readonly options: ReadonlyMap<number, Uint8Array>;
}

/** The DHCP messages that nodes other than switches put on links. */
export function messagesOf(simulation: Simulation, node?: string): Seen[] {
  const found: Seen[] = [];
  for (const { kind, time, bytes, node: by } of simulation.trace?.records() ?? []) {
    if (kind !== 'transmit' || bytes === undefined || by === 'floor' || (node !== undefined && by !== node)) continue;
    const port = ((bytes[36] as number) << 8) | (bytes[37] as number);
    if (bytes[12] !== 8 || bytes[13] !== 0 || bytes[23] !== 17 || (port !== 67 && port !== 68)) continue;
    if (bytes.length < MESSAGE_AT + HEADER_SIZE) continue;
    const message = bytes.slice(MESSAGE_AT);
    const { values } = readOptions(message, 0, message.length);
    found.push({ time, node: by, type: values.get(53)?.[0] ?? 0, frame: bytes.slice(), message, options: values });
  }
  return found;
}

/** Has the stranger put a frame on the link now. */
export function inject(simulation: Simulation, frame: Uint8Array): void {
  simulation.enter({ kind: 'command', node: 'eve', plugin: 'stranger', name: 'frame', args: { frame } } as never);
  simulation.advance(simulation.now + 1);
}
