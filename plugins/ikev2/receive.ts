import { type Context, type Packet, packetBytes } from '../../core/index.ts';
import { followsPeer } from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { EXCHANGE_TYPES, IKEV2_FLAGS, majorVersionAt } from '../isakmp/contract.ts';
import type { UdpTag } from '../udp/contract.ts';
import { closeIkeSa } from './close.ts';
import { SPI_OCTETS } from './exchanges/ike-sa-init.ts';
import { answerInitAgain, isFull } from './exchanges/ike-sa-init-answer.ts';
import type { Incoming } from './incoming.ts';
import { chosenSuite, directionKeys, findBySpi, type Machine, spisText } from './machine.ts';
import { type Message, type PayloadList, readMessage, readPayloads } from './message.ts';
import { followMessage } from './moved.ts';
import { EXCHANGE } from './names/exchanges.ts';
import { NOTIFY } from './names/notify-types.ts';
import { notification } from './notifications.ts';
import { openPayload } from './sk.ts';
import type { IkeSa, KeyedSa } from './state.ts';
import { findRow, type MessageRow } from './transitions.ts';
import { respond, respondAgain, respondStateless } from './window.ts';

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

function receiveSealed(machine: Machine, incoming: Incoming): void {
  const { ctx, state } = machine;
  const { message, packet, route, bytes } = incoming;
  const { header } = message;
  const exchange = EXCHANGE_TYPES[header.exchangeType] ?? `exchange ${header.exchangeType}`;
  const response = (header.flags & IKEV2_FLAGS.response) !== 0;
  const fromInitiator = (header.flags & IKEV2_FLAGS.initiator) !== 0;
  const peer = formatIpv4(route.remote.address);
  const sa = findBySpi(state, fromInitiator ? header.responderSpi : header.initiatorSpi);
  const right = sa !== undefined && (sa.role === 'responder') === fromInitiator && sa.state !== 'init-sent';
  if (!right || !sameSpis(sa, header.initiatorSpi, header.responderSpi)) {
    const spis = spisText({ spis: { initiator: header.initiatorSpi, responder: header.responderSpi } });
    ctx.drop(packet, 'ikev2.no-such-sa', { peer, exchange, spis });
    return;
  }
  const sealed = message.payloads.at(-1);
  if (message.fault !== undefined || sealed?.kind !== 'SK') {
    const code = sealed?.kind === 'SKF' ? 'ikev2.fragment' : 'ikev2.not-protected';
    ctx.drop(packet, code, { peer, exchange, fault: message.fault?.message ?? 'it has no Encrypted payload' });
    return;
  }
  const suite = chosenSuite(sa.proposal);
  const keys = directionKeys(sa, fromInitiator);
  const opened = openPayload(machine.crypto, suite, keys, bytes, 0, sealed.start, sealed.end);
  if (opened === undefined) {
    ctx.drop(packet, 'ikev2.not-authentic', { peer, exchange });
    return;
  }
  sa.lastHeard = ctx.now();
  const { messageId } = header;
  if (response) {
    const { outstanding } = sa;
    if (outstanding?.messageId !== messageId || outstanding.exchange !== header.exchangeType) {
      ctx.drop(packet, 'ikev2.message-id', {
        peer,
        exchange,
        kind: 'response',
        id: messageId,
        expected: outstanding?.messageId ?? -1,
      });
      return;
    }
  } else if (messageId === sa.answered?.messageId) {
    ctx.consume(packet);
    // The answer goes where the request came from (RFC 7296 §2.11), and nothing else does: a recording could be played from anywhere.
    respondAgain(machine, sa, header.exchangeType, packet, followsPeer(sa.nat) ? route : sa);
    return;
  } else if (messageId !== sa.nextExpected) {
    ctx.drop(packet, 'ikev2.message-id', { peer, exchange, kind: 'request', id: messageId, expected: sa.nextExpected });
    return;
  }
  followMessage(machine, sa, incoming);
  const inner = opened.plain.slice(0, opened.length);
  const list = readPayloads(inner, 0, inner.length, message.next);
  const within: Incoming = { ...incoming, payloads: list.payloads, inner };
  if (!response) {
    const wrong = wrongInside(list, inner.length);
    if (wrong !== undefined) {
      ctx.drop(packet, wrong.code, { peer, exchange, ...wrong.values });
      respond(machine, sa, header.exchangeType, [notification(wrong.type, wrong.data)], packet);
      if (sa.state === 'half-open') closeIkeSa(machine, sa, `${peer} sent what is not understood`, 'self');
      return;
    }
  } else if (list.fault !== undefined) {
    ctx.drop(packet, 'ikev2.malformed', { fault: list.fault.message, at: list.fault.at });
    return;
  }
  runMessage(machine, sa, within, response ? 'response' : 'request');
}

function sameSpis(sa: IkeSa | undefined, initiator: Uint8Array, responder: Uint8Array): sa is KeyedSa {
  if (sa === undefined) return false;
  for (let at = 0; at < 8; at++) {
    if (sa.spis.initiator[at] !== initiator[at] || sa.spis.responder[at] !== responder[at]) return false;
  }
  return true;
}

/** The type of the first payload that is critical and not understood (RFC 7296 §2.5). */
function hasCriticalUnknown({ payloads }: Pick<Message, 'payloads'>): number | undefined {
  return payloads.find((payload) => payload.kind === 'unknown' && payload.critical)?.type;
}

/** What in an authentic request is answered with an error before anything of it is done. */
function wrongInside(list: PayloadList, length: number) {
  if (list.fault !== undefined || list.end !== length) {
    const fault = list.fault?.message ?? `${length - list.end} octets behind the last payload`;
    return { code: 'ikev2.malformed', values: { fault }, type: NOTIFY.INVALID_SYNTAX, data: undefined };
  }
  const critical = hasCriticalUnknown(list);
  if (critical === undefined) return undefined;
  return {
    ...{ code: 'ikev2.critical-payload', values: { type: critical } },
    ...{ type: NOTIFY.UNSUPPORTED_CRITICAL_PAYLOAD, data: Uint8Array.of(critical) },
  };
}

function runMessage(machine: Machine, sa: IkeSa, incoming: Incoming, on: 'request' | 'response'): void {
  const { ctx } = machine;
  const { packet, payloads, message, route } = incoming;
  const { exchangeType } = message.header;
  const purpose = on === 'response' ? sa.outstanding?.purpose.kind : undefined;
  const found = findRow(on, sa.state, exchangeType, purpose, payloads);
  if (found !== undefined && 'row' in found) {
    ctx.consume(packet);
    runRow(machine, found.row, sa, incoming);
    return;
  }
  const peer = formatIpv4(route.remote.address);
  const exchange = EXCHANGE_TYPES[exchangeType] ?? `exchange ${exchangeType}`;
  if (found === undefined) ctx.drop(packet, 'ikev2.unexpected', { peer, exchange, kind: on });
  else ctx.drop(packet, 'ikev2.incomplete', { peer, exchange, missing: found.missing.join(', ') });
  if (on === 'response' || sa.state === 'init-sent') return;
  // It is authentic, so the peer waits for an answer under this message ID.
  const busy = sa.state === 'deleting' && exchangeType === EXCHANGE.CREATE_CHILD_SA;
  const type = busy ? NOTIFY.TEMPORARY_FAILURE : NOTIFY.INVALID_SYNTAX;
  respond(machine, sa, exchangeType, [notification(type)], packet);
  if (sa.state === 'half-open') closeIkeSa(machine, sa, `${peer} sent no IKE_AUTH request`, 'self');
}

function runRow(machine: Machine, row: MessageRow, sa: IkeSa | undefined, incoming: Incoming): void {
  const values = row.run(machine, sa as never, incoming);
  if (values !== undefined && machine.ctx.recording) machine.ctx.note(`ikev2.${row.name}`, values(), incoming.packet);
}
