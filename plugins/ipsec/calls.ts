import { contract, type Packet, type RandomStream } from '../../core/index.ts';
import type { AddressWatcher, Ipv4Address } from '../ipv4/contract.ts';
import type { Connection, Lifetimes } from './connection.ts';
import type { Identity } from './identity.ts';
import type { Endpoint, OriginalAddresses, UdpEncapsulation } from './nat-traversal.ts';
import type { IpProtocol, Proposal } from './proposal.ts';
import type { PacketSelector, TrafficSelector } from './selectors.ts';
import type { Transform } from './transforms.ts';

export type Mode = 'tunnel' | 'transport';

/** The keys of one SA. Of combined encryption and counter mode the encryption key has the salt at its end (RFC 4106 §8.1). */
export interface SaKeys {
  readonly encryption: Uint8Array;
  /** Empty with combined encryption. */
  readonly integrity: Uint8Array;
}

/** What `ipsec` hands to the protocol that protects packets: one direction's SA. Plain data in ipsec's state; the counters change in place. */
export interface SecurityAssociation {
  /** The Child SA that it belongs to. */
  readonly child: number;
  readonly direction: 'in' | 'out';
  readonly protocol: IpProtocol;
  readonly spi: number;
  readonly mode: Mode;
  /** Addresses of the outer header: source and destination of its packets. */
  source: Ipv4Address;
  destination: Ipv4Address;
  /** Its packets go in UDP between these ports; `undefined`: as an IP protocol. */
  encapsulation: UdpEncapsulation | undefined;
  readonly encryption: Transform | undefined;
  readonly integrity: Transform | undefined;
  readonly keys: SaKeys;
  /** Extended sequence numbers of 64 bits (RFC 4303 §2.2.1). */
  readonly esn: boolean;
  /** Outbound: the number of the last packet sent. Inbound: the highest number that was accepted. Exact up to 2^53. */
  sequence: number;
  /** Inbound: of the last numbers up to `sequence`, as many as it has bits, bit `n mod size` says that n was seen. Empty: replays pass. */
  readonly window: Uint32Array;
  /** Outbound: where IVs that must not be guessed come from. */
  readonly ivs: RandomStream;
  packets: number;
  /** Octets of the packets inside, as they were before sealing or after opening. */
  bytes: number;
  /** When it was last used; -1: never. */
  lastUse: number;
  /** Packets refused on it. */
  refused: number;
}

/** One direction as a keying protocol, or the configuration, installs it. */
export interface SaInstallation {
  readonly spi: number;
  readonly keys: SaKeys;
}

/** A pair of SAs to be installed. */
export interface ChildInstallation {
  /** Names in the configuration; for SAs without one, how the tables shall call it. */
  readonly connection: string;
  readonly child: string;
  /** Which keying protocol made it, and for its IKE SA a number of that protocol's own. `manual` for keys of the configuration. */
  readonly by: { readonly keying: 'manual' | 'ikev1' | 'ikev2'; readonly ikeSa: number };
  readonly mode: Mode;
  /** Addresses of the two ends. */
  readonly local: Ipv4Address;
  readonly remote: Ipv4Address;
  /** Behind a NAT: ESP goes in UDP. Not for AH, where it is passed over. */
  readonly encapsulation?: UdpEncapsulation;
  /** Transport mode behind a NAT: the addresses that the peer's checksums count. */
  readonly original?: OriginalAddresses;
  /** One transform of each type. */
  readonly proposal: Proposal;
  readonly inbound: SaInstallation;
  readonly outbound: SaInstallation;
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
  /** Default: those of the configuration. */
  readonly lifetimes?: Lifetimes;
  /** The Child SA that this one takes over from: packets go out by the new one, and the old one stays for what is still under way. */
  readonly replaces?: number;
  /** Install inbound only until `activateOutbound`: for the responder of a rekey (RFC 7296 §2.8). */
  readonly inboundOnly?: boolean;
}

/** A Child SA as others see it. */
export interface ChildView {
  readonly id: number;
  readonly connection: string;
  readonly child: string;
  readonly by: ChildInstallation['by'];
  readonly mode: Mode;
  readonly protocol: IpProtocol;
  readonly local: Ipv4Address;
  readonly remote: Ipv4Address;
  readonly encapsulation: UdpEncapsulation | undefined;
  readonly proposal: Proposal;
  readonly inboundSpi: number;
  readonly outboundSpi: number;
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
  readonly installedAt: number;
}

export interface Usage {
  readonly bytes: number;
  readonly packets: number;
  /** When a packet last used it; -1: never. */
  readonly lastUse: number;
}

/** What ended a lifetime. `sequence`: the numbers have run out (RFC 4303 §3.3.3). */
export type ExpiryReason = 'time' | 'bytes' | 'packets' | 'sequence';

/** A Child SA that a peer behind a NAT asks for. */
export interface PeerBehindNat {
  readonly by: ChildInstallation['by'];
  readonly mode: Mode;
  readonly remote: Endpoint;
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
}

export interface IpsecCalls extends AddressWatcher {
  connections(): readonly Connection[];
  connection(name: string): Connection | undefined;
  /**
   * The secret shared between two identities: of those that fit the one that fits best (both identities named before one, before none).
   * `undefined` where none fits. A list: all the identities that a side is known by.
   */
  secretFor(local: Identity | readonly Identity[], remote: Identity | readonly Identity[]): Uint8Array | undefined;

  /** A random SPI for packets to this node, 256 or more (RFC 4303 §2.1), kept for the caller until installed or released. */
  allocateSpi(): number;
  releaseSpi(spi: number): void;

  /**
   * Installs a pair of SAs and, where the configuration does not say otherwise, the policies for their selectors. Packets that waited for
   * them go out. Returns the Child SA's number, never used twice in a run; 0 where this node cannot use such SAs (the trace says why).
   */
  installChild(child: ChildInstallation): number;
  /**
   * For a responder, before it agrees: would the selectors rob another peer behind a NAT of its traffic (RFC 3948 §5)? Then the trace says
   * whom, and the answer is TS_UNACCEPTABLE or INVALID-ID-INFORMATION.
   */
  refusesPeer(newcomer: PeerBehindNat): boolean;
  /** Packets go out by this Child SA from now on (after `inboundOnly`). */
  activateOutbound(id: number): void;
  /** Removes a Child SA with its policies; traps of the configuration come back to light. `why` is told in the trace. */
  removeChild(id: number, why: string): void;
  /** The ends have moved (RFC 4555, RFC 7296 §2.23): both SAs carry the new addresses, and in UDP the new ports, from now on. */
  moveChild(id: number, local: Ipv4Address, remote: Ipv4Address, encapsulation?: UdpEncapsulation): void;

  child(id: number): ChildView | undefined;
  children(): readonly ChildView[];
  /** By the SPI that this node receives on. */
  childByInboundSpi(protocol: IpProtocol, spi: number): ChildView | undefined;
  /** By the SPI that the peer receives on: what a Delete payload of the peer's names (RFC 7296 §3.11). */
  childByOutboundSpi(protocol: IpProtocol, spi: number, remote: Ipv4Address): ChildView | undefined;
  usage(id: number): { readonly inbound: Usage; readonly outbound: Usage } | undefined;

  /** Sets a trap for a child: from now on traffic asks for its keys. Nothing where one is set already, or addresses are not known. */
  trap(connection: string, child: string): void;
  /** Keying for a trap came to nothing: the packets that waited are dropped, `why` in the trace. The trap stays. */
  acquireFailed(connection: string, child: string, why: string): void;

  /** The SA that a received packet names, for the protocol that opens it. */
  inboundSa(protocol: IpProtocol, spi: number, destination: Ipv4Address): SecurityAssociation | undefined;
  /**
   * Takes a packet that was opened: `packet.start` at the outer IPv4 header of `headerSize` octets, rewritten so that it carries what was
   * inside. Counts it, checks it against the SA's selectors (RFC 4301 §5.2) and takes it on its way. `from`: where the newest packet of the
   * SA came from in UDP; absent for those that are no newer than others, and for those that came without UDP.
   */
  inbound(packet: Packet, headerSize: number, sa: SecurityAssociation, from?: Endpoint): void;
  /** The protocol counts a packet that it refused on an SA. */
  refuse(sa: SecurityAssociation): void;
  /** The SA's sequence numbers have run out: it expires hard. */
  sequenceOver(sa: SecurityAssociation): void;
}

export const ipsecContract = contract<IpsecCalls>('ipsec');

/** What a keying protocol answers to `ipsec`. Connections and children by their names in the configuration. */
export interface KeyingCalls {
  /** Brings up the connection and, if named, that child; else the IKE SA with all children whose `start_action` is `start`. */
  initiate(connection: string, child: string | undefined, why: string): void;
  /** A packet met a trap: make SAs that carry it. Answered by `installChild` or `acquireFailed`. */
  acquire(connection: string, child: string, packet: PacketSelector): void;
  /** A Child SA's lifetime: `soft` asks for a new one, `hard` says that it is gone. */
  childExpired(id: number, limit: 'soft' | 'hard', reason: ExpiryReason): void;
  /**
   * An authentic ESP packet of a Child SA that follows its peer came in UDP from elsewhere: the IKE SA and its Child SAs go there from now on,
   * those by `moveChild` (RFC 7296 §2.23).
   */
  peerMoved?(id: number, remote: Endpoint): void;
  /**
   * The node no longer has that address: all that was keyed from it, or is being keyed, ends here and now, and the peer is told nothing, for
   * nothing reaches it from there. Returns the connections that ended; `ipsec` has those begun anew that start by themselves.
   */
  addressGone(address: Ipv4Address): readonly string[];
  /** Deletes the child's SAs, or without a child the connection's IKE SA and all its children; peers are told. */
  terminate(connection: string, child: string | undefined, why: string): void;
}

/** Who negotiates keys, by IKE version. */
export const keyExchange = { 1: contract<KeyingCalls>('ikev1'), 2: contract<KeyingCalls>('ikev2') } as const;

/** What a protocol that protects packets answers to `ipsec`. */
export interface ProtectionCalls {
  /** A new SA: says what keeps this node from using it, or nothing. Its keys enter the key log. */
  install(sa: SecurityAssociation): string | undefined;
  /**
   * Protects what follows the IPv4 header at `packet.start`, which has `headerSize` octets and tells the protocol of what follows: that becomes
   * the next header. Returns the packet that replaces it: the same header, with protocol, length and checksum made right, then the
   * protected payload. `undefined`: the packet was dropped.
   */
  seal(packet: Packet, headerSize: number, sa: SecurityAssociation): Packet | undefined;
  /** Octets that a payload of `size` octets grows to. */
  sealedSize(size: number, sa: SecurityAssociation): number;
  /** The most octets of payload that fit `size` octets when sealed: for path MTUs. */
  payloadRoom(size: number, sa: SecurityAssociation): number;
}

/** Who protects packets, by IP protocol. */
export const protection = { 50: contract<ProtectionCalls>('esp'), 51: contract<ProtectionCalls>('ah') } as const;

/** Under `packet.tags.ipsec`: what has been done to a packet on this node. */
export interface IpsecTag {
  /** The Child SA that it was opened by. */
  readonly opened?: number;
  /** The Child SA that it was sealed for: it is protected again only by a policy that names its protocol. */
  readonly sealed?: number;
  /** How often it was sealed on this node. */
  readonly layers?: number;
}
