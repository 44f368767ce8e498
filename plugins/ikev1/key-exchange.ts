import { nextBytes } from '../../core/index.ts';
import { randomLength } from '../crypto/contract.ts';
import { keyExchangeOf } from '../ipsec/contract.ts';
import type { Machine } from './machine.ts';
import type { KeyExchangeOffer } from './state.ts';

/** Octets of an own nonce: 8 to 256 are allowed (RFC 2409 §5). */
const NONCE_OCTETS = 32;
export const COOKIE_OCTETS = 8;

export function freshNonce(machine: Machine): Uint8Array {
  return nextBytes(machine.ctx.random('nonce'), NONCE_OCTETS);
}

/** A cookie that nobody can foresee, and that is not the one that stands for none (RFC 2408 §2.5.3). */
export function freshCookie(machine: Machine): Uint8Array {
  const cookie = nextBytes(machine.ctx.random('cookie'), COOKIE_OCTETS);
  if (cookie.every((octet) => octet === 0)) cookie[0] = 1;
  return cookie;
}

/** A fresh key pair for a group; `undefined` for one that is not known here. */
export function freshExchange(machine: Machine, group: number): KeyExchangeOffer | undefined {
  const name = keyExchangeOf({ id: group })?.group;
  if (name === undefined) return undefined;
  const random = nextBytes(machine.ctx.random('key exchange'), randomLength(name));
  return { group, ...machine.crypto.keyPair(name, random) };
}

/** g^xy; `undefined` where the peer's value is not one of the group. */
export function sharedSecret(machine: Machine, own: KeyExchangeOffer, peer: Uint8Array): Uint8Array | undefined {
  const name = keyExchangeOf({ id: own.group })?.group;
  return name === undefined ? undefined : machine.crypto.sharedSecret(name, own.privateKey, peer);
}
