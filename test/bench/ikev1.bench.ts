import { createNobleProvider } from '../../plugins/crypto-noble/provider.ts';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import { handshakesPerSecond, type IkeSuite } from './handshakes.ts';
import { tell } from './measure.ts';

/** Main Mode and Quick Mode with modp2048. */
const SUITE: IkeSuite = { version: 1, proposals: ['aes256-sha256-modp2048'], esp: ['aes256-sha256'] };

// Many before, so that compiled code is measured: a handshake goes through so much of it that it takes a thousand of them to get there.
handshakesPerSecond(SUITE, 120, createNodeProvider());
tell({
  figure: 'IKEv1 handshakes, crypto-node',
  value: handshakesPerSecond(SUITE, 40, createNodeProvider()),
  unit: '/CPU-s',
});
handshakesPerSecond(SUITE, 6, createNobleProvider());
tell({
  figure: 'IKEv1 handshakes, crypto-noble',
  value: handshakesPerSecond(SUITE, 8, createNobleProvider()),
  unit: '/CPU-s',
});
