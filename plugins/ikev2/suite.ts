import type { CryptoProvider } from '../crypto/contract.ts';
import {
  type EncryptionTransform,
  encryptionOf,
  type IntegrityTransform,
  integrityOf,
  type KeyExchangeTransform,
  keyExchangeOf,
  type PrfTransform,
  type Proposal,
  prfOf,
  TRANSFORM,
  transformOf,
} from '../ipsec/contract.ts';

/** What protects an IKE SA: the transforms that a chosen proposal names, with what the crypto provider calls them. */
export interface Protection {
  readonly encryption: EncryptionTransform;
  /** Absent with combined encryption. */
  readonly integrity?: IntegrityTransform;
}

export interface Suite extends Protection {
  readonly prf: PrfTransform;
  readonly keyExchange: KeyExchangeTransform;
}

/**
 * The suite of a chosen IKE proposal; `undefined` where a transform is missing or cannot protect an IKE SA. Besides AES-CBC, 3DES and
 * the like with an integrity transform these are AES-GCM and AES-CCM (RFC 5282) and ChaCha20-Poly1305 (RFC 7634 §3).
 */
export function suiteOf(proposal: Proposal): Suite | undefined {
  const encryption = encryptionOf(transformOf(proposal, TRANSFORM.encryption));
  const integrity = integrityOf(transformOf(proposal, TRANSFORM.integrity));
  const prf = prfOf(transformOf(proposal, TRANSFORM.prf));
  const keyExchange = keyExchangeOf(transformOf(proposal, TRANSFORM.keyExchange));
  if (encryption === undefined || prf === undefined || keyExchange === undefined) return undefined;
  // An IKE SA is always encrypted (RFC 7296 §3.14), and GMAC and NULL do not.
  if (encryption.cipher === 'null' || encryption.cipher === 'gmac') return undefined;
  if (encryption.kind === 'combined') return { encryption, prf, keyExchange };
  return integrity?.mac === undefined ? undefined : { encryption, integrity, prf, keyExchange };
}

/** The integrity checksum of a separate integrity transform, cut to its length. */
export function checksum(
  crypto: CryptoProvider,
  integrity: IntegrityTransform,
  key: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const { mac, icv } = integrity;
  if (mac === undefined) return new Uint8Array(0);
  const whole = 'hmac' in mac ? crypto.hmac(mac.hmac, key, data) : crypto.mac(mac.block, key, data);
  return whole.slice(0, icv);
}
