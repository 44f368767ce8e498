import { equal } from '../../crypto/contract.ts';
import {
  type ChildConfiguration,
  chooseProposal,
  describeDifference,
  describeProposals,
  formatSelector,
  SECURITY_PROTOCOL,
  TRANSFORM,
  transformOf,
} from '../../ipsec/contract.ts';
import { hash1, hash2, hash3 } from '../auth.ts';
import { abandonQuick } from '../close.ts';
import { tell } from '../failures.ts';
import type { Incoming, Told } from '../incoming.ts';
import { freshExchange, freshNonce, sharedSecret } from '../key-exchange.ts';
import {
  isSameLife,
  lifeAttributes,
  lifeOf,
  offeredLife,
  RESPONDER_LIFETIME_CLASSES,
  shorterLife,
} from '../lifetimes.ts';
import { MOST_CHILDREN, MOST_QUICK_MODES } from '../limits.ts';
import { chosenSuite, enqueue, type Machine, peerText } from '../machine.ts';
import { findPayload, type PayloadToWrite, payloadsOf, writePayloads } from '../message.ts';
import { GROUP_NAMES, groupName, IPSEC_ATTRIBUTE } from '../names/attributes.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { encapsulationMode, originalAddressesOf, originalAddressPayloads } from '../nat.ts';
import { childNotification, isakmpNotification, NOTHING } from '../notifications.ts';
import { attributeOctets, spiNumber } from '../payloads/security-association.ts';
import { chosenToWrite } from '../proposals.ts';
import { mirrorDifference, type ProxyIds, proxyIdsOfEnds, selectorOfId } from '../proxy-ids.ts';
import { encapsulationText, type QuickOffer, quickOffers } from '../quick-proposals.ts';
import { sendExpecting, settle } from '../retransmission.ts';
import { sealedMessage } from '../send.ts';
import type { Established, QuickAgreed, QuickAnswered } from '../state.ts';
import { installAgreed } from './quick-install.ts';
import { quickMessage, remember } from './quick-mode.ts';
import { configuredIds, isAh, keyedChildren, spiOctets } from './quick-offer.ts';
import { inform } from './refuse.ts';

/** Quick Mode of the responder (RFC 2409 §5.5). */

/** Does HASH(1) fit? It is asked before anything of the message is looked at. */
export function isHash1Right(
  machine: Machine,
  sa: Established,
  messageId: number,
  rest: Uint8Array,
  value: Uint8Array,
): boolean {
  const { prf } = chosenSuite(sa.proposal);
  return equal(value, hash1(machine.crypto, prf, sa.keys.a, messageId, rest));
}

interface Fitting {
  readonly child: ChildConfiguration;
  readonly ids: ProxyIds;
}

/** The first message: proposals and whose traffic it is for. `iv` is that of the answer. */
export function answerQuick(machine: Machine, sa: Established, incoming: Incoming, iv: Uint8Array): Told {
  const { payloads, packet, message, bytes } = incoming;
  const { messageId } = message.header;
  const proposals = findPayload(payloads, 'SA')?.value.proposals ?? [];
  const theirNonce = findPayload(payloads, 'NONCE')?.value.value;
  const [wire] = proposals;
  if (theirNonce === undefined) return undefined;
  const refuse = (type: number): undefined => {
    inform(machine, sa, [childNotification(type, wire?.protocol, wire?.spi ?? NOTHING)], packet);
  };
  if (sa.quick.size >= MOST_QUICK_MODES || sa.children.length >= MOST_CHILDREN) {
    tell(machine, 'ikev1.too-much-to-do', () => ({ peer: peerText(sa), limit: MOST_QUICK_MODES }), packet);
    return refuse(NOTIFY['NO-PROPOSAL-CHOSEN']);
  }
  const fitting = fittingChildren(machine, sa, incoming);
  if (fitting === undefined) return refuse(NOTIFY['INVALID-ID-INFORMATION']);
  const chosen = chooseFor(machine, sa, fitting, incoming);
  if (chosen === undefined) return refuse(NOTIFY['NO-PROPOSAL-CHOSEN']);
  const { offer, proposal, fit } = chosen;
  const peerSpi = spiNumber(offer.wire.spi);
  if (peerSpi === undefined || peerSpi === 0) return refuse(NOTIFY['INVALID-SPI']);
  const keyed = answerKe(machine, sa, proposal, incoming);
  if (keyed === undefined) return refuse(NOTIFY['INVALID-KEY-INFORMATION']);
  const own = freshNonce(machine);
  const nonces = { initiator: theirNonce, responder: own };
  const transport = fit.child.mode === 'transport';
  if (sa.nat?.remote === true && proposal.protocol === SECURITY_PROTOCOL.esp) {
    const by = { keying: 'ikev1', ikeSa: sa.id } as const;
    const selectors = { localTs: [fit.ids.local], remoteTs: [fit.ids.remote] };
    const mode = transport ? 'transport' : 'tunnel';
    if (machine.ipsec.refusesPeer({ by, mode, remote: sa.remote, ...selectors })) {
      return refuse(NOTIFY['INVALID-ID-INFORMATION']);
    }
  }
  const spi = machine.ipsec.allocateSpi();
  const offered = lifeOf(offer.transform, IPSEC_ATTRIBUTE);
  const life = shorterLife(offered, offeredLife(fit.child.lifetimes));
  const agreed: QuickAgreed = {
    child: fit.child.name,
    proposal,
    ids: fit.ids,
    transport,
    nonces,
    spi,
    peerSpi,
    life,
    sharedSecret: keyed.secret,
    original: transport ? originalAddressesOf(machine, sa.peer.nat, incoming, false) : undefined,
  };
  const ids = payloadsOf(payloads, 'ID').map(({ value }): PayloadToWrite => ({ kind: 'ID', value }));
  const answer: readonly PayloadToWrite[] = [
    { kind: 'SA', value: { proposals: [chosenToWrite(offer.wire, offer.transform, spiOctets(spi))] } },
    { kind: 'NONCE', value: { value: own } },
    ...(keyed.publicKey === undefined ? [] : [{ kind: 'KE' as const, value: { value: keyed.publicKey } }]),
    ...ids,
    ...(transport ? originalAddressPayloads(machine, sa, false) : []),
    // This side ends the SAs earlier than was offered, and says so (RFC 2407 §4.5.4).
    ...(isSameLife(life, offered)
      ? []
      : [
          childNotification(
            NOTIFY['RESPONDER-LIFETIME'],
            proposal.protocol,
            spiOctets(spi),
            attributeOctets(lifeAttributes(life, RESPONDER_LIFETIME_CLASSES)),
          ),
        ]),
  ];
  const { prf } = chosenSuite(sa.proposal);
  const value = hash2(machine.crypto, prf, sa.keys.a, messageId, theirNonce, writePayloads(answer));
  const about = quickMessage(sa, messageId, [{ kind: 'HASH', value: { value } }, ...answer]);
  const sealed = sealedMessage(machine, sa, about, iv);
  const quick: QuickAnswered = {
    state: 'quick-answered',
    messageId,
    iv: sealed.iv,
    agreed,
    received: bytes,
    outstanding: undefined,
  };
  sa.quick.set(messageId, quick);
  quick.outstanding = sendExpecting(machine, sa, sealed.bytes, about, packet);
  return () => ({ peer: peerText(sa), child: `${sa.connection}/${fit.child.name}` });
}

/** Children whose selectors are the mirror of what the peer asks for. `undefined`: none, told with what differs. */
function fittingChildren(
  machine: Machine,
  sa: Established,
  { payloads, packet }: Incoming,
): readonly Fitting[] | undefined {
  const connection = machine.ipsec.connection(sa.connection);
  const idPayloads = payloadsOf(payloads, 'ID');
  const [idci, idcr] = idPayloads.map(({ value }) => selectorOfId(value));
  const peer = peerText(sa);
  const me = machine.ctx.node.name;
  const asked =
    idPayloads.length === 0
      ? proxyIdsOfEnds(sa.local.address, sa.remote.address)
      : idci === undefined || idcr === undefined
        ? undefined
        : { local: idcr, remote: idci };
  const configured = (connection === undefined ? [] : keyedChildren(connection)).flatMap((child): Fitting[] => {
    const ids = configuredIds(sa, child);
    return ids === undefined ? [] : [{ child, ids }];
  });
  const fitting =
    asked === undefined
      ? []
      : configured.filter(({ child, ids }) => {
          const seen = child.mode === 'transport' ? asSeenHere(sa, asked) : asked;
          return mirrorDifference(ids, seen, me, peer) === undefined;
        });
  if (fitting.length > 0) return fitting;
  const difference =
    asked === undefined
      ? `${peer} asked for identities that are no IPv4 addresses`
      : configured
          .map(({ child, ids }) => `${child.name}: ${mirrorDifference(ids, asked, me, peer) ?? ''}`)
          .join(' | ') || `${me} has no child to offer`;
  const text = { local: asked && formatSelector(asked.local), remote: asked && formatSelector(asked.remote) };
  const values = { peer, connection: sa.connection, local: text.local ?? '', remote: text.remote ?? '', difference };
  tell(machine, 'ikev1.invalid-id', () => values, packet);
  return undefined;
}

/**
 * Transport mode through a NAT: the address of a side that is behind it is another one here than in the ID payload (RFC 3947 §5.2), so that
 * of the ISAKMP SA stands in for it.
 */
function asSeenHere({ nat, local, remote }: Established, asked: ProxyIds): ProxyIds {
  const at = (selector: ProxyIds['local'], address: number) =>
    selector.start === selector.end ? { ...selector, start: address, end: address } : selector;
  return {
    local: nat?.local === true ? at(asked.local, local.address) : asked.local,
    remote: nat?.remote === true ? at(asked.remote, remote.address) : asked.remote,
  };
}

/** A transform of the peer that a child admits. `undefined`: none, told with which attribute differs. */
function chooseFor(machine: Machine, sa: Established, fitting: readonly Fitting[], { payloads, packet }: Incoming) {
  const { offers, bundled } = quickOffers(findPayload(payloads, 'SA')?.value.proposals ?? []);
  const peer = peerText(sa);
  const me = machine.ctx.node.name;
  const theirs = offers.map(({ proposal }) => proposal);
  let told:
    | { readonly difference: string; readonly child: string; readonly accepted: string; readonly what: string }
    | undefined;
  for (const fit of fitting) {
    const { child } = fit;
    const wanted = encapsulationMode(sa, child.mode === 'transport', isAh(child.proposals));
    const right = (offer: QuickOffer): boolean => offer.encapsulation === undefined || offer.encapsulation === wanted;
    const choice = chooseProposal(
      child.proposals,
      offers.filter(right).map(({ proposal }) => proposal),
    );
    if ('chosen' in choice) {
      const offer = offers.filter(right)[choice.offered] as QuickOffer;
      return { offer, proposal: choice.chosen, fit };
    }
    const any = chooseProposal(child.proposals, theirs);
    const what = isAh(child.proposals) ? 'AH' : 'ESP';
    const accepted = describeProposals(child.proposals);
    const other = offers.find((offer) => !right(offer));
    const difference =
      'chosen' in any || (other !== undefined && offers.every((offer) => !right(offer)))
        ? `encapsulation mode: ${me} accepts ${encapsulationText(wanted)}, ${peer} offered ${encapsulationText(other?.encapsulation)}`
        : bundled && offers.length === 0
          ? `${peer} offered protocols bundled together, which ${me} does not do`
          : withGroupNames(describeDifference(choice.difference, me, peer));
    told ??= { difference, child: child.name, accepted, what };
  }
  const { what = 'ESP', child = '', difference = '', accepted = '' } = told ?? {};
  const values = { what, peer, connection: `${sa.connection}/${child}`, difference, accepted };
  tell(machine, 'ikev1.no-proposal-chosen', () => values, packet);
  return undefined;
}

/** Groups that only IKEv1 has names for. */
function withGroupNames(text: string): string {
  return text.replace(/key exchange (\d+)/g, (whole, id: string) =>
    Number(id) in GROUP_NAMES ? groupName(Number(id)) : whole,
  );
}

/** This side's half of a key exchange, where one was agreed on. `undefined`: the peer's public value is none. */
function answerKe(
  machine: Machine,
  sa: Established,
  proposal: QuickOffer['proposal'],
  { payloads, packet }: Incoming,
): { readonly publicKey: Uint8Array | undefined; readonly secret: Uint8Array | undefined } | undefined {
  const group = transformOf(proposal, TRANSFORM.keyExchange)?.id;
  if (group === undefined) return { publicKey: undefined, secret: undefined };
  const ke = findPayload(payloads, 'KE')?.value.value;
  const exchange = freshExchange(machine, group);
  const secret = ke === undefined || exchange === undefined ? undefined : sharedSecret(machine, exchange, ke);
  if (exchange !== undefined && secret !== undefined) return { publicKey: exchange.publicKey, secret };
  tell(machine, 'ikev1.bad-public-value', () => ({ peer: peerText(sa), group: groupName(group) }), packet);
  return undefined;
}

/** The third message: the initiator has shown that it is there, and the SAs are installed. */
export function confirmQuick(machine: Machine, sa: Established, quick: QuickAnswered, incoming: Incoming): Told {
  const { packet, payloads, bytes } = incoming;
  const { agreed, messageId } = quick;
  const { prf } = chosenSuite(sa.proposal);
  const value = findPayload(payloads, 'HASH')?.value.value ?? NOTHING;
  const peer = peerText(sa);
  const child = `${sa.connection}/${agreed.child}`;
  if (!equal(value, hash3(machine.crypto, prf, sa.keys.a, messageId, agreed.nonces))) {
    tell(machine, 'ikev1.hash-wrong', () => ({ peer, exchange: 'Quick Mode' }), packet);
    inform(machine, sa, [isakmpNotification(NOTIFY['INVALID-HASH-INFORMATION'], sa.cookies)], packet);
    abandonQuick(machine, sa, quick, 'HASH(3) does not fit');
    return undefined;
  }
  settle(machine, quick);
  sa.quick.delete(messageId);
  remember(sa, { messageId, received: bytes, sent: NOTHING });
  const id = installAgreed(machine, sa, agreed, false, 0, packet);
  if (id === 0) {
    const why = 'this node cannot use the SAs that were chosen';
    const protocol = agreed.proposal.protocol === SECURITY_PROTOCOL.ah ? SECURITY_PROTOCOL.ah : SECURITY_PROTOCOL.esp;
    enqueue(machine, sa, { kind: 'delete-child', protocol, spi: agreed.spi, why });
    return undefined;
  }
  return () => ({ peer, child });
}
