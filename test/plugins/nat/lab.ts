import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  concatBytes,
  definePlugin,
  foldSum,
  internetChecksum,
  type Plugin,
  read16,
  read32,
  sumWords,
  type TraceRecord,
  write16,
  write32,
} from '../../../core/index.ts';
import { createRegistry, type Registry } from '../../../core/plugin/index.ts';
import { Simulation, type SimulationOptions } from '../../../core/simulation/index.ts';
import { parseTopology, type Topology } from '../../../core/topology/index.ts';
import { plugins } from '../../../plugins/index.ts';
import { ipv4Contract } from '../../../plugins/ipv4/contract.ts';
import type { NatState } from '../../../plugins/nat/state.ts';

/**
 * A translator between two hosts inside, `a` and `b`, each on a link of its own, and the world, `out`, which stands for every remote end:
 * hosts send any IPv4 packet byte by byte and keep what comes to them. Links have 1 ms of delay and no rate, so times are round.
 */

interface ProbeState {
  heard: { time: number; bytes: Uint8Array }[];
}

const probe: Plugin = definePlugin<ProbeState, object>({
  name: 'probe',
  title: 'Probe',
  about: 'sends any IPv4 packet and keeps what comes',
  sources: ['this test'],
  requires: ['ipv4'],
  actions: [
    { key: 'probe', about: 'sends', example: 'probe: 00', schema: z.strictObject({ probe: z.instanceof(Uint8Array) }) },
  ],
  codes: { 'probe.heard': { text: '{node} heard a packet' } },
  protocol: {
    create: () => ({ heard: [] }),
    hooks: [
      {
        point: 'ipv4.prerouting',
        priority: -1000,
        run(state, packet, ctx) {
          if (packet.ingress < 0) return 0;
          state.heard.push({ time: ctx.now(), bytes: packet.buffer.slice(packet.start, packet.end) });
          ctx.consume(packet);
          return 1;
        },
      },
    ],
    command(_state, command, ctx) {
      const { probe: bytes } = command.args as { probe: Uint8Array };
      const packet = ctx.createPacket(bytes.length);
      packet.buffer.set(bytes, packet.start);
      ctx.sibling(ipv4Contract)?.sendComplete(packet);
    },
  },
});

export const registry: Registry = createRegistry([...plugins, probe]);
const kinds = `${readFileSync(fileURLToPath(new URL('../../../topologies/kinds.yaml', import.meta.url)), 'utf8')}
probe:
  about: Sends any packet and keeps what comes
  plugins: { ethernet: {}, arp: { timeout: 1d }, ipv4: {}, icmp: { error_rate: 100000, error_burst: 100000 }, udp: {}, probe: {} }
`;

export const MS = 1_000_000;
export const S = 1_000_000_000;
export const A = '192.168.1.10';
export const B = '192.168.2.10';
/** The translator's external address; pools stand behind it. */
export const E = '198.51.100.7';
/** Three remote hosts, all of them `out`. */
export const R1 = '203.0.113.10';
export const R2 = '203.0.113.20';
export const R3 = '203.0.113.30';

export function labText(settings: string): string {
  return `
name: test
seed: 5
duration: 100d
nodes:
  a: { kind: probe, interfaces: { eth0: ${A}/24 }, plugins: { ipv4: { gateway: 192.168.1.1 } } }
  b: { kind: probe, interfaces: { eth0: ${B}/24 }, plugins: { ipv4: { gateway: 192.168.2.1 } } }
  nat:
    kind: nat
    interfaces: { lan1: 192.168.1.1/24, lan2: 192.168.2.1/24, wan: ${E}/24 }
    plugins:
      ipv4: { gateway: 198.51.100.1 }
      arp: { timeout: 1d }
      icmp: { error_rate: 100000, error_burst: 100000 }
      nat: ${settings}
  out:
    kind: probe
    interfaces: { eth0: 198.51.100.1/24 }
    plugins: { ipv4: { routes: [{ to: 192.168.0.0/16, via: ${E} }] } }
links:
  - { endpoints: [a:eth0, nat:lan1], delay: 1ms, rate: 0, mtu: 9000 }
  - { endpoints: [b:eth0, nat:lan2], delay: 1ms, rate: 0, mtu: 9000 }
  - { endpoints: [nat:wan, out:eth0], delay: 1ms, rate: 0 }
`;
}

export function diagnosticsOf(settings: string): string[] {
  return parseTopology(labText(settings), { registry, kinds }).diagnostics.map(({ message }) => message);
}

export function topologyOf(text: string): Topology {
  const { topology, diagnostics } = parseTopology(text, { registry, kinds });
  if (topology === undefined) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return topology;
}

export type Host = 'a' | 'b' | 'out';

/** A running lab. Addresses of neighbours are known before anything is sent. */
export interface Lab {
  simulation: Simulation;
  /** The first record behind the start. */
  from: number;
}

export function startLab(settings: string, options: Partial<SimulationOptions> = {}): Lab {
  const lab: Lab = { simulation: Simulation.start(topologyOf(labText(settings)), { registry, ...options }), from: 0 };
  // ICMP of no meaning to anybody, so that every neighbour is known and no mapping is made.
  send(lab, 'a', icmp({ source: A, destination: '192.168.1.1', type: 9 }));
  send(lab, 'b', icmp({ source: B, destination: '192.168.2.1', type: 9 }));
  send(lab, 'out', icmp({ source: '198.51.100.1', destination: E, type: 9 }));
  // The translator must have asked for its neighbours as well: announcements at the start told it.
  wait(lab, 1 * S);
  for (const host of ['a', 'b', 'out'] as const) heardBy(lab, host);
  lab.from = lab.simulation.trace?.next ?? 0;
  return lab;
}

export function at(lab: Lab, time: number): void {
  lab.simulation.advance(time);
}

export function wait(lab: Lab, span: number): void {
  lab.simulation.advance(lab.simulation.now + span);
}

/** Sends at the next nanosecond. */
export function send(lab: Lab, host: Host, bytes: Uint8Array): number {
  const entry = lab.simulation.enter({
    kind: 'command',
    node: host,
    plugin: 'probe',
    name: 'probe',
    args: { probe: bytes },
  } as never);
  return entry.at;
}

/** Sends at an instant that is yet to come: everything before it happens. */
export function sendAt(lab: Lab, time: number, host: Host, bytes: Uint8Array): void {
  lab.simulation.advance(time - 1);
  if (send(lab, host, bytes) !== time) throw new Error('that instant is over');
}

export function command(lab: Lab, args: object): void {
  lab.simulation.enter({
    kind: 'command',
    node: 'nat',
    plugin: 'nat',
    name: 'nat',
    args: { for: 0, ...args },
  } as never);
  wait(lab, 1);
}

/** What a host heard since it was asked last. */
export function heardBy(lab: Lab, host: Host): Uint8Array[] {
  const { wiring, run } = lab.simulation;
  const instance = wiring.nodeByName.get(host)?.providers.get('probe');
  const state = run.states[instance?.index ?? -1] as ProbeState;
  const { heard } = state;
  state.heard = [];
  return heard.map(({ bytes }) => bytes);
}

/** Sends and lets it arrive; what the other side heard. */
export function pass(lab: Lab, from: Host, bytes: Uint8Array, to: Host): Uint8Array[] {
  heardBy(lab, to);
  send(lab, from, bytes);
  wait(lab, 10 * MS);
  return heardBy(lab, to);
}

export function natState(lab: Lab): NatState {
  const { wiring, run } = lab.simulation;
  return run.states[wiring.nodeByName.get('nat')?.providers.get('nat')?.index ?? -1] as NatState;
}

export function recordsOf(lab: Lab, code: string): TraceRecord[] {
  return [...(lab.simulation.trace?.records(lab.from) ?? [])].filter((record) => record.code === code);
}

export function drops(lab: Lab): string[] {
  return [...(lab.simulation.trace?.records(lab.from) ?? [])]
    .filter(({ kind }) => kind === 'drop')
    .map(({ code }) => code ?? '');
}

// Packets.

export function address(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function addressText(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

export interface Ends {
  readonly source: string;
  readonly destination: string;
}

export interface Ipv4Fields extends Ends {
  readonly protocol: number;
  readonly identification?: number;
  readonly flags?: number;
  /** In octets. */
  readonly offset?: number;
  readonly ttl?: number;
  readonly options?: Uint8Array;
}

export function ip(fields: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const options = fields.options ?? new Uint8Array(0);
  const size = 20 + options.length;
  const bytes = new Uint8Array(size + payload.length);
  bytes[0] = 0x40 | (size / 4);
  write16(bytes, 2, bytes.length);
  write16(bytes, 4, fields.identification ?? 0x1234);
  write16(bytes, 6, ((fields.flags ?? 0) << 13) | ((fields.offset ?? 0) >> 3));
  bytes[8] = fields.ttl ?? 64;
  bytes[9] = fields.protocol;
  write32(bytes, 12, address(fields.source));
  write32(bytes, 16, address(fields.destination));
  bytes.set(options, 20);
  write16(bytes, 10, internetChecksum(bytes, 0, size));
  bytes.set(payload, size);
  return bytes;
}

/** The checksum of a UDP datagram or TCP segment with its pseudo-header. */
export function transportChecksum({ source, destination }: Ends, protocol: number, segment: Uint8Array): number {
  const pseudo = new Uint8Array(12);
  write32(pseudo, 0, address(source));
  write32(pseudo, 4, address(destination));
  pseudo[9] = protocol;
  write16(pseudo, 10, segment.length);
  return foldSum(sumWords(segment, 0, segment.length, sumWords(pseudo, 0, 12)));
}

export interface UdpFields extends Ends, Partial<Omit<Ipv4Fields, keyof Ends>> {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly data?: Uint8Array;
  readonly withoutChecksum?: boolean;
}

export function udp(fields: UdpFields): Uint8Array {
  return ip({ ...fields, protocol: 17 }, udpSegment(fields));
}

export function udpSegment(fields: UdpFields): Uint8Array {
  const data = fields.data ?? new TextEncoder().encode('hello');
  const segment = new Uint8Array(8 + data.length);
  write16(segment, 0, fields.sourcePort);
  write16(segment, 2, fields.destinationPort);
  write16(segment, 4, segment.length);
  segment.set(data, 8);
  if (fields.withoutChecksum !== true) write16(segment, 6, transportChecksum(fields, 17, segment) || 0xffff);
  return segment;
}

export interface TcpFields extends Ends, Partial<Omit<Ipv4Fields, keyof Ends>> {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tcpFlags: number;
  readonly data?: Uint8Array;
}

export function tcp(fields: TcpFields): Uint8Array {
  const data = fields.data ?? new Uint8Array(0);
  const segment = new Uint8Array(20 + data.length);
  write16(segment, 0, fields.sourcePort);
  write16(segment, 2, fields.destinationPort);
  segment[12] = 0x50;
  segment[13] = fields.tcpFlags;
  write16(segment, 14, 0xffff);
  segment.set(data, 20);
  write16(segment, 16, transportChecksum(fields, 6, segment));
  return ip({ ...fields, protocol: 6 }, segment);
}

export interface IcmpFields extends Ends, Partial<Omit<Ipv4Fields, keyof Ends>> {
  readonly type: number;
  readonly code?: number;
  readonly identifier?: number;
  readonly sequence?: number;
  readonly data?: Uint8Array;
}

export function icmp(fields: IcmpFields): Uint8Array {
  const data = fields.data ?? new Uint8Array(8);
  const message = new Uint8Array(8 + data.length);
  message[0] = fields.type;
  message[1] = fields.code ?? 0;
  write16(message, 4, fields.identifier ?? 0);
  write16(message, 6, fields.sequence ?? 0);
  message.set(data, 8);
  write16(message, 2, internetChecksum(message, 0, message.length));
  return ip({ ...fields, protocol: 1 }, message);
}

/** An ICMP error about a packet: unreachable by default. */
export function icmpError(ends: Ends, about: Uint8Array, more: Partial<IcmpFields> = {}): Uint8Array {
  return icmp({ ...ends, type: 3, code: 3, data: about.slice(0, 548), ...more });
}

export function esp(ends: Ends, spi: number, more: Partial<Ipv4Fields> = {}): Uint8Array {
  const payload = new Uint8Array(40).map((_, index) => index);
  write32(payload, 0, spi);
  return ip({ ...ends, ...more, protocol: 50 }, payload);
}

/** What a packet says, as text: `17 10.0.0.1:4000 > 10.0.0.2:53`. */
export function shown(bytes: Uint8Array): string {
  const protocol = bytes[9] as number;
  const transport = ((bytes[0] as number) & 15) * 4;
  const source = addressText(read32(bytes, 12));
  const destination = addressText(read32(bytes, 16));
  if (protocol === 6 || protocol === 17) {
    return `${protocol} ${source}:${read16(bytes, transport)} > ${destination}:${read16(bytes, transport + 2)}`;
  }
  if (protocol === 1) return `1 ${source} > ${destination} type ${bytes[transport]} id ${read16(bytes, transport + 4)}`;
  return `${protocol} ${source} > ${destination}`;
}

export function sourcePortOf(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? -1 : read16(bytes, ((bytes[0] as number) & 15) * 4);
}

export function sourceOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : addressText(read32(bytes, 12));
}

/** Which checksums of a packet are wrong: of IPv4, and of what it carries. */
export function wrongChecksums(bytes: Uint8Array): string[] {
  const wrong: string[] = [];
  const transport = ((bytes[0] as number) & 15) * 4;
  if (internetChecksum(bytes, 0, transport) !== 0) wrong.push('ipv4');
  if ((read16(bytes, 6) & 0x3fff) !== 0) return wrong;
  const segment = bytes.slice(transport);
  const ends = { source: addressText(read32(bytes, 12)), destination: addressText(read32(bytes, 16)) };
  const protocol = bytes[9] as number;
  if (protocol === 1 && internetChecksum(segment, 0, segment.length) !== 0) wrong.push('icmp');
  const hasChecksum = protocol === 6 || (protocol === 17 && read16(segment, 6) !== 0);
  if (hasChecksum && transportChecksum(ends, protocol, segment) !== 0) wrong.push('transport');
  return wrong;
}

/** The packet without its time to live and header checksum, which every hop changes. */
export function apartFromHops(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[8] = 0;
  write16(copy, 10, 0);
  return copy;
}

/** Datagrams of the two hosts inside, and from outside. */
export const fromA = (sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  udp({ source: A, destination, sourcePort, destinationPort });
export const fromB = (sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  udp({ source: B, destination, sourcePort, destinationPort });
export const fromOut = (source: string, sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  udp({ source, destination, sourcePort, destinationPort });
/** What packets say, as text. */
export const show = (seen: readonly Uint8Array[]): string[] => seen.map(shown);

export { concatBytes };
