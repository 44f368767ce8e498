import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  definePlugin,
  FATE,
  MILLISECOND,
  type Packet,
  type Plugin,
  read32,
  type Tags,
  type TraceRecord,
  toHex,
  write32,
} from '../../../core/index.ts';
import { createRegistry, type Registry } from '../../../core/plugin/index.ts';
import { Simulation, type SimulationOptions, storyOf } from '../../../core/simulation/index.ts';
import { parseTopology, type Topology } from '../../../core/topology/index.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { plugins } from '../../../plugins/index.ts';
import {
  type IpsecCalls,
  ipsecContract,
  type KeyingCalls,
  keyExchange,
  resolveSelectors,
  withoutTransforms,
} from '../../../plugins/ipsec/contract.ts';
import type { IpsecState } from '../../../plugins/ipsec/state.ts';
import { type UdpTag, udpContract } from '../../../plugins/udp/contract.ts';
import { repositoryRoot } from '../../skip.ts';

/** Networks for tests of policies and associations, and a keying protocol that is as simple as one can be. */

const ROUND: Readonly<Record<string, number>> = { ask: 1, answer: 2, refuse: 3, gone: 4, done: 5 };
const PORT = 500;

interface ToyState {
  readonly config: { readonly delay: number; readonly refuse: boolean; readonly narrow: boolean };
  /** What was asked for, by the SPI that goes with it. */
  readonly asked: Record<number, { connection: string; child: string; replaces: number }>;
  next: number;
}

/** Agrees on SPIs in two datagrams and takes keys from them. It stands where IKEv2 stands; only tests have it. */
const toyKeying: Plugin = definePlugin<ToyState, ToyState['config']>({
  name: 'toy-keying',
  title: 'Keying for tests',
  about: 'Agrees on SPIs in clear.',
  sources: ['this test'],
  requires: ['ipsec', 'udp'],
  provides: ['ikev2'],
  binds: [{ below: 'udp', key: PORT }],
  config: z.strictObject({
    delay: z.number().default(10 * MILLISECOND),
    refuse: z.boolean().default(false),
    narrow: z.boolean().default(false),
  }),
  codes: {
    'toy-keying.expired': { text: '{node}: {id} {limit} {reason}' },
    'toy-keying.received': { text: '{node} heard {kind}' },
  },
  protocol: {
    create: (config) => ({ config, asked: {}, next: 1 }),

    timer(state, timer, ctx) {
      const { connection, child, replaces } = timer.data as { connection: string; child: string; replaces: number };
      const ipsec = ctx.sibling(ipsecContract) as IpsecCalls;
      const spi = ipsec.allocateSpi();
      state.asked[spi] = { connection, child, replaces };
      const remote = ipsec.connection(connection)?.remoteAddrs[0]?.start as number;
      send(ctx, remote, [ROUND.ask as number, spi, replaces === 0 ? 0 : 1]);
    },

    receive(state, packet, ctx) {
      const { source, destination } = (packet.tags as Tags).udp as UdpTag;
      const [kind, spi, extra] = [0, 4, 8].map((at) => read32(packet.buffer, packet.start + at)) as [
        number,
        number,
        number,
      ];
      ctx.consume(packet);
      const ipsec = ctx.sibling(ipsecContract) as IpsecCalls;
      ctx.note('toy-keying.received', { kind });
      if (kind === ROUND.ask) {
        if (state.config.refuse) {
          send(ctx, source, [ROUND.refuse as number, spi, 0]);
          return;
        }
        const own = ipsec.allocateSpi();
        const [connection] = ipsec.connections();
        const [child] = connection?.children ?? [];
        install(ipsec, connection?.name ?? '', child?.name ?? '', destination, source, own, spi, state, {
          ...(extra === 1 ? { replaces: ipsec.children().at(-1)?.id ?? 0 } : {}),
          inboundOnly: extra === 1,
        });
        send(ctx, source, [ROUND.answer as number, spi, own]);
      } else if (kind === ROUND.answer) {
        const { connection, child, replaces } = state.asked[spi] as {
          connection: string;
          child: string;
          replaces: number;
        };
        install(ipsec, connection, child, destination, source, spi, extra, state, replaces === 0 ? {} : { replaces });
        if (replaces === 0) return;
        send(ctx, source, [ROUND.gone as number, ipsec.child(replaces)?.inboundSpi ?? 0, 0]);
      } else if (kind === ROUND.refuse) {
        const asked = state.asked[spi];
        ipsec.releaseSpi(spi);
        if (asked !== undefined) ipsec.acquireFailed(asked.connection, asked.child, 'the peer refused');
      } else if (kind === ROUND.done) {
        // What was under way to this node by the old SA came in before the answer.
        const old = ipsec.childByInboundSpi(50, spi);
        if (old !== undefined) ipsec.removeChild(old.id, 'replaced');
      } else {
        send(ctx, source, [ROUND.done as number, spi, 0]);
        const old = ipsec.childByOutboundSpi(50, spi, source);
        ipsec.activateOutbound(ipsec.children().at(-1)?.id ?? 0);
        if (old !== undefined) ipsec.removeChild(old.id, 'the peer deleted it');
      }
    },

    calls: (state, ctx): KeyingCalls => {
      const begin = (connection: string, child: string, replaces: number): void => {
        ctx.setTimer('ask', state.config.delay, { connection, child, replaces });
      };
      const ipsec = (): IpsecCalls => ctx.sibling(ipsecContract) as IpsecCalls;
      return {
        initiate(connection, child) {
          for (const { name, startAction } of ipsec().connection(connection)?.children ?? []) {
            if (child === undefined ? startAction === 'start' : name === child) begin(connection, name, 0);
          }
        },
        acquire: (connection, child) => begin(connection, child, 0),
        addressGone: () => [],
        childExpired(id, limit, reason) {
          ctx.note('toy-keying.expired', { id, limit, reason });
          const child = ipsec().child(id);
          if (limit === 'soft' && child !== undefined) begin(child.connection, child.child, id);
        },
        terminate(connection, child, why) {
          for (const each of ipsec().children()) {
            if (each.connection !== connection || (child !== undefined && each.child !== child)) continue;
            send(ctx, each.remote, [ROUND.gone as number, each.inboundSpi, 0]);
            ipsec().removeChild(each.id, why);
          }
        },
      };
    },
  },
});
if (toyKeying.provides?.[0] !== keyExchange[2].contract) throw new Error('the toy stands in the wrong place');

type Ctx = Parameters<NonNullable<NonNullable<Plugin['protocol']>['receive']>>[2];

function send(ctx: Ctx, destination: number, words: readonly number[]): void {
  const packet = ctx.createPacket(12);
  words.forEach((word, at) => {
    write32(packet.buffer, packet.start + 4 * at, word);
  });
  ctx.sibling(udpContract)?.send(packet, { destination, destinationPort: PORT, sourcePort: PORT });
}

/** Keys that both ends make of an SPI. */
function keysOf(spi: number): { encryption: Uint8Array; integrity: Uint8Array } {
  const octets = (size: number, seed: number) =>
    Uint8Array.from({ length: size }, (_, at) => (spi >>> ((at % 4) * 8)) ^ (seed + at));
  return { encryption: octets(16, 1), integrity: octets(32, 99) };
}

function install(
  ipsec: IpsecCalls,
  connection: string,
  child: string,
  local: number,
  remote: number,
  inbound: number,
  outbound: number,
  state: ToyState,
  more: { readonly replaces?: number; readonly inboundOnly?: boolean },
): void {
  const configured = ipsec.connection(connection)?.children.find(({ name }) => name === child);
  if (configured === undefined) throw new Error(`no child ${connection}/${child}`);
  const proposal = withoutTransforms(configured.proposals[0] as never, 4);
  const selectors = (side: 'localTs' | 'remoteTs', address: number) => {
    const resolved = resolveSelectors(configured[side], address);
    return state.config.narrow ? resolved.map((each) => ({ ...each, protocol: 17 })) : resolved;
  };
  ipsec.installChild({
    ...{ connection, child, by: { keying: 'ikev2', ikeSa: 1 }, local, remote, proposal },
    mode: configured.mode === 'transport' ? 'transport' : 'tunnel',
    inbound: { spi: inbound, keys: keysOf(inbound) },
    outbound: { spi: outbound, keys: keysOf(outbound) },
    ...{ localTs: selectors('localTs', local), remoteTs: selectors('remoteTs', remote) },
    ...more,
  });
}

/** Puts frames on its link as they are given. */
const stranger: Plugin = definePlugin<object, object>({
  name: 'stranger',
  title: 'Stranger',
  about: 'puts any bytes on the link',
  sources: ['this test'],
  binds: [{ below: 'link', key: 1 }],
  actions: [
    {
      key: 'frame',
      about: 'transmits a frame',
      example: 'frame: 00',
      schema: z.strictObject({ frame: z.instanceof(Uint8Array) }),
    },
  ],
  protocol: {
    create: () => ({}),
    receive: (_state, packet, ctx) => ctx.consume(packet),
    command(_state, command, ctx) {
      const { frame } = command.args as { frame: Uint8Array };
      const packet = ctx.createPacket(frame.length);
      packet.buffer.set(frame, packet.start);
      ctx.transmit(packet, 0);
    },
  },
});

export const registry: Registry = createRegistry([...plugins, toyKeying, stranger]);
const kinds = `${readFileSync(join(repositoryRoot, 'topologies', 'kinds.yaml'), 'utf8')}
secure:
  about: A host with IPsec
  from: host
  plugins: { ipsec: {}, esp: {} }
stranger:
  about: Puts any bytes on its link
  plugins: { stranger: {} }
`.replaceAll(/^ {4}(ikev1|ikev2|isakmp): .*\n/gm, '');

export function topologyOf(text: string): Topology {
  const { topology, diagnostics } = parseTopology(text, { registry, kinds });
  if (topology === undefined) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return topology;
}

export function warningsOf(text: string): string[] {
  return parseTopology(text, { registry, kinds }).diagnostics.map(
    ({ path, message }) => `${path.slice(-2).join('.')}: ${message}`,
  );
}

export function options(more: Partial<SimulationOptions> = {}): SimulationOptions {
  return { registry, slots: { crypto: createNodeProvider() }, ...more };
}

export function start(text: string, more: Partial<SimulationOptions> = {}): Simulation {
  return Simulation.start(topologyOf(text), options(more));
}

/** Runs to the end; every packet must be accounted for. */
export function finish(simulation: Simulation): Simulation {
  if (!simulation.advance()) throw new Error('the run did not end');
  const { created, delivered, dropped, replaced } = simulation.run.ledger;
  let kept = 0;
  const count = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(count);
    else if (value instanceof Map) value.forEach(count);
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      const { fate } = value as Partial<Packet>;
      if (fate === FATE.held || fate === FATE.onLink) kept++;
      else Object.values(value).forEach(count);
    }
  };
  count([simulation.run.states, simulation.run.directions, simulation.run.strays]);
  if (created !== delivered + dropped + replaced + kept) throw new Error('packets vanished');
  return simulation;
}

export function run(text: string, more: Partial<SimulationOptions> = {}): Simulation {
  return finish(start(text, more));
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

/** Drops that somebody should hear of, by node and code, with how many of each. */
export function dropsOf(simulation: Simulation): Record<string, number> {
  const drops: Record<string, number> = {};
  for (const { kind, node, code = '' } of simulation.trace?.records() ?? []) {
    if (kind !== 'drop' || registry.codes.get(code)?.usual === true) continue;
    drops[`${node} ${code}`] = (drops[`${node} ${code}`] ?? 0) + 1;
  }
  return drops;
}

/** Every frame: time, link, sender, octets. */
export function framesOf(simulation: Simulation): string[] {
  const lines: string[] = [];
  for (const { kind, time, link, node, bytes } of simulation.trace?.records() ?? []) {
    if (kind === 'transmit') lines.push(`${time} ${link} ${node} ${toHex(bytes ?? new Uint8Array(0))}`);
  }
  return lines;
}

export function stateOf(simulation: Simulation, node: string): IpsecState {
  const instance = simulation.wiring.nodeByName.get(node)?.providers.get('ipsec');
  return simulation.run.states[instance?.index ?? -1] as IpsecState;
}

/** IPv4 packets on a link, without Ethernet. */
export function packetsOn(simulation: Simulation, link: string, from?: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const record of simulation.trace?.records() ?? []) {
    if (record.kind !== 'transmit' || record.link !== link || record.bytes === undefined) continue;
    if (from !== undefined && record.node !== from) continue;
    if (record.bytes[12] === 8 && record.bytes[13] === 0) {
      const total = ((record.bytes[16] as number) << 8) | (record.bytes[17] as number);
      found.push(record.bytes.slice(14, 14 + total));
    }
  }
  return found;
}
