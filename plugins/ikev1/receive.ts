import { type Context, type Packet, packetBytes, sameBytes } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { IKEV1_FLAGS } from '../isakmp/contract.ts';
import type { UdpTag } from '../udp/contract.ts';
import { lastBlock, openMessage } from './cipher.ts';
import { isHash2Right } from './exchanges/quick-mode.ts';
import { isHash1Right } from './exchanges/quick-mode-answer.ts';
import { inform } from './exchanges/refuse.ts';
import type { Incoming } from './incoming.ts';
import { exchangeIv } from './keys.ts';
import { MOST_ISAKMP_SAS, MOST_REMEMBERED } from './limits.ts';
import { chosenSuite, cookiesText, findByCookie, initiatorKey, type Machine } from './machine.ts';
import { type PayloadList, readMessage, readPayloads } from './message.ts';
import { followMessage } from './moved.ts';
import { EXCHANGE, exchangeName } from './names/exchanges.ts';
import { NOTIFY } from './names/notify-types.ts';
import { isakmpNotification } from './notifications.ts';
import { answerAgain } from './retransmission.ts';
import type { Established, IsakmpSa, KeyedSa, QuickMode } from './state.ts';
import { findQuickRow, findRow, type MessageRow } from './transitions.ts';

/** A message from the network, from its first octet to its transition. Whatever is wrong with it drops it, with the reason. */

const isZero = (octets: Uint8Array): boolean => octets.every((octet) => octet === 0);

export function receive(machine: Machine, packet: Packet, ctx: Context): void {
  const tag = packet.tags?.udp as UdpTag | undefined;
  if (tag === undefined) {
    ctx.drop(packet, 'ikev1.malformed', { fault: 'it did not come by UDP' });
    return;
  }
  const route = {
    local: { address: tag.destination, port: tag.destinationPort },
    remote: { address: tag.source, port: tag.sourcePort },
  };
  const bytes = packetBytes(packet);
  const message = readMessage(bytes);
  if (message.header === undefined) {
    ctx.drop(packet, 'ikev1.malformed', { fault: message.fault.message, at: message.fault.at });
    return;
  }
  const { header, payloads, end } = message;
  const incoming: Incoming = { message, payloads, bytes, inner: bytes, end, packet, route };
  const peer = formatIpv4(route.remote.address);
  const exchange = exchangeName(header.exchangeType);
  if (isZero(header.initiatorSpi)) {
    ctx.drop(packet, 'ikev1.not-possible', { peer, exchange });
    return;
  }
  if (message.fault !== undefined) {
    ctx.drop(packet, 'ikev1.malformed', { fault: message.fault.message, at: message.fault.at });
    return;
  }
  if (isZero(header.responderSpi) && header.exchangeType !== EXCHANGE.INFORMATIONAL) {
    receiveFirst(machine, incoming);
    return;
  }
  const sa = findSa(machine, incoming);
  if (sa === undefined) {
    const spis = cookiesText({ cookies: { initiator: header.initiatorSpi, responder: header.responderSpi } });
    ctx.drop(packet, 'ikev1.no-such-sa', { peer, exchange, spis });
    return;
  }
  if (message.sealed) receiveSealed(machine, sa, incoming);
  else receiveClear(machine, sa, incoming);
}

/** The ISAKMP SA whose cookies a message has. An initiator learns the responder's from its first answer. */
function findSa({ state }: Machine, { message }: Incoming): IsakmpSa | undefined {
  const { initiatorSpi, responderSpi } = message.header;
  const begun = findByCookie(state, initiatorSpi);
  if (begun?.role === 'initiator') {
    if (begun.state === 'sa-sent' || begun.state === 'aggressive-sent') return begun;
    const inform = message.header.exchangeType === EXCHANGE.INFORMATIONAL && !message.sealed && isZero(responderSpi);
    return inform || sameBytes(begun.cookies.responder, responderSpi) ? begun : undefined;
  }
  const answered = findByCookie(state, responderSpi);
  return answered?.role === 'responder' && sameBytes(answered.cookies.initiator, initiatorSpi) ? answered : undefined;
}

/** The first message of an initiator. */
function receiveFirst(machine: Machine, incoming: Incoming): void {
  const { ctx, state } = machine;
  const { message, packet, route, bytes, payloads } = incoming;
  const { header } = message;
  const { address, port } = route.remote;
  const peer = formatIpv4(address);
  const exchange = exchangeName(header.exchangeType);
  const first = header.exchangeType === EXCHANGE.MAIN || header.exchangeType === EXCHANGE.AGGRESSIVE;
  if (!first || message.sealed || header.messageId !== 0) {
    ctx.drop(packet, 'ikev1.not-possible', { peer, exchange });
    return;
  }
  const known = state.sas.get(state.byInitiator.get(initiatorKey(header.initiatorSpi, address, port)) ?? 0);
  if (known !== undefined) {
    // The same cookie means the same attempt: the same answer goes, as long as nothing came after it.
    if (known.answered !== undefined && sameBytes(known.answered.received, bytes)) {
      ctx.consume(packet);
      answerAgain(machine, known, header.exchangeType, 0, known.answered.sent, packet);
    } else ctx.drop(packet, 'ikev1.unexpected', { peer, exchange });
    return;
  }
  const { block_threshold, init_limit_half_open } = state.settings;
  const ofPeer = state.halfOpenOf.get(address) ?? 0;
  const full =
    (block_threshold > 0 && ofPeer >= block_threshold) ||
    (init_limit_half_open > 0 && state.halfOpen >= init_limit_half_open) ||
    state.sas.size >= MOST_ISAKMP_SAS;
  if (full) {
    ctx.drop(packet, 'ikev1.too-many-half-open', { peer, halfOpen: state.halfOpen, ofPeer });
    return;
  }
  const found = findRow('none', header.exchangeType, false, payloads);
  if (found === undefined || 'missing' in found) {
    ctx.drop(packet, 'ikev1.incomplete', { peer, exchange, missing: found?.missing.join(', ') ?? '' });
    return;
  }
  ctx.consume(packet);
  runRow(machine, found.row, undefined, incoming);
}

/** A message in the clear of an ISAKMP SA that is there. */
function receiveClear(machine: Machine, sa: IsakmpSa, incoming: Incoming): void {
  const { ctx } = machine;
  const { message, packet, route, bytes } = incoming;
  const { header } = message;
  const peer = formatIpv4(route.remote.address);
  const exchange = exchangeName(header.exchangeType);
  if (sa.answered !== undefined && sameBytes(sa.answered.received, bytes)) {
    sendAnswerAgain(machine, sa, incoming);
    return;
  }
  if (header.exchangeType !== EXCHANGE.INFORMATIONAL && header.messageId !== 0) {
    ctx.drop(packet, 'ikev1.not-possible', { peer, exchange });
    return;
  }
  if (sa.state === 'established') {
    ctx.drop(packet, 'ikev1.not-protected', { peer, exchange });
    return;
  }
  runMessage(machine, sa, incoming, false);
}

/** The same message again: what was sent for it goes again. */
function sendAnswerAgain(machine: Machine, sa: IsakmpSa, { message, packet }: Incoming): void {
  machine.ctx.consume(packet);
  const sent = sa.answered?.sent;
  if (sent === undefined || sent.length === 0) return;
  answerAgain(machine, sa, message.header.exchangeType, message.header.messageId, sent, packet);
}

function isKeyed(sa: IsakmpSa): sa is KeyedSa {
  return 'keys' in sa;
}

function receiveSealed(machine: Machine, sa: IsakmpSa, incoming: Incoming): void {
  const { ctx } = machine;
  const { message, packet, route, bytes } = incoming;
  const { exchangeType, messageId } = message.header;
  const peer = formatIpv4(route.remote.address);
  const exchange = exchangeName(exchangeType);
  if (!isKeyed(sa)) {
    ctx.drop(packet, 'ikev1.unexpected', { peer, exchange });
    return;
  }
  if (messageId === 0) {
    receivePhaseOne(machine, sa, incoming);
    return;
  }
  if (sa.state !== 'established') {
    // It may be the peer's complaint about what it could not read: so cannot this side.
    ctx.drop(packet, 'ikev1.too-early', { peer, exchange });
    return;
  }
  const done = sa.done.find((each) => each.messageId === messageId);
  if (done !== undefined) {
    if (!sameBytes(done.received, bytes)) {
      ctx.drop(packet, 'ikev1.repeated', { peer, exchange, id: messageId });
      return;
    }
    ctx.consume(packet);
    if (done.sent.length > 0) answerAgain(machine, sa, exchangeType, messageId, done.sent, packet);
    return;
  }
  const quick = sa.quick.get(messageId);
  if (quick === undefined && sa.seen.includes(messageId)) {
    ctx.drop(packet, 'ikev1.repeated', { peer, exchange, id: messageId });
    return;
  }
  if (quick?.state === 'quick-answered' && sameBytes(quick.received, bytes)) {
    ctx.consume(packet);
    const sent = quick.outstanding?.bytes;
    if (sent !== undefined) answerAgain(machine, sa, exchangeType, messageId, sent, packet);
    return;
  }
  const { hash, encryption } = chosenSuite(sa.proposal);
  const iv = quick?.iv ?? exchangeIv(machine.crypto, hash, sa.iv, messageId, encryption.iv);
  const opened = open(machine, sa, incoming, iv);
  if (typeof opened === 'string' || !isHashRight(machine, sa, quick, opened)) {
    ctx.drop(packet, 'ikev1.not-authentic', { peer, exchange });
    return;
  }
  sa.lastHeard = ctx.now();
  followMessage(machine, sa, opened);
  if (exchangeType === EXCHANGE.QUICK) runQuick(machine, sa, quick, opened);
  else {
    if (quick === undefined) rememberId(sa, messageId);
    runMessage(machine, sa, opened, true);
  }
}

function rememberId(sa: Established, messageId: number): void {
  sa.seen.push(messageId);
  if (sa.seen.length > MOST_REMEMBERED) sa.seen.shift();
}

/** What was encrypted, with its payloads; a text where no chain of payloads came out. */
function open(machine: Machine, sa: KeyedSa, incoming: Incoming, iv: Uint8Array): Incoming | string {
  const { bytes, message } = incoming;
  const plain = openMessage(machine.crypto, chosenSuite(sa.proposal), sa.key, iv, bytes);
  if (plain === undefined) return 'it is no whole number of blocks';
  const list = readPayloads(plain, 0, plain.length, message.header.nextPayload);
  const wrong = wrongInside(list);
  if (wrong !== undefined) return wrong;
  const { packet, route } = incoming;
  return { message, payloads: list.payloads, bytes, inner: plain, end: list.end, packet, route };
}

/** Chance makes reserved bits and types that nobody knows: what was opened by another key has them soon. */
function wrongInside(list: PayloadList): string | undefined {
  if (list.fault !== undefined) return list.fault.message;
  const odd = list.payloads.find(({ reserved, critical }) => reserved !== 0 || critical);
  return odd === undefined ? undefined : 'reserved bits of a payload are set';
}

/** An encrypted message of phase 1: the IV chain goes on only with what could be read. */
function receivePhaseOne(machine: Machine, sa: KeyedSa, incoming: Incoming): void {
  const { ctx } = machine;
  const { message, packet, route, bytes } = incoming;
  const { exchangeType } = message.header;
  const peer = formatIpv4(route.remote.address);
  const exchange = exchangeName(exchangeType);
  if (sa.answered !== undefined && sameBytes(sa.answered.received, bytes)) {
    sendAnswerAgain(machine, sa, incoming);
    return;
  }
  const waits = sa.state === 'id-sent' || sa.state === 'ke-answered' || sa.state === 'aggressive-answered';
  if (!waits || exchangeType !== (sa.aggressive ? EXCHANGE.AGGRESSIVE : EXCHANGE.MAIN)) {
    ctx.drop(packet, 'ikev1.unexpected', { peer, exchange });
    return;
  }
  const opened = open(machine, sa, incoming, sa.iv);
  const found = typeof opened === 'string' ? undefined : findRow(sa.state, exchangeType, true, opened.payloads);
  if (typeof opened === 'string' || found === undefined || 'missing' in found) {
    const fault = typeof opened === 'string' ? opened : 'it has not the payloads that it must have';
    ctx.drop(packet, 'ikev1.undecryptable', { peer, exchange, fault });
    // As daemons do: under the keys that this side has, which the peer cannot read either.
    inform(machine, sa, [isakmpNotification(NOTIFY['PAYLOAD-MALFORMED'], sa.cookies)], packet);
    return;
  }
  sa.iv = lastBlock(chosenSuite(sa.proposal), bytes);
  sa.lastHeard = ctx.now();
  ctx.consume(packet);
  runRow(machine, found.row, sa, opened);
}

/** HASH(1), or for an answer HASH(2), comes first and covers everything behind it; HASH(3) is checked by its own row. */
function isHashRight(
  machine: Machine,
  sa: Established,
  quick: QuickMode | undefined,
  { message, payloads, inner, end }: Incoming,
): boolean {
  const [first] = payloads;
  if (first?.kind !== 'HASH') return false;
  const rest = inner.slice(first.end, end);
  if (quick === undefined) return isHash1Right(machine, sa, message.header.messageId, rest, first.value.value);
  if (message.header.exchangeType !== EXCHANGE.QUICK) return false;
  return quick.state === 'quick-answered' || isHash2Right(machine, sa, quick, rest, first.value.value);
}

function runQuick(machine: Machine, sa: Established, quick: QuickMode | undefined, incoming: Incoming): void {
  const { ctx } = machine;
  const { packet, payloads, message, bytes, route } = incoming;
  const found = findQuickRow(quick?.state ?? 'none', payloads);
  if (found === undefined || 'missing' in found) {
    const peer = formatIpv4(route.remote.address);
    ctx.drop(packet, 'ikev1.incomplete', { peer, exchange: 'Quick Mode', missing: found?.missing.join(', ') ?? '' });
    return;
  }
  if ((message.header.flags & IKEV1_FLAGS.commit) !== 0) {
    ctx.note('ikev1.commit-ignored', { peer: formatIpv4(route.remote.address) }, packet);
  }
  ctx.consume(packet);
  const iv = lastBlock(chosenSuite(sa.proposal), bytes);
  if (quick === undefined) rememberId(sa, message.header.messageId);
  else quick.iv = iv;
  const values = found.row.run(machine, sa, quick as never, incoming, iv);
  if (values !== undefined && ctx.recording) ctx.note(`ikev1.${found.row.name}`, values(), packet);
}

function runMessage(machine: Machine, sa: IsakmpSa, incoming: Incoming, sealed: boolean): void {
  const { ctx } = machine;
  const { packet, payloads, message, route } = incoming;
  const { exchangeType } = message.header;
  const found = findRow(sa.state, exchangeType, sealed, payloads);
  if (found !== undefined && 'row' in found) {
    ctx.consume(packet);
    runRow(machine, found.row, sa, incoming);
    return;
  }
  const peer = formatIpv4(route.remote.address);
  const exchange = exchangeName(exchangeType);
  if (found === undefined) ctx.drop(packet, 'ikev1.unexpected', { peer, exchange });
  else ctx.drop(packet, 'ikev1.incomplete', { peer, exchange, missing: found.missing.join(', ') });
}

function runRow(machine: Machine, row: MessageRow, sa: IsakmpSa | undefined, incoming: Incoming): void {
  const values = row.run(machine, sa as never, incoming);
  if (values !== undefined && machine.ctx.recording) machine.ctx.note(`ikev1.${row.name}`, values(), incoming.packet);
}
