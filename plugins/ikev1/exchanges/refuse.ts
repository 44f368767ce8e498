import { nextUint32, type Packet } from '../../../core/index.ts';
import { hash1 } from '../auth.ts';
import { exchangeIv } from '../keys.ts';
import { chosenSuite, type Machine } from '../machine.ts';
import { type PayloadToWrite, writePayloads } from '../message.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { clearMessage, type Outgoing, type Route, sealedMessage, sendBytes } from '../send.ts';
import type { Established, IsakmpSa, KeyedSa } from '../state.ts';
import { MESSAGE_ID_STEP } from './phase-one.ts';

/** Informational exchanges (RFC 2408 §4.8, RFC 2409 §5.7): one message, which nobody answers, and nobody sends again. */

/** Outside of any ISAKMP SA, or before it has keys: in the clear, believed by who likes to. */
export function informInClear(
  machine: Machine,
  route: Route,
  cookies: IsakmpSa['cookies'],
  payloads: readonly PayloadToWrite[],
  packet: Packet,
): void {
  const messageId = nextUint32(machine.ctx.random('message ID'));
  const about: Outgoing = { cookies, exchange: EXCHANGE.INFORMATIONAL, messageId, payloads };
  sendBytes(machine, route, clearMessage(about), about, { packet, relation: 'answer' });
}

/** The next message ID of this side. 0 belongs to phase 1. */
export function freshMessageId(sa: Pick<Established, 'nextMessageId'>): number {
  const id = sa.nextMessageId;
  sa.nextMessageId = (id + MESSAGE_ID_STEP) >>> 0;
  return id === 0 ? freshMessageId(sa) : id;
}

/** Under the keys of an ISAKMP SA: HASH(1) in front, encrypted. */
export function inform(machine: Machine, sa: KeyedSa, payloads: readonly PayloadToWrite[], packet?: Packet): void {
  const messageId = sa.state === 'established' ? freshMessageId(sa) : nextUint32(machine.ctx.random('message ID')) || 1;
  const { prf, hash, encryption } = chosenSuite(sa.proposal);
  const value = hash1(machine.crypto, prf, sa.keys.a, messageId, writePayloads(payloads));
  const about: Outgoing = {
    cookies: sa.cookies,
    exchange: EXCHANGE.INFORMATIONAL,
    messageId,
    payloads: [{ kind: 'HASH', value: { value } }, ...payloads],
  };
  const iv = exchangeIv(machine.crypto, hash, sa.iv, messageId, encryption.iv);
  const { bytes } = sealedMessage(machine, sa, about, iv);
  sendBytes(machine, sa, bytes, about, packet === undefined ? undefined : { packet, relation: 'answer' });
}
