import {
  addressIdentity,
  type Connection,
  formatIdentity,
  type Identity,
  MATCH,
  matchQuality,
} from '../../ipsec/contract.ts';
import { type AuthenticationProof, checkSharedKeyAuth, type SignedOctets, sharedKeyAuth } from '../auth.ts';
import { closeIkeSa } from '../close.ts';
import { tell } from '../failures.ts';
import type { Incoming, Told } from '../incoming.ts';
import { chosenSuite, enqueue, type Machine, peerText, putSa } from '../machine.ts';
import { findPayload, type PayloadOf, type PayloadToWrite } from '../message.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { AUTH_METHOD } from '../names/identifiers.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { errorName, findError, notification } from '../notifications.ts';
import { PAYLOADS } from '../payloads/index.ts';
import { sealedDatagrams, sendMessage } from '../send.ts';
import type { AuthSent, Established, InitSent, KeyedSa } from '../state.ts';
import { startTimers } from '../timers.ts';
import { answeredBy, request } from '../window.ts';
import { acceptChild } from './child-accept.ts';
import { childFailed } from './child-failed.ts';
import { childNamed, offerChild, offerPayloads } from './child-offer.ts';

/** IKE_AUTH of the initiator (RFC 7296 §1.2, §2.15): who each side is, proved, and the first Child SA. */

export function ownIdentity(connection: Connection, address: number): Identity {
  return connection.local.id ?? addressIdentity(address);
}

/** What one side's AUTH covers. */
export function octetsToSign(
  sa: Pick<KeyedSa, 'nonces' | 'keys'>,
  byInitiator: boolean,
  message: Uint8Array,
  idBody: Uint8Array,
): SignedOctets {
  return {
    message,
    peerNonce: byInitiator ? sa.nonces.responder : sa.nonces.initiator,
    idBody,
    keyP: byInitiator ? sa.keys.pi : sa.keys.pr,
  };
}

/** Does a pattern name exactly one identity? */
function isConcrete(identity: Identity): boolean {
  return identity.type !== 0 && identity.octets[0] !== STAR;
}
const STAR = 0x2a;

type InitDone = Pick<AuthSent, 'proposal' | 'keys' | 'nonces' | 'first' | 'fragmentation'>;

/** SK { IDi, [N(INITIAL_CONTACT)], [IDr], AUTH, SAi2, TSi, TSr }. False: it cannot be sent, and the IKE SA is gone. */
export function sendAuth(machine: Machine, sa: InitSent, connection: Connection, done: InitDone): boolean {
  const { ipsec, crypto, state } = machine;
  const identity = ownIdentity(connection, sa.local.address);
  const { id: remoteId } = connection.remote;
  const secret = ipsec.secretFor(identity, remoteId ?? addressIdentity(sa.remote.address));
  if (secret === undefined) {
    const peer = remoteId === undefined ? peerText(sa) : formatIdentity(remoteId);
    tell(machine, 'ikev2.no-secret', () => ({ peer, identity: formatIdentity(identity), connection: connection.name }));
    closeIkeSa(machine, sa, `no secret for ${peer}`, 'self');
    return false;
  }
  const [first, ...rest] = sa.wanted;
  const child = first === undefined ? undefined : childNamed(connection, first.child);
  const offer =
    first === undefined || child === undefined
      ? undefined
      : offerChild(machine, sa, child, first, { inAuth: true, replaces: 0 });
  const next: AuthSent = {
    state: 'auth-sent',
    id: sa.id,
    role: sa.role,
    local: sa.local,
    remote: sa.remote,
    nat: sa.nat,
    spis: sa.spis,
    createdAt: sa.createdAt,
    nextRequest: sa.nextRequest,
    nextExpected: sa.nextExpected,
    outstanding: undefined,
    answered: sa.answered,
    waiting: sa.waiting,
    later: sa.later,
    lastHeard: sa.lastHeard,
    sealed: sa.sealed,
    timers: sa.timers,
    begunBy: sa.begunBy,
    attempt: sa.attempt,
    connection: connection.name,
    identity,
    offer,
    wanted: rest,
    proposal: done.proposal,
    keys: done.keys,
    nonces: done.nonces,
    fragmentation: done.fragmentation,
    gathering: { request: undefined, response: undefined },
    first: done.first,
  };
  putSa(machine, next);
  const { prf } = chosenSuite(done.proposal).prf;
  const idBody = PAYLOADS.IDi.body.encode(identity);
  const auth = sharedKeyAuth(crypto, prf, secret, octetsToSign(done, true, done.first.own, idBody));
  const alone = state.perPeer.get(sa.remote.address) === 1;
  const payloads: PayloadToWrite[] = [
    { kind: 'IDi', value: identity },
    ...(alone && connection.unique !== 'never' ? [notification(NOTIFY.INITIAL_CONTACT)] : []),
    ...(remoteId !== undefined && isConcrete(remoteId) ? [{ kind: 'IDr' as const, value: remoteId }] : []),
    { kind: 'AUTH', value: { method: AUTH_METHOD.SHARED_KEY, value: auth } },
    ...(offer === undefined ? [] : offerPayloads(offer)),
  ];
  request(machine, next, EXCHANGE.IKE_AUTH, payloads, { kind: 'auth' });
  return true;
}

/** The responder's proof: the IKE SA is established, and its Child SA where both agreed on one. */
export function acceptAuth(machine: Machine, sa: AuthSent, incoming: Incoming): Told {
  const { payloads, packet } = incoming;
  const connection = machine.ipsec.connection(sa.connection);
  const idr = findPayload(payloads, 'IDr');
  const auth = findPayload(payloads, 'AUTH');
  if (connection === undefined || idr === undefined || auth === undefined) return undefined;
  answeredBy(machine, sa);
  const proof = provenPeer(machine, sa, connection, incoming, idr, auth);
  if (proof === undefined) {
    // The responder believes that all is well: it is told (RFC 7296 §2.21.2).
    const about = {
      ...{ spis: sa.spis, exchange: EXCHANGE.INFORMATIONAL, messageId: sa.nextRequest, response: false },
      ...{ fromInitiator: true, payloads: [notification(NOTIFY.AUTHENTICATION_FAILED)] },
    };
    sendMessage(machine, sa, sealedDatagrams(machine, sa, about), about);
    closeIkeSa(machine, sa, `${peerText(sa)} is not who it must be`, 'self');
    return undefined;
  }
  const established = establish(machine, sa, proof, connection, sa.identity);
  const { offer, wanted } = sa;
  if (offer !== undefined) {
    const error = findError(payloads);
    const result =
      error === undefined
        ? acceptChild(machine, established, offer, payloads, packet)
        : { why: `${peerText(sa)} answered ${errorName(error)}`, error: error.value.type };
    if (!('id' in result)) childFailed(machine, established, offer, result, packet);
  }
  for (const each of wanted) {
    enqueue(machine, established, { kind: 'create-child', wanted: each, replaces: 0, method: undefined, tries: 0 });
  }
  return () => ({
    peer: peerText(sa),
    identity: formatIdentity(proof.identity),
    connection: connection.name,
  });
}

function provenPeer(
  machine: Machine,
  sa: AuthSent,
  connection: Connection,
  { packet, inner }: Incoming,
  idr: PayloadOf<'IDr'>,
  auth: PayloadOf<'AUTH'>,
): AuthenticationProof | undefined {
  const peer = peerText(sa);
  const identity: Identity = { type: idr.value.type, octets: idr.value.octets };
  const { id: wanted } = connection.remote;
  if (wanted !== undefined && matchQuality(identity, wanted) === MATCH.none) {
    const values = { peer, identity: formatIdentity(identity), wanted: formatIdentity(wanted) };
    tell(machine, 'ikev2.wrong-identity', () => values, packet);
    return undefined;
  }
  const secret = machine.ipsec.secretFor(sa.identity, identity);
  if (secret === undefined) {
    const values = {
      peer: formatIdentity(identity),
      identity: formatIdentity(sa.identity),
      connection: connection.name,
    };
    tell(machine, 'ikev2.no-secret', () => values, packet);
    return undefined;
  }
  const proof = checkSharedKeyAuth(machine.crypto, chosenSuite(sa.proposal).prf.prf, {
    ...{ method: auth.value.method, value: auth.value.value, secret, identity },
    octets: octetsToSign(sa, false, sa.first.peer, inner.slice(idr.start, idr.end)),
  });
  if (proof === undefined) {
    const values = { peer, identity: formatIdentity(identity), connection: connection.name };
    tell(machine, 'ikev2.authentication-failed', () => values, packet);
  }
  return proof;
}

/** What an IKE SA becomes with the proof that its peer is who it says. */
export function establish(
  machine: Machine,
  sa: KeyedSa,
  proof: AuthenticationProof,
  connection: Connection,
  identity: Identity,
): Established {
  const established: Established = {
    state: 'established',
    id: sa.id,
    role: sa.role,
    local: sa.local,
    remote: sa.remote,
    nat: sa.nat,
    spis: sa.spis,
    createdAt: sa.createdAt,
    nextRequest: sa.nextRequest,
    nextExpected: sa.nextExpected,
    outstanding: sa.outstanding,
    answered: sa.answered,
    waiting: sa.waiting,
    later: sa.later,
    lastHeard: sa.lastHeard,
    sealed: sa.sealed,
    timers: sa.timers,
    begunBy: sa.begunBy,
    proposal: sa.proposal,
    keys: sa.keys,
    nonces: sa.nonces,
    fragmentation: sa.fragmentation,
    gathering: sa.gathering,
    proof,
    identity,
    connection: connection.name,
    establishedAt: machine.ctx.now(),
    children: [],
    successor: 0,
  };
  putSa(machine, established);
  startTimers(machine, established, connection);
  return established;
}

/** An error in place of a proof. */
export function authRefused(machine: Machine, sa: AuthSent, { payloads, packet }: Incoming): Told {
  const error = findError(payloads);
  const peer = peerText(sa);
  const code =
    error?.value.type === NOTIFY.AUTHENTICATION_FAILED ? 'ikev2.peer-rejected-authentication' : 'ikev2.peer-refused';
  tell(
    machine,
    code,
    () => ({ peer, connection: sa.connection, identity: formatIdentity(sa.identity), error: errorName(error) }),
    packet,
  );
  closeIkeSa(machine, sa, `${peer} answered ${errorName(error)}`, 'self');
  return () => ({ peer });
}
