import { type Codec, type DissectionContext, type Layer, read32 } from '../../core/index.ts';
import { cryptoSlot } from '../crypto/contract.ts';
import { formatSpi } from '../ipsec/contract.ts';
import { ipv4Header } from '../ipv4/contract.ts';
import { verifyAh } from './authenticate.ts';
import { AH_FIXED_SIZE, AT, ahHeader, ahHeaderSize } from './headers.ts';
import { AH_KEY_LOG, type AhKeyEntry, isAhKeyEntry, materialOfEntry } from './key-log.ts';

const IPV4_IN_IPV4 = 4;

/** AH for people: nothing is hidden behind it. Where the key log has the SA's key, the ICV is checked, and whose key it was is said. */
export const ahCodec: Codec = {
  name: 'ah',
  title: 'AH',
  varies: ['ah.spi', 'ah.icv'],
  dissect(bytes, start, end, context): Layer {
    const { fields, fault } = ahHeader.dissect(bytes, start, end);
    const layer: Layer = {
      ...{ name: 'ah', title: ahHeader.title, source: ahHeader.source, summary: 'AH', start, end, fields },
      ...(fault === undefined ? {} : { fault }),
    };
    if (fault !== undefined || end - start < AH_FIXED_SIZE) return layer;
    const behind = start + ahHeaderSize(bytes, start);
    const nextHeader = bytes[start + AT.nextHeader] as number;
    const by = nextHeader === IPV4_IN_IPV4 ? { codec: 'ipv4' } : { below: 'ipv4', key: nextHeader };
    const remark = remarkOnIcv(bytes, start, end, context);
    return {
      ...layer,
      end: behind,
      summary: `AH, SPI ${formatSpi(read32(bytes, start + AT.spi))}, packet ${read32(bytes, start + AT.sequence)}`,
      fields: fields.map((field) => (field.name === 'ah.icv' && remark !== undefined ? { ...field, remark } : field)),
      payload: { start: behind, end, by },
    };
  },
};

/**
 * What the keys of the log say of the ICV; nothing where they have no key for it, or where the packet is a fragment, which is covered as
 * the whole that it is part of.
 */
function remarkOnIcv(bytes: Uint8Array, start: number, end: number, context: DissectionContext): string | undefined {
  const ip = context.outer.findLast(({ name }) => name === 'ipv4');
  const crypto = context.slot(cryptoSlot);
  if (ip === undefined || crypto === undefined) return undefined;
  const spi = read32(bytes, start + AT.spi);
  const destination = read32(bytes, ip.start + ipv4Header.offset.destination);
  const entries: readonly AhKeyEntry[] = context
    .keys(AH_KEY_LOG)
    .filter(isAhKeyEntry)
    .filter((entry) => entry.spi === spi && entry.destination === destination);
  for (const entry of entries.toReversed()) {
    const material = materialOfEntry(entry);
    if (material === undefined) continue;
    if (verifyAh(crypto, material, bytes, ip.start, start - ip.start, end).ok)
      return `correct, by the key of ${entry.label}`;
  }
  return entries.length === 0 ? undefined : 'wrong';
}
