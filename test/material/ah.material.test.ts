import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readCapture } from '../../core/capture/index.ts';
import { fromHex, internetChecksum, read16, read32, toHex, write16 } from '../../core/index.ts';
import {
  AH_FIXED_SIZE,
  type AhMaterial,
  ahHeaderSize,
  ahMaterial,
  authenticate,
  verifyAh,
} from '../../plugins/ah/contract.ts';
import { createNobleProvider } from '../../plugins/crypto-noble/contract.ts';
import { INTEGRITIES } from '../../plugins/ipsec/contract.ts';
import { groupWith, material, materialPath } from '../skip.ts';

/** AH packets of a real kernel: verified, made again to the same octets, and never taken with a bit of what is covered flipped. */

const crypto = createNobleProvider();
const octets = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;

interface ChildSa {
  readonly protocol: string;
  readonly spi: string;
  readonly proposal: string;
  readonly integrityKey?: string;
}

function materialOf({ proposal, integrityKey = '' }: ChildSa): AhMaterial {
  const names = proposal.replace('AH:', '').split('/');
  const mac = INTEGRITIES.find(({ name }) => names.includes(name));
  const made = ahMaterial({
    ...{ encryption: undefined, integrity: { type: 3, id: mac?.id ?? 0 }, esn: names.includes('EXT_SEQ') },
    keys: { encryption: new Uint8Array(0), integrity: octets(integrityKey) },
  });
  if ('wrong' in made) throw new Error(made.wrong);
  return made;
}

/** Octets of the IPv4 header that routers may change: DSCP and ECN, flags and offset, time to live, checksum. */
const MUTABLE = new Set([1, 6, 7, 8, 10, 11]);

groupWith(material('captures'), 'AH packets of recorded kernels', () => {
  it('verify, are made again to the same octets, and are refused with any covered bit flipped', () => {
    const captures = materialPath('captures');
    const counts = { packets: 0, refused: 0, accepted: 0 };
    const transforms = new Map<string, number>();
    let keyed = false;
    for (const name of readdirSync(captures).filter((each) => each.endsWith('.json'))) {
      const { childSas = [] } = JSON.parse(readFileSync(materialPath('captures', name), 'utf8'));
      const bySpi = new Map<number, AhMaterial>();
      for (const sa of childSas as ChildSa[]) {
        if (sa.protocol === 'AH') bySpi.set(Number.parseInt(sa.spi, 16), materialOf(sa));
      }
      if (bySpi.size === 0) continue;
      keyed = true;
      for (const { bytes } of readCapture(readFileSync(materialPath('captures', name.replace('.json', '.pcap'))))
        .packets) {
        if (read16(bytes, 12) !== 0x0800 || bytes[14 + 9] !== 51) continue;
        const packet = bytes.slice(14, 14 + read16(bytes, 16));
        const header = ((packet[0] as number) & 15) * 4;
        const made = bySpi.get(read32(packet, header + 4));
        if (made === undefined) throw new Error(`${name}: an AH packet without a key`);
        const { length } = packet;
        const size = ahHeaderSize(packet, header);
        expect(verifyAh(crypto, made, packet, 0, header, length)).toEqual({ ok: true, nextHeader: 4, size });
        const plain = new Uint8Array([...packet.subarray(0, header), ...packet.subarray(header + size)]);
        const sealing = {
          ...{ spi: read32(packet, header + 4), sequence: read32(packet, header + 8), nextHeader: 4 },
          padding: packet.slice(header + AH_FIXED_SIZE + made.icv, header + size),
        };
        expect(toHex(authenticate(crypto, made, sealing, plain, header))).toBe(toHex(packet));
        for (let bit = 0; bit < length * 8; bit++) {
          const flipped = packet.slice();
          flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (128 >> (bit & 7));
          // A changed version or header length is no IPv4 header of this size any more: nobody hands it to AH.
          if (bit < 8) continue;
          const { ok } = verifyAh(crypto, made, flipped, 0, header, length);
          if (ok !== MUTABLE.has(bit >> 3)) throw new Error(`${name}: bit ${bit} ${ok ? 'accepted' : 'refused'}`);
          if (ok) counts.accepted++;
          else counts.refused++;
        }
        // As a router hands it on: one hop less, congestion marked, a new checksum.
        const routed = packet.slice();
        routed[1] = (routed[1] as number) | 3;
        routed[8] = (routed[8] as number) - 1;
        write16(routed, 10, 0);
        write16(routed, 10, internetChecksum(routed, 0, header));
        expect(verifyAh(crypto, made, routed, 0, header, length).ok).toBe(true);
        counts.packets++;
        transforms.set(made.integrity.name, (transforms.get(made.integrity.name) ?? 0) + 1);
      }
    }
    const kinds = [...transforms].map(([label, count]) => `${count} ${label}`).join(', ');
    process.stdout.write(
      `captures: ${counts.packets} AH packets (${kinds}) verified and made again; ${counts.refused} flipped bits refused, ${counts.accepted} of mutable fields accepted\n`,
    );
    expect(counts.packets).toBeGreaterThan(keyed ? 0 : -1);
  });
});
