import { write32 } from '../../core/index.ts';
import type { CryptoProvider } from '../crypto/contract.ts';
import { integrityValue } from '../ipsec/contract.ts';
import type { EspMaterial } from './material.ts';

const NOTHING = new Uint8Array(0);
/** The nonce or IV that the cipher takes, from the salt and the IV at `bytes[at]`. Counter mode adds its block counter (RFC 3686 §4). */
export function cipherIv(material: EspMaterial, bytes: Uint8Array, at: number): Uint8Array {
  const { salt, encryption } = material;
  if (encryption.salt === 0) return bytes.subarray(at, at + encryption.iv);
  const counter = encryption.cipher === 'aes-ctr';
  const iv = new Uint8Array(salt.length + encryption.iv + (counter ? 4 : 0));
  iv.set(salt);
  for (let octet = 0; octet < encryption.iv; octet++) iv[salt.length + octet] = bytes[at + octet] as number;
  if (counter) iv[iv.length - 1] = 1;
  return iv;
}

/** Additional authenticated data (RFC 4106 §5): SPI and sequence number, with ESN all 64 bits of it. `at` is where the SPI stands. */
export function additionalOctets(material: EspMaterial, bytes: Uint8Array, at: number, high: number): Uint8Array {
  if (!material.esn) return bytes.subarray(at, at + 8);
  const additional = new Uint8Array(12);
  additional.set(bytes.subarray(at, at + 4));
  write32(additional, 4, high);
  additional.set(bytes.subarray(at + 4, at + 8), 8);
  return additional;
}

/**
 * The ICV of a separate integrity transform over `bytes[at, end)`, and with ESN over the high half of the number behind it (RFC 4303 §2.2.1),
 * cut to its length.
 */
export function integrityCheck(
  crypto: CryptoProvider,
  material: EspMaterial,
  bytes: Uint8Array,
  at: number,
  end: number,
  high: number,
): Uint8Array {
  const { integrity } = material;
  if (integrity === undefined) return NOTHING;
  let covered = bytes.subarray(at, end);
  if (material.esn) {
    const longer = new Uint8Array(covered.length + 4);
    longer.set(covered);
    write32(longer, covered.length, high);
    covered = longer;
  }
  return integrityValue(crypto, integrity, material.integrityKey, covered);
}

/** The ICV of NULL encryption with AES-GMAC (RFC 4543 §3.3): over SPI, number, IV and payload. */
export function gmacCheck(
  crypto: CryptoProvider,
  material: EspMaterial,
  bytes: Uint8Array,
  at: number,
  end: number,
  high: number,
): Uint8Array {
  const additional = additionalOctets(material, bytes, at, high);
  const covered = new Uint8Array(additional.length + end - at - 8);
  covered.set(additional);
  covered.set(bytes.subarray(at + 8, end), additional.length);
  return crypto.mac('aes-gmac', material.key, covered, cipherIv(material, bytes, at + 8)).subarray(0, material.icv);
}
