import { contract, type Packet } from '../../core/index.ts';
import { formatIpv4, type Ipv4Address } from '../ipv4/contract.ts';

/**
 * What NAT traversal (the plugin `nat-t`) answers to both versions of IKE and to `ipsec`, on nodes that have it. Where it is not, nothing
 * is announced, nothing is detected, and all stays on port 500 and on ESP as an IP protocol.
 */

/** One end of an exchange over UDP. */
export interface Endpoint {
  readonly address: Ipv4Address;
  readonly port: number;
}

/** `192.0.2.1:4500`. */
export function endpointText({ address, port }: Endpoint): string {
  return `${formatIpv4(address)}:${port}`;
}

/** An IKE message as those see it who add to it. */
export interface IkeMessageFace {
  /** SPIs, in IKEv1 cookies, as they stand in the header of the message that carries the hashes: 8 octets each. */
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
  /** The two ends as this node sees them: those of the IPv4 and UDP headers that it writes or reads. */
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** A notification without a protocol and an SPI. */
export interface Notification {
  /** Notify message type. */
  readonly type: number;
  readonly data: Uint8Array;
}

/** Who is behind a NAT. Plain data, to be kept with the IKE SA and inherited by the one that replaces it. */
export interface NatFinding {
  /** This side: its own address or port arrives changed at the peer. */
  readonly local: boolean;
  /** The peer. */
  readonly remote: boolean;
  /** There is no NAT, but the configuration wants its ESP in UDP all the same (`encap: yes`). */
  readonly forced: boolean;
}

/** What the hashes of the peer's message came to. */
export interface NatExamination {
  readonly nat: NatFinding;
  /** The ports to go on with: 4500 where there is a NAT or one is feigned, else those of the message. */
  readonly localPort: number;
  readonly remotePort: number;
}

/** The numbers of IKEv1 that RFC 3947 and the drafts before it do not share. Plain data. */
export interface NatDialect {
  /** `RFC 3947`, `draft-ietf-ipsec-nat-t-ike-03` and so on. */
  readonly name: string;
  /** Payload types of NAT-D and NAT-OA: 20 and 21, in the drafts 130 and 131. */
  readonly discovery: number;
  readonly originalAddress: number;
  /** Values of the attribute Encapsulation Mode for ESP in UDP: 3 and 4, in the drafts 61443 and 61444. */
  readonly udpTunnel: number;
  readonly udpTransport: number;
}

/** The negotiated hash of an IKEv1 exchange. */
export type DiscoveryHash = (octets: Uint8Array) => Uint8Array;

/** ESP in UDP as part of an SA (RFC 3948 §2.1). Plain data. */
export interface UdpEncapsulation {
  readonly localPort: number;
  readonly remotePort: number;
  /** The peer's mapping may change, and is followed on authentic packets: it is behind a NAT and this node is not (RFC 7296 §2.23). */
  readonly follows: boolean;
}

/** The addresses in which the peer counted checksums of what it sends in transport mode (RFC 3948 §3.1.2). */
export interface OriginalAddresses {
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
}

/** Under `packet.tags['nat-t']` of an ESP packet that came in UDP: between which ports. */
export interface NatTraversalTag {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

export interface NatTraversalCalls {
  /** IKEv2: the notifications that an own IKE_SA_INIT message carries (RFC 7296 §2.23). `forced`: the connection says `encap: yes`. */
  notifications(message: IkeMessageFace, forced: boolean): readonly Notification[];
  /** IKEv2: looks at those of the peer's IKE_SA_INIT message. `undefined`: the peer has none, so it does not traverse NATs. */
  examine(message: IkeMessageFace, notifications: readonly Notification[], forced: boolean): NatExamination | undefined;

  /** IKEv1: bodies of the Vendor ID payloads of the first message, the best first (RFC 3947 §3.1). */
  vendorIds(): readonly Uint8Array[];
  /** IKEv1: the best way that both know, of the bodies of the peer's Vendor ID payloads; `undefined`: none, so no NAT-D is sent. */
  dialect(vendorIds: readonly Uint8Array[]): NatDialect | undefined;
  /** IKEv1: bodies of the own NAT-D payloads, in their order: the destination's first (RFC 3947 §3.2). */
  discovery(message: IkeMessageFace, hash: DiscoveryHash, forced: boolean): readonly Uint8Array[];
  /** IKEv1: looks at the bodies of the peer's. `undefined`: fewer than two, so it does not traverse NATs. */
  examineDiscovery(
    message: IkeMessageFace,
    bodies: readonly Uint8Array[],
    hash: DiscoveryHash,
    forced: boolean,
  ): NatExamination | undefined;
  /** IKEv1, transport mode: bodies of NAT-OAi and NAT-OAr, each end as this node sees it (RFC 3947 §5.2). */
  originalAddresses(initiator: Ipv4Address, responder: Ipv4Address): readonly [Uint8Array, Uint8Array];
  /** The address in the body of a NAT-OA payload; `undefined` where it is none of IPv4. */
  readOriginalAddress(body: Uint8Array): Ipv4Address | undefined;

  /**
   * Sends an IKE message (`packet[start, end)`: from its header on) from port 4500, behind a non-ESP marker (RFC 3948 §2.2). Takes the
   * packet. What comes to port 4500 goes to `isakmp` without its marker and, but for the ports in `tags.udp`, as if it had come to 500.
   */
  send(packet: Packet, source: Endpoint, destination: Endpoint): void;
  /**
   * An IKE SA goes on between these ends, or has moved there. While it does, this node sends keepalives if it is behind the NAT (RFC 3948
   * §4). `owner` names the IKE SA on this node: `ikev2/7`. Asked again for the same owner it replaces what was there.
   */
  attach(owner: string, local: Endpoint, remote: Endpoint, nat: NatFinding): void;
  /** The IKE SA is gone. */
  detach(owner: string): void;

  /**
   * Puts a UDP header between the IPv4 header of `headerSize` octets at `packet.start` and the ESP packet behind it (RFC 3948 §3.4, §3.5).
   * The packet stays in hand; false: it was dropped, being too long.
   */
  encapsulate(packet: Packet, headerSize: number, encapsulation: UdpEncapsulation): boolean;
  /**
   * Transport mode: makes the checksum of the TCP or UDP packet behind the IPv4 header at `packet.start` right for the addresses that stand
   * there now (RFC 3948 §3.1.2). Where the original addresses are not known it is counted anew.
   */
  restoreChecksum(packet: Packet, headerSize: number, original: OriginalAddresses | undefined): void;
}

export const natTraversal = contract<NatTraversalCalls>('nat-t');

/** Does an IKE SA with this finding carry its ESP in UDP? */
export function wantsEncapsulation(nat: NatFinding | undefined): boolean {
  return nat !== undefined && (nat.local || nat.remote || nat.forced);
}

/** How the Child SAs of an IKE SA between these ends are encapsulated; `undefined`: not at all. AH never is, whoever asks. */
export function encapsulationOf(
  nat: NatFinding | undefined,
  local: Endpoint,
  remote: Endpoint,
): UdpEncapsulation | undefined {
  if (nat === undefined || !wantsEncapsulation(nat)) return undefined;
  return { localPort: local.port, remotePort: remote.port, follows: followsPeer(nat) };
}

/** Is a changed mapping of the peer followed? Not by a side that is itself behind a NAT (RFC 7296 §2.23). */
export function followsPeer(nat: NatFinding | undefined): boolean {
  return nat !== undefined && !nat.local && (nat.remote || nat.forced);
}
