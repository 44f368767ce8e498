import { type Machine, removeSa } from './machine.ts';
import type { ChildOffer, Deleting, Established, IkeSa, Task, Wanted } from './state.ts';
import { wish } from './wishes.ts';

/** How IKE SAs and attempts end. */

/** Why an IKE SA ends, and what that does to its children: closed by the peer, found dead, or ended by this side, which wanted it so. */
export type Ending = 'peer' | 'dead' | 'self';

/** Takes an IKE SA out with its Child SAs, and starts again what the configuration wants started again. */
export function closeIkeSa(machine: Machine, sa: IkeSa, why: string, ending: Ending): void {
  const { ipsec } = machine;
  const present = machine.state.sas.get(sa.id);
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
  const again: Wanted[] = [];
  for (const child of abandonTasks(machine, present, why)) {
    if (startsAgain(machine, present.connection, child, ending)) again.push({ child, packet: undefined });
  }
  for (const { id } of present.children) {
    const child = ipsec.child(id);
    if (child === undefined) continue;
    ipsec.removeChild(id, why);
    // Another IKE SA has it already: the peer kept the newer one. To begin once more would have it replaced again, for ever.
    const isThere = ipsec
      .children()
      .some((one) => one.connection === child.connection && one.child === child.child && one.remote === child.remote);
    const known = again.some((each) => each.child === child.child);
    if (!isThere && !known && startsAgain(machine, present.connection, child.child, ending)) {
      again.push({ child: child.child, packet: undefined });
    }
  }
  // By an IKE SA that is there already, else by a new one: a new one beside it would have one of them replaced, and so on for ever.
  if (again.length > 0) wish(machine, present.connection, again, why, present.remote.address);
}

/**
 * Nothing more is made on an IKE SA: packets that waited for what was under way on it, or had yet to come, are let go. Returns the children that
 * were to be made and are no replacements.
 */
export function abandonTasks(machine: Machine, sa: Established | Deleting, why: string): readonly string[] {
  const purpose = sa.outstanding?.purpose;
  const underWay = purpose?.kind === 'create-child' ? [purpose.task] : [];
  return failTasks(machine, sa, [...underWay, ...sa.waiting.splice(0), ...sa.later.splice(0)], why);
}

/** Nothing new is begun on an IKE SA; what is under way may still come to something. */
export function abandonWaiting(machine: Machine, sa: Established, why: string): void {
  failTasks(machine, sa, [...sa.waiting.splice(0), ...sa.later.splice(0)], why);
}

function failTasks(
  machine: Machine,
  { connection }: Established | Deleting,
  tasks: readonly Task[],
  why: string,
): readonly string[] {
  const children = new Set<string>();
  for (const task of tasks) {
    if (task.kind !== 'create-child') continue;
    machine.ipsec.acquireFailed(connection, task.wanted.child, why);
    if (task.replaces === 0) children.add(task.wanted.child);
  }
  return [...children];
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
