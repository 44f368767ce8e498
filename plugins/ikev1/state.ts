import type { Duration, Instant } from '../../core/index.ts';
import type { Endpoint, Identity, NatDialect, NatFinding, PacketSelector, Proposal } from '../ipsec/contract.ts';
import type { AuthenticationProof } from './auth.ts';
import type { Both, Cookies, Skeyids } from './keys.ts';
import type { Life } from './lifetimes.ts';
import type { ProxyIds } from './proxy-ids.ts';

/**
 * The state of IKEv1 on a node: plain data. An ISAKMP SA is one of eight named states, and each holds what is known in it and no more; of an
 * established one the Quick Modes under way are machines of their own, by message ID.
 */

/** What is to be brought up with an ISAKMP SA: children by name, a Quick Mode each. */
export interface Wanted {
  readonly child: string;
  /** The packet that met a trap. */
  readonly packet: PacketSelector | undefined;
}

/** A public value that was sent, and the private one behind it. */
export interface KeyExchangeOffer {
  /** Group description. */
  readonly group: number;
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** A message that is sent again until the next one of its exchange comes. */
export interface Outstanding {
  readonly exchange: number;
  readonly messageId: number;
  readonly bytes: Uint8Array;
  /** The packet that carried it last. */
  packet: number;
  /** How often it was sent again. */
  tries: number;
  /** The wait that runs now. */
  wait: Duration;
  timer: number;
}

/** The last message of an exchange that was dealt with, and what was sent for it: when it comes again, so does that. */
export interface Answered {
  readonly messageId: number;
  readonly received: Uint8Array;
  readonly sent: Uint8Array;
}

/** What the peer's Vendor ID payloads said. */
export interface PeerAbilities {
  /** It answers R-U-THERE (RFC 3706). */
  readonly dpd: boolean;
  /** The numbers by which it traverses NATs; `undefined`: it does not, or this node does not. */
  readonly nat: NatDialect | undefined;
}

/** What is known of an ISAKMP SA in every state. */
export interface Common {
  /** Never used twice in a run. */
  readonly id: number;
  readonly role: 'initiator' | 'responder';
  readonly aggressive: boolean;
  local: Endpoint;
  remote: Endpoint;
  /** The responder's is zeros until it has answered. */
  readonly cookies: Cookies;
  readonly createdAt: Instant;
  readonly peer: PeerAbilities;
  /** Who is behind a NAT; `undefined`: nobody looked. */
  readonly nat: NatFinding | undefined;
  outstanding: Outstanding | undefined;
  answered: Answered | undefined;
  /** When something authentic last came from the peer. */
  lastHeard: Instant;
  /** Timers of the SA by name, besides those of retransmission. */
  readonly timers: Record<string, number>;
  /** Responders: where the first message came from, with its cookie: the same message again means this SA. */
  readonly begunBy: string | undefined;
}

/** What an initiator remembers of why it began. */
export interface Begun {
  readonly connection: string;
  readonly wanted: readonly Wanted[];
  /** Attempts of this initiation, this one included (`keyingtries`). */
  readonly attempt: number;
  /** The ISAKMP SA that this one is to replace; 0: none. */
  readonly replaces: number;
}

/** Initiator, Main Mode: the first message, with the proposals, is sent. */
export interface SaSent extends Common, Begun {
  readonly state: 'sa-sent';
  /** SAi_b. */
  readonly saBody: Uint8Array;
}

/** What was agreed on by the SA payloads. */
interface Agreed {
  readonly saBody: Uint8Array;
  /** One transform a type. */
  readonly proposal: Proposal;
  readonly life: Life;
}

/** Initiator, Main Mode: the third message, with the public value, is sent. */
export interface KeSent extends Common, Begun, Agreed {
  readonly state: 'ke-sent';
  readonly nonce: Uint8Array;
  readonly exchange: KeyExchangeOffer;
}

/** Responder, Main Mode: the second message, with the choice, is sent. */
export interface SaAnswered extends Common, Agreed {
  readonly state: 'sa-answered';
}

/** What both sides know once keys are there. */
interface Keyed extends Common, Agreed {
  readonly keys: Skeyids;
  /** The key that encrypts. */
  readonly key: Uint8Array;
  /** The last block of phase 1 so far: the IV of its next message, and once it is over what the IVs of other exchanges are made of. */
  iv: Uint8Array;
  readonly nonces: Both;
  readonly publics: Both;
}

/** Initiator, Main Mode: the fifth message, with identity and hash, is sent. */
export interface IdSent extends Keyed, Begun {
  readonly state: 'id-sent';
  readonly identity: Identity;
}

/** Responder, Main Mode: the fourth message is sent. */
export interface KeAnswered extends Keyed {
  readonly state: 'ke-answered';
}

/** Initiator, Aggressive Mode: the first message is sent. */
export interface AggressiveSent extends Common, Begun {
  readonly state: 'aggressive-sent';
  readonly saBody: Uint8Array;
  readonly nonce: Uint8Array;
  readonly exchange: KeyExchangeOffer;
  readonly identity: Identity;
}

/** Responder, Aggressive Mode: the second message is sent. */
export interface AggressiveAnswered extends Keyed {
  readonly state: 'aggressive-answered';
  readonly connection: string;
  readonly identity: Identity;
  readonly peerIdentity: Identity;
  /** The body of the initiator's ID payload. */
  readonly peerIdBody: Uint8Array;
}

/** Both: the peer has proved who it is. Nothing but the check of HASH_I or HASH_R makes the proof, so nothing else leads here. */
export interface Established extends Keyed {
  readonly state: 'established';
  readonly proof: AuthenticationProof;
  readonly connection: string;
  /** What this side says to be. */
  readonly identity: Identity;
  readonly establishedAt: Instant;
  readonly children: ChildReference[];
  /** Quick Modes under way, by message ID. */
  readonly quick: Map<number, QuickMode>;
  /** Exchanges that are done, latest last. */
  readonly done: Answered[];
  /** Message IDs with which the peer has begun something, latest last. */
  readonly seen: number[];
  /** The next own message ID. They go round before one comes twice, and those of the two sides are never the same. */
  nextMessageId: number;
  /** The ISAKMP SA that took over; 0: none. */
  successor: number;
  /** The one that this took over from; 0: none. */
  readonly replaces: number;
  readonly dpd: DeadPeerDetection;
}

/** RFC 3706 §5.4, §6.2. */
export interface DeadPeerDetection {
  /** Of the own R-U-THERE that was sent last. */
  sequence: number;
  /** Whether its answer is still out; how often it was asked, and since when. */
  waiting: boolean;
  tries: number;
  wait: Duration;
  since: Instant;
  /** Of the peer's last R-U-THERE; -1: none came. */
  peer: number;
}

/** An IPsec SA of an ISAKMP SA. */
export interface ChildReference {
  /** The number that ipsec gave it. */
  readonly id: number;
  /** Security protocol identifier and the SPI that this side receives on: what a Delete payload names. */
  readonly protocol: number;
  readonly spi: number;
  /** Did this side begin the Quick Mode that made it? */
  readonly initiator: boolean;
}

/** IPsec SAs under negotiation, as this side offered them. */
export interface QuickOffering {
  readonly child: string;
  /** The SPI that this side will receive on. */
  readonly spi: number;
  readonly proposals: readonly Proposal[];
  readonly ids: ProxyIds;
  readonly transport: boolean;
  readonly encapsulation: number;
  readonly life: Life;
  /** With perfect forward secrecy. */
  readonly exchange: KeyExchangeOffer | undefined;
  readonly nonce: Uint8Array;
  /** The IPsec SAs that it is to replace; 0: none. */
  readonly replaces: number;
}

/** Initiator: the first message of Quick Mode is sent. */
export interface QuickSent {
  readonly state: 'quick-sent';
  readonly messageId: number;
  iv: Uint8Array;
  readonly offering: QuickOffering;
  outstanding: Outstanding | undefined;
}

/** What a responder has agreed to, and will install when the initiator has shown that it is there. */
export interface QuickAgreed {
  readonly child: string;
  readonly proposal: Proposal;
  readonly ids: ProxyIds;
  readonly transport: boolean;
  readonly nonces: Both;
  readonly sharedSecret: Uint8Array | undefined;
  readonly spi: number;
  readonly peerSpi: number;
  readonly life: Life;
  readonly original: { readonly source: number; readonly destination: number } | undefined;
}

/** Responder: the second message of Quick Mode is sent. */
export interface QuickAnswered {
  readonly state: 'quick-answered';
  readonly messageId: number;
  iv: Uint8Array;
  readonly agreed: QuickAgreed;
  /** The first message, in case it comes again. */
  readonly received: Uint8Array;
  outstanding: Outstanding | undefined;
}

export type QuickMode = QuickSent | QuickAnswered;

/** The part of an ISAKMP SA that stays from state to state. */
export function commonOf(sa: Common): Common {
  const { id, role, aggressive, local, remote, cookies, createdAt, peer, nat, answered, lastHeard, timers, begunBy } =
    sa;
  return {
    id,
    role,
    aggressive,
    local,
    remote,
    cookies,
    createdAt,
    peer,
    nat,
    answered,
    lastHeard,
    timers,
    begunBy,
    outstanding: undefined,
  };
}

export function begunOf({ connection, wanted, attempt, replaces }: Begun): Begun {
  return { connection, wanted, attempt, replaces };
}

export type IsakmpSa =
  | SaSent
  | KeSent
  | IdSent
  | SaAnswered
  | KeAnswered
  | AggressiveSent
  | AggressiveAnswered
  | Established;
export type KeyedSa = IdSent | KeAnswered | AggressiveAnswered | Established;
export type StateName = IsakmpSa['state'];
export type QuickStateName = QuickMode['state'];

/** What an established ISAKMP SA is to do when what happens now is over. */
export type Task =
  | { readonly kind: 'quick'; readonly wanted: Wanted; readonly replaces: number }
  | { readonly kind: 'delete-child'; readonly protocol: number; readonly spi: number; readonly why: string }
  | { readonly kind: 'delete-isakmp'; readonly why: string }
  | { readonly kind: 'liveness' };

/** A connection to be begun as soon as what happens now is done. */
export interface Initiation {
  readonly connection: string;
  readonly wanted: readonly Wanted[];
  readonly why: string;
  readonly attempt: number;
  readonly replaces: number;
}

/** An ISAKMP SA that is no more, for tables. */
export interface ClosedSa {
  readonly id: number;
  readonly connection: string;
  readonly peer: string;
  readonly role: 'initiator' | 'responder';
  readonly was: StateName;
  readonly cookies: Cookies;
  readonly createdAt: Instant;
  readonly closedAt: Instant;
  readonly why: string;
}

export interface Ikev1Settings {
  readonly retransmit_timeout: Duration;
  readonly retransmit_base: number;
  readonly retransmit_tries: number;
  readonly half_open_timeout: Duration;
  readonly block_threshold: number;
  readonly init_limit_half_open: number;
}

export interface Ikev1State {
  readonly settings: Ikev1Settings;
  readonly sas: Map<number, IsakmpSa>;
  /** By this node's own cookie, 16 hexadecimal digits. */
  readonly byCookie: Map<string, number>;
  /** Responders' by the initiator's cookie and address: where its first message comes again. */
  readonly byInitiator: Map<string, number>;
  nextId: number;
  halfOpen: number;
  /** Half-open ones by remote address: how many. */
  readonly halfOpenOf: Map<number, number>;
  /** All by remote address: how many. */
  readonly perPeer: Map<number, number>;
  readonly initiations: Initiation[];
  readonly tasks: { readonly sa: number; readonly task: Task }[];
  readonly closed: ClosedSa[];
  established: number;
}

export function createState(settings: Ikev1Settings): Ikev1State {
  return {
    settings,
    sas: new Map(),
    byCookie: new Map(),
    byInitiator: new Map(),
    nextId: 1,
    halfOpen: 0,
    halfOpenOf: new Map(),
    perPeer: new Map(),
    initiations: [],
    tasks: [],
    closed: [],
    established: 0,
  };
}
