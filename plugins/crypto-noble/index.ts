import { definePlugin } from '../../core/index.ts';
import { createNobleProvider } from './provider.ts';

export const cryptoNoble = definePlugin({
  name: 'crypto-noble',
  title: 'Cryptography in the language alone',
  about:
    'Fills the crypto slot in browsers and in Node, with the noble libraries and code of its own where they are slow.',
  sources: ['FIPS 197', 'NIST SP 800-38A', 'NIST SP 800-38C', 'NIST SP 800-38D', 'RFC 7748', 'RFC 8439', 'FIPS 203'],
  fills: { crypto: createNobleProvider },
});
