import type { Packet } from '../../core/index.ts';
import type { Machine } from './machine.ts';
import { type Outgoing, type Parent, packetOf, type Route, sendBytes } from './send.ts';
import type { IsakmpSa, Outstanding, QuickMode } from './state.ts';

/**
 * Retransmission (RFC 2408 §5.1): who waits for the next message of an exchange sends its own again, later each time; who is asked again
 * sends the same octets again.
 */

type Sender = Pick<IsakmpSa, 'id' | 'cookies'> & Route;

/** Sends a message whose successor is waited for. `answers` is the packet that it answers, where it does. */
export function sendExpecting(
  machine: Machine,
  sa: Sender,
  bytes: Uint8Array,
  about: Outgoing,
  answers?: Packet,
): Outstanding {
  const { ctx, state } = machine;
  const parent: Parent | undefined = answers === undefined ? undefined : { packet: answers, relation: 'answer' };
  const packet = sendBytes(machine, sa, bytes, about, parent);
  const wait = state.settings.retransmit_timeout;
  const { exchange, messageId } = about;
  return {
    exchange,
    messageId,
    bytes,
    packet,
    tries: 0,
    wait,
    timer: ctx.setTimer('retransmit', wait, { sa: sa.id, messageId }),
  };
}

/** The next message has come, or nobody waits for it any more. */
export function settle(machine: Machine, of: { outstanding: Outstanding | undefined }): void {
  if (of.outstanding !== undefined) machine.ctx.cancelTimer(of.outstanding.timer);
  of.outstanding = undefined;
}

/** Sends what is outstanding once more. False: it was sent often enough. */
export function retransmit(machine: Machine, sa: IsakmpSa, of: IsakmpSa | QuickMode): boolean {
  const { outstanding } = of;
  const { retransmit_tries } = machine.state.settings;
  if (outstanding === undefined) return true;
  if (outstanding.tries >= retransmit_tries) return false;
  outstanding.tries++;
  outstanding.wait = longer(machine, outstanding.wait);
  const parent = { packet: packetOf(outstanding.packet), relation: 'retransmission' } as const;
  outstanding.packet = sendBytes(machine, sa, outstanding.bytes, aboutAgain(sa, outstanding), parent);
  const data = { sa: sa.id, messageId: outstanding.messageId };
  outstanding.timer = machine.ctx.setTimer('retransmit', outstanding.wait, data);
  return true;
}

/** The wait behind this one. A product of two numbers rounds alike everywhere; powers do not. */
export function longer(machine: Machine, wait: number): number {
  return Math.floor(wait * machine.state.settings.retransmit_base);
}

function aboutAgain(
  sa: Pick<IsakmpSa, 'cookies'>,
  { exchange, messageId }: Pick<Outstanding, 'exchange' | 'messageId'>,
): Outgoing {
  return { cookies: sa.cookies, exchange, messageId, payloads: [] };
}

/** The peer's message came again, so what was sent for it goes again: the same octets. */
export function answerAgain(
  machine: Machine,
  sa: Sender,
  exchange: number,
  messageId: number,
  bytes: Uint8Array,
  packet: Packet,
): void {
  sendBytes(machine, sa, bytes, aboutAgain(sa, { exchange, messageId }), { packet, relation: 'answer' });
}
