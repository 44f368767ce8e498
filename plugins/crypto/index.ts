import { definePlugin } from '../../core/index.ts';

export const crypto = definePlugin({
  name: 'crypto',
  title: 'Cryptography',
  about:
    'The primitives that IPsec asks for: hashes, ciphers, key exchange, signatures. The contract only; the host chooses who fills it.',
  sources: ['RFC 8221', 'RFC 8247', 'RFC 6989'],
});
