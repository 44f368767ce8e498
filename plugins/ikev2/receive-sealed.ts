import type { PlainValues } from '../../core/index.ts';
import { followsPeer } from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { EXCHANGE_TYPES, IKEV2_FLAGS } from '../isakmp/contract.ts';
import { closeIkeSa } from './close.ts';
import { gather, refusedFragment } from './gathering.ts';
import type { Incoming } from './incoming.ts';
import { chosenSuite, directionKeys, findBySpi, type Machine, spisText } from './machine.ts';
import { type PayloadList, type PayloadOf, readPayloads } from './message.ts';
import { followMessage } from './moved.ts';
import { NOTIFY } from './names/notify-types.ts';
import { notification } from './notifications.ts';
import { FRAGMENT_PREFIX_OCTETS } from './payloads/encrypted.ts';
import { hasCriticalUnknown, runMessage } from './run-message.ts';
import { openPayload } from './sk.ts';
import type { IkeSa, KeyedSa } from './state.ts';
import { respond, respondAgain } from './window.ts';

/** A message under the keys of an IKE SA, whole or one fragment of it: opened, held against the window, and read. */

export function receiveSealed(machine: Machine, incoming: Incoming): void {
  const { ctx, state } = machine;
  const { message, packet, route, bytes } = incoming;
  const { header } = message;
  const exchange = EXCHANGE_TYPES[header.exchangeType] ?? `exchange ${header.exchangeType}`;
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
  if (message.fault !== undefined || (sealed?.kind !== 'SK' && sealed?.kind !== 'SKF')) {
    const fault = message.fault?.message ?? 'it has no Encrypted payload';
    ctx.drop(packet, 'ikev2.not-protected', { peer, exchange, fault });
    return;
  }
  const kind = (header.flags & IKEV2_FLAGS.response) === 0 ? 'request' : 'response';
  // What needs no key is looked at first (RFC 7383 §2.6).
  const refused = sealed.kind === 'SKF' ? refusedFragment(sa, header, kind, sealed.value) : undefined;
  if (refused !== undefined) {
    ctx.drop(packet, refused.code, { peer, exchange, kind, id: header.messageId, ...refused.values });
    return;
  }
  const start = sealed.start + (sealed.kind === 'SKF' ? FRAGMENT_PREFIX_OCTETS : 0);
  const keys = directionKeys(sa, fromInitiator);
  const opened = openPayload(machine.crypto, chosenSuite(sa.proposal), keys, bytes, 0, start, sealed.end);
  if (opened === undefined) {
    ctx.drop(packet, 'ikev2.not-authentic', { peer, exchange });
    return;
  }
  sa.lastHeard = ctx.now();
  if (!isDue(machine, sa, incoming, kind, sealed)) return;
  const plain = opened.plain.slice(0, opened.length);
  const whole =
    sealed.kind === 'SK'
      ? { inner: plain, first: message.next }
      : gather(machine, sa, incoming, kind, sealed.value, plain);
  if (whole === undefined) return;
  sa.gathering[kind] = undefined;
  followMessage(machine, sa, incoming);
  const { inner, first } = whole;
  const list = readPayloads(inner, 0, inner.length, first);
  const within: Incoming = { ...incoming, payloads: list.payloads, inner };
  if (kind === 'request') {
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
  runMessage(machine, sa, within, kind);
}

/**
 * Is it a message that is waited for (RFC 7296 §2.3)? A request that was answered is answered again, of its fragments by the first alone
 * (RFC 7383 §2.6.1); what else is not due is dropped.
 */
function isDue(
  machine: Machine,
  sa: KeyedSa,
  { message, packet, route }: Incoming,
  kind: 'request' | 'response',
  sealed: PayloadOf<'SK'> | PayloadOf<'SKF'>,
): boolean {
  const { ctx } = machine;
  const { messageId, exchangeType } = message.header;
  const { outstanding, answered } = sa;
  const [again, expected] =
    kind === 'request'
      ? [messageId === answered?.messageId, sa.nextExpected]
      : [false, outstanding?.exchange === exchangeType ? outstanding.messageId : -1];
  if (again && (sealed.kind === 'SK' || sealed.value.number === 1)) {
    ctx.consume(packet);
    // The answer goes where the request came from (RFC 7296 §2.11), and nothing else does: a recording could be played from anywhere.
    respondAgain(machine, sa, exchangeType, packet, followsPeer(sa.nat) ? route : sa);
    return false;
  }
  if (messageId === expected && !again) return true;
  const about: PlainValues = {
    peer: formatIpv4(route.remote.address),
    exchange: EXCHANGE_TYPES[exchangeType] ?? `exchange ${exchangeType}`,
    ...{ kind, id: messageId },
  };
  if (again && sealed.kind === 'SKF') ctx.drop(packet, 'ikev2.fragment-answered', { ...about, ...numbers(sealed) });
  else
    ctx.drop(packet, 'ikev2.message-id', {
      ...about,
      expected: kind === 'request' ? expected : (outstanding?.messageId ?? -1),
    });
  return false;
}

function numbers({ value: { number, total } }: PayloadOf<'SKF'>): PlainValues {
  return { number, total };
}

function sameSpis(sa: IkeSa | undefined, initiator: Uint8Array, responder: Uint8Array): sa is KeyedSa {
  if (sa === undefined) return false;
  for (let at = 0; at < 8; at++) {
    if (sa.spis.initiator[at] !== initiator[at] || sa.spis.responder[at] !== responder[at]) return false;
  }
  return true;
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
