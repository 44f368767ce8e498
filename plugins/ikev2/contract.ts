import { contract, type Packet } from '../../core/index.ts';
import type { KeyingCalls } from '../ipsec/contract.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';

/** What `ikev2` answers to its siblings: it negotiates keys for `ipsec`. */
export type Ikev2Calls = KeyingCalls;
export const ikev2Contract = contract<Ikev2Calls>('ikev2');

/** An IKE message as those see it who add to it. */
export interface IkeMessageFace {
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
  /** As its sender sees the two ends. */
  readonly source: { readonly address: Ipv4Address; readonly port: number };
  readonly destination: { readonly address: Ipv4Address; readonly port: number };
}

/** A notification without a protocol and an SPI. */
export interface Notification {
  /** Notify message type. */
  readonly type: number;
  readonly data: Uint8Array;
}

/** What NAT traversal answers to `ikev2` where it is present. Without it nothing is detected, and all stays on port 500. */
export interface NatTraversalCalls {
  /** The notifications that an IKE_SA_INIT message carries (RFC 7296 §2.23). */
  notifications(message: IkeMessageFace): readonly Notification[];
  /** Looks at those of the peer's IKE_SA_INIT message. The ports to go on with; `undefined`: as before. */
  examine(
    message: IkeMessageFace,
    notifications: readonly Notification[],
  ): { readonly localPort: number; readonly remotePort: number } | undefined;
  /** Sends an IKE message that does not go from port 500 to port 500. Takes the packet. */
  send(packet: Packet, source: IkeMessageFace['source'], destination: IkeMessageFace['destination']): void;
}

export const natTraversal = contract<NatTraversalCalls>('nat-t');
