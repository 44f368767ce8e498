import { equal } from '../../crypto/contract.ts';
import {
  chooseProposal,
  describeProposal,
  describeProposals,
  formatSelector,
  sameSelector,
} from '../../ipsec/contract.ts';
import { hash1, hash2, hash3 } from '../auth.ts';
import { abandonQuick } from '../close.ts';
import { tell } from '../failures.ts';
import type { Incoming, Told } from '../incoming.ts';
import { sharedSecret } from '../key-exchange.ts';
import { exchangeIv } from '../keys.ts';
import { lifeOf, RESPONDER_LIFETIME_CLASSES, shorterLife } from '../lifetimes.ts';
import { MOST_CHILDREN, MOST_DONE, MOST_QUICK_MODES } from '../limits.ts';
import { chosenSuite, enqueue, type Machine, peerText } from '../machine.ts';
import { findPayload, type PayloadToWrite, payloadsOf, writePayloads } from '../message.ts';
import { IPSEC_ATTRIBUTE } from '../names/attributes.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { NOTIFY, notifyName } from '../names/notify-types.ts';
import { originalAddressesOf } from '../nat.ts';
import { childNotification, findNotification, NOTHING } from '../notifications.ts';
import { attributesIn, spiNumber } from '../payloads/security-association.ts';
import { SAYABLE } from '../proposals.ts';
import { selectorOfId } from '../proxy-ids.ts';
import { encapsulationText, quickOffer, whyNoOffer } from '../quick-proposals.ts';
import { sendExpecting, settle } from '../retransmission.ts';
import { type Outgoing, sealedMessage, sendBytes } from '../send.ts';
import type { Answered, Established, QuickAgreed, QuickSent, Task } from '../state.ts';
import { installAgreed } from './quick-install.ts';
import { childNamed, hasMoreSelectors, isAh, offerChild } from './quick-offer.ts';
import { freshMessageId, inform } from './refuse.ts';

/** Quick Mode of the initiator (RFC 2409 §5.5). */

/** HASH(1), SA, Ni, [KE], IDci, IDcr. */
export function startQuick(
  machine: Machine,
  sa: Established,
  { wanted, replaces }: Task & { readonly kind: 'quick' },
): Told {
  const { ipsec, crypto } = machine;
  const connection = ipsec.connection(sa.connection);
  const child = connection === undefined ? undefined : childNamed(connection, wanted.child);
  const name = `${sa.connection}/${wanted.child}`;
  const fail = (why: string, code = 'ikev1.cannot-begin'): undefined => {
    tell(machine, code, () => ({ connection: name, why, ...SAYABLE.child }));
    ipsec.acquireFailed(sa.connection, wanted.child, why);
  };
  if (child === undefined) return fail('there is no such child');
  if (replaces !== 0 && ipsec.child(replaces) === undefined) return undefined;
  if (sa.quick.size >= MOST_QUICK_MODES) return fail(`${MOST_QUICK_MODES} Quick Modes are under way`);
  if (sa.children.length >= MOST_CHILDREN) return fail(`the ISAKMP SA has ${MOST_CHILDREN} children`);
  const unsayable = whyNoOffer(child.proposals);
  if (unsayable !== undefined) return fail(unsayable, 'ikev1.cannot-say');
  const offer = offerChild(machine, sa, child, replaces);
  if (typeof offer === 'string') return fail(offer);
  if (hasMoreSelectors(child)) {
    const { local, remote } = offer.offering.ids;
    tell(machine, 'ikev1.first-selectors', () => ({
      child: name,
      local: formatSelector(local),
      remote: formatSelector(remote),
    }));
  }
  const messageId = freshMessageId(sa);
  const { prf, hash, encryption } = chosenSuite(sa.proposal);
  const value = hash1(crypto, prf, sa.keys.a, messageId, writePayloads(offer.payloads));
  const about = quickMessage(sa, messageId, [{ kind: 'HASH', value: { value } }, ...offer.payloads]);
  const sealed = sealedMessage(machine, sa, about, exchangeIv(crypto, hash, sa.iv, messageId, encryption.iv));
  const quick: QuickSent = {
    state: 'quick-sent',
    messageId,
    iv: sealed.iv,
    offering: offer.offering,
    outstanding: undefined,
  };
  sa.quick.set(messageId, quick);
  quick.outstanding = sendExpecting(machine, sa, sealed.bytes, about);
  return () => ({ peer: peerText(sa), child: name, rekeys: replaces !== 0 });
}

export function quickMessage(sa: Established, messageId: number, payloads: readonly PayloadToWrite[]): Outgoing {
  return { cookies: sa.cookies, exchange: EXCHANGE.QUICK, messageId, payloads };
}

/** Keeps an exchange's last message, in case its peer's comes again. */
export function remember(sa: Established, done: Answered): void {
  sa.done.push(done);
  if (sa.done.length > MOST_DONE) sa.done.shift();
}

/** The peer's answer: what it chose. The third message shows it that this side is there, and the SAs are installed. */
export function acceptQuick(machine: Machine, sa: Established, quick: QuickSent, incoming: Incoming): Told {
  const { packet, bytes } = incoming;
  const { crypto } = machine;
  const agreed = agreedOn(machine, sa, quick, incoming);
  const peer = peerText(sa);
  const child = `${sa.connection}/${quick.offering.child}`;
  if (typeof agreed === 'string') {
    tell(machine, 'ikev1.bad-answer', () => ({ peer, connection: child, why: agreed }), packet);
    abandonQuick(machine, sa, quick, agreed);
    inform(
      machine,
      sa,
      [childNotification(NOTIFY['NO-PROPOSAL-CHOSEN'], quick.offering.proposals[0]?.protocol, NOTHING)],
      packet,
    );
    return undefined;
  }
  settle(machine, quick);
  sa.quick.delete(quick.messageId);
  const { prf } = chosenSuite(sa.proposal);
  const value = hash3(crypto, prf, sa.keys.a, quick.messageId, agreed.nonces);
  const about = quickMessage(sa, quick.messageId, [{ kind: 'HASH', value: { value } }]);
  const sealed = sealedMessage(machine, sa, about, quick.iv);
  remember(sa, { messageId: quick.messageId, received: bytes, sent: sealed.bytes });
  sendBytes(machine, sa, sealed.bytes, about, { packet, relation: 'answer' });
  const id = installAgreed(machine, sa, agreed, true, quick.offering.replaces, packet);
  if (id === 0) {
    const why = 'this node cannot use the SAs that were chosen';
    machine.ipsec.acquireFailed(sa.connection, quick.offering.child, why);
    enqueue(machine, sa, { kind: 'delete-child', protocol: agreed.proposal.protocol, spi: agreed.spi, why });
    return undefined;
  }
  return () => ({ peer, child });
}

/** What the peer's answer comes to; a text says what is wrong with it. */
function agreedOn(machine: Machine, sa: Established, quick: QuickSent, incoming: Incoming): QuickAgreed | string {
  const { payloads } = incoming;
  const { offering } = quick;
  const proposals = findPayload(payloads, 'SA')?.value.proposals ?? [];
  const [wire] = proposals;
  const [transform] = wire?.transforms ?? [];
  if (wire === undefined || transform === undefined || proposals.length !== 1 || wire.transforms.length !== 1) {
    return 'no single transform was chosen';
  }
  const peerSpi = spiNumber(wire.spi);
  if (peerSpi === undefined || peerSpi === 0) return 'an SPI that is none';
  const offer = quickOffer(wire, transform);
  const choice = chooseProposal(offering.proposals, [offer.proposal]);
  if (!('chosen' in choice))
    return `${describeProposal(offer.proposal)} was not offered: ${describeProposals(offering.proposals)}`;
  if (offer.group !== offering.exchange?.group) return 'another group than that of the public value was chosen';
  if (offer.encapsulation !== undefined && offer.encapsulation !== offering.encapsulation) {
    return `${encapsulationText(offer.encapsulation)} was chosen, and ${encapsulationText(offering.encapsulation)} was offered`;
  }
  const [idci, idcr] = payloadsOf(payloads, 'ID').map(({ value }) => selectorOfId(value));
  if (idci !== undefined && idcr !== undefined) {
    const same = sameSelector(idci, offering.ids.local) && sameSelector(idcr, offering.ids.remote);
    if (!same) {
      return `it answered for ${formatSelector(idcr)} and ${formatSelector(idci)}, and was asked for ${formatSelector(offering.ids.remote)} and ${formatSelector(offering.ids.local)}`;
    }
  }
  const nonce = findPayload(payloads, 'NONCE')?.value.value;
  const ke = findPayload(payloads, 'KE')?.value.value;
  const { exchange } = offering;
  const secret = exchange === undefined || ke === undefined ? undefined : sharedSecret(machine, exchange, ke);
  if (nonce === undefined || (exchange !== undefined && secret === undefined)) return 'not all that keys are made of';
  const shorter = findNotification(payloads, NOTIFY['RESPONDER-LIFETIME'])?.value.data;
  const lives = [lifeOf(transform, IPSEC_ATTRIBUTE)];
  if (shorter !== undefined) lives.push(lifeOf({ attributes: attributesIn(shorter) }, RESPONDER_LIFETIME_CLASSES));
  return {
    child: offering.child,
    proposal: choice.chosen,
    ids: offering.ids,
    transport: offering.transport,
    nonces: { initiator: offering.nonce, responder: nonce },
    sharedSecret: secret,
    spi: offering.spi,
    peerSpi,
    life: lives.reduce(shorterLife, offering.life),
    original: offering.transport ? originalAddressesOf(machine, sa.peer.nat, incoming, true) : undefined,
  };
}

/** Does HASH(2) fit? */
export function isHash2Right(
  machine: Machine,
  sa: Established,
  quick: QuickSent,
  rest: Uint8Array,
  value: Uint8Array,
): boolean {
  const { prf } = chosenSuite(sa.proposal);
  return equal(value, hash2(machine.crypto, prf, sa.keys.a, quick.messageId, quick.offering.nonce, rest));
}

/** The peer has told, in an Informational exchange of its own, that it will have nothing of it. */
export function quickRefused(
  machine: Machine,
  sa: Established,
  quick: QuickSent,
  error: number,
  { packet }: Incoming,
): void {
  const peer = peerText(sa);
  const { offering } = quick;
  const child = `${sa.connection}/${offering.child}`;
  if (error === NOTIFY['NO-PROPOSAL-CHOSEN']) {
    const what = isAh(offering.proposals) ? 'AH' : 'ESP';
    const values = { what, peer, connection: child, offered: describeProposals(offering.proposals) };
    tell(machine, 'ikev1.peer-chose-no-proposal', () => values, packet);
  } else if (error === NOTIFY['INVALID-ID-INFORMATION']) {
    const { local, remote } = offering.ids;
    const values = { peer, child, local: formatSelector(local), remote: formatSelector(remote) };
    tell(machine, 'ikev1.peer-refused-ids', () => values, packet);
  } else tell(machine, 'ikev1.peer-refused', () => ({ peer, connection: child, error: notifyName(error) }), packet);
  abandonQuick(machine, sa, quick, `${peer} answered ${notifyName(error)}`);
}
