import type { CryptoProvider } from '../crypto/contract.ts';
import { ecSign, ecVerify, ed25519Public } from './ec-signatures.ts';
import { ecPublicKey } from './ecp.ts';
import { createExchange } from './groups.ts';
import { decapsulate, encapsulate, kemKeyPair } from './kem.ts';
import { rsaPrivatePower, rsaPublicPower, rsaSign, rsaVerify } from './rsa.ts';
import { createSymmetric } from './symmetric.ts';

/** A provider in the language alone: the same in every browser and in Node. Its caches live as long as it does. */
export function createNobleProvider(): CryptoProvider {
  const symmetric = createSymmetric();
  const exchange = createExchange();
  const rsa = { hash: symmetric.hash, publicPower: rsaPublicPower, privatePower: rsaPrivatePower };
  return {
    ...symmetric,
    ...exchange,
    name: 'noble',
    kemKeyPair,
    encapsulate,
    decapsulate,
    sign: ecSign,
    verify: ecVerify,
    signaturePublicKey: (kind, privateKey) =>
      kind === 'ed25519' ? ed25519Public(privateKey) : ecPublicKey(kind, privateKey),
    rsaSign: (scheme, key, message, random) => rsaSign(rsa, scheme, key, message, random),
    rsaVerify: (scheme, key, message, signature) => rsaVerify(rsa, scheme, key, message, signature),
    clear() {
      symmetric.clear();
      exchange.clear();
    },
  };
}
