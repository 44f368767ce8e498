import { createNobleProvider } from '../../plugins/crypto-noble/provider.ts';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import { handshakesPerSecond, type IkeSuite } from './handshakes.ts';
import { tell } from './measure.ts';

/** IKE_SA_INIT and IKE_AUTH with x25519. */
const SUITE: IkeSuite = { version: 2, proposals: ['aes256-sha256-x25519'], esp: ['aes256gcm16'] };

// Many before, so that compiled code is measured: a handshake goes through so much of it that it takes a thousand of them to get there.
handshakesPerSecond(SUITE, 120, createNodeProvider());
tell({
  figure: 'IKEv2 handshakes, crypto-node',
  value: handshakesPerSecond(SUITE, 60, createNodeProvider()),
  unit: '/CPU-s',
});
handshakesPerSecond(SUITE, 10, createNobleProvider());
tell({
  figure: 'IKEv2 handshakes, crypto-noble',
  value: handshakesPerSecond(SUITE, 15, createNobleProvider()),
  unit: '/CPU-s',
});
