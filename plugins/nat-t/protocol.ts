import { type Context, type Packet, type Protocol, prepend, write32 } from '../../core/index.ts';
import type { Endpoint, NatTraversalCalls } from '../ipsec/contract.ts';
import { udpContract } from '../udp/contract.ts';
import { restoreChecksum } from './checksum.ts';
import { discoveryOf, examineBodies, examineNotifications, notificationsOf } from './detection.ts';
import { dialectOf, vendorIds } from './dialects.ts';
import { encapsulate } from './encapsulate.ts';
import { attach, detach, keepAlive, touch } from './flows.ts';
import { MARKER_SIZE } from './headers.ts';
import { originalAddress, readOriginalAddress } from './original-address.ts';
import { receive } from './receive.ts';
import { createState, type NatTraversalSettings, type NatTraversalState } from './state.ts';

/** NAT traversal on a node: port 4500, detection for both versions of IKE, ESP in UDP for `ipsec`. */
export const natTraversalProtocol: Protocol<NatTraversalState, NatTraversalSettings> = {
  create: (settings) => createState(settings),

  receive,

  timer: (state, timer, ctx) => keepAlive(state, timer.data as { key: number; local: number }, ctx),

  calls: (state, ctx): NatTraversalCalls => ({
    notifications: (message, forced) => notificationsOf(message, forced, ctx),
    examine: (message, notifications, forced) => examineNotifications(message, notifications, forced, ctx),
    vendorIds: () => vendorIds(ctx),
    dialect: (bodies) => dialectOf(bodies, ctx),
    discovery: (message, hash, forced) => discoveryOf(message, hash, forced, ctx),
    examineDiscovery: (message, bodies, hash, forced) => examineBodies(message, bodies, hash, forced, ctx),
    originalAddresses: (initiator, responder) => [originalAddress(initiator), originalAddress(responder)],
    readOriginalAddress,
    send: (packet, source, destination) => sendIke(state, packet, source, destination, ctx),
    attach: (owner, local, remote, nat) => attach(state, owner, local, remote, nat, ctx),
    detach: (owner) => detach(state, owner, ctx),
    encapsulate: (packet, headerSize, encapsulation) => encapsulate(state, packet, headerSize, encapsulation, ctx),
    restoreChecksum,
  }),
};

/** A marker of zeros before the message (RFC 3948 §2.2), and a UDP checksum as ever. */
function sendIke(
  state: NatTraversalState,
  packet: Packet,
  source: Endpoint,
  destination: Endpoint,
  ctx: Context,
): void {
  prepend(packet, MARKER_SIZE);
  write32(packet.buffer, packet.start, 0);
  state.counters.sentIke++;
  touch(state, source.address, source.port, destination.address, destination.port, ctx);
  ctx.sibling(udpContract)?.send(packet, {
    source: source.address,
    sourcePort: source.port,
    destination: destination.address,
    destinationPort: destination.port,
  });
}
