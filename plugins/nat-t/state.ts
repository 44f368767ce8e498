import type { Duration, Instant } from '../../core/index.ts';
import type { Endpoint, NatFinding } from '../ipsec/contract.ts';

/** The state of NAT traversal on a node. Plain data. */

export interface NatTraversalSettings {
  readonly keep_alive: Duration;
}

/** The way of an IKE SA and its Child SAs. */
export interface Path {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly nat: NatFinding;
}

/** A mapping that this side keeps alive: packets from here to there. */
export interface Flow {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** IKE SAs that go by it. */
  readonly owners: string[];
  /** When anything was last sent by it. */
  lastSent: Instant;
  /** Keepalives sent. */
  keepalives: number;
  timer: number;
}

/** What was done since the start. */
export interface Counters {
  sentIke: number;
  receivedIke: number;
  sentEsp: number;
  receivedEsp: number;
  sentKeepalives: number;
  receivedKeepalives: number;
}

export interface NatTraversalState {
  readonly settings: NatTraversalSettings;
  /** By owner: `ikev2/7`. */
  readonly paths: Map<string, Path>;
  /** Mappings to be kept alive, by the remote end's number. */
  readonly flows: Map<number, Flow[]>;
  readonly counters: Counters;
}

export function createState(settings: NatTraversalSettings): NatTraversalState {
  return {
    settings,
    paths: new Map(),
    flows: new Map(),
    counters: {
      ...{ sentIke: 0, receivedIke: 0, sentEsp: 0, receivedEsp: 0 },
      ...{ sentKeepalives: 0, receivedKeepalives: 0 },
    },
  };
}
