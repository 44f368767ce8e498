import { MILLISECOND, nextBelow, type Packet, read32, SECOND } from '../../../core/index.ts';
import { IP_PROTOCOL, SECURITY_PROTOCOL } from '../../ipsec/contract.ts';
import { releaseOffer } from '../close.ts';
import { tell } from '../failures.ts';
import type { Incoming, Told } from '../incoming.ts';
import { MOST_CHILDREN, MOST_RETRIES } from '../limits.ts';
import { enqueue, type Machine, peerText, setSaTimer } from '../machine.ts';
import { findPayload, type PayloadToWrite } from '../message.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { childNotification, errorName, findError, findNotification, notification } from '../notifications.ts';
import type { Established, Task } from '../state.ts';
import { lifeLeft } from '../timers.ts';
import { answeredBy, request, respond } from '../window.ts';
import { acceptChild } from './child-accept.ts';
import { answerChild, type ChildAnswer } from './child-answer.ts';
import { childFailed } from './child-failed.ts';
import { childNamed, methodToRetry, offerChild, offerPayloads, spiOctets } from './child-offer.ts';

/** CREATE_CHILD_SA for Child SAs: further ones, and new ones for old ones (RFC 7296 §1.3.1, §1.3.3, §2.8). */

type CreateTask = Task & { readonly kind: 'create-child' };

/** Asks for one more Child SA, or for one that replaces another. */
export function startChild(machine: Machine, sa: Established, task: CreateTask): Told {
  const { ipsec } = machine;
  const { wanted, replaces, method } = task;
  const connection = ipsec.connection(sa.connection);
  const child = connection === undefined ? undefined : childNamed(connection, wanted.child);
  const old = replaces === 0 ? undefined : ipsec.child(replaces);
  // Meanwhile it was rekeyed by the peer, or deleted: nothing is left to do.
  if (replaces !== 0 && sa.children.find(({ id }) => id === replaces)?.replaced !== undefined) return undefined;
  if (child === undefined || (replaces !== 0 && old === undefined) || sa.children.length >= MOST_CHILDREN) {
    ipsec.acquireFailed(sa.connection, wanted.child, 'there is no such child');
    return undefined;
  }
  const offer = offerChild(machine, sa, child, wanted, { inAuth: false, replaces, method });
  const payloads: PayloadToWrite[] = [
    ...(old === undefined
      ? []
      : [childNotification(NOTIFY.REKEY_SA, protocolIdentifier(old.protocol), spiOctets(old.inboundSpi))]),
    ...offerPayloads(offer),
  ];
  request(machine, sa, EXCHANGE.CREATE_CHILD_SA, payloads, {
    ...{ kind: 'create-child', task, offer },
    collision: undefined,
  });
  const name = `${sa.connection}/${child.name}`;
  return () => ({ peer: peerText(sa), child: name, rekeys: replaces !== 0 });
}

/** The security protocol identifier of an IP protocol. */
export function protocolIdentifier(protocol: number): number {
  return protocol === IP_PROTOCOL.ah ? SECURITY_PROTOCOL.ah : SECURITY_PROTOCOL.esp;
}

/** The peer asks for one more Child SA. */
export function answerCreate(machine: Machine, sa: Established, incoming: Incoming): Told {
  const { payloads, packet } = incoming;
  if (isBusy(sa)) return answerLater(machine, sa, packet);
  const answer: ChildAnswer =
    sa.children.length >= MOST_CHILDREN
      ? { payloads: [notification(NOTIFY.NO_ADDITIONAL_SAS)], id: 0, nonces: undefined }
      : answerChild(machine, sa, payloads, packet, { inAuth: false, replaces: 0 });
  respond(machine, sa, EXCHANGE.CREATE_CHILD_SA, answer.payloads, packet);
  return answer.id === 0 ? undefined : () => ({ peer: peerText(sa), connection: sa.connection });
}

/** The peer asks for a new Child SA in place of one that it names by the SPI that it receives on (RFC 7296 §1.3.3). */
export function answerRekey(machine: Machine, sa: Established, incoming: Incoming): Told {
  const { payloads, packet } = incoming;
  if (isBusy(sa)) return answerLater(machine, sa, packet);
  const named = findNotification(payloads, NOTIFY.REKEY_SA)?.value;
  const protocol = named?.protocol === SECURITY_PROTOCOL.ah ? IP_PROTOCOL.ah : IP_PROTOCOL.esp;
  const known =
    named !== undefined && (named.protocol === SECURITY_PROTOCOL.ah || named.protocol === SECURITY_PROTOCOL.esp);
  const old =
    known && named.spi.length === 4
      ? machine.ipsec.childByOutboundSpi(protocol, read32(named.spi, 0), sa.remote.address)
      : undefined;
  const reference = sa.children.find(({ id }) => id === old?.id);
  // It has been replaced and its delete is on its way (RFC 7296 §2.25.1): a second successor would stay for ever.
  if (reference?.replaced) return answerLater(machine, sa, packet);
  if (named === undefined || old === undefined || reference === undefined) {
    tell(machine, 'ikev2.child-not-found', () => ({ peer: peerText(sa) }), packet);
    const about = childNotification(NOTIFY.CHILD_SA_NOT_FOUND, named?.protocol ?? 0, named?.spi ?? new Uint8Array(0));
    respond(machine, sa, EXCHANGE.CREATE_CHILD_SA, [about], packet);
    return undefined;
  }
  const answer = answerChild(machine, sa, payloads, packet, { inAuth: false, replaces: old.id });
  respond(machine, sa, EXCHANGE.CREATE_CHILD_SA, answer.payloads, packet);
  if (answer.id === 0) return undefined;
  reference.replaced = true;
  const own = sa.outstanding?.purpose;
  if (own?.kind === 'create-child' && own.offer.replaces === old.id && answer.nonces !== undefined) {
    own.collision = { id: answer.id, lowestNonce: lowest(answer.nonces.initiator, answer.nonces.responder) };
  }
  return () => ({ peer: peerText(sa), child: `${old.connection}/${old.child}` });
}

/** The peer's answer with a Child SA. The one that it replaces is deleted by who asked (RFC 7296 §2.8). */
export function acceptCreate(machine: Machine, sa: Established, { payloads, packet }: Incoming): Told {
  const purpose = answeredBy(machine, sa)?.purpose;
  if (purpose?.kind !== 'create-child') return undefined;
  const { offer } = purpose;
  const result = acceptChild(machine, sa, offer, payloads, packet);
  if (!('id' in result)) {
    childFailed(machine, sa, offer, result, packet);
    return undefined;
  }
  const theirs = findPayload(payloads, 'Nonce')?.value.value;
  const { collision } = purpose;
  const child = `${sa.connection}/${offer.child}`;
  if (collision !== undefined && theirs !== undefined && offer.nonce !== undefined) {
    if (compare(lowest(offer.nonce, theirs), collision.lowestNonce) < 0) {
      giveUp(machine, sa, result.id);
      tell(machine, 'ikev2.rekeyed-at-once', () => ({ peer: peerText(sa), child }), packet);
      return undefined;
    }
  }
  const old = sa.children.find(({ id }) => id === offer.replaces);
  if (old === undefined) return () => ({ peer: peerText(sa), child });
  old.replaced = true;
  enqueue(machine, sa, { kind: 'delete-child', protocol: old.protocol, spi: old.spi, why: 'rekeyed' });
  return () => ({ peer: peerText(sa), child });
}

/** Of the two SAs of a simultaneous rekeying the one with the lowest nonce is closed by who began it (RFC 7296 §2.8.1). */
function giveUp(machine: Machine, sa: Established, id: number): void {
  const made = sa.children.find((child) => child.id === id);
  if (made === undefined) return;
  made.replaced = true;
  enqueue(machine, sa, { kind: 'delete-child', protocol: made.protocol, spi: made.spi, why: 'rekeyed twice at once' });
}

function lowest(a: Uint8Array, b: Uint8Array): Uint8Array {
  return compare(a, b) <= 0 ? a : b;
}

/** Octet by octet from the first; a shorter one that agrees is the lower (RFC 7296 §2.8.1). */
function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** While the IKE SA is being replaced, or has been, nothing is made on it (RFC 7296 §2.25.2). */
export function isBusy(sa: Established): boolean {
  return sa.successor !== 0 || sa.outstanding?.purpose.kind === 'rekey-ike';
}

export function answerLater(machine: Machine, sa: Established, packet: Packet): undefined {
  tell(machine, 'ikev2.busy', () => ({ peer: peerText(sa), connection: sa.connection }), packet);
  respond(machine, sa, EXCHANGE.CREATE_CHILD_SA, [notification(NOTIFY.TEMPORARY_FAILURE)], packet);
}

/** The peer refused: another key exchange may do, another time may do, or nothing does. */
export function createRefused(machine: Machine, sa: Established, { payloads, packet }: Incoming): Told {
  const purpose = answeredBy(machine, sa)?.purpose;
  if (purpose?.kind !== 'create-child') return undefined;
  const { offer, task } = purpose;
  const error = findError(payloads);
  const again = task.tries < MOST_RETRIES ? { ...task, tries: task.tries + 1 } : undefined;
  const method =
    error?.value.type === NOTIFY.INVALID_KE_PAYLOAD ? methodToRetry(error.value.data, offer.proposals) : undefined;
  if (again !== undefined && method !== undefined && method !== offer.exchange?.method) {
    releaseOffer(machine, offer);
    enqueue(machine, sa, { ...again, method });
    return () => ({ peer: peerText(sa) });
  }
  if (again !== undefined && error?.value.type === NOTIFY.TEMPORARY_FAILURE) {
    releaseOffer(machine, offer);
    tryLater(machine, sa, again);
    return () => ({ peer: peerText(sa) });
  }
  const why = `${peerText(sa)} answered ${errorName(error)}`;
  childFailed(machine, sa, offer, error === undefined ? { why } : { why, error: error.value.type }, packet);
  return () => ({ peer: peerText(sa) });
}

/** How long TEMPORARY_FAILURE is waited out, and by how much more at most (RFC 7296 §2.25). */
const LATER = 5 * SECOND;
const LATER_SPREAD = 5000;

export function tryLater(machine: Machine, sa: Established, task: Task): void {
  sa.later.push(task);
  const spread = nextBelow(machine.ctx.random('later'), LATER_SPREAD) * MILLISECOND;
  // A wait beyond the end of the IKE SA would be for nothing: then the half of what is left.
  setSaTimer(machine, sa, 'later', Math.min(LATER + spread, Math.ceil(lifeLeft(machine, sa) / 2)));
}
