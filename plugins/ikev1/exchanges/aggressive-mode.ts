import { formatIdentity, type Identity, MATCH, matchQuality, proposalInStory } from '../../ipsec/contract.ts';
import { closeSa } from '../close.ts';
import { tell } from '../failures.ts';
import { bodyOf, type Incoming, type Told } from '../incoming.ts';
import { sharedSecret } from '../key-exchange.ts';
import { shorterLife } from '../lifetimes.ts';
import { chosenSuite, type Machine, peerText, putSa } from '../machine.ts';
import { findPayload, type PayloadToWrite } from '../message.ts';
import { groupName } from '../names/attributes.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { discoveryPayloads, examined } from '../nat.ts';
import { isakmpNotification } from '../notifications.ts';
import { settle } from '../retransmission.ts';
import { sealedMessage, sendBytes } from '../send.ts';
import { type AggressiveSent, commonOf, type IdSent } from '../state.ts';
import { phaseOneLife } from '../timers.ts';
import { abilitiesOf } from '../vendor-ids.ts';
import { agreedOn, failAttempt } from './main-mode.ts';
import { beginWanted, establish, greet, ownHash, phaseOneKeys, provenPeer } from './phase-one.ts';
import { inform } from './refuse.ts';

/** Aggressive Mode of the initiator: the second message, and the third that ends it (RFC 2409 §5.4). */

/** Everything of the responder in one message: choice, public value, nonce, identity, hash. */
export function acceptAggressive(machine: Machine, sa: AggressiveSent, incoming: Incoming): Told {
  const { message, payloads, packet, bytes } = incoming;
  const connection = machine.ipsec.connection(sa.connection);
  const ke = findPayload(payloads, 'KE')?.value.value;
  const nonce = findPayload(payloads, 'NONCE')?.value.value;
  const id = findPayload(payloads, 'ID');
  const hash = findPayload(payloads, 'HASH')?.value.value;
  if (connection === undefined || ke === undefined || nonce === undefined || id === undefined || hash === undefined) {
    return undefined;
  }
  const agreed = agreedOn(connection, incoming);
  if (typeof agreed === 'string') return failAttempt(machine, sa, agreed, packet);
  if (chosenSuite(agreed.proposal).keyExchange.id !== sa.exchange.group) {
    return failAttempt(machine, sa, 'another group than that of the public value was chosen', packet);
  }
  const peer = peerText(sa);
  const identity: Identity = { type: id.value.type, octets: id.value.octets };
  const wanted = connection.remote.id;
  if (wanted !== undefined && matchQuality(identity, wanted) === MATCH.none) {
    const values = { peer, identity: formatIdentity(identity), wanted: formatIdentity(wanted) };
    tell(machine, 'ikev1.wrong-identity', () => values, packet);
    return void closeSa(machine, sa, `${peer} is not who it must be`, 'self');
  }
  const psk = machine.ipsec.secretFor(sa.identity, identity);
  if (psk === undefined) {
    const values = {
      peer: formatIdentity(identity),
      identity: formatIdentity(sa.identity),
      connection: connection.name,
    };
    tell(machine, 'ikev1.no-secret', () => values, packet);
    return void closeSa(machine, sa, `no secret for ${formatIdentity(identity)}`, 'self');
  }
  const secret = sharedSecret(machine, sa.exchange, ke);
  const group = groupName(sa.exchange.group);
  if (secret === undefined) return failAttempt(machine, sa, `a public value that is none of ${group}`, packet);
  settle(machine, sa);
  const cookies = { initiator: sa.cookies.initiator, responder: message.header.responderSpi };
  const { proposal } = agreed;
  const life = shorterLife(agreed.life, phaseOneLife(connection) ?? agreed.life);
  const nonces = { initiator: sa.nonce, responder: nonce };
  const publics = { initiator: sa.exchange.publicKey, responder: ke };
  const abilities = abilitiesOf(machine, payloads);
  const route = examined(machine, { ...sa, cookies, proposal, peer: abilities }, incoming, connection.encap);
  const keyed: IdSent = {
    ...commonOf(sa),
    ...route,
    state: 'id-sent',
    connection: sa.connection,
    wanted: sa.wanted,
    attempt: sa.attempt,
    replaces: sa.replaces,
    cookies,
    peer: abilities,
    saBody: sa.saBody,
    proposal,
    life,
    identity: sa.identity,
    ...phaseOneKeys(machine, { proposal, cookies }, psk, secret, nonces, publics),
  };
  const proof = provenPeer(machine, keyed, false, hash, identity, bodyOf(incoming, id));
  if (proof === undefined) {
    const values = { peer, identity: formatIdentity(identity), connection: connection.name };
    tell(machine, 'ikev1.authentication-failed', () => values, packet);
    inform(machine, keyed, [isakmpNotification(NOTIFY['AUTHENTICATION-FAILED'], cookies)], packet);
    return void closeSa(machine, sa, `${peer} did not prove to be ${formatIdentity(identity)}`, 'self');
  }
  putSa(machine, keyed);
  const alone =
    machine.state.perPeer.get(sa.remote.address) === 1 && sa.replaces === 0 && connection.unique !== 'never';
  const established = establish(machine, keyed, proof, connection, sa.identity, sa.replaces);
  const own: readonly PayloadToWrite[] = [
    { kind: 'HASH', value: { value: ownHash(machine, established, true, sa.identity) } },
    // The face of this message: it goes from the port where things go on (RFC 3947 §4).
    ...discoveryPayloads(machine, { ...established, local: sa.local, remote: sa.remote }, connection.encap),
    ...(alone ? [isakmpNotification(NOTIFY['INITIAL-CONTACT'], cookies)] : []),
  ];
  const about = { cookies, exchange: EXCHANGE.AGGRESSIVE, messageId: 0, payloads: own };
  const sealed = sealedMessage(machine, established, about, established.iv);
  established.iv = sealed.iv;
  established.answered = { messageId: 0, received: bytes, sent: sealed.bytes };
  sendBytes(machine, established, sealed.bytes, about, { packet, relation: 'answer' });
  greet(machine, established, connection, []);
  beginWanted(machine, established, sa.wanted);
  return () => ({
    peer,
    identity: formatIdentity(identity),
    connection: connection.name,
    proposal: proposalInStory(proposal),
  });
}
