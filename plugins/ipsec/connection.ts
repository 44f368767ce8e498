import type { Duration } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import type { Identity } from './identity.ts';
import type { Proposal } from './proposal.ts';
import type { SelectorPattern } from './selector-text.ts';

/** The configuration of a connection: the keys of swanctl.conf, read and checked. Plain data. */

/** Where a side may be: `%any` in the file gives 0 to 255.255.255.255. */
export interface AddressRange {
  readonly start: Ipv4Address;
  readonly end: Ipv4Address;
}

/** One side's authentication. */
export interface Authentication {
  readonly auth: 'psk';
  /** Absent at `local`: the address that the IKE SA has. Absent at `remote`: anybody whom the secret fits. */
  readonly id?: Identity;
}

export interface Connection {
  readonly name: string;
  /** 0: either, and IKEv2 where this side begins. */
  readonly version: 0 | 1 | 2;
  /** IKEv1: Aggressive Mode in place of Main Mode. */
  readonly aggressive: boolean;
  /** Empty: any address of the node. */
  readonly localAddrs: readonly AddressRange[];
  /** Empty: the peer may be anywhere, and only it can begin. */
  readonly remoteAddrs: readonly AddressRange[];
  readonly local: Authentication;
  readonly remote: Authentication;
  readonly proposals: readonly Proposal[];
  /** ESP goes in UDP even where no NAT is detected. */
  readonly encap: boolean;
  /**
   * IKEv2 messages that are too long go in fragments of their own (RFC 7383): `yes` and `force` offer it and do so where the peer offers it too,
   * `accept` offers it and sends whole messages, `no` does not offer it. Fragments that come are put together whatever it says.
   */
  readonly fragmentation: 'yes' | 'accept' | 'force' | 'no';
  /** Liveness is checked after so long without a packet from the peer; 0: never. */
  readonly dpdDelay: Duration;
  /** IKEv1: a peer that has not answered for so long is dead; 0: when it was asked as often as a request is sent again. */
  readonly dpdTimeout: Duration;
  /** The IKE SA is rekeyed after so long; 0: never. */
  readonly rekeyTime: Duration;
  /** The IKE SA is made anew, authentication included, after so long; 0: never. */
  readonly reauthTime: Duration;
  /** So long after its rekey or reauthentication was due the IKE SA is deleted. */
  readonly overTime: Duration;
  /** Each rekey and reauthentication comes earlier by up to so much, evenly spread. */
  readonly randTime: Duration;
  /** How often a new IKE SA is tried before giving up; 0: for ever. */
  readonly keyingTries: number;
  /** What becomes of an older IKE SA with the same identities. */
  readonly unique: 'never' | 'no' | 'keep' | 'replace';
  readonly children: readonly ChildConfiguration[];
}

/** A Child SA to be: `connections.<connection>.children.<name>`. */
export interface ChildConfiguration {
  readonly name: string;
  readonly mode: 'tunnel' | 'transport' | 'pass' | 'drop';
  readonly localTs: readonly SelectorPattern[];
  readonly remoteTs: readonly SelectorPattern[];
  /** ESP or AH proposals: a child uses one of the two protocols. */
  readonly proposals: readonly Proposal[];
  readonly startAction: 'none' | 'start' | 'trap';
  readonly closeAction: 'none' | 'start' | 'trap';
  readonly dpdAction: 'clear' | 'trap' | 'start';
  readonly lifetimes: Lifetimes;
  /** Is Don't Fragment copied to the outer header? */
  readonly copyDf: boolean;
  /** Packets of the anti-replay window; 0: replays are not noticed. */
  readonly replayWindow: number;
  /** Policies are installed with the SA. False: whoever installs the SA directs packets to it. */
  readonly policies: boolean;
  /** An explicit place in the SPD; 0: by how narrow the selectors are. */
  readonly priority: number;
}

/** When an SA is replaced (soft) and when it ends (hard). 0: no limit. */
export interface Lifetimes {
  readonly rekeyTime: Duration;
  readonly lifeTime: Duration;
  /** The soft limits come earlier by up to so much, evenly spread. */
  readonly randTime: Duration;
  readonly rekeyBytes: number;
  readonly lifeBytes: number;
  readonly randBytes: number;
  readonly rekeyPackets: number;
  readonly lifePackets: number;
  readonly randPackets: number;
}

export const NO_LIFETIMES: Lifetimes = {
  rekeyTime: 0,
  lifeTime: 0,
  randTime: 0,
  rekeyBytes: 0,
  lifeBytes: 0,
  randBytes: 0,
  rekeyPackets: 0,
  lifePackets: 0,
  randPackets: 0,
};

/** `secrets.ike-*`: a key that two parties share. Without identities it fits everybody. */
export interface SharedSecret {
  readonly name: string;
  readonly identities: readonly Identity[];
  readonly secret: Uint8Array;
}
