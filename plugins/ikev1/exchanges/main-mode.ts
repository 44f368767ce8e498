import {
  addressIdentity,
  type Connection,
  formatIdentity,
  MATCH,
  matchQuality,
  proposalInStory,
} from '../../ipsec/contract.ts';
import { closeSa } from '../close.ts';
import { ownIdentity, secretByAddress } from '../connections.ts';
import { tell } from '../failures.ts';
import { bodyOf, type Incoming, type Told } from '../incoming.ts';
import { freshExchange, freshNonce, sharedSecret } from '../key-exchange.ts';
import { shorterLife } from '../lifetimes.ts';
import { chosenSuite, cookiesText, type Machine, peerText, putSa } from '../machine.ts';
import { findPayload, type PayloadToWrite } from '../message.ts';
import { groupName } from '../names/attributes.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { discoveryPayloads, examined } from '../nat.ts';
import { errorName, findError, isakmpNotification } from '../notifications.ts';
import { chooseIke, describeChoices, ikeChoices } from '../proposals.ts';
import { sendExpecting, settle } from '../retransmission.ts';
import { clearMessage, sealedMessage } from '../send.ts';
import { type AggressiveSent, begunOf, commonOf, type IdSent, type KeSent, type SaSent } from '../state.ts';
import { phaseOneLife } from '../timers.ts';
import { abilitiesOf } from '../vendor-ids.ts';
import { beginWanted, establish, greet, ownHash, phaseOneKeys, provenPeer } from './phase-one.ts';
import { inform } from './refuse.ts';

/** Main Mode of the initiator, from the second message on (RFC 2409 §5.4). */

/** An answer that cannot be taken ends the attempt. */
export function failAttempt(
  machine: Machine,
  sa: SaSent | KeSent | IdSent | AggressiveSent,
  why: string,
  packet: Incoming['packet'],
): undefined {
  tell(machine, 'ikev1.bad-answer', () => ({ peer: peerText(sa), connection: sa.connection, why }), packet);
  closeSa(machine, sa, why, 'self');
}

/** What a responder chose, held against what was offered. */
export function agreedOn(connection: Connection, { payloads }: Pick<Incoming, 'payloads'>) {
  const proposals = findPayload(payloads, 'SA')?.value.proposals ?? [];
  if (proposals.length !== 1 || proposals[0]?.transforms.length !== 1) return 'no single transform was chosen';
  const agreement = chooseIke(ikeChoices(connection.proposals), proposals);
  if (!('choice' in agreement)) return 'what was chosen was not offered';
  return { proposal: agreement.choice.proposal, life: agreement.life };
}

/** The second message: what the responder chose. The third goes out, with a public value and a nonce. */
export function acceptSa(machine: Machine, sa: SaSent, incoming: Incoming): Told {
  const { message, payloads, packet } = incoming;
  const connection = machine.ipsec.connection(sa.connection);
  if (connection === undefined) return failAttempt(machine, sa, 'there is no such connection', packet);
  const agreed = agreedOn(connection, incoming);
  if (typeof agreed === 'string') return failAttempt(machine, sa, agreed, packet);
  const { keyExchange } = chosenSuite(agreed.proposal);
  const exchange = freshExchange(machine, keyExchange.id);
  if (exchange === undefined) return failAttempt(machine, sa, `${groupName(keyExchange.id)} is not known`, packet);
  settle(machine, sa);
  const nonce = freshNonce(machine);
  const next: KeSent = Object.assign(commonOf(sa), begunOf(sa), {
    state: 'ke-sent' as const,
    cookies: { initiator: sa.cookies.initiator, responder: message.header.responderSpi },
    peer: abilitiesOf(machine, payloads),
    saBody: sa.saBody,
    proposal: agreed.proposal,
    life: shorterLife(agreed.life, phaseOneLife(connection) ?? agreed.life),
    nonce,
    exchange,
  });
  putSa(machine, next);
  const own: readonly PayloadToWrite[] = [
    { kind: 'KE', value: { value: exchange.publicKey } },
    { kind: 'NONCE', value: { value: nonce } },
    ...discoveryPayloads(machine, next, connection.encap),
  ];
  const about = { cookies: next.cookies, exchange: EXCHANGE.MAIN, messageId: 0, payloads: own };
  next.outstanding = sendExpecting(machine, next, clearMessage(about), about, packet);
  return () => ({ peer: peerText(sa), connection: sa.connection, proposal: proposalInStory(agreed.proposal) });
}

/** The fourth message: the responder's half of the keys. The fifth goes out under them, with identity and hash. */
export function acceptKe(machine: Machine, sa: KeSent, incoming: Incoming): Told {
  const { payloads, packet } = incoming;
  const connection = machine.ipsec.connection(sa.connection);
  const ke = findPayload(payloads, 'KE')?.value.value;
  const nonce = findPayload(payloads, 'NONCE')?.value.value;
  if (connection === undefined || ke === undefined || nonce === undefined) return undefined;
  const secret = sharedSecret(machine, sa.exchange, ke);
  const group = groupName(sa.exchange.group);
  if (secret === undefined) return failAttempt(machine, sa, `a public value that is none of ${group}`, packet);
  const identity = ownIdentity(connection, sa.local.address);
  const psk = secretByAddress(machine, sa);
  if (psk === undefined) {
    const values = { peer: peerText(sa), identity: formatIdentity(identity), connection: connection.name };
    tell(machine, 'ikev1.no-secret', () => values, packet);
    closeSa(machine, sa, `no secret for ${peerText(sa)}`, 'self');
    return undefined;
  }
  settle(machine, sa);
  const nonces = { initiator: sa.nonce, responder: nonce };
  const publics = { initiator: sa.exchange.publicKey, responder: ke };
  const { saBody, proposal, life } = sa;
  const { local, remote, nat } = examined(machine, sa, incoming, connection.encap);
  const next: IdSent = Object.assign(
    commonOf(sa),
    begunOf(sa),
    { state: 'id-sent' as const, local, remote, nat, saBody, proposal, life, identity },
    phaseOneKeys(machine, sa, psk, secret, nonces, publics),
  );
  putSa(machine, next);
  // The first contact says so (RFC 2407 §4.6.3.3); a replacement is none.
  const alone =
    machine.state.perPeer.get(sa.remote.address) === 1 && sa.replaces === 0 && connection.unique !== 'never';
  const own: readonly PayloadToWrite[] = [
    { kind: 'ID', value: { ...identity, protocol: 0, port: 0 } },
    { kind: 'HASH', value: { value: ownHash(machine, next, true, identity) } },
    ...(alone ? [isakmpNotification(NOTIFY['INITIAL-CONTACT'], next.cookies)] : []),
  ];
  const about = { cookies: next.cookies, exchange: EXCHANGE.MAIN, messageId: 0, payloads: own };
  const sealed = sealedMessage(machine, next, about, next.iv);
  next.iv = sealed.iv;
  next.outstanding = sendExpecting(machine, next, sealed.bytes, about, packet);
  return () => ({ peer: peerText(sa), connection: sa.connection, spis: cookiesText(sa) });
}

/** The sixth message: the responder's identity and its hash. */
export function acceptId(machine: Machine, sa: IdSent, incoming: Incoming): Told {
  const { payloads, packet } = incoming;
  const connection = machine.ipsec.connection(sa.connection);
  const id = findPayload(payloads, 'ID');
  const hash = findPayload(payloads, 'HASH');
  if (connection === undefined || id === undefined || hash === undefined) return undefined;
  const peer = peerText(sa);
  const identity = { type: id.value.type, octets: id.value.octets };
  const wanted = connection.remote.id;
  const fail = (why: string): undefined => {
    inform(machine, sa, [isakmpNotification(NOTIFY['AUTHENTICATION-FAILED'], sa.cookies)], packet);
    closeSa(machine, sa, why, 'self');
  };
  if (wanted !== undefined && matchQuality(identity, wanted) === MATCH.none) {
    const values = { peer, identity: formatIdentity(identity), wanted: formatIdentity(wanted) };
    tell(machine, 'ikev1.wrong-identity', () => values, packet);
    return fail(`${peer} is not who it must be`);
  }
  const proof = provenPeer(machine, sa, false, hash.value.value, identity, bodyOf(incoming, id));
  if (proof === undefined) {
    const values = { peer, identity: formatIdentity(identity), connection: connection.name };
    tell(machine, 'ikev1.authentication-failed', () => values, packet);
    return fail(`${peer} did not prove to be ${formatIdentity(identity)}`);
  }
  settle(machine, sa);
  const established = establish(machine, sa, proof, connection, sa.identity, sa.replaces);
  greet(machine, established, connection, payloads);
  beginWanted(machine, established, sa.wanted);
  return () => ({ peer, identity: formatIdentity(identity), connection: connection.name });
}

/** A refusal in place of an answer. It is not authentic, but it comes from where the message went, and nothing better will come. */
export function refused(machine: Machine, sa: SaSent | KeSent | AggressiveSent, { payloads, packet }: Incoming): Told {
  const error = findError(payloads);
  const peer = peerText(sa);
  if (error?.value.type === NOTIFY['NO-PROPOSAL-CHOSEN']) {
    const choices = ikeChoices(machine.ipsec.connection(sa.connection)?.proposals ?? []);
    const values = { what: 'IKE', peer, connection: sa.connection, offered: describeChoices(choices) };
    tell(machine, 'ikev1.peer-chose-no-proposal', () => values, packet);
  } else {
    tell(machine, 'ikev1.peer-refused', () => ({ peer, connection: sa.connection, error: errorName(error) }), packet);
  }
  closeSa(machine, sa, `${peer} answered ${errorName(error)}`, 'self');
  return () => ({ peer });
}

/** Who a peer is known as before it has said so. */
export function expectedIdentity(connection: Connection, address: number) {
  return connection.remote.id ?? addressIdentity(address);
}
