import { type Packet, read32, SECOND } from '../../../core/index.ts';
import { closeSa } from '../close.ts';
import { tell } from '../failures.ts';
import type { Told } from '../incoming.ts';
import { enqueue, type Machine, peerText, setSaTimer, unsetSaTimer } from '../machine.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { isakmpNotification } from '../notifications.ts';
import type { PayloadValue } from '../payloads/index.ts';
import { longer } from '../retransmission.ts';
import type { Established } from '../state.ts';
import { spiOctets } from './quick-offer.ts';
import { inform } from './refuse.ts';

/** Dead peer detection (RFC 3706): a peer that was not heard of for a while is asked whether it is there. */

/** Numbers of R-U-THERE are 32 bits; they begin with the high bit clear (RFC 3706 §6.2). */
const SEQUENCE_ROOM = 2 ** 32;

/** Asks, unless the peer was heard of lately: messages count, and packets by its SAs (RFC 3706 §5.5). */
export function checkLiveness(machine: Machine, sa: Established): void {
  const delay = machine.ipsec.connection(sa.connection)?.dpdDelay ?? 0;
  if (delay === 0) return;
  const quiet = machine.ctx.now() - lastHeard(machine, sa);
  if (quiet >= delay && !sa.dpd.waiting) enqueue(machine, sa, { kind: 'liveness' });
  setSaTimer(machine, sa, 'liveness', quiet >= delay ? delay : delay - quiet);
}

/** When something of the peer came last: a message, or a packet by one of its SAs. */
function lastHeard(machine: Machine, sa: Established): number {
  let heard = sa.lastHeard;
  for (const { id } of sa.children) heard = Math.max(heard, machine.ipsec.usage(id)?.inbound.lastUse ?? -1);
  return heard;
}

/** R-U-THERE: with the next number the first time, with the same one where no answer came (RFC 3706 §5.4). */
export function startLiveness(machine: Machine, sa: Established): Told {
  const { dpd } = sa;
  if (!dpd.waiting) {
    dpd.sequence = (dpd.sequence + 1) % SEQUENCE_ROOM;
    dpd.waiting = true;
    dpd.tries = 0;
    dpd.wait = machine.state.settings.retransmit_timeout;
    dpd.since = machine.ctx.now();
  }
  inform(machine, sa, [isakmpNotification(NOTIFY['R-U-THERE'], sa.cookies, spiOctets(dpd.sequence))]);
  setSaTimer(machine, sa, 'dpd', dpd.wait);
  return () => ({ peer: peerText(sa), sequence: dpd.sequence });
}

/** No answer in time: the question goes again, or the peer is dead. Whatever else came of it meanwhile is an answer as well. */
export function liveWaitOver(machine: Machine, sa: Established): void {
  const { dpd } = sa;
  if (!dpd.waiting) return;
  if (lastHeard(machine, sa) > dpd.since) {
    dpd.waiting = false;
    return;
  }
  const timeout = machine.ipsec.connection(sa.connection)?.dpdTimeout ?? 0;
  const waited = machine.ctx.now() - dpd.since;
  const over = timeout > 0 ? waited >= timeout : dpd.tries >= machine.state.settings.retransmit_tries;
  if (over) {
    const peer = peerText(sa);
    const seconds = Math.round(waited / SECOND);
    tell(machine, 'ikev1.peer-dead', () => ({ peer, connection: sa.connection, tries: dpd.tries + 1, seconds }));
    closeSa(machine, sa, `${peer} does not answer`, 'dead');
    return;
  }
  dpd.tries++;
  dpd.wait = timeout > 0 ? Math.min(longer(machine, dpd.wait), timeout - waited) : longer(machine, dpd.wait);
  enqueue(machine, sa, { kind: 'liveness' });
}

type Notify = PayloadValue<'N'>;

/** R-U-THERE of the peer: an answer with its number. An older number is a message that somebody sent again. */
export function answerLiveness(machine: Machine, sa: Established, { data }: Notify, packet: Packet): void {
  const sequence = data.length === 4 ? read32(data, 0) : -1;
  if (sequence < 0 || (sa.dpd.peer >= 0 && sequence < sa.dpd.peer)) {
    tell(machine, 'ikev1.dpd-sequence', () => ({ peer: peerText(sa), sequence, expected: sa.dpd.peer }), packet);
    return;
  }
  sa.dpd.peer = sequence;
  inform(machine, sa, [isakmpNotification(NOTIFY['R-U-THERE-ACK'], sa.cookies, data)], packet);
}

/** The answer. One to another question says nothing. */
export function hearLiveness(machine: Machine, sa: Established, { data }: Notify, packet: Packet): void {
  const sequence = data.length === 4 ? read32(data, 0) : -1;
  if (!sa.dpd.waiting || sequence !== sa.dpd.sequence) {
    tell(machine, 'ikev1.dpd-sequence', () => ({ peer: peerText(sa), sequence, expected: sa.dpd.sequence }), packet);
    return;
  }
  sa.dpd.waiting = false;
  unsetSaTimer(machine, sa, 'dpd');
}
