import { concatBytes } from '../../core/index.ts';
import { type CryptoProvider, equal, type PrfName, prf } from '../crypto/contract.ts';
import type { Identity } from '../ipsec/contract.ts';
import { AUTH_METHOD } from './names/identifiers.ts';

/** Authentication of an IKE SA (RFC 7296 §2.15). */

declare const proven: unique symbol;

/**
 * Says that a peer's AUTH payload was checked and found right. Only the checks in this file make one, and only with one is an IKE SA
 * established: forgetting the check does not compile.
 */
export interface AuthenticationProof {
  readonly [proven]: true;
  readonly method: 'psk';
  /** Who was proven to be there. */
  readonly identity: Identity;
}

/** What one side signs: its own first message, the other side's nonce, and its own identity under its own SK_p. */
export interface SignedOctets {
  /** The whole IKE_SA_INIT message that this side sent last, from its header on. */
  readonly message: Uint8Array;
  readonly peerNonce: Uint8Array;
  /** The body of its ID payload (RestOfInitIDPayload): type, reserved octets, identification. */
  readonly idBody: Uint8Array;
  /** SK_pi for the initiator, SK_pr for the responder. */
  readonly keyP: Uint8Array;
}

/** RFC 7296 §2.15: 17 ASCII characters, no end mark. */
const KEY_PAD = new TextEncoder().encode('Key Pad for IKEv2');

/** RealMessage | NonceData | prf (SK_p, RestOfIDPayload). */
export function signedOctets(crypto: CryptoProvider, name: PrfName, octets: SignedOctets): Uint8Array {
  return concatBytes(octets.message, octets.peerNonce, prf(crypto, name, octets.keyP, octets.idBody));
}

/** AUTH = prf (prf (Shared Secret, "Key Pad for IKEv2"), <SignedOctets>). */
export function sharedKeyAuth(
  crypto: CryptoProvider,
  name: PrfName,
  secret: Uint8Array,
  octets: SignedOctets,
): Uint8Array {
  return prf(crypto, name, prf(crypto, name, secret, KEY_PAD), signedOctets(crypto, name, octets));
}

/** What a peer's AUTH payload claims, and what it is held against. */
export interface SharedKeyClaim {
  readonly method: number;
  readonly value: Uint8Array;
  readonly secret: Uint8Array;
  readonly octets: SignedOctets;
  readonly identity: Identity;
}

/** Checks a shared key AUTH. `undefined`: it is not right, and the peer is not who it says. */
export function checkSharedKeyAuth(
  crypto: CryptoProvider,
  name: PrfName,
  claim: SharedKeyClaim,
): AuthenticationProof | undefined {
  if (claim.method !== AUTH_METHOD.SHARED_KEY) return undefined;
  if (!equal(claim.value, sharedKeyAuth(crypto, name, claim.secret, claim.octets))) return undefined;
  return { method: 'psk', identity: claim.identity } as AuthenticationProof;
}
