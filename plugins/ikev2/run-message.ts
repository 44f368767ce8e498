import { formatIpv4 } from '../ipv4/contract.ts';
import { EXCHANGE_TYPES } from '../isakmp/contract.ts';
import { closeIkeSa } from './close.ts';
import type { Incoming } from './incoming.ts';
import type { Machine } from './machine.ts';
import type { Message } from './message.ts';
import { EXCHANGE } from './names/exchanges.ts';
import { NOTIFY } from './names/notify-types.ts';
import { notification } from './notifications.ts';
import type { IkeSa } from './state.ts';
import { findRow, type MessageRow } from './transitions.ts';
import { respond } from './window.ts';

/** From a message whose payloads are known to its row of the table. */

/** The type of the first payload that is critical and not understood (RFC 7296 §2.5). */
export function hasCriticalUnknown({ payloads }: Pick<Message, 'payloads'>): number | undefined {
  return payloads.find((payload) => payload.kind === 'unknown' && payload.critical)?.type;
}

export function runMessage(machine: Machine, sa: IkeSa, incoming: Incoming, on: 'request' | 'response'): void {
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

export function runRow(machine: Machine, row: MessageRow, sa: IkeSa | undefined, incoming: Incoming): void {
  const values = row.run(machine, sa as never, incoming);
  if (values !== undefined && machine.ctx.recording) machine.ctx.note(`ikev2.${row.name}`, values(), incoming.packet);
}
