import type { Packet } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import type { ChildInstallation, Mode, SecurityAssociation } from './calls.ts';
import type { Connection, Lifetimes, SharedSecret } from './connection.ts';
import type { OriginalAddresses } from './nat-traversal.ts';
import type { IpProtocol, Proposal } from './proposal.ts';
import type { TrafficSelector } from './selectors.ts';

/** The most Child SAs that a node may have at once. */
export const MOST_CHILDREN = 4096;
/** The most policies of a node. */
export const MOST_POLICIES = 4096;
/** The most packets that wait for keys: for one trap, and in all. */
export const MOST_WAITING_FOR_ONE = 64;
export const MOST_WAITING = 1024;

/** How often a packet may be sealed on one node: SAs around SAs (RFC 4301 App. E). */
export const MOST_LAYERS = 4;

export type Direction = 'in' | 'out' | 'both';

/** An entry of the SPD (RFC 4301 §4.4.1). */
export interface Policy {
  /** Never used twice in a run. */
  readonly id: number;
  /** What tables call it: a policy's name, or `connection/child`. */
  readonly name: string;
  readonly action: 'protect' | 'bypass' | 'discard';
  /** `configured`: always there; `trap`: waits for traffic to have keys made; `installed`: came with an SA and goes with it. */
  readonly origin: 'configured' | 'trap' | 'installed';
  /** Lower ones are asked first; among equals the latest one. */
  readonly priority: number;
  readonly direction: Direction;
  localTs: readonly TrafficSelector[];
  remoteTs: readonly TrafficSelector[];
  readonly mode: Mode | undefined;
  /** Who has keys made for it: names in the configuration; empty for nobody. */
  readonly connection: string;
  readonly child: string;
  /** The Child SA that it came with; 0: none. */
  readonly owner: number;
  /** The Child SA that packets go out by; 0: none at present. */
  sa: number;
  /** Packets that it decided on. */
  outbound: number;
  inbound: number;
}

/** A pair of SAs: entries of the SAD (RFC 4301 §4.4.2) that were made together. */
export interface ChildSa {
  readonly id: number;
  readonly connection: string;
  readonly child: string;
  readonly by: ChildInstallation['by'];
  readonly mode: Mode;
  readonly protocol: IpProtocol;
  local: Ipv4Address;
  remote: Ipv4Address;
  /** Transport mode behind a NAT: the addresses that the peer's checksums count. */
  readonly original: OriginalAddresses | undefined;
  readonly proposal: Proposal;
  readonly inbound: SecurityAssociation;
  readonly outbound: SecurityAssociation;
  outboundActive: boolean;
  localTs: readonly TrafficSelector[];
  remoteTs: readonly TrafficSelector[];
  readonly installedAt: number;
  /** The limits as they came out, with their share of chance. */
  readonly softAt: number;
  readonly hardAt: number;
  readonly softBytes: number;
  readonly hardBytes: number;
  readonly softPackets: number;
  readonly hardPackets: number;
  /** The soft limit was told. */
  softTold: boolean;
  readonly timers: number[];
  /** What the tunnel header does with the bit Don't Fragment. */
  readonly copyDf: boolean;
}

/** Packets that met a trap and wait for its keys. */
export interface Waiting {
  readonly connection: string;
  readonly child: string;
  readonly packets: Packet[];
  readonly timer: number;
}

/** What the monitor counts since the start or its last reset. */
export interface Counters {
  sealed: number;
  sealedBytes: number;
  opened: number;
  openedBytes: number;
  refused: number;
  installed: number;
  removed: number;
  bypassed: number;
  discarded: number;
}

/** A pair of SAs with keys of the configuration. */
export interface ManualChild {
  readonly name: string;
  readonly mode: Mode;
  readonly protocol: IpProtocol;
  readonly local: Ipv4Address;
  readonly remote: Ipv4Address;
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
  readonly proposal: Proposal;
  readonly inbound: ManualSa;
  readonly outbound: ManualSa;
  readonly replayWindow: number;
  readonly lifetimes: Lifetimes;
  readonly priority: number;
  readonly copyDf: boolean;
}

export interface ManualSa {
  readonly spi: number;
  readonly encryptionKey: Uint8Array;
  readonly integrityKey: Uint8Array;
  /** The number of the last packet before the first: 0 unless the lab says otherwise. */
  readonly sequence: number;
}

/** A policy that the configuration gives by itself. */
export interface ConfiguredPolicy {
  readonly name: string;
  readonly action: 'protect' | 'bypass' | 'discard';
  readonly direction: Direction;
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
  readonly priority: number;
}

/** The plugin's settings, checked. */
export interface IpsecConfig {
  readonly connections: readonly Connection[];
  readonly secrets: readonly SharedSecret[];
  readonly manual: readonly ManualChild[];
  readonly policies: readonly ConfiguredPolicy[];
  /** What becomes of a packet that no policy names. */
  readonly otherwise: 'bypass' | 'discard';
  /** Prefixes that were written with bits behind their length: no mistake that stops anything, and seldom meant. */
  readonly strayBits?: readonly StrayBits[];
}

/** A prefix with bits behind its length, and what it stands for. */
export interface StrayBits {
  readonly path: readonly (string | number)[];
  readonly written: string;
  readonly meant: string;
}

export interface IpsecState {
  readonly config: IpsecConfig;
  /** The SPD, in the order in which it is asked. */
  policies: Policy[];
  nextPolicy: number;
  /** Some policy names ESP or AH: what is sealed may be protected once more. */
  nesting: boolean;
  /** The SAD by Child SA, oldest first. */
  readonly children: Map<number, ChildSa>;
  nextChild: number;
  /** Child SAs by the SPI that this node receives on. */
  readonly byInboundSpi: Map<number, ChildSa['id']>;
  /** SPIs given out for SAs that are being made. */
  readonly reservedSpis: number[];
  readonly waiting: Waiting[];
  /** Connections that start by themselves as soon as this node has an address towards their peer. */
  waitingForAddress: string[];
  /** Why the SA of a child is not there, by `connection/child`: of those that were tried or have been there. */
  readonly absent: Map<string, string>;
  /** What was told to go in clear: child, source and destination. */
  readonly clearTold: Set<string>;
  readonly counters: Counters;
  /** For outer headers that may be fragmented. */
  identification: number;
}

export function freshCounters(): Counters {
  return {
    ...{ sealed: 0, sealedBytes: 0, opened: 0, openedBytes: 0, refused: 0 },
    ...{ installed: 0, removed: 0, bypassed: 0, discarded: 0 },
  };
}

export function createState(config: IpsecConfig): IpsecState {
  return {
    config,
    policies: [],
    nextPolicy: 1,
    nesting: false,
    children: new Map(),
    nextChild: 1,
    byInboundSpi: new Map(),
    reservedSpis: [],
    waiting: [],
    waitingForAddress: [],
    absent: new Map(),
    clearTold: new Set(),
    counters: freshCounters(),
    identification: 0,
  };
}

export function childSa(state: IpsecState, id: number): ChildSa | undefined {
  return state.children.get(id);
}
