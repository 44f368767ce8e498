import { concatBytes } from '../../../core/index.ts';
import { IP_PROTOCOL, SECURITY_PROTOCOL } from '../../ipsec/contract.ts';
import { abandonTasks, closeIkeSa, startsAgain } from '../close.ts';
import { tell } from '../failures.ts';
import type { Incoming, Told } from '../incoming.ts';
import { enqueue, type Machine, peerText, putSa, removeSa } from '../machine.ts';
import type { Payload, PayloadToWrite } from '../message.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { errorName, findNotification, NOTHING } from '../notifications.ts';
import { deletedSpis } from '../payloads/delete.ts';
import type { Deleting, Established, Task } from '../state.ts';
import { answeredBy, request, respond } from '../window.ts';
import { spiOctets } from './child-offer.ts';

/** INFORMATIONAL (RFC 7296 §1.4): deletes, errors, and nothing at all, which says that one is there. */

function deleteIke(): PayloadToWrite {
  return { kind: 'D', value: { protocol: SECURITY_PROTOCOL.ike, spiSize: 0, spis: NOTHING } };
}

function deleteChildren(protocol: number, spis: readonly number[]): PayloadToWrite {
  return { kind: 'D', value: { protocol, spiSize: 4, spis: concatBytes(...spis.map(spiOctets)) } };
}

/** Asks whether the peer is there (RFC 7296 §2.4). */
export function startLiveness(machine: Machine, sa: Established, _task: Task): Told {
  request(machine, sa, EXCHANGE.INFORMATIONAL, [], { kind: 'liveness' });
  return () => ({ peer: peerText(sa) });
}

/**
 * Tells the peer that a Child SA is no more, and removes it here. One that has a successor is removed when the peer has answered: until it reads
 * this, it may send by the old one, and what is under way would be lost (RFC 7296 §2.8).
 */
export function startDeleteChild(
  machine: Machine,
  sa: Established,
  { protocol, spi, why }: Task & { readonly kind: 'delete-child' },
): Told {
  const at = sa.children.findIndex((child) => child.spi === spi && child.protocol === protocol);
  const id = sa.children[at]?.id;
  const replaced = id !== undefined && hasSuccessor(machine, id);
  if (id !== undefined && !replaced) {
    sa.children.splice(at, 1);
    machine.ipsec.removeChild(id, why);
  }
  const purpose = { kind: 'delete-child', protocol, spi, why } as const;
  request(machine, sa, EXCHANGE.INFORMATIONAL, [deleteChildren(protocol, [spi])], purpose);
  return () => ({ peer: peerText(sa), spi, why });
}

/** Is there a younger one of the same child, by which this side sends? */
function hasSuccessor({ ipsec }: Machine, id: number): boolean {
  const view = ipsec.child(id);
  return ipsec
    .children()
    .some((other) => other.id > id && other.connection === view?.connection && other.child === view.child);
}

/** Tells the peer that the IKE SA is no more. Its Child SAs go with it (RFC 7296 §1.4.1). */
export function startDeleteIke(
  machine: Machine,
  sa: Established,
  { why }: Task & { readonly kind: 'delete-ike' },
): Told {
  for (const { id } of sa.children) machine.ipsec.removeChild(id, why);
  abandonTasks(machine, sa, why);
  const deleting: Deleting = { ...sa, state: 'deleting', why, children: [] };
  putSa(machine, deleting);
  request(machine, deleting, EXCHANGE.INFORMATIONAL, [deleteIke()], { kind: 'delete-ike', why });
  return () => ({ peer: peerText(sa), connection: sa.connection, why });
}

/** The peer's request: what it deletes is deleted here as well, and the answer names this side's halves. */
export function answerInformational(machine: Machine, sa: Established, { payloads, packet }: Incoming): Told {
  const peer = peerText(sa);
  if (deletesIke(payloads)) {
    respond(machine, sa, EXCHANGE.INFORMATIONAL, [], packet);
    tell(machine, 'ikev2.deleted-by-peer', () => ({ peer, connection: sa.connection }), packet);
    closeIkeSa(machine, sa, `${peer} deleted it`, 'peer');
    return undefined;
  }
  const failed = findNotification(payloads, NOTIFY.AUTHENTICATION_FAILED);
  if (failed !== undefined) {
    respond(machine, sa, EXCHANGE.INFORMATIONAL, [], packet);
    const values = { peer, connection: sa.connection, identity: '', error: errorName(failed) };
    tell(machine, 'ikev2.peer-rejected-authentication', () => values, packet);
    closeIkeSa(machine, sa, `${peer} does not believe in it`, 'self');
    return undefined;
  }
  const answer: PayloadToWrite[] = [];
  let deleted = 0;
  for (const protocol of [SECURITY_PROTOCOL.ah, SECURITY_PROTOCOL.esp]) {
    const gone = removeNamed(machine, sa, payloads, protocol);
    deleted += gone.length;
    if (gone.length > 0) answer.push(deleteChildren(protocol, gone));
  }
  respond(machine, sa, EXCHANGE.INFORMATIONAL, answer, packet);
  return () => ({ peer, deleted });
}

function deletesIke(payloads: readonly Payload[]): boolean {
  return payloads.some((payload) => payload.kind === 'D' && payload.value.protocol === SECURITY_PROTOCOL.ike);
}

/** Removes the Child SAs whose outbound halves the peer's Delete payloads name. Returns the SPIs of their inbound halves. */
function removeNamed(machine: Machine, sa: Established, payloads: readonly Payload[], protocol: number): number[] {
  const { ipsec } = machine;
  const ipProtocol = protocol === SECURITY_PROTOCOL.ah ? IP_PROTOCOL.ah : IP_PROTOCOL.esp;
  const gone: number[] = [];
  for (const payload of payloads) {
    if (payload.kind !== 'D' || payload.value.protocol !== protocol) continue;
    for (const spi of deletedSpis(payload.value)) {
      const child = ipsec.childByOutboundSpi(ipProtocol, spi, sa.remote.address);
      const at = child === undefined ? -1 : sa.children.findIndex(({ id }) => id === child.id);
      const [reference] = at < 0 ? [] : sa.children.splice(at, 1);
      if (child === undefined || reference === undefined) continue;
      gone.push(reference.spi);
      const successors = ipsec
        .children()
        .filter(
          (other) => other.id !== child.id && other.connection === child.connection && other.child === child.child,
        );
      // Who answered a rekeying sends by the new SA at the latest when the old one goes (RFC 7296 §2.8).
      for (const successor of successors) ipsec.activateOutbound(successor.id);
      ipsec.removeChild(child.id, `${peerText(sa)} deleted it`);
      if (successors.length === 0 && startsAgain(machine, sa.connection, child.child, 'peer')) {
        const wanted = { child: child.child, packet: undefined };
        enqueue(machine, sa, { kind: 'create-child', wanted, replaces: 0, method: undefined, tries: 0 });
      }
    }
  }
  return gone;
}

/** Both delete at once, or the peer asks something of an IKE SA that is being deleted. */
export function answerWhileDeleting(machine: Machine, sa: Deleting, { payloads, packet }: Incoming): Told {
  respond(machine, sa, EXCHANGE.INFORMATIONAL, [], packet);
  if (deletesIke(payloads)) removeSa(machine, sa, sa.why);
  return () => ({ peer: peerText(sa) });
}

/** The peer is there. */
export function acceptLiveness(machine: Machine, sa: Established, _incoming: Incoming): Told {
  answeredBy(machine, sa);
  return () => ({ peer: peerText(sa) });
}

/** Nothing comes by it any more. */
export function acceptDeleteChild(machine: Machine, sa: Established, _incoming: Incoming): Told {
  const purpose = answeredBy(machine, sa)?.purpose;
  if (purpose?.kind === 'delete-child') {
    const { protocol, spi, why } = purpose;
    const at = sa.children.findIndex((child) => child.spi === spi && child.protocol === protocol);
    const [child] = at < 0 ? [] : sa.children.splice(at, 1);
    if (child !== undefined) machine.ipsec.removeChild(child.id, why);
  }
  return () => ({ peer: peerText(sa) });
}

export function acceptDeleteIke(machine: Machine, sa: Deleting, _incoming: Incoming): Told {
  answeredBy(machine, sa);
  removeSa(machine, sa, sa.why);
  return () => ({ peer: peerText(sa), connection: sa.connection, why: sa.why });
}
