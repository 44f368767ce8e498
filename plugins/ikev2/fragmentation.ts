import type { Connection } from '../ipsec/contract.ts';
import { GENERIC_HEADER_OCTETS, ISAKMP_HEADER_OCTETS } from '../isakmp/contract.ts';
import type { Payload } from './message.ts';
import { NOTIFY } from './names/notify-types.ts';
import { findNotification } from './notifications.ts';
import { FRAGMENT_PREFIX_OCTETS } from './payloads/encrypted.ts';
import type { Protection } from './suite.ts';

/** When messages go in fragments of their own, and in which (RFC 7383 §2.3 to §2.5). */

/** Does this side announce in IKE_SA_INIT that it takes fragments? */
export function offersFragmentation({ fragmentation }: Connection): boolean {
  return fragmentation !== 'no';
}

/** Both sides announce it. */
export function agreesOnFragmentation(connection: Connection, ofPeer: readonly Payload[]): boolean {
  return (
    offersFragmentation(connection) && findNotification(ofPeer, NOTIFY.IKEV2_FRAGMENTATION_SUPPORTED) !== undefined
  );
}

/** May this side send its own messages in fragments? */
export function sendsFragments(connection: Connection, ofPeer: readonly Payload[]): boolean {
  return connection.fragmentation !== 'accept' && agreesOnFragmentation(connection, ofPeer);
}

const IPV4_HEADER_OCTETS = 20;
const UDP_HEADER_OCTETS = 8;
const MARKER_OCTETS = 4;

/** What IPv4 promises to carry (RFC 791 §3.1), as far as fragments of IKE are to be sure to arrive (RFC 7383 §2.5.1). */
const SURE_DATAGRAM_OCTETS = 576;

/** Octets of the longest IKE message that `fragment_size` lets go whole; `marked`: below it goes the non-ESP marker of port 4500. */
export function longestWhole(fragmentSize: number, marked: boolean): number {
  const datagram = fragmentSize === 0 ? SURE_DATAGRAM_OCTETS : fragmentSize;
  return datagram - IPV4_HEADER_OCTETS - UDP_HEADER_OCTETS - (marked ? MARKER_OCTETS : 0);
}

/** Octets of a message whose Encrypted payload holds so many octets of payloads. */
export function sealedLength({ encryption, integrity }: Protection, inner: number): number {
  const icv = encryption.kind === 'combined' ? encryption.icv : (integrity?.icv ?? 0);
  const text = Math.ceil((inner + 1) / encryption.block) * encryption.block;
  return ISAKMP_HEADER_OCTETS + GENERIC_HEADER_OCTETS + encryption.iv + text + icv;
}

/** How many octets of payloads fit into a fragment that is no longer than a whole message may be; one at the least. */
export function octetsOfFragment({ encryption, integrity }: Protection, longest: number): number {
  const icv = encryption.kind === 'combined' ? encryption.icv : (integrity?.icv ?? 0);
  const around = ISAKMP_HEADER_OCTETS + GENERIC_HEADER_OCTETS + FRAGMENT_PREFIX_OCTETS + encryption.iv + icv;
  return Math.max(1, Math.floor((longest - around) / encryption.block) * encryption.block - 1);
}
