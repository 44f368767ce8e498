import type { Duration, Instant } from '../../core/index.ts';
import type { MacAddress } from '../ethernet/contract.ts';
import type { ClasslessRoute } from './options.ts';

/** What a client was given, from a DHCPACK (RFC 2131 §4.4.1). */
export interface Lease {
  readonly address: number;
  readonly prefix: number;
  /** The server that gave it. */
  readonly server: number;
  /** Routes that came with it: by option 121, else the default by option 3 (RFC 3442). */
  readonly routes: readonly ClasslessRoute[];
  readonly nameServers: readonly number[];
  readonly domain: string;
  /** When the request was sent that it answers: all times count from there (§4.4.5). */
  readonly since: Instant;
  /** Instants of renewing, rebinding and the end; -1: never. */
  readonly renewAt: Instant;
  readonly rebindAt: Instant;
  readonly endAt: Instant;
}

/** States of a client (RFC 2131 §4.4, figure 5); `checking` is between the DHCPACK and its use, `idle` after a release. */
export type ClientStateName =
  | 'idle'
  | 'init'
  | 'selecting'
  | 'requesting'
  | 'rebooting'
  | 'checking'
  | 'bound'
  | 'renewing'
  | 'rebinding';

/** A client on one interface. */
export interface Client {
  readonly interface: number;
  state: ClientStateName;
  transaction: number;
  /** When it began to ask: what `secs` counts from. */
  began: Instant;
  /** When the last request was sent that an acknowledgement may answer. */
  asked: Instant;
  /** Messages of this state sent so far. */
  tries: number;
  /** Refusals since it was last bound: each makes it wait longer. */
  refusals: number;
  /** The address that it asks for: offered, or the one that it had. 0: none. */
  wanted: number;
  /** The server whose offer it takes. */
  server: number;
  /** What it uses now. */
  lease: Lease | undefined;
  /** What is being checked with ARP. */
  checked: Lease | undefined;
  /** The timer that runs: of the next message, or of T1, T2. 0: none. */
  timer: number;
  /** The timer of the lease's end. 0: none. */
  expiry: number;
  /** The next thing waited for. */
  nextAt: Instant;
}

/** An address that a server has given, promised or put aside. */
export interface Binding {
  readonly address: number;
  /** The client's identifier in hexadecimal; empty for an address that is in use by somebody unknown. */
  client: string;
  mac: MacAddress;
  host: string;
  state: 'offered' | 'bound' | 'free' | 'declined';
  until: Instant;
}

/** One interface that a server serves. */
export interface ServedNetwork {
  readonly interface: number;
  /** By address, in the order in which they were last used. */
  readonly bindings: Map<number, Binding>;
  /** By client. */
  readonly byClient: Map<string, number>;
  /** Addresses that the timeline wants clients to have next: 0 for any other than now. */
  readonly reassigned: Map<string, number>;
  /** Where the search for an unused address goes on, from the start of the first range. */
  cursor: number;
  /** Nothing is free before then; 0: somebody has to look. */
  fullUntil: Instant;
}

/** A DHCPINFORM that waits for its answer, one at most on an interface. */
export interface Inform {
  readonly interface: number;
  /** The host's own, which it asks with. */
  readonly address: number;
  readonly transaction: number;
  readonly began: Instant;
  tries: number;
  timer: number;
}

export interface DhcpState {
  readonly settings: DhcpSettings;
  readonly clients: Client[];
  readonly informs: Inform[];
  readonly networks: ServedNetwork[];
}

export interface AddressSpan {
  readonly start: number;
  readonly end: number;
}

/** `serve.<interface>`. */
export interface ServedSettings {
  readonly ranges: readonly AddressSpan[];
  readonly lease: Duration;
  readonly renew: Duration | undefined;
  readonly rebind: Duration | undefined;
  readonly router: number | undefined;
  readonly nameServers: readonly number[];
  readonly domain: string | undefined;
  readonly routes: readonly ClasslessRoute[];
  /** By host name or hardware address as text. */
  readonly reserved: readonly { readonly who: string; readonly address: number }[];
  readonly authoritative: boolean;
  readonly offerTime: Duration;
}

export interface ClientSettings {
  readonly startDelay: Duration;
  readonly broadcast: boolean;
  readonly check: Duration;
  readonly forceRenew: boolean;
}

export interface DhcpSettings {
  readonly client: ClientSettings;
  readonly serve: readonly { readonly interface: string; readonly settings: ServedSettings }[];
}

/** The most addresses that a server keeps in mind on one interface. */
export const MOST_BINDINGS = 65_536;
