import type { Context, KeyLogFormat, PlainValues } from '../../core/index.ts';
import { uatLine } from '../../core/index.ts';
import { encryptionOf, integrityOf, type SecurityAssociation, type Transform } from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { type EspMaterial, espMaterial } from './material.ts';

/** The keys of SAs: Wireshark's table `esp_sa`, one line an SA. */
export const ESP_KEY_LOG = 'esp_sa';

/** An entry of the key log. Plain, and enough to open packets with. */
export interface EspKeyEntry {
  readonly label: string;
  readonly spi: number;
  readonly source: number;
  readonly destination: number;
  readonly encryption: number;
  readonly keyLength: number;
  readonly integrity: number;
  readonly encryptionKey: Uint8Array;
  readonly integrityKey: Uint8Array;
  readonly esn: boolean;
  /** In UDP: translators on the way put other addresses into its packets. */
  readonly anywhere?: boolean;
}

export function logSaKeys(sa: SecurityAssociation, ctx: Context): void {
  const entry: EspKeyEntry = {
    label: `${ctx.node.name} ${sa.direction}`,
    spi: sa.spi,
    source: sa.source,
    destination: sa.destination,
    encryption: sa.encryption?.id ?? 0,
    keyLength: sa.encryption?.keyLength ?? 0,
    integrity: sa.integrity?.id ?? 0,
    encryptionKey: sa.keys.encryption.slice(),
    integrityKey: sa.keys.integrity.slice(),
    esn: sa.esn,
    ...(sa.encapsulation === undefined ? {} : { anywhere: true }),
  };
  ctx.logKey(ESP_KEY_LOG, { ...entry });
}

function transformsOf(entry: EspKeyEntry): { readonly encryption: Transform; readonly integrity: Transform } {
  return {
    encryption: {
      type: 1,
      id: entry.encryption,
      ...(entry.keyLength === 0 ? {} : { keyLength: entry.keyLength }),
    },
    integrity: { type: 3, id: entry.integrity },
  };
}

/** The material of an entry; `undefined` for one that says nothing usable. */
export function materialOfEntry(entry: EspKeyEntry): EspMaterial | undefined {
  const made = espMaterial({
    ...transformsOf(entry),
    keys: { encryption: entry.encryptionKey, integrity: entry.integrityKey },
    esn: entry.esn,
  });
  return 'wrong' in made ? undefined : made;
}

/** Is it an entry of this format? Key logs may be read from files. */
export function isEspKeyEntry(values: PlainValues): values is PlainValues & EspKeyEntry {
  return (
    typeof values.spi === 'number' &&
    typeof values.destination === 'number' &&
    typeof values.encryption === 'number' &&
    typeof values.keyLength === 'number' &&
    typeof values.integrity === 'number' &&
    typeof values.esn === 'boolean' &&
    values.encryptionKey instanceof Uint8Array &&
    values.integrityKey instanceof Uint8Array
  );
}

/** Wireshark 4.0's names of transforms (packet-ipsec.c), by IANA number. */
const WIRESHARK_ENCRYPTION: Readonly<Record<number, string>> = {
  2: 'DES-CBC [RFC2405]',
  3: 'TripleDES-CBC [RFC2451]',
  11: 'NULL',
  12: 'AES-CBC [RFC3602]',
  13: 'AES-CTR [RFC3686]',
  18: 'AES-GCM with 8 octet ICV [RFC4106]',
  19: 'AES-GCM with 12 octet ICV [RFC4106]',
  20: 'AES-GCM with 16 octet ICV [RFC4106]',
};
const WIRESHARK_INTEGRITY: Readonly<Record<number, string>> = {
  0: 'NULL',
  1: 'HMAC-MD5-96 [RFC2403]',
  2: 'HMAC-SHA-1-96 [RFC2404]',
  12: 'HMAC-SHA-256-128 [RFC4868]',
  13: 'HMAC-SHA-384-192 [RFC4868]',
  14: 'HMAC-SHA-512-256 [RFC4868]',
};

/** The table's word for whatever address there is. */
const ANY_ADDRESS = '*';

export const espKeyLog: KeyLogFormat = {
  format: ESP_KEY_LOG,
  file: 'esp_sa',
  about:
    "Wireshark's profile folder; with it the preference that decrypts and checks ESP (esp.enable_encryption_decode)",
  line(values) {
    if (!isEspKeyEntry(values)) return undefined;
    const encryption = WIRESHARK_ENCRYPTION[values.encryption];
    const integrity = WIRESHARK_INTEGRITY[values.integrity];
    const known = encryptionOf({
      id: values.encryption,
      ...(values.keyLength === 0 ? {} : { keyLength: values.keyLength }),
    });
    const knownMac = values.integrity === 0 || integrityOf({ id: values.integrity }) !== undefined;
    if (encryption === undefined || integrity === undefined || known === undefined || !knownMac) return undefined;
    return uatLine([
      'IPv4',
      values.anywhere === true ? ANY_ADDRESS : formatIpv4(values.source),
      values.anywhere === true ? ANY_ADDRESS : formatIpv4(values.destination),
      `0x${values.spi.toString(16).padStart(8, '0')}`,
      encryption,
      keyText(values.encryptionKey),
      integrity,
      keyText(values.integrityKey),
    ]);
  },
};

function keyText(key: Uint8Array): string {
  if (key.length === 0) return '';
  return `0x${Array.from(key, (octet) => octet.toString(16).padStart(2, '0')).join('')}`;
}
