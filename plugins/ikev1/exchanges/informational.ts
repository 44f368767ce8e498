import { concatBytes } from '../../../core/index.ts';
import { IP_PROTOCOL } from '../../ipsec/contract.ts';
import { actionAfter, closeSa } from '../close.ts';
import { tell } from '../failures.ts';
import type { Incoming, Told } from '../incoming.ts';
import { enqueue, type Machine, peerText } from '../machine.ts';
import { type Payload, type PayloadToWrite, payloadsOf } from '../message.ts';
import { DOI, PROTOCOL } from '../names/identifiers.ts';
import { FIRST_STATUS_TYPE, NOTIFY, notifyName } from '../names/notify-types.ts';
import { isakmpSpi } from '../notifications.ts';
import { deletedSpis } from '../payloads/delete.ts';
import { spiNumber } from '../payloads/security-association.ts';
import type { Established, QuickSent, Task } from '../state.ts';
import { presentOf } from '../succession.ts';
import { answerLiveness, hearLiveness } from './dead-peer-detection.ts';
import { quickRefused } from './quick-mode.ts';
import { spiOctets } from './quick-offer.ts';
import { inform } from './refuse.ts';

/** Informational exchanges under the keys of an ISAKMP SA (RFC 2409 §5.7): deletes, errors, signs of life. */

function deleteChildren(protocol: number, spis: readonly number[]): PayloadToWrite {
  return { kind: 'D', value: { doi: DOI.ipsec, protocol, spiSize: 4, spis: concatBytes(...spis.map(spiOctets)) } };
}

/** Tells the peer that IPsec SAs are no more, and removes them here. */
export function startDeleteChild(
  machine: Machine,
  sa: Established,
  { protocol, spi, why }: Task & { readonly kind: 'delete-child' },
): Told {
  const at = sa.children.findIndex((child) => child.spi === spi && child.protocol === protocol);
  const [child] = at < 0 ? [] : sa.children.splice(at, 1);
  if (child !== undefined) machine.ipsec.removeChild(child.id, why);
  inform(machine, sa, [deleteChildren(protocol, [spi])]);
  return () => ({ peer: peerText(sa), spi, why });
}

/** Tells the peer that the ISAKMP SA is no more, its IPsec SAs before it. */
export function startDeleteIsakmp(
  machine: Machine,
  sa: Established,
  { why }: Task & { readonly kind: 'delete-isakmp' },
): Told {
  for (const { protocol, spi, id } of sa.children.splice(0)) {
    machine.ipsec.removeChild(id, why);
    inform(machine, sa, [deleteChildren(protocol, [spi])]);
  }
  const spis = isakmpSpi(sa.cookies);
  inform(machine, sa, [
    { kind: 'D', value: { doi: DOI.ipsec, protocol: PROTOCOL.isakmp, spiSize: spis.length, spis } },
  ]);
  closeSa(machine, sa, why, 'self');
  return () => ({ peer: peerText(sa), connection: sa.connection, why });
}

/** The peer tells something: what it deletes is deleted here as well. */
export function answerInformational(machine: Machine, sa: Established, incoming: Incoming): Told {
  const { payloads, packet } = incoming;
  const peer = peerText(sa);
  const deleted = removeNamed(machine, sa, payloads);
  const said: string[] = [];
  for (const { value } of payloadsOf(payloads, 'N')) {
    said.push(notifyName(value.type));
    if (value.type === NOTIFY['R-U-THERE']) answerLiveness(machine, sa, value, packet);
    else if (value.type === NOTIFY['R-U-THERE-ACK']) hearLiveness(machine, sa, value, packet);
    else if (value.type < FIRST_STATUS_TYPE) hearError(machine, sa, value.type, value.spi, incoming);
  }
  if (deletesIsakmp(sa, payloads)) {
    tell(machine, 'ikev1.deleted-by-peer', () => ({ peer, connection: sa.connection }), packet);
    closeSa(machine, sa, `${peer} deleted it`, 'peer');
    return undefined;
  }
  return () => ({ peer, said: [...said, ...(deleted > 0 ? [`${deleted} deleted`] : [])].join(', ') || 'nothing' });
}

/** An error of the peer's that is about a Quick Mode of this side: by the SPI that it names, or where it names none, the oldest. */
function hearError(machine: Machine, sa: Established, type: number, spi: Uint8Array, incoming: Incoming): void {
  const sent = [...sa.quick.values()].filter((quick): quick is QuickSent => quick.state === 'quick-sent');
  const named = spiNumber(spi);
  const quick = sent.find(({ offering }) => offering.spi === named) ?? (named === undefined ? sent[0] : undefined);
  if (quick !== undefined) {
    quickRefused(machine, sa, quick, type, incoming);
    return;
  }
  const values = { peer: peerText(sa), connection: sa.connection, error: notifyName(type) };
  tell(machine, 'ikev1.peer-refused', () => values, incoming.packet);
}

function deletesIsakmp(sa: Established, payloads: readonly Payload[]): boolean {
  const own = isakmpSpi(sa.cookies);
  return payloadsOf(payloads, 'D').some(
    ({ value }) =>
      value.protocol === PROTOCOL.isakmp &&
      value.spis.length === own.length &&
      value.spis.every((octet, at) => octet === own[at]),
  );
}

/** Removes the IPsec SAs whose outbound halves the peer's Delete payloads name. Returns how many. */
function removeNamed(machine: Machine, sa: Established, payloads: readonly Payload[]): number {
  const { ipsec } = machine;
  // A peer may tell it under the old ISAKMP SA while the new one has the children.
  const holders = [sa, presentOf(machine, sa)];
  let count = 0;
  for (const { value } of payloadsOf(payloads, 'D')) {
    if (value.protocol !== PROTOCOL.ah && value.protocol !== PROTOCOL.esp) continue;
    const ipProtocol = value.protocol === PROTOCOL.ah ? IP_PROTOCOL.ah : IP_PROTOCOL.esp;
    for (const spi of deletedSpis(value)) {
      const child = ipsec.childByOutboundSpi(ipProtocol, spi, sa.remote.address);
      const holder = holders.find(({ children }) => children.some(({ id }) => id === child?.id));
      if (child === undefined || holder === undefined) continue;
      holder.children.splice(
        holder.children.findIndex(({ id }) => id === child.id),
        1,
      );
      count++;
      ipsec.removeChild(child.id, `${peerText(sa)} deleted it`);
      const others = holder.children.some(({ id }) => ipsec.child(id)?.child === child.child);
      const action = others ? 'none' : actionAfter(machine, sa.connection, child.child, 'peer');
      if (action === 'trap') ipsec.trap(sa.connection, child.child);
      if (action !== 'start') continue;
      enqueue(machine, holder, { kind: 'quick', wanted: { child: child.child, packet: undefined }, replaces: 0 });
    }
  }
  return count;
}
