import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { demand, type Encapsulation, KEMS, type KemName, type KeyPair } from '../crypto/contract.ts';

/** ML-KEM.KeyGen_internal (FIPS 203 6.1) from d | z. */
export function kemKeyPair(name: KemName, random: Uint8Array): KeyPair {
  const { keyRandom } = KEMS[name];
  demand(random.length === keyRandom, `${name}: ${random.length} bytes of randomness, not ${keyRandom}`);
  const { publicKey, secretKey } = ml_kem768.keygen(random);
  return { privateKey: secretKey.slice(), publicKey: publicKey.slice() };
}

/** ML-KEM.Encaps_internal (FIPS 203 6.2); `undefined` where the key fails the checks of 7.2. */
export function encapsulate(name: KemName, publicKey: Uint8Array, random: Uint8Array): Encapsulation | undefined {
  const kem = KEMS[name];
  demand(random.length === kem.random, `${name}: ${random.length} bytes of randomness, not ${kem.random}`);
  if (publicKey.length !== kem.public) return undefined;
  try {
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, random);
    return { ciphertext: cipherText.slice(), sharedSecret: sharedSecret.slice() };
  } catch {
    // A coefficient that is not below the modulus: the only thing left that it refuses.
    return undefined;
  }
}

/** ML-KEM.Decaps_internal (FIPS 203 6.3). */
export function decapsulate(name: KemName, privateKey: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
  const kem = KEMS[name];
  demand(privateKey.length === kem.private, `${name}: private key of ${privateKey.length} bytes, not ${kem.private}`);
  if (ciphertext.length !== kem.ciphertext) return undefined;
  return ml_kem768.decapsulate(ciphertext, privateKey).slice();
}
