import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readCapture } from '../../core/capture/index.ts';
import { fromHex, read16, read32, toHex } from '../../core/index.ts';
import { createNobleProvider } from '../../plugins/crypto-noble/contract.ts';
import { type EspMaterial, espMaterial, openEsp, sealEsp } from '../../plugins/esp/contract.ts';
import { ENCRYPTIONS, INTEGRITIES, type Transform } from '../../plugins/ipsec/contract.ts';
import { groupWith, itWith, material, materialPath } from '../skip.ts';

/** ESP packets of documents and of other implementations: opened, and sealed again with the same IV, number and padding to the same octets. */

const crypto = createNobleProvider();
const octets = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;

interface Counts {
  compared: number;
  readonly exempted: string[];
}

function materialOf(encryption: string, integrity: string | undefined, key: string, macKey: string, esn: boolean) {
  const cipher = ENCRYPTIONS.find(({ name }) => name === encryption);
  const mac = INTEGRITIES.find(({ name }) => name === integrity);
  if (cipher === undefined || (integrity !== undefined && mac === undefined)) return undefined;
  const transform: Transform = {
    type: 1,
    id: cipher.id,
    ...(cipher.keyLength === undefined ? {} : { keyLength: cipher.keyLength }),
  };
  const made = espMaterial({
    encryption: transform,
    integrity: mac && { type: 3, id: mac.id },
    keys: { encryption: octets(key), integrity: octets(macKey) },
    esn,
  });
  if ('wrong' in made) throw new Error(made.wrong);
  return made;
}

/** Opens and seals again; returns what was inside. */
function thereAndBack(made: EspMaterial, packet: Uint8Array, high: number) {
  const opening = openEsp(crypto, made, packet, 0, packet.length, high);
  if (!opening.ok) throw new Error(`did not open: ${opening.refusal}`);
  const again = sealEsp(
    crypto,
    made,
    {
      spi: read32(packet, 0),
      sequence: read32(packet, 4),
      sequenceHigh: high,
      iv: packet.slice(8, 8 + made.encryption.iv),
      nextHeader: opening.nextHeader,
      padding: opening.text.slice(opening.payload, -2),
    },
    opening.text.subarray(0, opening.payload),
  );
  expect(toHex(again)).toBe(toHex(packet));
  return opening;
}

interface Vector {
  readonly name: string;
  readonly encr: string;
  readonly integ?: string;
  readonly integKey?: string;
  readonly key: string;
  readonly salt?: string;
  readonly seqHigh?: string | number;
  readonly esn?: boolean;
  readonly plain?: string;
  readonly esp?: string;
  readonly ip?: string;
}

/** Names of the vectors' transforms as IANA has them. */
function namesOf({ encr, integ, key }: Vector): { encryption: string; integrity?: string } {
  const bits = key.length * 4;
  const gcm = /^AES-GCM-(\d+) ICV(\d+)$/.exec(encr);
  if (gcm !== null) return { encryption: `AES_GCM_${gcm[2]}_${gcm[1]}` };
  if (encr === 'ChaCha20-Poly1305') return { encryption: 'CHACHA20_POLY1305' };
  if (encr === 'AES-GCM') return { encryption: `AES_GCM_16_${bits - 32}` };
  if (encr === 'AES-NULL-GMAC') return { encryption: `NULL_AUTH_AES_GMAC_${bits - 32}` };
  if (encr === 'AES-CTR') return { encryption: `AES_CTR_${bits - 32}` };
  if (encr.startsWith('AES-CBC')) {
    const encryption = `AES_CBC_${bits}`;
    return integ === undefined || integ === 'NULL'
      ? { encryption }
      : { encryption, integrity: `HMAC_${integ.replaceAll('-', '_')}` };
  }
  return { encryption: encr };
}

describe.each(['esp-packets-rfc.json', 'esp-packets-linux.json'])('ESP packets with known answers', (file) => {
  itWith(material('vectors', file), file, () => {
    const counts: Counts = { compared: 0, exempted: [] };
    const { groups } = JSON.parse(readFileSync(materialPath('vectors', file), 'utf8'));
    for (const vector of groups.flatMap((group: { tests: Vector[] }) => group.tests) as Vector[]) {
      // One vector is a whole IPv4 packet with a header of 20 octets.
      const hex = vector.esp ?? vector.ip?.slice(40);
      if (hex === undefined) {
        counts.exempted.push(`${vector.name}: an IKE message`);
        continue;
      }
      const { encryption, integrity } = namesOf(vector);
      const high = typeof vector.seqHigh === 'string' ? Number.parseInt(vector.seqHigh, 16) : (vector.seqHigh ?? 0);
      const esn = vector.esn ?? vector.seqHigh !== undefined;
      const key = vector.key + (vector.salt ?? '');
      const made = materialOf(encryption, integrity, key, vector.integKey ?? '', esn);
      if (made === undefined) {
        counts.exempted.push(`${vector.name}: ${vector.encr} is no transform that is known here`);
        continue;
      }
      const packet = octets(hex);
      const opening = thereAndBack(made, packet, high);
      if (vector.plain !== undefined) expect(toHex(opening.text)).toBe(vector.plain);
      else
        expect(toHex(opening.text)).toMatch(
          vector.ip === undefined ? /^45/ : toHex(new TextEncoder().encode('hello world')),
        );
      counts.compared++;
    }
    process.stdout.write(
      `${file}: ${counts.compared} packets compared, ${counts.exempted.length} exempted${counts.exempted.map((why) => `\n  ${why}`).join('')}\n`,
    );
    expect(counts.compared).toBeGreaterThan(0);
  });
});

interface ChildSa {
  readonly protocol: string;
  readonly spi: string;
  readonly proposal: string;
  readonly encryptionKey: string;
  readonly integrityKey?: string;
}

/** The ESP packet in an Ethernet frame, bare or in UDP 4500; `undefined` where there is none. */
function espIn(frame: Uint8Array): Uint8Array | undefined | 'fragment' {
  const type = read16(frame, 12);
  let at = 14;
  let protocol: number;
  let end: number;
  if (type === 0x0800) {
    if ((read16(frame, at + 6) & 0x3fff) !== 0)
      return [50, 17].includes(frame[at + 9] as number) ? 'fragment' : undefined;
    protocol = frame[at + 9] as number;
    end = at + read16(frame, at + 2);
    at += ((frame[at] as number) & 15) * 4;
  } else if (type === 0x86dd) {
    protocol = frame[at + 6] as number;
    end = at + 40 + read16(frame, at + 4);
    at += 40;
  } else return undefined;
  if (protocol === 50) return frame.slice(at, end);
  if (protocol !== 17 || (read16(frame, at) !== 4500 && read16(frame, at + 2) !== 4500)) return undefined;
  const inside = frame.slice(at + 8, end);
  return inside.length < 8 || read32(inside, 0) === 0 ? undefined : inside;
}

groupWith(material('captures'), 'ESP packets of recorded daemons', () => {
  it('opens and seals again every packet for which a key is there', () => {
    const counts: Counts = { compared: 0, exempted: [] };
    const transforms = new Map<string, number>();
    let keyed = false;
    const names = readdirSync(materialPath('captures')).filter((name) => name.endsWith('.json'));
    for (const name of names) {
      const { childSas = [] } = JSON.parse(readFileSync(materialPath('captures', name), 'utf8'));
      const bySpi = new Map<number, EspMaterial>();
      for (const sa of childSas as ChildSa[]) {
        if (sa.protocol !== 'ESP') continue;
        keyed = true;
        const parts = sa.proposal.replace('ESP:', '').split('/');
        const integrity = parts.find((part) => /^(HMAC|AES_XCBC|AES_CMAC)_/.test(part));
        const made = materialOf(
          (parts[0] as string).replace('3DES_CBC', '3DES'),
          integrity,
          sa.encryptionKey,
          sa.integrityKey ?? '',
          parts.includes('EXT_SEQ'),
        );
        if (made === undefined) throw new Error(`${name}: ${sa.proposal}`);
        bySpi.set(Number.parseInt(sa.spi, 16), made);
      }
      for (const ending of ['.pcap', '.inside.pcap']) {
        const path = materialPath('captures', name.replace('.json', ending));
        if (!readdirSync(materialPath('captures')).includes(name.replace('.json', ending))) continue;
        for (const { bytes } of readCapture(readFileSync(path)).packets) {
          const packet = espIn(bytes);
          if (packet === undefined) continue;
          if (packet === 'fragment') {
            counts.exempted.push(`${name}${ending}: an IP fragment`);
            continue;
          }
          // RFC 3948 §2.3: a keepalive is one octet.
          const made = bySpi.get(read32(packet, 0));
          if (made === undefined) {
            counts.exempted.push(`${name}${ending}: SPI ${toHex(packet.subarray(0, 4))} has no keys`);
            continue;
          }
          const opening = thereAndBack(made, packet, 0);
          expect([1, 4, 6, 17, 41, 58, 108]).toContain(opening.nextHeader);
          counts.compared++;
          const label = `${made.encryption.name}/${made.integrity?.name ?? ''}${made.esn ? '/ESN' : ''}`;
          transforms.set(label, (transforms.get(label) ?? 0) + 1);
        }
      }
    }
    process.stdout.write(
      `captures: ${counts.compared} ESP packets compared, ${counts.exempted.length} exempted\n${[...transforms].map(([label, count]) => `  ${count} ${label}`).join('\n')}\n${[...new Set(counts.exempted)].map((why) => `  exempted: ${why}\n`).join('')}`,
    );
    // A folder may hold no recording of ESP; where one has keys, its packets are there.
    expect(counts.compared).toBeGreaterThan(keyed ? 0 : -1);
  });
});

interface PublishedKey {
  readonly spi?: string;
  readonly encr?: string;
  readonly key: string;
  readonly icvLength: number;
}

groupWith(material('captures-public', 'keys.json'), 'ESP packets of public captures', () => {
  const keys = JSON.parse(readFileSync(materialPath('captures-public', 'keys.json'), 'utf8')) as Record<
    string,
    PublishedKey
  >;
  const files = Object.keys(keys).filter((file) => keys[file]?.spi !== undefined && keys[file]?.encr === 'AES-CBC-256');
  const some = { met: files.length > 0, reason: 'keys.json has no key of an ESP packet' };

  itWith(some, 'open where their encryption key is published', () => {
    for (const file of files) {
      const { key, spi = '', icvLength } = keys[file] as PublishedKey;
      const made = materialOf('AES_CBC_256', undefined, key, '', false) as EspMaterial;
      let opened = 0;
      for (const { bytes } of readCapture(readFileSync(materialPath('captures-public', file))).packets) {
        const packet = espIn(bytes);
        if (!(packet instanceof Uint8Array) || read32(packet, 0) !== Number.parseInt(spi, 16)) continue;
        const opening = openEsp(crypto, made, packet, 0, packet.length - icvLength);
        expect(opening).toMatchObject({ ok: true, nextHeader: 4 });
        opened++;
      }
      process.stdout.write(`${file}: ${opened} packets opened; their integrity key is not published\n`);
      expect(opened).toBeGreaterThan(0);
    }
  });
});
