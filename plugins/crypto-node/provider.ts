import type { CryptoProvider } from '../crypto/contract.ts';
import { createNobleProvider } from '../crypto-noble/contract.ts';
import { createExchange } from './exchange.ts';
import { createSignatures } from './signatures.ts';
import { createSymmetric } from './symmetric.ts';

/** A provider on node:crypto, with the pure one for what it lacks or would not do without chance. */
export function createNodeProvider(): CryptoProvider {
  const pure = createNobleProvider();
  const symmetric = createSymmetric(pure);
  const exchange = createExchange();
  const signatures = createSignatures(pure, exchange, symmetric.hash);
  const { keyPair, publicKey, sharedSecret } = exchange;
  const { kemKeyPair, encapsulate, decapsulate } = pure;
  return {
    ...symmetric,
    ...signatures,
    name: 'node',
    keyPair,
    publicKey,
    sharedSecret,
    kemKeyPair,
    encapsulate,
    decapsulate,
    clear() {
      symmetric.clear();
      exchange.clear();
      signatures.clear();
      pure.clear();
    },
  };
}
