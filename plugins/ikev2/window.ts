import type { Packet } from '../../core/index.ts';
import { EXCHANGE_TYPES } from '../isakmp/contract.ts';
import { tell } from './failures.ts';
import { type Machine, peerText } from './machine.ts';
import type { PayloadToWrite } from './message.ts';
import { EXCHANGE } from './names/exchanges.ts';
import { clearMessage, longestOf, type Outgoing, type Route, sealedDatagrams, sendMessage } from './send.ts';
import type { Datagrams, IkeSa, InitSent, KeyedSa, Outstanding, Purpose } from './state.ts';

/**
 * Requests and responses (RFC 7296 §2.1 to §2.3): message IDs, one request at a time, retransmission by who asked, the same answer again
 * by who was asked.
 */

/** Sends a sealed request; its response is waited for. */
export function request(
  machine: Machine,
  sa: KeyedSa,
  exchange: number,
  payloads: readonly PayloadToWrite[],
  purpose: Purpose,
): void {
  const about = outgoing(sa, exchange, sa.nextRequest, false, payloads);
  const datagrams = sealedDatagrams(machine, sa, about);
  sa.nextRequest++;
  expectResponse(machine, sa, about, datagrams, purpose);
  tellLong(machine, sa, about, datagrams);
}

/** Sends the first message of all, in the clear. Returns its octets, which AUTH covers. */
export function requestInit(machine: Machine, sa: InitSent, payloads: readonly PayloadToWrite[]): Uint8Array {
  const about = outgoing(sa, EXCHANGE.IKE_SA_INIT, 0, false, payloads);
  const bytes = clearMessage(about);
  sa.nextRequest = 1;
  expectResponse(machine, sa, about, [bytes], { kind: 'init' });
  return bytes;
}

function outgoing(
  sa: IkeSa,
  exchange: number,
  messageId: number,
  response: boolean,
  payloads: readonly PayloadToWrite[],
): Outgoing {
  return { spis: sa.spis, exchange, messageId, response, fromInitiator: sa.role === 'initiator', payloads };
}

function expectResponse(machine: Machine, sa: IkeSa, about: Outgoing, datagrams: Datagrams, purpose: Purpose): void {
  const { ctx, state } = machine;
  const packets = sendMessage(machine, sa, datagrams, about);
  const wait = state.settings.retransmit_timeout;
  sa.outstanding = {
    ...{ messageId: about.messageId, exchange: about.exchange, purpose, datagrams, packets, tries: 0, wait },
    timer: ctx.setTimer('retransmit', wait, sa.id),
  };
}

/** Is it one datagram that IP may have to cut, because fragments of IKE were not agreed on? */
export function isLong(machine: Machine, sa: IkeSa, datagrams: Datagrams): boolean {
  return datagrams.length === 1 && (datagrams[0]?.length ?? 0) > longestOf(machine, sa);
}

function tellLong(machine: Machine, sa: KeyedSa, about: Outgoing, datagrams: Datagrams): void {
  if (!isLong(machine, sa, datagrams)) return;
  tell(machine, 'ikev2.long-message', () => ({
    peer: peerText(sa),
    exchange: EXCHANGE_TYPES[about.exchange] ?? String(about.exchange),
    ...{ kind: about.response ? 'response' : 'request', id: about.messageId, octets: datagrams[0]?.length ?? 0 },
  }));
}

/** The response has come: nothing is sent again. Returns what the request was for. */
export function answeredBy(machine: Machine, sa: IkeSa): Outstanding | undefined {
  const { outstanding } = sa;
  if (outstanding === undefined) return undefined;
  machine.ctx.cancelTimer(outstanding.timer);
  sa.outstanding = undefined;
  machine.state.ready.push(sa.id);
  return outstanding;
}

/** Sends the request under way once more, later each time. False: it was sent often enough. */
export function retransmit(machine: Machine, sa: IkeSa): boolean {
  const { outstanding } = sa;
  const { retransmit_tries, retransmit_base } = machine.state.settings;
  if (outstanding === undefined) return true;
  if (outstanding.tries >= retransmit_tries) return false;
  outstanding.tries++;
  // A product of two numbers rounds alike everywhere; powers do not.
  outstanding.wait = Math.floor(outstanding.wait * retransmit_base);
  const about = outgoing(sa, outstanding.exchange, outstanding.messageId, false, []);
  outstanding.packets = sendMessage(machine, sa, outstanding.datagrams, about, undefined, outstanding.packets);
  outstanding.timer = machine.ctx.setTimer('retransmit', outstanding.wait, sa.id);
  return true;
}

/** Answers the peer's request that `packet` carried, and keeps the answer for when the request comes again. */
export function respond(
  machine: Machine,
  sa: KeyedSa,
  exchange: number,
  payloads: readonly PayloadToWrite[],
  packet: Packet,
): void {
  const messageId = sa.nextExpected;
  const about = outgoing(sa, exchange, messageId, true, payloads);
  const datagrams = sealedDatagrams(machine, sa, about);
  sa.nextExpected++;
  sa.answered = { messageId, datagrams };
  sendMessage(machine, sa, datagrams, about, { packet, relation: 'answer' });
  tellLong(machine, sa, about, datagrams);
}

/** Answers an IKE_SA_INIT request in the clear. Returns the octets, which AUTH covers. */
export function respondInit(
  machine: Machine,
  sa: KeyedSa,
  payloads: readonly PayloadToWrite[],
  packet: Packet,
): Uint8Array {
  const about = outgoing(sa, EXCHANGE.IKE_SA_INIT, 0, true, payloads);
  const bytes = clearMessage(about);
  sa.nextExpected = 1;
  sa.answered = { messageId: 0, datagrams: [bytes] };
  sendMessage(machine, sa, [bytes], about, { packet, relation: 'answer' });
  return bytes;
}

/** The request came again, so the answer goes again: the same octets. */
export function respondAgain(machine: Machine, sa: IkeSa, exchange: number, packet: Packet, route: Route = sa): void {
  const { answered } = sa;
  if (answered === undefined) return;
  const about = outgoing(sa, exchange, answered.messageId, true, []);
  sendMessage(machine, route, answered.datagrams, about, { packet, relation: 'answer' });
}

/** An answer outside of any SA: nothing is kept. */
export function respondStateless(
  machine: Machine,
  route: Pick<IkeSa, 'local' | 'remote'>,
  about: Omit<Outgoing, 'response' | 'fromInitiator'>,
  packet: Packet,
): void {
  const whole = { ...about, response: true, fromInitiator: false };
  sendMessage(machine, route, [clearMessage(whole)], whole, { packet, relation: 'answer' });
}
