import { SECOND } from '../../core/index.ts';
import { type ChildView, sameIdentity, sameSelectors } from '../ipsec/contract.ts';
import { AT_ONCE_SECONDS, REPLACED_SECONDS } from './limits.ts';
import { cookiesText, type Machine, setSaTimer, unsetSaTimer } from './machine.ts';
import type { Established, Initiation } from './state.ts';
import { startTimers } from './timers.ts';

/**
 * Make before break. IKEv1 has no exchange that says "this one replaces that one": both sides see it in identities, ends and selectors. What
 * was replaced stays for a while for what is under way, then goes. Where both sides replace at once, both pick the same one to keep.
 */

/** Established ISAKMP SAs of the same connection between the same two parties. */
function twinsOf(machine: Machine, sa: Established): Established[] {
  return [...machine.state.sas.values()].filter(
    (other): other is Established =>
      other.state === 'established' &&
      other.id !== sa.id &&
      other.connection === sa.connection &&
      sameIdentity(other.identity, sa.identity) &&
      sameIdentity(other.proof.identity, sa.proof.identity),
  );
}

function sameEnds(a: Established, b: Established): boolean {
  return (
    a.remote.address === b.remote.address && a.remote.port === b.remote.port && a.local.address === b.local.address
  );
}

/** A new ISAKMP SA takes over from those that it replaces; of two that were begun at once the one with the greater cookies stays. */
export function takeOver(machine: Machine, next: Established): void {
  for (const old of twinsOf(machine, next)) {
    if (old.successor !== 0 || (old.id !== next.replaces && !sameEnds(old, next))) continue;
    const atOnce =
      old.role !== next.role &&
      old.id !== next.replaces &&
      machine.ctx.now() - old.establishedAt <= AT_ONCE_SECONDS * SECOND;
    if (atOnce && cookiesText(old) > cookiesText(next)) supersede(machine, next, old);
    else supersede(machine, old, next);
  }
}

function supersede(machine: Machine, old: Established, next: Established): void {
  old.successor = next.id;
  next.children.push(...old.children.splice(0));
  for (const name of ['rekey', 'liveness', 'dpd']) unsetSaTimer(machine, old, name);
  // Who began the replacement clears up; the other side only where nobody does.
  const patience = next.role === 'initiator' ? REPLACED_SECONDS : 2 * REPLACED_SECONDS;
  setSaTimer(machine, old, 'replaced', patience * SECOND);
}

/**
 * Who takes the children of an ISAKMP SA that ends: a twin, be it one that was to go itself; of those the youngest, which has most of its
 * life left.
 */
export function heirOf(machine: Machine, gone: Established): Established | undefined {
  const twins = twinsOf(machine, gone).filter((twin) => sameEnds(twin, gone) || twin.successor === gone.id);
  const heir = twins.find(({ successor }) => successor === 0) ?? youngestOf(twins);
  if (heir === undefined || heir.successor === 0) return heir;
  heir.successor = 0;
  unsetSaTimer(machine, heir, 'replaced');
  const connection = machine.ipsec.connection(heir.connection);
  if (connection !== undefined) startTimers(machine, heir, connection);
  return heir;
}

function youngestOf(sas: readonly Established[]): Established | undefined {
  return sas.reduce<Established | undefined>(
    (youngest, sa) => (youngest !== undefined && youngest.establishedAt > sa.establishedAt ? youngest : sa),
    undefined,
  );
}

/** The ISAKMP SA that has an SA's business now. */
export function presentOf({ state }: Machine, sa: Established): Established {
  let present = sa;
  for (let steps = 0; present.successor !== 0 && steps < state.sas.size; steps++) {
    const next = state.sas.get(present.successor);
    if (next?.state !== 'established') break;
    present = next;
  }
  return present;
}

/** A replacement is begun, unless one is under way. */
export function replaceSa({ state }: Machine, sa: Established, why: string): void {
  if (sa.successor !== 0) return;
  for (const other of state.sas.values()) if ('replaces' in other && other.replaces === sa.id) return;
  const initiation: Initiation = { connection: sa.connection, wanted: [], why, attempt: 1, replaces: sa.id };
  state.initiations.push(initiation);
}

/** An attempt to replace came to nothing: it is tried again while the old one lives. */
export function hopeFor(machine: Machine, replaces: number): void {
  const old = machine.state.sas.get(replaces);
  if (old?.state === 'established' && old.successor === 0) setSaTimer(machine, old, 'rekey', REPLACED_SECONDS * SECOND);
}

/** IPsec SAs of an ISAKMP SA for the same traffic. */
function siblingsOf(machine: Machine, sa: Established, child: ChildView): ChildView[] {
  return sa.children
    .map(({ id }) => machine.ipsec.child(id))
    .filter(
      (other): other is ChildView =>
        other !== undefined &&
        other.id !== child.id &&
        other.child === child.child &&
        other.protocol === child.protocol &&
        sameSelectors(other.localTs, child.localTs) &&
        sameSelectors(other.remoteTs, child.remoteTs),
    );
}

/** Does `a` stay where both are there? The younger one; of two that were begun at once the one with the greater SPI. */
function outlives(sa: Established, a: ChildView, b: ChildView): boolean {
  const initiator = (view: ChildView) => sa.children.find(({ id }) => id === view.id)?.initiator;
  const atOnce = Math.abs(a.installedAt - b.installedAt) <= AT_ONCE_SECONDS * SECOND && initiator(a) !== initiator(b);
  if (!atOnce) return a.installedAt > b.installedAt || (a.installedAt === b.installedAt && a.id > b.id);
  const greater = (view: ChildView): number => Math.max(view.inboundSpi, view.outboundSpi);
  return greater(a) > greater(b);
}

/** Is there another one that is to stay in its place? */
export function isReplaced(machine: Machine, sa: Established, id: number): boolean {
  const view = machine.ipsec.child(id);
  if (view === undefined) return false;
  return siblingsOf(machine, sa, view).some((other) => outlives(sa, other, view));
}

/** After new IPsec SAs: those that they replace go in a while. */
export function clearReplaced(machine: Machine, sa: Established, id: number, initiator: boolean): void {
  const view = machine.ipsec.child(id);
  if (view === undefined) return;
  const after = (initiator ? REPLACED_SECONDS : 2 * REPLACED_SECONDS) * SECOND;
  for (const each of [view, ...siblingsOf(machine, sa, view)]) {
    if (isReplaced(machine, sa, each.id)) machine.ctx.setTimer('child-replaced', after, { child: each.id });
  }
}
