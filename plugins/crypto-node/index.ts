import { definePlugin } from '../../core/index.ts';
import { createNodeProvider } from './provider.ts';

export const cryptoNode = definePlugin({
  name: 'crypto-node',
  title: 'Cryptography of Node',
  about: 'Fills the crypto slot in the terminal and in workers of Node, several times faster and with the same bytes.',
  sources: ['RFC 7517', 'RFC 7518', 'RFC 8037'],
  extends: ['crypto-noble'],
  fills: { crypto: createNodeProvider },
});
