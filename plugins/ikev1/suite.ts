import type { CipherName, HashName, PrfName } from '../crypto/contract.ts';
import {
  type EncryptionTransform,
  encryptionOf,
  integrityOf,
  type KeyExchangeTransform,
  keyExchangeOf,
  type Proposal,
  prfOf,
  TRANSFORM,
  transformOf,
  weaknessText,
} from '../ipsec/contract.ts';

/** What protects an ISAKMP SA: the attributes that were agreed on, with what the crypto provider calls them. */
export interface Suite {
  readonly encryption: EncryptionTransform & { readonly cipher: CipherName };
  /** The negotiated hash: of IVs, of NAT-D, and inside the pseudorandom function (RFC 2409 §4). */
  readonly hash: HashName;
  /** HMAC of the hash: no other function was ever registered. */
  readonly prf: PrfName;
  readonly keyExchange: KeyExchangeTransform;
}

/** The suite of a chosen proposal; `undefined` where something is missing or cannot protect an ISAKMP SA. */
export function suiteOf(proposal: Proposal): Suite | undefined {
  const encryption = encryptionOf(transformOf(proposal, TRANSFORM.encryption));
  const integrity = integrityOf(transformOf(proposal, TRANSFORM.integrity));
  const prf = prfOf(transformOf(proposal, TRANSFORM.prf));
  const keyExchange = keyExchangeOf(transformOf(proposal, TRANSFORM.keyExchange));
  const mac = integrity?.mac;
  if (encryption === undefined || prf === undefined || keyExchange === undefined || mac === undefined) return undefined;
  if (!('hmac' in mac) || prf.prf !== `hmac-${mac.hmac}` || !isChained(encryption)) return undefined;
  return { encryption, hash: mac.hmac, prf: prf.prf, keyExchange };
}

/** Only ciphers that chain blocks: an ISAKMP SA takes its IVs from the messages before (RFC 2409 App. B). */
function isChained(encryption: EncryptionTransform): encryption is Suite['encryption'] {
  return encryption.kind === 'separate' && encryption.block > 1 && encryption.cipher.endsWith('-cbc');
}

/** Why a suite, or how it was agreed on, is weak; empty where it is not. */
export function weaknessOf(proposal: Proposal | undefined, aggressive: boolean): string {
  const reasons = [
    proposal === undefined ? '' : weaknessText(proposal.transforms),
    aggressive ? 'Aggressive Mode shows a hash of the secret to anybody who asks (RFC 2409 §5.4)' : '',
  ];
  return reasons.filter((reason) => reason !== '').join('; ');
}
