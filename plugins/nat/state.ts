import { type Context, type Instant, nextUint32, type Packet } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import type { NatConfig } from './config.ts';
import { createFlow, type Flow, type Kind } from './flow.ts';
import { createHeldPorts, type HeldPorts } from './held-ports.ts';
import { createKey, type MappingKey } from './keys.ts';
import { createPeers, type PeerTable } from './peers.ts';
import type { PortUse } from './ports.ts';
import type { MappingTable } from './rows.ts';
import { DEPENDS, type NatSettings, resolveSettings } from './settings.ts';
import { chooseSides } from './sides.ts';
import { createTable } from './table.ts';

/** An internal host that has mappings. */
export interface Client {
  /** Its external address, where it keeps one; 0 before it has one. */
  outside: Ipv4Address;
  mappings: number;
  /** The lowest port of each block that it has. */
  blocks?: readonly number[];
}

/** A datagram of which fragments passed. */
export interface Fragments {
  readonly key: string;
  readonly timer: number;
  /** What the first fragment said; `undefined` until it came. */
  first: { readonly kind: Kind; readonly sourcePort: number; readonly destinationPort: number } | undefined;
  /** Held until the first comes. */
  waiting: Packet[];
}

/** What a translator counts since it started. */
export interface Counters {
  made: number;
  expired: number;
  translatedOut: number;
  translatedIn: number;
  filtered: number;
  refused: number;
}

export interface NatState {
  readonly settings: NatSettings;
  /** Index of the outside interface; -1 when there is none. */
  readonly outside: number;
  /** By interface index. */
  readonly insides: readonly boolean[];
  /** External addresses of dynamic mappings, in order, so that most others are told apart by the first and the last. */
  addresses: readonly Ipv4Address[];
  /** Whether they are the address that the outside interface has now. */
  readonly follows: boolean;
  table: MappingTable;
  peers: PeerTable;
  /** By internal address. */
  clients: Map<Ipv4Address, Client>;
  /** By external address: of UDP, TCP and ICMP. */
  ports: Map<Ipv4Address, { udp?: PortUse; tcp?: PortUse; icmp?: PortUse }>;
  /** By external address: the lowest ports of blocks that hosts have. */
  blocks: Map<Ipv4Address, Set<number>>;
  /** Ports that rest after a mapping has gone: nobody gets them before their time. */
  held: HeldPorts;
  /** External addresses of a pool that hosts have now, with the host. */
  lent: Map<Ipv4Address, Ipv4Address>;
  /** Which address of several comes next. */
  turn: number;
  /** How many mappings change nothing. */
  routed: number;
  /** Rows of ESP that waits for its first packet from outside, oldest first. */
  pending: number[];
  fragments: Map<string, Fragments>;
  /** Octets of fragments that wait. */
  waitingOctets: number;
  /** The engine's timer for the next deadline; `at` is `Infinity` when none is set. */
  alarm: { id: number; at: Instant };
  /** Nothing passes before: the translator is rebooting. */
  downUntil: Instant;
  counters: Counters;
  /** Whether there are mappings of addresses alone, and whether external ports may be overloaded. */
  readonly wholeAddresses: boolean;
  readonly overloads: boolean;
  /** What is read of the packet in hand, and of the one that it quotes, and the key of its mapping. */
  readonly flow: Flow;
  readonly quoted: Flow;
  readonly key: MappingKey;
}

export function createState(config: NatConfig, ctx: Context): NatState {
  const settings = resolveSettings(config);
  const sides = chooseSides(ctx.node.interfaces, config);
  const { outside, insides } =
    'wrong' in sides ? { outside: -1, insides: ctx.node.interfaces.map(() => false) } : sides;
  const tables = emptyTables(settings, ctx);
  // What every packet asks for comes first, and each by its name: then it lies together in memory.
  return {
    outside,
    insides,
    follows: config.addresses === undefined && settings.type === 'napt',
    addresses: [...new Set((config.addresses ?? []).flat())].sort((a, b) => a - b),
    settings,
    flow: createFlow(),
    key: createKey(),
    table: tables.table,
    peers: tables.peers,
    downUntil: 0,
    routed: tables.routed,
    wholeAddresses: settings.type !== 'napt' || settings.maps.length > 0,
    overloads: settings.ports === 'static-500' || (settings.overloading && settings.mapping !== DEPENDS.nothing),
    counters: { made: 0, expired: 0, translatedOut: 0, translatedIn: 0, filtered: 0, refused: 0 },
    quoted: createFlow(),
    clients: tables.clients,
    ports: tables.ports,
    blocks: tables.blocks,
    held: tables.held,
    lent: tables.lent,
    turn: tables.turn,
    pending: tables.pending,
    fragments: tables.fragments,
    waitingOctets: tables.waitingOctets,
    alarm: tables.alarm,
  };
}

type Tables = Pick<
  NatState,
  | 'table'
  | 'peers'
  | 'clients'
  | 'ports'
  | 'blocks'
  | 'held'
  | 'lent'
  | 'turn'
  | 'routed'
  | 'pending'
  | 'fragments'
  | 'waitingOctets'
  | 'alarm'
>;

/** All that a translator forgets when it starts anew. */
export function emptyTables(settings: NatSettings, ctx: Context): Tables {
  const salts = ctx.random('salt');
  return {
    // Static rows come on top of the limit: addresses of maps, port forwards.
    table: createTable(roomFor(settings), settings.spans, nextUint32(salts) | 0),
    peers: createPeers(settings.limit * 2, settings.spans, nextUint32(salts) | 0),
    clients: new Map(),
    ports: new Map(),
    blocks: new Map(),
    held: createHeldPorts(),
    lent: new Map(),
    turn: 0,
    routed: 0,
    pending: [],
    fragments: new Map(),
    waitingOctets: 0,
    alarm: { id: 0, at: Number.POSITIVE_INFINITY },
  };
}

function roomFor({ limit, maps, forwards }: NatSettings): number {
  const mapped = maps.reduce((sum, { inside }) => sum + ~inside.mask + 1, 0);
  return limit + mapped + forwards.length;
}
