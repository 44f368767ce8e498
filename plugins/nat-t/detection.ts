import { type Context, concatBytes, nextBytes, write16, write32 } from '../../core/index.ts';
import { type CryptoProvider, cryptoSlot, equal } from '../crypto/contract.ts';
import {
  type DiscoveryHash,
  type Endpoint,
  endpointText,
  type IkeMessageFace,
  type NatExamination,
  type NatFinding,
  type Notification,
  wantsEncapsulation,
} from '../ipsec/contract.ts';
import { NAT_T_PORT } from './headers.ts';

/**
 * Detection: each side sends hashes of the addresses and ports as it sees them, the other compares them with what arrived
 * (RFC 7296 §2.23, RFC 3947 §3.2):
 *
 *     hash (initiator's SPI (8) | responder's SPI (8) | address (4) | port (2))
 */

/** Notify message types (RFC 7296 §3.10.1). */
export const NAT_DETECTION = { source: 16388, destination: 16389 } as const;

/** The most hashes of a peer that are compared: one an address of a host with many. */
const MOST_HASHES = 64;

export function hashedOctets({ initiatorSpi, responderSpi }: IkeMessageFace, { address, port }: Endpoint): Uint8Array {
  const end = new Uint8Array(6);
  write32(end, 0, address);
  write16(end, 4, port);
  return concatBytes(initiatorSpi, responderSpi, end);
}

function sha1(crypto: CryptoProvider): DiscoveryHash {
  return (octets) => crypto.hash('sha1', octets);
}

/** The hash of the own end; where a NAT is to be feigned, octets of chance that fit no address. */
function ownHash(message: IkeMessageFace, hash: DiscoveryHash, forced: boolean, ctx: Context): Uint8Array {
  const real = hash(hashedOctets(message, message.source));
  return forced ? nextBytes(ctx.random('encap'), real.length) : real;
}

/** IKEv2. */
export function notificationsOf(message: IkeMessageFace, forced: boolean, ctx: Context): readonly Notification[] {
  const hash = sha1(ctx.slot(cryptoSlot));
  return [
    { type: NAT_DETECTION.source, data: ownHash(message, hash, forced, ctx) },
    { type: NAT_DETECTION.destination, data: hash(hashedOctets(message, message.destination)) },
  ];
}

export function examineNotifications(
  message: IkeMessageFace,
  notifications: readonly Notification[],
  forced: boolean,
  ctx: Context,
): NatExamination | undefined {
  const of = (kind: number): Uint8Array[] => notifications.filter(({ type }) => type === kind).map(({ data }) => data);
  return examine(
    message,
    of(NAT_DETECTION.source),
    of(NAT_DETECTION.destination),
    sha1(ctx.slot(cryptoSlot)),
    forced,
    ctx,
  );
}

/** IKEv1: the destination's hash first, then those of the own addresses. */
export function discoveryOf(
  message: IkeMessageFace,
  hash: DiscoveryHash,
  forced: boolean,
  ctx: Context,
): readonly Uint8Array[] {
  return [hash(hashedOctets(message, message.destination)), ownHash(message, hash, forced, ctx)];
}

export function examineBodies(
  message: IkeMessageFace,
  bodies: readonly Uint8Array[],
  hash: DiscoveryHash,
  forced: boolean,
  ctx: Context,
): NatExamination | undefined {
  return examine(message, bodies.slice(1), bodies.slice(0, 1), hash, forced, ctx);
}

function examine(
  message: IkeMessageFace,
  sources: readonly Uint8Array[],
  destinations: readonly Uint8Array[],
  hash: DiscoveryHash,
  forced: boolean,
  ctx: Context,
): NatExamination | undefined {
  const { source, destination } = message;
  const peer = endpointText(source);
  if (sources.length === 0 || destinations.length === 0) {
    ctx.note('nat-t.not-supported', { peer });
    return undefined;
  }
  const has = (hashes: readonly Uint8Array[], end: Endpoint): boolean => {
    const right = hash(hashedOctets(message, end));
    return hashes.slice(0, MOST_HASHES).some((each) => equal(each, right));
  };
  const local = !has(destinations, destination);
  const remote = !has(sources, source);
  const nat: NatFinding = { local, remote, forced: forced && !local && !remote };
  const who = local && remote ? 'both sides are' : local ? 'this side is' : remote ? 'the peer is' : 'nobody is';
  const code = local || remote ? 'nat-t.detected' : nat.forced ? 'nat-t.forced' : 'nat-t.none';
  ctx.note(code, { peer, own: endpointText(destination), who });
  // A message that came to 4500 already has a mapping of that port, which the peer's own number does not tell.
  const floats = wantsEncapsulation(nat) && destination.port !== NAT_T_PORT;
  return {
    nat,
    localPort: floats ? NAT_T_PORT : destination.port,
    remotePort: floats ? NAT_T_PORT : source.port,
  };
}
