import {
  addressIdentity,
  admitting,
  type Connection,
  describeProposal,
  formatIdentity,
  type Identity,
  proposalInStory,
} from '../../ipsec/contract.ts';
import { formatIpv4 } from '../../ipv4/contract.ts';
import { closeSa } from '../close.ts';
import { allBetween, candidates, ownIdentity, secretByAddress } from '../connections.ts';
import { tell } from '../failures.ts';
import { bodyOf, type Incoming, type Told } from '../incoming.ts';
import { COOKIE_OCTETS, freshCookie, freshExchange, freshNonce, sharedSecret } from '../key-exchange.ts';
import { shorterLife } from '../lifetimes.ts';
import {
  chosenSuite,
  cookiesText,
  initiatorKey,
  type Machine,
  moveSa,
  peerText,
  putSa,
  setSaTimer,
} from '../machine.ts';
import { findPayload, type PayloadToWrite } from '../message.ts';
import { groupName } from '../names/attributes.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { discoveryPayloads, examined } from '../nat.ts';
import { isakmpNotification, notification } from '../notifications.ts';
import { chooseIke, chosenToWrite, describeChoices, describeIkeDifference, ikeChoices } from '../proposals.ts';
import { clearMessage, sealedMessage, sendBytes } from '../send.ts';
import { commonOf, type Established, type KeAnswered, type SaAnswered } from '../state.ts';
import { phaseOneLife } from '../timers.ts';
import { abilitiesOf, answeringVendorIds } from '../vendor-ids.ts';
import { establish, greet, identityTwins, ownHash, phaseOneKeys, provenPeer } from './phase-one.ts';
import { inform, informInClear } from './refuse.ts';

/** Main Mode of the responder (RFC 2409 §5.4). */

/** What a responder begins with. */
export function newResponder(machine: Machine, { message, route, payloads }: Incoming, aggressive: boolean) {
  const cookie = message.header.initiatorSpi;
  return {
    id: machine.state.nextId++,
    role: 'responder' as const,
    aggressive,
    local: route.local,
    remote: route.remote,
    cookies: { initiator: cookie, responder: freshCookie(machine) },
    createdAt: machine.ctx.now(),
    peer: abilitiesOf(machine, payloads),
    nat: undefined,
    outstanding: undefined,
    answered: undefined,
    lastHeard: machine.ctx.now(),
    timers: {},
    begunBy: initiatorKey(cookie, route.remote.address, route.remote.port),
  };
}

/** Refuses a first message: nothing is kept. */
export function refuseFirst(machine: Machine, { message, route, packet }: Incoming, type: number): undefined {
  const cookies = { initiator: message.header.initiatorSpi, responder: new Uint8Array(COOKIE_OCTETS) };
  informInClear(machine, route, cookies, [notification(type)], packet);
}

/** One of the peer's transforms that a connection for these two ends admits. `undefined`: the peer has been refused. */
export function chooseFor(machine: Machine, incoming: Incoming, usable: readonly Connection[], aggressive: boolean) {
  const { payloads, packet, route } = incoming;
  const peer = formatIpv4(route.remote.address);
  const offered = findPayload(payloads, 'SA')?.value.proposals ?? [];
  let nearest: { readonly values: Record<string, string> } | undefined;
  for (const connection of usable) {
    const choices = ikeChoices(connection.proposals);
    const agreement = chooseIke(choices, offered);
    if ('choice' in agreement) return { connection, agreement };
    const me = machine.ctx.node.name;
    const difference = describeIkeDifference(agreement.difference, me, peer);
    const accepted = describeChoices(choices);
    nearest ??= { values: { what: 'IKE', peer, connection: connection.name, difference, accepted } };
  }
  if (nearest === undefined) {
    const others = allBetween(machine, route);
    const mode = aggressive ? 'Aggressive Mode' : 'Main Mode';
    const other = others[0]?.name;
    if (other === undefined) tell(machine, 'ikev1.no-connection-here', () => ({ peer }), packet);
    else tell(machine, 'ikev1.other-mode', () => ({ peer, mode, connection: other }), packet);
  } else {
    const { values } = nearest;
    tell(machine, 'ikev1.no-proposal-chosen', () => values, packet);
  }
  return refuseFirst(machine, incoming, NOTIFY['NO-PROPOSAL-CHOSEN']);
}

/** The first message: proposals. The answer has the one that was chosen. */
export function answerSa(machine: Machine, incoming: Incoming): Told {
  const { payloads, packet, route, bytes } = incoming;
  const sa = findPayload(payloads, 'SA');
  const chosen = chooseFor(machine, incoming, candidates(machine, route, false), false);
  if (chosen === undefined || sa === undefined) return undefined;
  const { connection, agreement } = chosen;
  const next: SaAnswered = Object.assign(newResponder(machine, incoming, false), {
    state: 'sa-answered' as const,
    saBody: bodyOf(incoming, sa),
    proposal: agreement.choice.proposal,
    life: shorterLife(agreement.life, phaseOneLife(connection) ?? agreement.life),
  });
  const own: readonly PayloadToWrite[] = [
    { kind: 'SA', value: { proposals: [chosenToWrite(agreement.proposal, agreement.transform)] } },
    ...answeringVendorIds(machine, payloads),
  ];
  const about = { cookies: next.cookies, exchange: EXCHANGE.MAIN, messageId: 0, payloads: own };
  const sent = clearMessage(about);
  next.answered = { messageId: 0, received: bytes, sent };
  putSa(machine, next);
  setSaTimer(machine, next, 'half-open', machine.state.settings.half_open_timeout);
  sendBytes(machine, next, sent, about, { packet, relation: 'answer' });
  return () => ({ peer: peerText(next), proposal: proposalInStory(next.proposal), spis: cookiesText(next) });
}

/** The third message: a public value. The answer has this side's, and the keys are made: the secret is found by the peer's address. */
export function answerKe(machine: Machine, sa: SaAnswered, incoming: Incoming): Told {
  const { payloads, packet, bytes } = incoming;
  const ke = findPayload(payloads, 'KE')?.value.value;
  const nonce = findPayload(payloads, 'NONCE')?.value.value;
  if (ke === undefined || nonce === undefined) return undefined;
  const peer = peerText(sa);
  const group = chosenSuite(sa.proposal).keyExchange.id;
  const exchange = freshExchange(machine, group);
  const secret = exchange === undefined ? undefined : sharedSecret(machine, exchange, ke);
  const refuse = (type: number, why: string): undefined => {
    informInClear(machine, sa, sa.cookies, [isakmpNotification(type, sa.cookies)], packet);
    closeSa(machine, sa, why, 'self');
  };
  if (exchange === undefined || secret === undefined) {
    tell(machine, 'ikev1.bad-public-value', () => ({ peer, group: groupName(group) }), packet);
    return refuse(NOTIFY['INVALID-KEY-INFORMATION'], `${peer} sent no public value of ${groupName(group)}`);
  }
  const psk = secretByAddress(machine, sa);
  if (psk === undefined) {
    const values = {
      peer,
      identity: formatIpv4(sa.local.address),
      connection: candidates(machine, sa, false)[0]?.name ?? '',
    };
    tell(machine, 'ikev1.no-secret', () => values, packet);
    return refuse(NOTIFY['INVALID-KEY-INFORMATION'], `no secret for ${peer}`);
  }
  const own = freshNonce(machine);
  const nonces = { initiator: nonce, responder: own };
  const publics = { initiator: ke, responder: exchange.publicKey };
  const forced = candidates(machine, sa, false)[0]?.encap ?? false;
  // Its own port stays: the initiator goes to the other one first (RFC 3947 §4).
  const { nat } = examined(machine, sa, incoming, forced);
  const next: KeAnswered = Object.assign(
    commonOf(sa),
    { state: 'ke-answered' as const, nat, saBody: sa.saBody, proposal: sa.proposal, life: sa.life },
    phaseOneKeys(machine, sa, psk, secret, nonces, publics),
  );
  const payloadsOut: readonly PayloadToWrite[] = [
    { kind: 'KE', value: { value: exchange.publicKey } },
    { kind: 'NONCE', value: { value: own } },
    ...discoveryPayloads(machine, next, forced),
  ];
  const about = { cookies: next.cookies, exchange: EXCHANGE.MAIN, messageId: 0, payloads: payloadsOut };
  const sent = clearMessage(about);
  next.answered = { messageId: 0, received: bytes, sent };
  putSa(machine, next);
  sendBytes(machine, next, sent, about, { packet, relation: 'answer' });
  return () => ({ peer, spis: cookiesText(next) });
}

/** The fifth message: who the initiator is. Its identity picks the connection among those that its address admits. */
export function answerId(machine: Machine, sa: KeAnswered, incoming: Incoming): Told {
  const { payloads, packet, route, bytes } = incoming;
  const id = findPayload(payloads, 'ID');
  const hash = findPayload(payloads, 'HASH');
  if (id === undefined || hash === undefined) return undefined;
  const peer = peerText(sa);
  const identity: Identity = { type: id.value.type, octets: id.value.octets };
  const refuse = (type: number, why: string): undefined => {
    inform(machine, sa, [isakmpNotification(type, sa.cookies)], packet);
    closeSa(machine, sa, why, 'self');
  };
  const proof = provenPeer(machine, sa, true, hash.value.value, identity, bodyOf(incoming, id));
  if (proof === undefined) {
    const values = { peer, identity: formatIdentity(identity), connection: '' };
    tell(machine, 'ikev1.authentication-failed', () => values, packet);
    return refuse(NOTIFY['AUTHENTICATION-FAILED'], `${peer} did not prove to be ${formatIdentity(identity)}`);
  }
  const usable = candidates(machine, sa, false).filter(({ proposals }) => admits(proposals, sa));
  const [connection] = admitting(
    usable,
    identity,
    undefined,
    ({ local }) => local.id ?? addressIdentity(sa.local.address),
  );
  if (connection === undefined) {
    tell(machine, 'ikev1.no-connection-for', () => ({ peer, identity: formatIdentity(identity) }), packet);
    return refuse(NOTIFY['INVALID-ID-INFORMATION'], `no connection for ${formatIdentity(identity)}`);
  }
  const me = ownIdentity(connection, sa.local.address);
  // From the same address it may be the replacement that IKEv1 has in place of rekeying.
  const isElsewhere = (twin: Established): boolean => twin.remote.address !== sa.remote.address;
  if (
    connection.unique === 'keep' &&
    identityTwins(machine, sa.id, me, identity).some((twin) => twin.successor === 0 && isElsewhere(twin))
  ) {
    tell(machine, 'ikev1.kept', () => ({ peer, identity: formatIdentity(identity) }), packet);
    return refuse(NOTIFY['AUTHENTICATION-FAILED'], `${formatIdentity(identity)} is connected already`);
  }
  // It is authentic, and may have come to the other port: there it goes on (RFC 3947 §4).
  moveSa(machine, sa, route.local, route.remote);
  const established = establish(machine, sa, proof, connection, me, 0);
  const own: readonly PayloadToWrite[] = [
    { kind: 'ID', value: { ...me, protocol: 0, port: 0 } },
    { kind: 'HASH', value: { value: ownHash(machine, established, false, me) } },
  ];
  const about = { cookies: sa.cookies, exchange: EXCHANGE.MAIN, messageId: 0, payloads: own };
  const sealed = sealedMessage(machine, established, about, established.iv);
  established.iv = sealed.iv;
  established.answered = { messageId: 0, received: bytes, sent: sealed.bytes };
  greet(machine, established, connection, payloads);
  sendBytes(machine, established, sealed.bytes, about, { packet, relation: 'answer' });
  return () => ({ peer, identity: formatIdentity(identity), connection: connection.name });
}

/** Does a connection admit the proposal that was agreed on before its peer was known? */
function admits(proposals: Connection['proposals'], { proposal }: KeAnswered): boolean {
  const agreed = describeProposal(proposal);
  return ikeChoices(proposals).some((choice) => describeProposal(choice.proposal) === agreed);
}
