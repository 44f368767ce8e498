import { concatBytes } from '../../core/index.ts';
import { type CryptoProvider, equal, type PrfName, prf } from '../crypto/contract.ts';
import type { Identity } from '../ipsec/contract.ts';
import { type Both, type Cookies, messageIdOctets } from './keys.ts';

/** Hashes that authenticate: HASH_I and HASH_R of phase 1, HASH(1) to HASH(3) of Quick Mode and Informational (RFC 2409 §5, §5.5, §5.7). */

declare const proven: unique symbol;

/**
 * Says that a peer's HASH of phase 1 was checked and found right. Only the check in this file makes one, and only with one is an ISAKMP SA
 * established: forgetting the check does not compile.
 */
export interface AuthenticationProof {
  readonly [proven]: true;
  readonly method: 'psk';
  /** Who was proven to be there. */
  readonly identity: Identity;
}

/** What HASH_I and HASH_R cover. */
export interface Exchanged {
  readonly publics: Both;
  readonly cookies: Cookies;
  /** SAi_b: the body of the initiator's SA payload, octet for octet. */
  readonly saBody: Uint8Array;
  /** IDii_b or IDir_b: the body of the ID payload of whose hash it is. */
  readonly idBody: Uint8Array;
}

/** What HASH_I, or for the responder HASH_R, is a hash of: own public value | other's | own cookie | other's | SAi_b | ID_b (RFC 2409 §5). */
export function exchangedOctets(ofInitiator: boolean, { publics, cookies, saBody, idBody }: Exchanged): Uint8Array {
  return ofInitiator
    ? concatBytes(publics.initiator, publics.responder, cookies.initiator, cookies.responder, saBody, idBody)
    : concatBytes(publics.responder, publics.initiator, cookies.responder, cookies.initiator, saBody, idBody);
}

/** HASH_I or HASH_R = prf (SKEYID, ...). */
export function phaseOneHash(
  crypto: CryptoProvider,
  name: PrfName,
  skeyid: Uint8Array,
  ofInitiator: boolean,
  exchanged: Exchanged,
): Uint8Array {
  return prf(crypto, name, skeyid, exchangedOctets(ofInitiator, exchanged));
}

/** A peer's HASH of phase 1, and what it is held against. */
export interface HashClaim {
  readonly value: Uint8Array;
  readonly skeyid: Uint8Array;
  readonly ofInitiator: boolean;
  readonly exchanged: Exchanged;
  readonly identity: Identity;
}

/** Checks a HASH of phase 1. `undefined`: it is not right, and the peer is not who it says. */
export function checkPhaseOneHash(
  crypto: CryptoProvider,
  name: PrfName,
  { value, skeyid, ofInitiator, exchanged, identity }: HashClaim,
): AuthenticationProof | undefined {
  if (!equal(value, phaseOneHash(crypto, name, skeyid, ofInitiator, exchanged))) return undefined;
  return { method: 'psk', identity } as AuthenticationProof;
}

/** HASH(1) = prf (SKEYID_a, M-ID | all payloads behind it): Quick Mode's first message, and Informational exchanges. */
export function hash1(
  crypto: CryptoProvider,
  name: PrfName,
  a: Uint8Array,
  messageId: number,
  rest: Uint8Array,
): Uint8Array {
  return prf(crypto, name, a, concatBytes(messageIdOctets(messageId), rest));
}

/** HASH(2) = prf (SKEYID_a, M-ID | Ni_b | all payloads behind it): Quick Mode's second message. */
export function hash2(
  crypto: CryptoProvider,
  name: PrfName,
  a: Uint8Array,
  messageId: number,
  initiatorNonce: Uint8Array,
  rest: Uint8Array,
): Uint8Array {
  return prf(crypto, name, a, concatBytes(messageIdOctets(messageId), initiatorNonce, rest));
}

/** HASH(3) = prf (SKEYID_a, 0 | M-ID | Ni_b | Nr_b): Quick Mode's third message. */
export function hash3(
  crypto: CryptoProvider,
  name: PrfName,
  a: Uint8Array,
  messageId: number,
  nonces: Both,
): Uint8Array {
  const octets = concatBytes(Uint8Array.of(0), messageIdOctets(messageId), nonces.initiator, nonces.responder);
  return prf(crypto, name, a, octets);
}
