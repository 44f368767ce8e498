import type { Duration, Instant } from '../../core/index.ts';
import type { Endpoint, Identity, NatFinding, PacketSelector, Proposal, TrafficSelector } from '../ipsec/contract.ts';
import type { AuthenticationProof } from './auth.ts';
import type { IkeKeys, IkeSpis, Nonces } from './keys.ts';

/** The state of IKEv2 on a node: plain data. An IKE SA is one of five named states, and each holds what is known in it and no more. */

/** What is to be brought up with an IKE SA: children by name, the first of them in IKE_AUTH. */
export interface Wanted {
  readonly child: string;
  /** The packet that met a trap. */
  readonly packet: PacketSelector | undefined;
}

/** A Child SA under negotiation, as this side offered it. */
export interface ChildOffer {
  readonly child: string;
  /** The SPI that this side will receive on. */
  readonly spi: number;
  readonly proposals: readonly Proposal[];
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
  readonly transport: boolean;
  /** With perfect forward secrecy: the key exchange of this offer (RFC 7296 §1.3). */
  readonly exchange: KeyExchangeOffer | undefined;
  readonly nonce: Uint8Array | undefined;
  /** The Child SA that it is to replace. */
  readonly replaces: number;
}

/** A public value that was sent, and the private one behind it. */
export interface KeyExchangeOffer {
  /** Transform ID of the method. */
  readonly method: number;
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** What an IKE SA has to do, one after the other. */
export type Task =
  | {
      readonly kind: 'create-child';
      readonly wanted: Wanted;
      /** The Child SA that it is to replace; 0: none. */
      readonly replaces: number;
      /** The method that the peer wants, when it said so. */
      readonly method: number | undefined;
      readonly tries: number;
    }
  | { readonly kind: 'rekey-ike'; readonly method: number | undefined; readonly tries: number }
  | { readonly kind: 'delete-child'; readonly protocol: number; readonly spi: number; readonly why: string }
  | { readonly kind: 'delete-ike'; readonly why: string }
  | { readonly kind: 'liveness' };

/** What a request under way is for. */
export type Purpose =
  | { readonly kind: 'init' }
  | { readonly kind: 'auth' }
  | {
      readonly kind: 'create-child';
      readonly task: Task & { readonly kind: 'create-child' };
      readonly offer: ChildOffer;
      /** The peer began to rekey the same Child SA at the same time. */
      collision: Collision | undefined;
    }
  | {
      readonly kind: 'rekey-ike';
      readonly task: Task & { readonly kind: 'rekey-ike' };
      readonly spi: Uint8Array;
      readonly nonce: Uint8Array;
      readonly exchange: KeyExchangeOffer;
    }
  | { readonly kind: 'delete-child'; readonly protocol: number; readonly spi: number; readonly why: string }
  | { readonly kind: 'delete-ike'; readonly why: string }
  | { readonly kind: 'liveness' };

/** What the peer's half of a simultaneous rekeying came to: of both new SAs the one with the lowest nonce is given up. */
export interface Collision {
  /** The Child SA that the peer's exchange made. */
  readonly id: number;
  readonly lowestNonce: Uint8Array;
}

/** A request that waits for its response (RFC 7296 §2.1). */
export interface Outstanding {
  readonly messageId: number;
  readonly exchange: number;
  readonly purpose: Purpose;
  readonly datagrams: Datagrams;
  /** The packets that carried it last, one for each datagram. */
  packets: readonly number[];
  /** How often it was sent again. */
  tries: number;
  /** The wait that runs now. */
  wait: Duration;
  timer: number;
}

/** The last request that was answered, and the answer, to be sent again when the request comes again. */
export interface Answered {
  readonly messageId: number;
  readonly datagrams: Datagrams;
}

/** A message as it goes out: whole, or as two fragments or more (RFC 7383 §2.5), each an IKE message of its own. */
export type Datagrams = readonly Uint8Array[];

/** A message of the peer of which some fragments have come (RFC 7383 §2.6). */
export interface Gathering {
  readonly messageId: number;
  readonly exchange: number;
  readonly total: number;
  /** Type of the message's first payload, which only the first fragment knows. */
  first: number;
  /** What each fragment had inside, by its number. */
  readonly parts: Map<number, Uint8Array>;
  octets: number;
}

/** What has come in fragments and is not whole: at most one message each way, as the window is one request. */
export interface Gatherings {
  request: Gathering | undefined;
  response: Gathering | undefined;
}

interface Common {
  /** Never used twice in a run. */
  readonly id: number;
  /** Whether this node began the IKE SA: the original initiator, or of a rekeyed one who began the rekeying. */
  readonly role: 'initiator' | 'responder';
  local: Endpoint;
  remote: Endpoint;
  /** Who is behind a NAT; `undefined`: nobody looked, or the peer does not traverse NATs. */
  readonly nat: NatFinding | undefined;
  /** The responder's is zeros until it has answered. */
  readonly spis: IkeSpis;
  readonly createdAt: Instant;
  /** Message ID of the next own request. */
  nextRequest: number;
  /** Message ID of the peer's next request. */
  nextExpected: number;
  outstanding: Outstanding | undefined;
  answered: Answered | undefined;
  readonly waiting: Task[];
  /** What the peer asked to be tried again later. */
  readonly later: Task[];
  /** When something authentic last came from the peer. */
  lastHeard: Instant;
  /** Messages sealed: the IV of combined encryption counts them. */
  sealed: number;
  /** Timers of the SA by name, besides the retransmission's. */
  readonly timers: Record<string, number>;
  /** Responders: where the first message came from, with its SPI: the same message again means this SA. */
  readonly begunBy: string | undefined;
}

/** Initiator: IKE_SA_INIT is sent. */
export interface InitSent extends Common {
  readonly state: 'init-sent';
  readonly connection: string;
  readonly wanted: readonly Wanted[];
  readonly why: string;
  readonly nonce: Uint8Array;
  readonly exchange: KeyExchangeOffer;
  readonly cookie: Uint8Array | undefined;
  /** Answers followed so far that asked for the request in another form. */
  readonly retries: number;
  /** Attempts of this initiation, this one included (`keyingtries`). */
  readonly attempt: number;
}

/** What both sides know once keys are there. */
interface Keyed extends Common {
  /** One transform a type. */
  readonly proposal: Proposal;
  readonly keys: IkeKeys;
  readonly nonces: Nonces;
  /** Own messages that are too long go in fragments: both sides announced that they take them, and this one may send them. */
  readonly fragmentation: boolean;
  readonly gathering: Gatherings;
}

/** The two first messages, which AUTH covers. */
export interface FirstMessages {
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
}

/** Initiator: IKE_AUTH is sent. */
export interface AuthSent extends Keyed {
  readonly state: 'auth-sent';
  readonly connection: string;
  readonly first: FirstMessages;
  readonly identity: Identity;
  readonly offer: ChildOffer | undefined;
  readonly wanted: readonly Wanted[];
  readonly attempt: number;
}

/** Responder: IKE_SA_INIT is answered. */
export interface HalfOpen extends Keyed {
  readonly state: 'half-open';
  readonly first: FirstMessages;
}

/** Both: the peer has proved who it is. Nothing but the check of AUTH makes the proof, so nothing else leads here. */
export interface Established extends Keyed {
  readonly state: 'established';
  readonly proof: AuthenticationProof;
  readonly connection: string;
  /** What this side says to be. */
  readonly identity: Identity;
  readonly establishedAt: Instant;
  readonly children: ChildReference[];
  /** The IKE SA that took over after a rekeying; 0: none. What is still asked of this one has to wait for that. */
  successor: number;
}

/** A Child SA of an IKE SA. */
export interface ChildReference {
  /** The number that ipsec gave it. */
  readonly id: number;
  /** Security protocol identifier and the SPI that this side receives on: what a Delete payload names. */
  readonly protocol: number;
  readonly spi: number;
  /** Another one has taken its place, or it is given up: it waits for its delete and is not rekeyed any more (RFC 7296 §2.25.1). */
  replaced?: true;
}

/** Both: a delete is sent, or the peer's is answered and something is still under way. */
export interface Deleting extends Omit<Established, 'state'> {
  readonly state: 'deleting';
  readonly why: string;
}

export type IkeSa = InitSent | AuthSent | HalfOpen | Established | Deleting;
export type KeyedSa = AuthSent | HalfOpen | Established | Deleting;
export type StateName = IkeSa['state'];

/** A connection to be begun as soon as what happens now is done. */
export interface Initiation {
  readonly connection: string;
  readonly wanted: readonly Wanted[];
  readonly why: string;
  readonly attempt: number;
}

/** An IKE SA that is no more, for tables and expectations. */
export interface ClosedSa {
  readonly id: number;
  readonly connection: string;
  readonly peer: string;
  readonly role: 'initiator' | 'responder';
  readonly was: StateName;
  readonly spis: IkeSpis;
  readonly createdAt: Instant;
  readonly closedAt: Instant;
  readonly why: string;
}

/** What cookies are made with (RFC 7296 §2.6). */
export interface CookieSecret {
  readonly version: number;
  readonly secret: Uint8Array;
  readonly since: Instant;
}

export interface Ikev2Settings {
  readonly retransmit_timeout: Duration;
  readonly retransmit_base: number;
  readonly retransmit_tries: number;
  readonly half_open_timeout: Duration;
  readonly cookie_threshold: number;
  readonly init_limit_half_open: number;
  readonly fragment_size: number;
  readonly max_packet: number;
}

export interface Ikev2State {
  readonly settings: Ikev2Settings;
  readonly sas: Map<number, IkeSa>;
  /** By this node's own SPI, 16 hexadecimal digits. */
  readonly bySpi: Map<string, number>;
  /** Half-open ones by the initiator's SPI and address: where its first message comes again. */
  readonly byInitiator: Map<string, number>;
  nextId: number;
  halfOpen: number;
  readonly initiations: Initiation[];
  /** IKE SAs by remote address: how many. */
  readonly perPeer: Map<number, number>;
  /** IKE SAs that may have something to do, by number. */
  readonly ready: number[];
  readonly closed: ClosedSa[];
  /** The present secret and the one before it. */
  cookieSecrets: CookieSecret[];
  established: number;
}

export function createState(settings: Ikev2Settings): Ikev2State {
  return {
    settings,
    sas: new Map(),
    bySpi: new Map(),
    byInitiator: new Map(),
    nextId: 1,
    halfOpen: 0,
    initiations: [],
    perPeer: new Map(),
    ready: [],
    closed: [],
    cookieSecrets: [],
    established: 0,
  };
}
