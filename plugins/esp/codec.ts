import {
  type Codec,
  type DissectedField,
  type DissectionContext,
  type Layer,
  read32,
  toHex,
} from '../../core/index.ts';
import { cryptoSlot } from '../crypto/contract.ts';
import { ipv4Header } from '../ipv4/contract.ts';
import { AT, ESP_HEADER_SIZE, espSealed, espTrailer, IPV4_NEXT_HEADER, NO_NEXT_HEADER } from './headers.ts';
import { ESP_KEY_LOG, type EspKeyEntry, isEspKeyEntry, materialOfEntry } from './key-log.ts';
import type { EspMaterial } from './material.ts';
import { openEsp } from './open.ts';

/** ESP for people: ciphertext as ciphertext, unless a key of the key log opens it; the layer then says whose key it was. */
export const espCodec: Codec = {
  name: 'esp',
  title: 'ESP',
  varies: ['esp.spi', 'esp.iv', 'esp.icv'],
  dissect(bytes, start, end, context): Layer {
    const { fields, fault } = espSealed.dissect(bytes, start, end);
    const sealed: Layer = {
      name: 'esp',
      title: espSealed.title,
      source: espSealed.source,
      summary: 'ESP',
      start,
      end,
      fields,
      sealed: true,
      ...(fault === undefined ? {} : { fault }),
    };
    if (fault !== undefined) return sealed;
    const spi = read32(bytes, start + AT.spi);
    const summary = `ESP, SPI 0x${spi.toString(16).padStart(8, '0')}, packet ${read32(bytes, start + AT.sequence)}`;
    const crypto = context.slot(cryptoSlot);
    if (crypto === undefined) return { ...sealed, summary };
    for (const entry of entriesFor(bytes, spi, context).flatMap(readings)) {
      const material = materialOfEntry(entry);
      if (material === undefined) continue;
      const unchecked = entry.unchecked ?? 0;
      const opening = openEsp(crypto, material, bytes, start, end - unchecked);
      if (!opening.ok) continue;
      const { text, payload, nextHeader } = opening;
      const by = nextHeader === IPV4_NEXT_HEADER ? { codec: 'ipv4' } : { below: 'ipv4', key: nextHeader };
      const opened = { bytes: text.slice(0, payload), by, key: entry.label };
      return {
        ...sealed,
        summary: `${summary}, opened`,
        fields: [
          ...fields.slice(0, 2),
          ...openedFields(bytes, start, end - unchecked, material, text, payload),
          ...uncheckedField(bytes, end, unchecked),
        ],
        ...(nextHeader === NO_NEXT_HEADER ? {} : { opened }),
      };
    }
    return { ...sealed, summary };
  },
};

/** The entries that may fit: of that SPI and the address that the packet goes to, the latest first. */
function entriesFor(bytes: Uint8Array, spi: number, context: DissectionContext): readonly EspKeyEntry[] {
  const ip = context.outer.findLast(({ name }) => name === 'ipv4');
  const destination = ip === undefined ? undefined : read32(bytes, ip.start + ipv4Header.offset.destination);
  return context
    .keys(ESP_KEY_LOG)
    .filter(isEspKeyEntry)
    .filter(
      (entry) =>
        entry.spi === spi &&
        (destination === undefined || entry.anywhere === true || entry.destination === destination),
    )
    .reverse();
}

/** An entry that leaves open whether sequence numbers are extended counts as two. */
function readings(entry: EspKeyEntry): readonly EspKeyEntry[] {
  return entry.eitherEsn === true ? [entry, { ...entry, esn: !entry.esn }] : [entry];
}

/** An ICV without its key. */
function uncheckedField(bytes: Uint8Array, end: number, size: number): readonly DissectedField[] {
  if (size === 0) return [];
  const value = toHex(bytes.subarray(end - size, end));
  const label = 'Integrity check value';
  return [{ name: 'esp.icv', label, value, bit: (end - size) * 8, bits: size * 8, remark: 'not checked: no key' }];
}

/** Where IV, ciphertext, trailer and ICV stand. Padding and trailer are where their ciphertext is. */
function openedFields(
  bytes: Uint8Array,
  start: number,
  end: number,
  material: EspMaterial,
  text: Uint8Array,
  payload: number,
): DissectedField[] {
  const ivAt = start + ESP_HEADER_SIZE;
  const textAt = ivAt + material.encryption.iv;
  const icvAt = end - material.icv;
  const padding = text.length - payload - espTrailer.fixedSize;
  const trailer = espTrailer.dissect(text, text.length - espTrailer.fixedSize).fields;
  const field = (key: string, label: string, at: number, until: number, value: string): DissectedField => ({
    name: `esp.${key}`,
    label,
    value,
    bit: at * 8,
    bits: (until - at) * 8,
  });
  return [
    ...(textAt > ivAt ? [field('iv', 'Initialization vector', ivAt, textAt, toHex(bytes.subarray(ivAt, textAt)))] : []),
    field('payload', 'Encrypted payload', textAt, textAt + payload, `${payload} octets, ${material.encryption.name}`),
    ...(padding > 0
      ? [
          field(
            'padding',
            'Padding',
            textAt + payload,
            textAt + payload + padding,
            toHex(text.subarray(payload, payload + padding)),
          ),
        ]
      : []),
    ...trailer.map((each) => ({ ...each, bit: each.bit + textAt * 8, remark: 'decrypted' })),
    ...(material.icv > 0
      ? [{ ...field('icv', 'Integrity check value', icvAt, end, toHex(bytes.subarray(icvAt, end))), remark: 'correct' }]
      : []),
  ];
}
