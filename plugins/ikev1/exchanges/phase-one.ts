import { type Connection, formatIdentity, type Identity, sameIdentity } from '../../ipsec/contract.ts';
import { type AuthenticationProof, checkPhaseOneHash, phaseOneHash } from '../auth.ts';
import { closeSa } from '../close.ts';
import { logIsakmpKey } from '../key-log.ts';
import { type Both, type Cookies, encryptionKey, firstIv, skeyidOfSecret, skeyids } from '../keys.ts';
import { chosenSuite, enqueue, type Machine, putSa } from '../machine.ts';
import type { Payload } from '../message.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { attach } from '../nat.ts';
import { findNotification } from '../notifications.ts';
import { PAYLOADS } from '../payloads/index.ts';
import { commonOf, type Established, type KeyedSa } from '../state.ts';
import { presentOf, takeOver } from '../succession.ts';
import { startTimers } from '../timers.ts';

/** What Main and Aggressive Mode have in common: keys, hashes, and what an ISAKMP SA becomes with a proof. */

/** The keys of phase 1 (RFC 2409 §5). */
export function phaseOneKeys(
  machine: Machine,
  { proposal, cookies }: Pick<KeyedSa, 'proposal' | 'cookies'>,
  secret: Uint8Array,
  sharedSecret: Uint8Array,
  nonces: Both,
  publics: Both,
): Pick<KeyedSa, 'keys' | 'key' | 'iv' | 'nonces' | 'publics'> {
  const { crypto } = machine;
  const { prf, hash, encryption } = chosenSuite(proposal);
  const keys = skeyids(crypto, prf, skeyidOfSecret(crypto, prf, secret, nonces), sharedSecret, cookies);
  const key = encryptionKey(crypto, prf, keys.e, encryption.key);
  logIsakmpKey(machine, { cookies, key, proposal });
  return { keys, key, iv: firstIv(crypto, hash, publics, encryption.iv), nonces, publics };
}

type Hashed = Pick<KeyedSa, 'proposal' | 'keys' | 'publics' | 'saBody'> & { readonly cookies: Cookies };

/** HASH_I or HASH_R of this side. */
export function ownHash(machine: Machine, sa: Hashed, ofInitiator: boolean, identity: Identity): Uint8Array {
  const { prf } = chosenSuite(sa.proposal);
  const { publics, cookies, saBody } = sa;
  const idBody = PAYLOADS.ID.body.encode({ ...identity, protocol: 0, port: 0 });
  return phaseOneHash(machine.crypto, prf, sa.keys.skeyid, ofInitiator, { publics, cookies, saBody, idBody });
}

/** Checks the peer's. `idBody` is the body of its ID payload, octet for octet. */
export function provenPeer(
  machine: Machine,
  sa: Hashed,
  ofInitiator: boolean,
  value: Uint8Array,
  identity: Identity,
  idBody: Uint8Array,
): AuthenticationProof | undefined {
  const { prf } = chosenSuite(sa.proposal);
  const { publics, cookies, saBody } = sa;
  const exchanged = { publics, cookies, saBody, idBody };
  return checkPhaseOneHash(machine.crypto, prf, { value, skeyid: sa.keys.skeyid, ofInitiator, exchanged, identity });
}

/** Message IDs of the initiator of phase 1 are even, of its responder odd, and go round by this step: none comes twice under one key. */
export const MESSAGE_ID_STEP = 0x9e3779ba;

/** What an ISAKMP SA becomes with the proof that its peer is who it says. */
export function establish(
  machine: Machine,
  sa: KeyedSa,
  proof: AuthenticationProof,
  connection: Connection,
  identity: Identity,
  replaces: number,
): Established {
  const { ctx } = machine;
  const { proposal, keys, key, iv, nonces, publics, saBody, life } = sa;
  const established: Established = Object.assign(commonOf(sa), {
    state: 'established' as const,
    proposal,
    keys,
    key,
    iv,
    nonces,
    publics,
    saBody,
    life,
    proof,
    identity,
    replaces,
    connection: connection.name,
    establishedAt: ctx.now(),
    lastHeard: ctx.now(),
    children: [],
    quick: new Map(),
    done: [],
    seen: [],
    nextMessageId: firstMessageId(nonces, sa.role),
    successor: 0,
    dpd: { sequence: firstSequence(nonces), waiting: false, tries: 0, wait: 0, since: 0, peer: -1 },
  });
  putSa(machine, established);
  startTimers(machine, established, connection);
  attach(machine, established);
  return established;
}

/** Message IDs begin anywhere: what the nonces say is as good as chance, and costs none. */
function firstMessageId({ initiator, responder }: Both, role: 'initiator' | 'responder'): number {
  const nonce = role === 'initiator' ? initiator : responder;
  const start = nonce.slice(0, 4).reduce((sum, octet) => sum * 256 + octet, 0);
  return (start - (start % 2) + (role === 'initiator' ? 0 : 1)) >>> 0;
}

/** R-U-THERE begins with a number of chance (RFC 3706 §6.2), with room before it goes round. */
function firstSequence({ initiator, responder }: Both): number {
  return (initiator[4] ?? 0) * 0x1_0000 + (responder[4] ?? 0) * 256 + (initiator[5] ?? 0);
}

/** INITIAL-CONTACT says that the peer knows of no older SAs (RFC 2407 §4.6.3.3); `unique: replace` deletes them in any case. */
export function greet(machine: Machine, sa: Established, connection: Connection, payloads: readonly Payload[]): void {
  const { identity } = sa.proof;
  const forgotten = findNotification(payloads, NOTIFY['INITIAL-CONTACT']) !== undefined;
  if (!forgotten) takeOver(machine, sa);
  if (connection.unique === 'never') return;
  for (const twin of identityTwins(machine, sa.id, sa.identity, identity)) {
    if (forgotten) closeSa(machine, twin, `${formatIdentity(identity)} began anew`, 'forgotten');
    else if (connection.unique === 'replace' && twin.successor === 0 && sa.successor === 0) {
      enqueue(machine, twin, { kind: 'delete-isakmp', why: `${formatIdentity(identity)} has a newer ISAKMP SA` });
    }
  }
}

/** Other ISAKMP SAs of the same two identities. */
export function identityTwins(machine: Machine, id: number, own: Identity, peer: Identity): readonly Established[] {
  return [...machine.state.sas.values()].filter(
    (other): other is Established =>
      other.state === 'established' &&
      other.id !== id &&
      sameIdentity(other.identity, own) &&
      sameIdentity(other.proof.identity, peer),
  );
}

/** What was wanted of a new ISAKMP SA is begun on it, or on the one that has its business. */
export function beginWanted(machine: Machine, sa: Established, wanted: readonly { readonly child: string }[]): void {
  const present = presentOf(machine, sa);
  for (const each of wanted) {
    enqueue(machine, present, { kind: 'quick', wanted: { packet: undefined, ...each }, replaces: 0 });
  }
}
