import {
  admitting,
  type Connection,
  chooseProposal,
  formatIdentity,
  type Identity,
  sameIdentity,
} from '../../ipsec/contract.ts';
import { type AuthenticationProof, checkSharedKeyAuth, sharedKeyAuth } from '../auth.ts';
import { closeIkeSa } from '../close.ts';
import { candidates } from '../connections.ts';
import { tell } from '../failures.ts';
import type { Incoming, Told } from '../incoming.ts';
import { chosenSuite, enqueue, type Machine, peerText } from '../machine.ts';
import { findPayload, type PayloadOf, type PayloadToWrite } from '../message.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { AUTH_METHOD, AUTH_METHOD_NAMES } from '../names/identifiers.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { findNotification, notification } from '../notifications.ts';
import { PAYLOADS } from '../payloads/index.ts';
import type { Established, HalfOpen } from '../state.ts';
import { respond } from '../window.ts';
import { answerChild } from './child-answer.ts';
import { establish, octetsToSign, ownIdentity } from './ike-auth.ts';

/** IKE_AUTH of the responder (RFC 7296 §1.2, §2.15). */

/** Checks who the initiator is, proves who this side is, and answers its Child SA. */
export function answerAuth(machine: Machine, sa: HalfOpen, incoming: Incoming): Told {
  const { payloads, packet } = incoming;
  const idi = findPayload(payloads, 'IDi') as PayloadOf<'IDi'>;
  const peer = peerText(sa);
  const refuse = (why: string): undefined => {
    respond(machine, sa, EXCHANGE.IKE_AUTH, [notification(NOTIFY.AUTHENTICATION_FAILED)], packet);
    closeIkeSa(machine, sa, why, 'self');
  };
  const identity: Identity = { type: idi.value.type, octets: idi.value.octets };
  const idr = findPayload(payloads, 'IDr');
  const wanted = idr === undefined ? undefined : { type: idr.value.type, octets: idr.value.octets };
  const own = (connection: Connection): Identity => ownIdentity(connection, sa.local.address);
  const usable = candidates(machine, sa).filter(
    ({ proposals }) => 'chosen' in chooseProposal(proposals, [sa.proposal]),
  );
  const [connection] = admitting(usable, identity, wanted, own);
  if (connection === undefined) {
    const asked = wanted === undefined ? 'anybody' : formatIdentity(wanted);
    tell(machine, 'ikev2.no-connection-for', () => ({ peer, identity: formatIdentity(identity), asked }), packet);
    return refuse(`no connection for ${formatIdentity(identity)}`);
  }
  const me = own(connection);
  const secret = machine.ipsec.secretFor(me, identity);
  if (secret === undefined) {
    const values = { peer: formatIdentity(identity), identity: formatIdentity(me), connection: connection.name };
    tell(machine, 'ikev2.no-secret', () => values, packet);
    return refuse(`no secret for ${formatIdentity(identity)}`);
  }
  const proof = provenInitiator(machine, sa, incoming, idi, identity, secret, connection.name);
  if (proof === undefined) return refuse(`${peer} did not prove to be ${formatIdentity(identity)}`);
  if (connection.unique === 'keep' && twins(machine, sa.id, me, identity).length > 0) {
    tell(machine, 'ikev2.kept', () => ({ peer, identity: formatIdentity(identity) }), packet);
    return refuse(`${formatIdentity(identity)} is connected already`);
  }
  const established = establish(machine, sa, proof, connection, me);
  forgetTwins(machine, established, connection, identity, incoming);
  const { prf } = chosenSuite(sa.proposal).prf;
  const idBody = PAYLOADS.IDr.body.encode(me);
  const auth = sharedKeyAuth(machine.crypto, prf, secret, octetsToSign(sa, false, sa.first.own, idBody));
  const child =
    findPayload(payloads, 'SA') === undefined
      ? undefined
      : answerChild(machine, established, payloads, packet, { inAuth: true, replaces: 0 });
  const answer: PayloadToWrite[] = [
    { kind: 'IDr', value: me },
    { kind: 'AUTH', value: { method: AUTH_METHOD.SHARED_KEY, value: auth } },
    ...(child?.payloads ?? []),
  ];
  respond(machine, established, EXCHANGE.IKE_AUTH, answer, packet);
  return () => ({ peer, identity: formatIdentity(identity), connection: connection.name });
}

function provenInitiator(
  machine: Machine,
  sa: HalfOpen,
  { payloads, packet, inner }: Incoming,
  idi: PayloadOf<'IDi'>,
  identity: Identity,
  secret: Uint8Array,
  connection: string,
): AuthenticationProof | undefined {
  const peer = peerText(sa);
  const auth = findPayload(payloads, 'AUTH');
  if (auth === undefined || auth.value.method !== AUTH_METHOD.SHARED_KEY) {
    // Without AUTH the initiator asks for EAP (RFC 7296 §2.16).
    const method = auth === undefined ? 'EAP' : (AUTH_METHOD_NAMES[auth.value.method] ?? `method ${auth.value.method}`);
    tell(
      machine,
      'ikev2.auth-method',
      () => ({ peer, identity: formatIdentity(identity), method, connection }),
      packet,
    );
    return undefined;
  }
  const proof = checkSharedKeyAuth(machine.crypto, chosenSuite(sa.proposal).prf.prf, {
    ...{ method: auth.value.method, value: auth.value.value, secret, identity },
    octets: octetsToSign(sa, true, sa.first.peer, inner.slice(idi.start, idi.end)),
  });
  if (proof === undefined) {
    const values = { peer, identity: formatIdentity(identity), connection };
    tell(machine, 'ikev2.authentication-failed', () => values, packet);
  }
  return proof;
}

/** Other IKE SAs of the same two identities. */
function twins(machine: Machine, id: number, own: Identity, identity: Identity): readonly Established[] {
  return [...machine.state.sas.values()].filter(
    (other): other is Established =>
      other.state === 'established' &&
      other.id !== id &&
      sameIdentity(other.identity, own) &&
      sameIdentity(other.proof.identity, identity),
  );
}

/** INITIAL_CONTACT says that the peer knows of no older SAs (RFC 7296 §2.4); `unique: replace` deletes them in any case. */
function forgetTwins(
  machine: Machine,
  sa: Established,
  connection: Connection,
  identity: Identity,
  { payloads }: Incoming,
): void {
  const forgotten = findNotification(payloads, NOTIFY.INITIAL_CONTACT) !== undefined;
  if (connection.unique === 'never' || !(forgotten || connection.unique === 'replace')) return;
  for (const twin of twins(machine, sa.id, sa.identity, identity)) {
    if (forgotten) closeIkeSa(machine, twin, `${formatIdentity(identity)} began anew`, 'self');
    else enqueue(machine, twin, { kind: 'delete-ike', why: `${formatIdentity(identity)} has a newer IKE SA` });
  }
}
