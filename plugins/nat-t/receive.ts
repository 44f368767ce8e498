import { type Context, type Packet, read32 } from '../../core/index.ts';
import { endpointText, type NatTraversalTag } from '../ipsec/contract.ts';
import type { UdpTag } from '../udp/contract.ts';
import { decapsulate } from './encapsulate.ts';
import { ABOVE, KEEPALIVE, LEAST_SIZE, MARKER_SIZE } from './headers.ts';
import type { NatTraversalState } from './state.ts';

/** What comes to port 4500 (RFC 3948 §2, §3): told apart by its first octets and handed on. */
export function receive(state: NatTraversalState, packet: Packet, ctx: Context): void {
  const tag = packet.tags?.udp as UdpTag;
  const { buffer, start, end } = packet;
  const from = endpointText({ address: tag.source, port: tag.sourcePort });
  if (packet.tags?.icmp !== undefined) {
    // `packet.tags.udp` names the quoted datagram: its destination did not take it.
    const to = endpointText({ address: tag.destination, port: tag.destinationPort });
    ctx.drop(packet, 'nat-t.unreachable', { peer: to });
    return;
  }
  if (end - start === 1 && buffer[start] === KEEPALIVE) {
    state.counters.receivedKeepalives++;
    ctx.consume(packet);
    return;
  }
  if (end - start < LEAST_SIZE) {
    ctx.drop(packet, 'nat-t.malformed', { from, octets: end - start });
    return;
  }
  if (read32(buffer, start) === 0) {
    packet.outer = start;
    packet.start = start + MARKER_SIZE;
    state.counters.receivedIke++;
    if (!ctx.deliver(packet, ABOVE.ike)) ctx.drop(packet, 'nat-t.nobody-reads', { from, what: 'IKE' });
    return;
  }
  const ends: NatTraversalTag = {
    source: { address: tag.source, port: tag.sourcePort },
    destination: { address: tag.destination, port: tag.destinationPort },
  };
  decapsulate(packet, tag.ipHeaderSize);
  packet.tags = { 'nat-t': ends };
  state.counters.receivedEsp++;
  if (!ctx.deliver(packet, ABOVE.esp)) ctx.drop(packet, 'nat-t.nobody-reads', { from, what: 'ESP' });
}
