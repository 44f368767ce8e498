import type { Context, KeyLogFormat, PlainValues } from '../../core/index.ts';
import { readUatLine, uatLine, uatOctets } from '../../core/index.ts';
import { encryptionOf, integrityOf, type SecurityAssociation, type Transform } from '../ipsec/contract.ts';
import { formatIpv4, parseIpv4 } from '../ipv4/contract.ts';
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
  /** Another program's entry that does not say whether sequence numbers are extended: both are tried. */
  readonly eitherEsn?: boolean;
  /** Octets of an ICV that its key is not known for: they are passed over. */
  readonly unchecked?: number;
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

/** Octets of the ICV that is passed over, as in `ANY 96 bit authentication [no checking]`. */
const UNCHECKED = /^any (\d+) bit/i;
/** Transforms that Wireshark 4.0 does not have, by the first word of the name that later ones give them. */
const LATER_ENCRYPTION: Readonly<Record<string, number>> = { ChaCha20: 28, 'AES-GCM': 20 };
/** Where key material ends in a salt: octets of it (RFC 4106 §8.1, RFC 3686 §5.1). */
const SALTED: Readonly<Record<number, number>> = { 13: 4, 18: 4, 19: 4, 20: 4 };
/** Transforms whose key has but one length, so that none is said. */
const ONE_LENGTH: ReadonlySet<number> = new Set([2, 3, 11, 28]);

/** The table's word for whatever address there is. */
const ANY_ADDRESS = '*';
/** Columns of a line; later versions of Wireshark have two more, on sequence numbers. */
const COLUMNS = { source: 1, destination: 2, spi: 3, encryption: 4, key: 5, integrity: 6, integrityKey: 7, width: 8 };

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
  read: entryOfLine,
};

/** A line that Wireshark or `line` wrote; `undefined` where it names no transform that is known here, or a key does not fit. */
function entryOfLine(line: string): PlainValues | undefined {
  const fields = readUatLine(line) ?? [];
  const of = (column: keyof typeof COLUMNS): string => fields[COLUMNS[column]] ?? '';
  const spi = Number(/^(?:0[xX][0-9a-fA-F]{1,8}|\d{1,10})$/.exec(of('spi'))?.[0] ?? Number.NaN);
  const encryption = numberOf(WIRESHARK_ENCRYPTION, of('encryption')) ?? LATER_ENCRYPTION[firstWord(of('encryption'))];
  const unchecked = Number(UNCHECKED.exec(of('integrity'))?.[1] ?? 0) / 8;
  const integrity = unchecked > 0 ? 0 : numberOf(WIRESHARK_INTEGRITY, of('integrity'));
  const encryptionKey = keyOf(of('key'));
  const integrityKey = unchecked > 0 ? new Uint8Array(0) : keyOf(of('integrityKey'));
  if (encryption === undefined || integrity === undefined || encryptionKey === undefined) return undefined;
  if (integrityKey === undefined || !(spi >= 0 && spi <= 0xffff_ffff) || !Number.isInteger(unchecked)) return undefined;
  const [source, destination] = [addressOf(of('source')), addressOf(of('destination'))];
  const bits = (encryptionKey.length - (SALTED[encryption] ?? 0)) * 8;
  const entry: EspKeyEntry = {
    label: `0x${spi.toString(16).padStart(8, '0')} of a table`,
    ...{ spi, source: source ?? 0, destination: destination ?? 0 },
    ...{ encryption, keyLength: ONE_LENGTH.has(encryption) ? 0 : bits },
    ...{ integrity, encryptionKey, integrityKey },
    esn: of('width').startsWith('64'),
    ...(of('width') === '' ? { eitherEsn: true } : {}),
    ...(destination === undefined ? { anywhere: true } : {}),
    ...(unchecked > 0 ? { unchecked } : {}),
  };
  return materialOfEntry(entry) === undefined ? undefined : { ...entry };
}

const firstWord = (name: string): string => name.split(' ', 1)[0] as string;

/** By the name without the document behind it, which versions of Wireshark cite differently. */
function numberOf(names: Readonly<Record<number, string>>, text: string): number | undefined {
  const bare = (name: string): string => name.replace(/\s*\[.*$/, '').toLowerCase();
  const found = Object.entries(names).find(([, name]) => bare(name) === bare(text));
  return found === undefined ? undefined : Number(found[0]);
}

/** Hexadecimal digits behind `0x`; without it the characters themselves are the key, as Wireshark has it. */
function keyOf(text: string): Uint8Array | undefined {
  return /^0x/i.test(text) ? uatOctets(text) : new TextEncoder().encode(text);
}

/** An address that is spelled out; patterns, prefixes and IPv6 stand for whatever address there is: the ICV decides. */
function addressOf(text: string): number | undefined {
  return parseIpv4(text);
}

function keyText(key: Uint8Array): string {
  if (key.length === 0) return '';
  return `0x${Array.from(key, (octet) => octet.toString(16).padStart(2, '0')).join('')}`;
}
