import { type Context, type Packet, packetBytes } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { IKEV2_FLAGS, majorVersionAt } from '../isakmp/contract.ts';
import type { UdpTag } from '../udp/contract.ts';
import { SPI_OCTETS } from './exchanges/ike-sa-init.ts';
import { answerInitAgain, isFull } from './exchanges/ike-sa-init-answer.ts';
import type { Incoming } from './incoming.ts';
import { findBySpi, type Machine } from './machine.ts';
import { readMessage } from './message.ts';
import { EXCHANGE } from './names/exchanges.ts';
import { NOTIFY } from './names/notify-types.ts';
import { notification } from './notifications.ts';
import { receiveSealed } from './receive-sealed.ts';
import { hasCriticalUnknown, runMessage, runRow } from './run-message.ts';
import { findRow } from './transitions.ts';
import { respondStateless } from './window.ts';

/** A message from the network, from its first octet to its transition. Whatever is wrong with it drops it, with the reason. */

const IKEV2 = 2;

export function receive(machine: Machine, packet: Packet, ctx: Context): void {
  const tag = packet.tags?.udp as UdpTag | undefined;
  if (tag === undefined) {
    ctx.drop(packet, 'ikev2.malformed', { fault: 'it did not come by UDP' });
    return;
  }
  const route = {
    local: { address: tag.destination, port: tag.destinationPort },
    remote: { address: tag.source, port: tag.sourcePort },
  };
  const bytes = packetBytes(packet);
  const message = readMessage(bytes);
  if (message.header === undefined) {
    ctx.drop(packet, 'ikev2.malformed', { fault: message.fault.message, at: message.fault.at });
    return;
  }
  const incoming: Incoming = { message, payloads: message.payloads, bytes, inner: bytes, packet, route };
  if (majorVersionAt(bytes, 0, bytes.length) !== IKEV2) {
    refuseVersion(machine, incoming);
    return;
  }
  const { header } = message;
  if (header.exchangeType === EXCHANGE.IKE_SA_INIT) receiveInit(machine, incoming);
  else receiveSealed(machine, incoming);
}

/** RFC 7296 §2.5: a higher major version is answered with the one that is spoken here, and dropped. */
function refuseVersion(machine: Machine, incoming: Incoming): void {
  const { message, packet } = incoming;
  const { majorVersion, initiatorSpi, responderSpi, exchangeType, messageId, flags } = message.header;
  machine.ctx.drop(packet, 'ikev2.version', { version: majorVersion });
  if (majorVersion < IKEV2 || (flags & IKEV2_FLAGS.response) !== 0) return;
  const payloads = [notification(NOTIFY.INVALID_MAJOR_VERSION)];
  const about = {
    spis: { initiator: initiatorSpi, responder: responderSpi },
    exchange: exchangeType,
    messageId,
    payloads,
  };
  respondStateless(machine, incoming.route, about, packet);
}

function receiveInit(machine: Machine, incoming: Incoming): void {
  const { ctx, state } = machine;
  const { message, packet, route } = incoming;
  const { header } = message;
  const response = (header.flags & IKEV2_FLAGS.response) !== 0;
  const fromInitiator = (header.flags & IKEV2_FLAGS.initiator) !== 0;
  const peer = formatIpv4(route.remote.address);
  if (header.messageId !== 0 || fromInitiator === response || header.initiatorSpi.every((octet) => octet === 0)) {
    ctx.drop(packet, 'ikev2.not-possible', { peer, exchange: 'IKE_SA_INIT' });
    return;
  }
  if (response) {
    const sa = findBySpi(state, header.initiatorSpi);
    if (sa?.state !== 'init-sent') {
      ctx.drop(packet, 'ikev2.unexpected', { peer, exchange: 'IKE_SA_INIT', kind: 'response' });
      return;
    }
    // Unprotected: what cannot be read or makes no sense is passed over, for the right answer may still come (RFC 7296 §2.21.1).
    if (message.fault !== undefined) {
      ctx.drop(packet, 'ikev2.malformed', { fault: message.fault.message, at: message.fault.at });
      return;
    }
    if (hasCriticalUnknown(message) !== undefined) {
      ctx.drop(packet, 'ikev2.critical-payload', { peer, type: hasCriticalUnknown(message) ?? 0 });
      return;
    }
    runMessage(machine, sa, incoming, 'response');
    return;
  }
  if (!header.responderSpi.every((octet) => octet === 0)) {
    ctx.drop(packet, 'ikev2.not-possible', { peer, exchange: 'IKE_SA_INIT' });
    return;
  }
  const again = answerInitAgain(machine, incoming);
  if (again !== 'new') {
    if (again === 'answered') ctx.consume(packet);
    else ctx.drop(packet, 'ikev2.unexpected', { peer, exchange: 'IKE_SA_INIT', kind: 'request' });
    return;
  }
  if (isFull(machine)) {
    ctx.drop(packet, 'ikev2.too-many-half-open', { peer, halfOpen: state.halfOpen });
    return;
  }
  const spis = { initiator: header.initiatorSpi, responder: new Uint8Array(SPI_OCTETS) };
  const refuse = (type: number, data?: Uint8Array): void => {
    const payloads = [notification(type, data)];
    respondStateless(machine, route, { spis, exchange: EXCHANGE.IKE_SA_INIT, messageId: 0, payloads }, packet);
  };
  if (message.fault !== undefined) {
    ctx.drop(packet, 'ikev2.malformed', { fault: message.fault.message, at: message.fault.at });
    refuse(NOTIFY.INVALID_SYNTAX);
    return;
  }
  const critical = hasCriticalUnknown(message);
  if (critical !== undefined) {
    ctx.drop(packet, 'ikev2.critical-payload', { peer, type: critical });
    refuse(NOTIFY.UNSUPPORTED_CRITICAL_PAYLOAD, Uint8Array.of(critical));
    return;
  }
  const found = findRow('request', 'none', EXCHANGE.IKE_SA_INIT, undefined, message.payloads);
  if (found === undefined || 'missing' in found) {
    const missing = found === undefined ? '' : found.missing.join(', ');
    ctx.drop(packet, 'ikev2.incomplete', { peer, exchange: 'IKE_SA_INIT', missing });
    refuse(NOTIFY.INVALID_SYNTAX);
    return;
  }
  ctx.consume(packet);
  runRow(machine, found.row, undefined, incoming);
}
