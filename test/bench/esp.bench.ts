import type { CryptoProvider } from '../../plugins/crypto/contract.ts';
import { createNobleProvider } from '../../plugins/crypto-noble/contract.ts';
import { createNodeProvider } from '../../plugins/crypto-node/contract.ts';
import { type EspMaterial, espMaterial, openEsp, sealEsp } from '../../plugins/esp/contract.ts';
import { transformOfKeyword } from '../../plugins/ipsec/contract.ts';
import { cpuSeconds, tell } from './measure.ts';

/** ESP of 1,400 octets, sealed and opened, against the provider's bare operations on as many octets in the same run. */

const SIZE = 1400;
const ROUNDS = 7;

function materialOf(keywords: string): EspMaterial {
  const [encryption, integrity] = keywords.split('-').map(transformOfKeyword);
  const keys = {
    encryption: new Uint8Array(keywords.includes('gcm') || keywords.includes('chacha') ? 36 : 32).fill(7),
    integrity: new Uint8Array(integrity === undefined ? 0 : 32).fill(9),
  };
  const made = espMaterial({ encryption, integrity, keys, esn: false });
  if ('wrong' in made) throw new Error(made.wrong);
  return made;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;

function compare(crypto: CryptoProvider, keywords: string, count: number): void {
  const material = materialOf(keywords);
  const payload = new Uint8Array(SIZE).fill(0x45);
  const iv = new Uint8Array(material.encryption.iv);
  const padded = new Uint8Array(Math.ceil((SIZE + 2) / material.alignment) * material.alignment);
  const additional = new Uint8Array(8);
  const nonce = new Uint8Array(12);
  const esp = (): void => {
    for (let at = 1; at <= count; at++) {
      const packet = sealEsp(crypto, material, { spi: 4096, sequence: at, iv, nextHeader: 4 }, payload);
      if (!openEsp(crypto, material, packet).ok) throw new Error('did not open');
    }
  };
  const bare = (): void => {
    for (let at = 0; at < count; at++) {
      if (material.encryption.kind === 'combined') {
        const name = material.encryption.cipher as 'aes-gcm';
        const sealed = crypto.seal(name, material.key, nonce, additional, padded);
        if (crypto.open(name, material.key, nonce, additional, sealed) === undefined) throw new Error('did not open');
      } else {
        const sealed = crypto.encrypt('aes-cbc', material.key, iv, padded);
        const first = crypto.hmac('sha256', material.integrityKey, sealed);
        const second = crypto.hmac('sha256', material.integrityKey, sealed);
        if (first[0] !== second[0]) throw new Error('differs');
        crypto.decrypt('aes-cbc', material.key, iv, sealed);
      }
    }
  };
  esp();
  bare();
  const rates: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const first = cpuSeconds(esp);
    const second = cpuSeconds(bare);
    rates.push(count / first);
    ratios.push(second / first);
  }
  tell({
    figure: `ESP ${keywords}, ${SIZE} octets, ${crypto.name}`,
    value: median(rates),
    unit: 'packets sealed and opened/CPU-s',
  });
  tell({ figure: `ESP ${keywords}, ${crypto.name}, against bare operations`, value: median(ratios), unit: 'ratio' });
}

for (const [crypto, count] of [
  [createNodeProvider(), 4000],
  [createNobleProvider(), 600],
] as const) {
  for (const keywords of ['aes256gcm16', 'aes256-sha256', 'chacha20poly1305']) compare(crypto, keywords, count);
}
