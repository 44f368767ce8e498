import { type Machine, removeSa } from './machine.ts';
import type { Established, IsakmpSa, QuickMode, Wanted } from './state.ts';
import { heirOf, hopeFor } from './succession.ts';

/** How ISAKMP SAs and attempts end. */

/**
 * Why an ISAKMP SA ends, and what that does to its children: closed by the peer, found dead, forgotten by a peer that begins anew, or ended by
 * this side, which wanted it so.
 */
export type Ending = 'peer' | 'dead' | 'forgotten' | 'self';

/** Takes an ISAKMP SA out with its IPsec SAs, and starts again what the configuration wants started again. */
export function closeSa(machine: Machine, sa: IsakmpSa, why: string, ending: Ending): void {
  const { ipsec, state } = machine;
  const present = state.sas.get(sa.id);
  if (present === undefined) return;
  removeSa(machine, present, why);
  if (present.state !== 'established') {
    if ('wanted' in present) {
      hopeFor(machine, present.replaces);
      failWanted(machine, present.connection, present.wanted, why);
    }
    return;
  }
  const again: Wanted[] = [];
  for (const quick of present.quick.values()) {
    abandonQuick(machine, present, quick, why);
    if (quick.state !== 'quick-sent') continue;
    const { child } = quick.offering;
    if (actionAfter(machine, present.connection, child, ending) === 'start') again.push({ child, packet: undefined });
  }
  const heir = ending === 'dead' || ending === 'forgotten' ? undefined : heirOf(machine, present);
  if (heir !== undefined) {
    heir.children.push(...present.children);
    return;
  }
  for (const { id } of present.children) {
    const child = ipsec.child(id);
    if (child === undefined) continue;
    ipsec.removeChild(id, why);
    const wanted = { child: child.child, packet: undefined };
    const known = again.some((each) => each.child === child.child);
    const action = actionAfter(machine, present.connection, child.child, ending);
    if (action === 'trap') ipsec.trap(present.connection, child.child);
    if (action === 'start' && !known) again.push(wanted);
  }
  if (again.length === 0) return;
  state.initiations.push({ connection: present.connection, wanted: again, why, attempt: 1, replaces: 0 });
}

/** What the configuration wants of a child that ended so. */
export function actionAfter(
  machine: Machine,
  connection: string,
  child: string,
  ending: Ending,
): 'none' | 'start' | 'trap' {
  const configured = machine.ipsec.connection(connection)?.children.find(({ name }) => name === child);
  if (configured === undefined || ending === 'self' || ending === 'forgotten') return 'none';
  if (ending === 'peer') return configured.closeAction;
  return configured.dpdAction === 'clear' ? 'none' : configured.dpdAction;
}

/** A Quick Mode comes to nothing: SPIs that were promised are free again, and packets that waited are let go. */
export function abandonQuick(machine: Machine, sa: Established, quick: QuickMode, why: string): void {
  const { ipsec } = machine;
  sa.quick.delete(quick.messageId);
  if (quick.outstanding !== undefined) machine.ctx.cancelTimer(quick.outstanding.timer);
  if (quick.state === 'quick-sent') {
    ipsec.releaseSpi(quick.offering.spi);
    ipsec.acquireFailed(sa.connection, quick.offering.child, why);
  } else ipsec.releaseSpi(quick.agreed.spi);
}

/** Nothing came of an attempt: packets that waited for its children are let go. */
export function failWanted(machine: Machine, connection: string, wanted: readonly Wanted[], why: string): void {
  for (const { child } of wanted) machine.ipsec.acquireFailed(connection, child, why);
}
