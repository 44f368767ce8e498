import { createNobleProvider } from '../../plugins/crypto-noble/provider.ts';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import { type IkeSuite, tellHandshakes } from './handshakes.ts';

/** Main Mode and Quick Mode with modp2048. */
const SUITE: IkeSuite = { version: 1, proposals: ['aes256-sha256-modp2048'], esp: ['aes256-sha256'] };

// A handshake goes through so much code that it takes a thousand or two of them until all of it is compiled.
tellHandshakes(SUITE, createNodeProvider, 200, 40);
tellHandshakes(SUITE, createNobleProvider, 12, 10);
