import { type KeyLogFormat, type PlainValues, readUatLine, toHex, uatLine, uatOctets } from '../../core/index.ts';
import { encryptionOf, integrityOf, TRANSFORM, transformOf } from '../ipsec/contract.ts';
import type { Machine } from './machine.ts';
import type { DirectionKeys } from './sk.ts';
import type { KeyedSa } from './state.ts';
import type { Protection } from './suite.ts';

/** The keys of IKE SAs for those who may read: Wireshark's table of them, and this lab's own dissection. */

export const IKE_KEY_LOG = 'ikev2_decryption_table';

export function logIkeKeys(machine: Machine, sa: Pick<KeyedSa, 'spis' | 'keys' | 'proposal'>): void {
  const { ei, er, ai, ar } = sa.keys;
  const encryption = transformOf(sa.proposal, TRANSFORM.encryption);
  const integrity = transformOf(sa.proposal, TRANSFORM.integrity);
  machine.ctx.logKey(IKE_KEY_LOG, {
    spiI: sa.spis.initiator,
    spiR: sa.spis.responder,
    ...{ ei, er, ai, ar },
    encryption: encryption?.id ?? 0,
    keyLength: encryption?.keyLength ?? 0,
    integrity: integrity?.id ?? 0,
  });
}

/** An entry as it is read back. */
export interface IkeKeyEntry {
  readonly protection: Protection;
  readonly fromInitiator: DirectionKeys;
  readonly fromResponder: DirectionKeys;
}

const octetsIn = (entry: PlainValues, key: string): Uint8Array => {
  const value = entry[key];
  return value instanceof Uint8Array ? value : new Uint8Array(0);
};

/** The entry of an IKE SA. The latest one counts: SPIs may come again. */
export function findIkeKeys(
  entries: readonly PlainValues[],
  initiatorSpi: string,
  responderSpi: string,
): IkeKeyEntry | undefined {
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at] as PlainValues;
    if (toHex(octetsIn(entry, 'spiI')) !== initiatorSpi || toHex(octetsIn(entry, 'spiR')) !== responderSpi) continue;
    const keyLength = Number(entry.keyLength ?? 0);
    const encryption = encryptionOf({ id: Number(entry.encryption), ...(keyLength === 0 ? {} : { keyLength }) });
    const integrity = integrityOf({ id: Number(entry.integrity) });
    if (encryption === undefined) return undefined;
    return {
      protection: { encryption, ...(integrity === undefined ? {} : { integrity }) },
      fromInitiator: { encryption: octetsIn(entry, 'ei'), integrity: octetsIn(entry, 'ai') },
      fromResponder: { encryption: octetsIn(entry, 'er'), integrity: octetsIn(entry, 'ar') },
    };
  }
  return undefined;
}

/** Encryption transforms by ID and key length, as the table writes them. */
const ENCRYPTION_IN_TABLE: Readonly<Record<string, string>> = {
  '3/0': '3DES [RFC2451]',
  '12/128': 'AES-CBC-128 [RFC3602]',
  '12/192': 'AES-CBC-192 [RFC3602]',
  '12/256': 'AES-CBC-256 [RFC3602]',
  '14/128': 'AES-CCM-128 with 8 octet ICV [RFC5282]',
  '14/192': 'AES-CCM-192 with 8 octet ICV [RFC5282]',
  '14/256': 'AES-CCM-256 with 8 octet ICV [RFC5282]',
  '15/128': 'AES-CCM-128 with 12 octet ICV [RFC5282]',
  '15/192': 'AES-CCM-192 with 12 octet ICV [RFC5282]',
  '15/256': 'AES-CCM-256 with 12 octet ICV [RFC5282]',
  '16/128': 'AES-CCM-128 with 16 octet ICV [RFC5282]',
  '16/192': 'AES-CCM-192 with 16 octet ICV [RFC5282]',
  '16/256': 'AES-CCM-256 with 16 octet ICV [RFC5282]',
  '18/128': 'AES-GCM-128 with 8 octet ICV [RFC5282]',
  '18/192': 'AES-GCM-192 with 8 octet ICV [RFC5282]',
  '18/256': 'AES-GCM-256 with 8 octet ICV [RFC5282]',
  '19/128': 'AES-GCM-128 with 12 octet ICV [RFC5282]',
  '19/192': 'AES-GCM-192 with 12 octet ICV [RFC5282]',
  '19/256': 'AES-GCM-256 with 12 octet ICV [RFC5282]',
  '20/128': 'AES-GCM-128 with 16 octet ICV [RFC5282]',
  '20/192': 'AES-GCM-192 with 16 octet ICV [RFC5282]',
  '20/256': 'AES-GCM-256 with 16 octet ICV [RFC5282]',
};

const INTEGRITY_IN_TABLE: Readonly<Record<number, string>> = {
  0: 'NONE [RFC4306]',
  1: 'HMAC_MD5_96 [RFC2403]',
  2: 'HMAC_SHA1_96 [RFC2404]',
  12: 'HMAC_SHA2_256_128 [RFC4868]',
  13: 'HMAC_SHA2_384_192 [RFC4868]',
  14: 'HMAC_SHA2_512_256 [RFC4868]',
};

export const ikeKeyLog: KeyLogFormat = {
  format: IKE_KEY_LOG,
  file: 'ikev2_decryption_table',
  about: "Wireshark's table of IKEv2 keys: in its configuration folder, or Edit, Preferences, Protocols, ISAKMP",
  line(entry) {
    const encryption = ENCRYPTION_IN_TABLE[`${entry.encryption}/${entry.keyLength}`];
    const integrity = INTEGRITY_IN_TABLE[Number(entry.integrity)];
    if (encryption === undefined || integrity === undefined) return undefined;
    const part = (key: string): Uint8Array => octetsIn(entry, key);
    return uatLine([
      ...[part('spiI'), part('spiR'), part('ei'), part('er'), encryption],
      ...[part('ai'), part('ar'), integrity],
    ]);
  },
  read: entryOfLine,
};

/** As later versions of Wireshark begin the name of the one transform that 4.0 lacks. */
const CHACHA = { pattern: /^chacha20/i, encryption: 28 } as const;
/** A SPI has 8 octets. */
const SPI_OCTETS = 8;

/** A line that Wireshark or `line` wrote; `undefined` where it names no transform that is known here, or a key does not fit. */
function entryOfLine(line: string): PlainValues | undefined {
  const fields = readUatLine(line) ?? [];
  const [spiI, spiR, ei, er] = fields.slice(0, 4).map(uatOctets);
  const [ai, ar] = fields.slice(5, 7).map(uatOctets);
  const encryption = fields[4] ?? '';
  const transform = CHACHA.pattern.test(encryption)
    ? [CHACHA.encryption, 0]
    : keyOfName(ENCRYPTION_IN_TABLE, encryption)?.split('/').map(Number);
  const integrity = keyOfName(INTEGRITY_IN_TABLE, fields[7] ?? '');
  if (spiI?.length !== SPI_OCTETS || spiR?.length !== SPI_OCTETS || transform === undefined) return undefined;
  if (!ei || !er || !ai || !ar || integrity === undefined) return undefined;
  const [id = 0, keyLength = 0] = transform;
  const known = encryptionOf({ id, ...(keyLength === 0 ? {} : { keyLength }) });
  const check = integrityOf({ id: Number(integrity) });
  if (known === undefined || [ei, er].some(({ length }) => length !== known.key + known.salt)) return undefined;
  if ([ai, ar].some(({ length }) => length !== (check?.key ?? 0))) return undefined;
  return { spiI, spiR, ei, er, ai, ar, encryption: id, keyLength, integrity: Number(integrity) };
}

/** By the name without the document behind it, which versions of Wireshark cite differently. */
function keyOfName(names: Readonly<Record<string, string>>, text: string): string | undefined {
  const bare = (name: string): string => name.replace(/\s*\[.*$/, '').toLowerCase();
  return Object.entries(names).find(([, name]) => bare(name) === bare(text))?.[0];
}
