import { nextBytes } from '../../core/index.ts';
import { randomLength } from '../crypto/contract.ts';
import { keyExchangeOf, type Proposal, TRANSFORM, transformsOf } from '../ipsec/contract.ts';
import type { Machine } from './machine.ts';
import { KEY_EXCHANGE_NAMES } from './names/transforms.ts';
import type { KeyExchangeOffer } from './state.ts';

/** Octets of an own nonce: at least half the key of any pseudorandom function (RFC 7296 §2.10). */
const NONCE_OCTETS = 32;

export function freshNonce(machine: Machine): Uint8Array {
  return nextBytes(machine.ctx.random('nonce'), NONCE_OCTETS);
}

/** The key exchange method that the first proposal prefers; `undefined` where it has none. */
export function preferredMethod(proposals: readonly Proposal[]): number | undefined {
  for (const proposal of proposals) {
    const [first] = transformsOf(proposal, TRANSFORM.keyExchange);
    if (first !== undefined) return first.id === 0 ? undefined : first.id;
  }
  return undefined;
}

export function offersMethod(proposals: readonly Proposal[], method: number): boolean {
  return proposals.some((proposal) => transformsOf(proposal, TRANSFORM.keyExchange).some(({ id }) => id === method));
}

/** A fresh key pair for a method; `undefined` for one that is not known here. */
export function freshExchange(machine: Machine, method: number): KeyExchangeOffer | undefined {
  const group = keyExchangeOf({ id: method })?.group;
  if (group === undefined) return undefined;
  const random = nextBytes(machine.ctx.random('key exchange'), randomLength(group));
  return { method, ...machine.crypto.keyPair(group, random) };
}

/** g^ir; `undefined` where the peer's value is not one of the group (RFC 6989 §2, RFC 8031 §2). */
export function sharedSecret(machine: Machine, own: KeyExchangeOffer, peer: Uint8Array): Uint8Array | undefined {
  const group = keyExchangeOf({ id: own.method })?.group;
  return group === undefined ? undefined : machine.crypto.sharedSecret(group, own.privateKey, peer);
}

export function methodName(method: number): string {
  return KEY_EXCHANGE_NAMES[method] ?? `method ${method}`;
}
