import { createNobleProvider } from '../../plugins/crypto-noble/provider.ts';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import { type IkeSuite, tellHandshakes } from './handshakes.ts';

/** IKE_SA_INIT and IKE_AUTH with x25519. */
const SUITE: IkeSuite = { version: 2, proposals: ['aes256-sha256-x25519'], esp: ['aes256gcm16'] };

// A handshake goes through so much code that it takes some thousands of them until all of it is compiled.
tellHandshakes(SUITE, createNodeProvider, 300, 60);
tellHandshakes(SUITE, createNobleProvider, 40, 20);
