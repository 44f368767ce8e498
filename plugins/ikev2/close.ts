import { type Machine, removeSa } from './machine.ts';
import type { ChildOffer, IkeSa, Wanted } from './state.ts';

/** How IKE SAs and attempts end. */

/** Why an IKE SA ends, and what that does to its children: closed by the peer, found dead, or ended by this side, which wanted it so. */
export type Ending = 'peer' | 'dead' | 'self';

/** Takes an IKE SA out with its Child SAs, and starts again what the configuration wants started again. */
export function closeIkeSa(machine: Machine, sa: IkeSa, why: string, ending: Ending): void {
  const { ipsec, state } = machine;
  const present = state.sas.get(sa.id);
  if (present === undefined) return;
  releaseOffers(machine, present);
  removeSa(machine, present, why);
  if (present.state === 'init-sent' || present.state === 'auth-sent') {
    failWanted(machine, present.connection, present.wanted, why);
    if (present.state === 'auth-sent' && present.offer !== undefined) {
      ipsec.acquireFailed(present.connection, present.offer.child, why);
    }
  }
  if (present.state !== 'established' && present.state !== 'deleting') return;
  for (const task of present.waiting) {
    if (task.kind === 'create-child') ipsec.acquireFailed(present.connection, task.wanted.child, why);
  }
  const again: Wanted[] = [];
  for (const { id } of present.children) {
    const child = ipsec.child(id);
    if (child === undefined) continue;
    ipsec.removeChild(id, why);
    // Another IKE SA has it already: the peer kept the newer one. To begin once more would have it replaced again, for ever.
    const isThere = ipsec
      .children()
      .some((one) => one.connection === child.connection && one.child === child.child && one.remote === child.remote);
    if (!isThere && startsAgain(machine, present.connection, child.child, ending)) {
      again.push({ child: child.child, packet: undefined });
    }
  }
  if (again.length > 0) state.initiations.push({ connection: present.connection, wanted: again, why, attempt: 1 });
}

/** Does the configuration want a child that ended so to be made anew? */
export function startsAgain(machine: Machine, connection: string, child: string, ending: Ending): boolean {
  const configured = machine.ipsec.connection(connection)?.children.find(({ name }) => name === child);
  if (configured === undefined || ending === 'self') return false;
  return ending === 'dead' ? configured.dpdAction === 'start' : configured.closeAction === 'start';
}

/** SPIs that were promised to a peer and will not be used. */
function releaseOffers(machine: Machine, sa: IkeSa): void {
  if (sa.state === 'auth-sent' && sa.offer !== undefined) machine.ipsec.releaseSpi(sa.offer.spi);
  const purpose = sa.outstanding?.purpose;
  if (purpose?.kind === 'create-child') releaseOffer(machine, purpose.offer);
}

export function releaseOffer(machine: Machine, offer: ChildOffer): void {
  machine.ipsec.releaseSpi(offer.spi);
}

/** Nothing came of an attempt: packets that waited for its children are let go. */
export function failWanted(machine: Machine, connection: string, wanted: readonly Wanted[], why: string): void {
  for (const { child } of wanted) machine.ipsec.acquireFailed(connection, child, why);
}
