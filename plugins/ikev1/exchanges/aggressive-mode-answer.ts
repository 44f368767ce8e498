import { admitting, formatIdentity, type Identity, proposalInStory } from '../../ipsec/contract.ts';
import { formatIpv4 } from '../../ipv4/contract.ts';
import { closeSa } from '../close.ts';
import { candidates, ownIdentity } from '../connections.ts';
import { tell } from '../failures.ts';
import { bodyOf, type Incoming, type Told } from '../incoming.ts';
import { freshExchange, freshNonce, sharedSecret } from '../key-exchange.ts';
import { shorterLife } from '../lifetimes.ts';
import { chosenSuite, cookiesText, type Machine, moveSa, peerText, putSa, setSaTimer } from '../machine.ts';
import { findPayload, type PayloadToWrite } from '../message.ts';
import { groupName } from '../names/attributes.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { discoveryPayloads, examined } from '../nat.ts';
import { isakmpNotification } from '../notifications.ts';
import { chosenToWrite } from '../proposals.ts';
import { sendExpecting, settle } from '../retransmission.ts';
import { clearMessage } from '../send.ts';
import type { AggressiveAnswered, Established } from '../state.ts';
import { phaseOneLife } from '../timers.ts';
import { answeringVendorIds } from '../vendor-ids.ts';
import { chooseFor, newResponder, refuseFirst } from './main-mode-answer.ts';
import { establish, greet, identityTwins, ownHash, phaseOneKeys, provenPeer } from './phase-one.ts';
import { inform } from './refuse.ts';

/** Aggressive Mode of the responder (RFC 2409 §5.4). The initiator says who it is at once, and that finds the secret. */

export function answerAggressive(machine: Machine, incoming: Incoming): Told {
  const { payloads, packet, route } = incoming;
  const sa = findPayload(payloads, 'SA');
  const ke = findPayload(payloads, 'KE')?.value.value;
  const nonce = findPayload(payloads, 'NONCE')?.value.value;
  const id = findPayload(payloads, 'ID');
  if (sa === undefined || ke === undefined || nonce === undefined || id === undefined) return undefined;
  const peer = formatIpv4(route.remote.address);
  const identity: Identity = { type: id.value.type, octets: id.value.octets };
  const all = candidates(machine, route, true);
  const usable = admitting(all, identity, undefined, (connection) => ownIdentity(connection, route.local.address));
  if (all.length > 0 && usable.length === 0) {
    tell(machine, 'ikev1.no-connection-for', () => ({ peer, identity: formatIdentity(identity) }), packet);
    return refuseFirst(machine, incoming, NOTIFY['INVALID-ID-INFORMATION']);
  }
  const chosen = chooseFor(machine, incoming, usable, true);
  if (chosen === undefined) return undefined;
  const { connection, agreement } = chosen;
  const { proposal } = agreement.choice;
  const me = ownIdentity(connection, route.local.address);
  const psk = machine.ipsec.secretFor(me, identity);
  if (psk === undefined) {
    const values = { peer: formatIdentity(identity), identity: formatIdentity(me), connection: connection.name };
    tell(machine, 'ikev1.no-secret', () => values, packet);
    return refuseFirst(machine, incoming, NOTIFY['AUTHENTICATION-FAILED']);
  }
  // From the same address it may be the replacement that IKEv1 has in place of rekeying.
  const isElsewhere = (twin: Established): boolean => twin.remote.address !== route.remote.address;
  if (
    connection.unique === 'keep' &&
    identityTwins(machine, 0, me, identity).some((twin) => twin.successor === 0 && isElsewhere(twin))
  ) {
    tell(machine, 'ikev1.kept', () => ({ peer, identity: formatIdentity(identity) }), packet);
    return refuseFirst(machine, incoming, NOTIFY['AUTHENTICATION-FAILED']);
  }
  const group = chosenSuite(proposal).keyExchange.id;
  const exchange = freshExchange(machine, group);
  const secret = exchange === undefined ? undefined : sharedSecret(machine, exchange, ke);
  if (exchange === undefined || secret === undefined) {
    tell(machine, 'ikev1.bad-public-value', () => ({ peer, group: groupName(group) }), packet);
    return refuseFirst(machine, incoming, NOTIFY['INVALID-KEY-INFORMATION']);
  }
  const own = freshNonce(machine);
  const common = newResponder(machine, incoming, true);
  const next: AggressiveAnswered = {
    ...common,
    state: 'aggressive-answered',
    saBody: bodyOf(incoming, sa),
    proposal,
    connection: connection.name,
    identity: me,
    peerIdentity: identity,
    life: shorterLife(agreement.life, phaseOneLife(connection) ?? agreement.life),
    peerIdBody: bodyOf(incoming, id),
    ...phaseOneKeys(
      machine,
      { proposal, cookies: common.cookies },
      psk,
      secret,
      { initiator: nonce, responder: own },
      { initiator: ke, responder: exchange.publicKey },
    ),
  };
  const answer: readonly PayloadToWrite[] = [
    { kind: 'SA', value: { proposals: [chosenToWrite(agreement.proposal, agreement.transform)] } },
    { kind: 'KE', value: { value: exchange.publicKey } },
    { kind: 'NONCE', value: { value: own } },
    { kind: 'ID', value: { ...me, protocol: 0, port: 0 } },
    { kind: 'HASH', value: { value: ownHash(machine, next, false, me) } },
    ...answeringVendorIds(machine, payloads),
    ...discoveryPayloads(machine, next, connection.encap),
  ];
  const about = { cookies: next.cookies, exchange: EXCHANGE.AGGRESSIVE, messageId: 0, payloads: answer };
  const sent = clearMessage(about);
  next.answered = { messageId: 0, received: incoming.bytes, sent };
  putSa(machine, next);
  setSaTimer(machine, next, 'half-open', machine.state.settings.half_open_timeout);
  // The third message is waited for: the initiator believes that all is well when it has sent it.
  next.outstanding = sendExpecting(machine, next, sent, about, packet);
  return () => ({
    peer,
    identity: formatIdentity(identity),
    proposal: proposalInStory(proposal),
    spis: cookiesText(next),
  });
}

/** The third message: the initiator's hash. */
export function answerProof(machine: Machine, sa: AggressiveAnswered, incoming: Incoming): Told {
  const { payloads, packet, route, bytes } = incoming;
  const connection = machine.ipsec.connection(sa.connection);
  const hash = findPayload(payloads, 'HASH')?.value.value;
  if (connection === undefined || hash === undefined) return undefined;
  const peer = peerText(sa);
  const identity = sa.peerIdentity;
  const proof = provenPeer(machine, sa, true, hash, identity, sa.peerIdBody);
  if (proof === undefined) {
    const values = { peer, identity: formatIdentity(identity), connection: sa.connection };
    tell(machine, 'ikev1.authentication-failed', () => values, packet);
    inform(machine, sa, [isakmpNotification(NOTIFY['AUTHENTICATION-FAILED'], sa.cookies)], packet);
    return void closeSa(machine, sa, `${peer} did not prove to be ${formatIdentity(identity)}`, 'self');
  }
  settle(machine, sa);
  const { nat } = examined(machine, sa, incoming, connection.encap);
  // It is authentic, and may have come to the other port: there it goes on (RFC 3947 §4).
  moveSa(machine, sa, route.local, route.remote);
  const established = establish(machine, { ...sa, nat }, proof, connection, sa.identity, 0);
  established.answered = { messageId: 0, received: bytes, sent: new Uint8Array(0) };
  greet(machine, established, connection, payloads);
  return () => ({ peer, identity: formatIdentity(identity), connection: connection.name });
}
