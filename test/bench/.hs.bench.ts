import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import { handshakesPerSecond, type IkeSuite } from './handshakes.ts';
const V2: IkeSuite = { version: 2, proposals: ['aes256-sha256-x25519'], esp: ['aes256gcm16'] };
const [rounds] = process.argv.slice(2).map(Number) as [number];
console.log(handshakesPerSecond(V2, rounds, createNodeProvider()));
