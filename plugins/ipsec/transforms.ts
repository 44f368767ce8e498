import type { AeadName, CipherName, GroupName, HashName, MacName, PrfName } from '../crypto/contract.ts';

/** Transform types (IANA ikev2-parameters, RFC 7296 §3.3.2). */
export const TRANSFORM = { encryption: 1, prf: 2, integrity: 3, keyExchange: 4, sequenceNumbers: 5 } as const;
export type TransformType = (typeof TRANSFORM)[keyof typeof TRANSFORM];

/** Their names in stories. */
export const TRANSFORM_TYPE_NAMES: Readonly<Record<number, string>> = {
  1: 'encryption',
  2: 'pseudorandom function',
  3: 'integrity',
  4: 'key exchange',
  5: 'sequence numbers',
};

/** One transform of a proposal. `keyLength` is the key length attribute in bits; absent where the transform has none. */
export interface Transform {
  readonly type: TransformType;
  readonly id: number;
  readonly keyLength?: number;
}

/** How an encryption transform turns into calls of the crypto provider. Sizes in octets. */
export interface EncryptionTransform {
  readonly id: number;
  readonly keyLength?: number;
  readonly keyword: string;
  /** IANA's name. */
  readonly name: string;
  readonly source: string;
  readonly cipher: CipherName | AeadName | 'null' | 'gmac';
  /** `separate`: an integrity transform goes with it; `combined`: it authenticates as well (RFC 5282, RFC 4106 and so on). */
  readonly kind: 'separate' | 'combined';
  /** Octets of the key proper. */
  readonly key: number;
  /** Octets that the key material has behind the key: the salt of the nonce. */
  readonly salt: number;
  /** Octets of the IV in the packet. */
  readonly iv: number;
  /** What the ciphertext's length is a multiple of. */
  readonly block: number;
  /** Octets of the ICV of a combined transform; 0 of a separate one. */
  readonly icv: number;
  /** Why it is weak, where it is. */
  readonly weak?: string;
}

export interface IntegrityTransform {
  readonly id: number;
  readonly keyword: string;
  readonly name: string;
  readonly source: string;
  readonly mac: { readonly hmac: HashName } | { readonly block: MacName } | undefined;
  readonly key: number;
  readonly icv: number;
  readonly weak?: string;
}

export interface PrfTransform {
  readonly id: number;
  readonly keyword: string;
  readonly name: string;
  readonly source: string;
  readonly prf: PrfName;
  /** Octets of its output, which is also the preferred key length (RFC 7296 §2.13). */
  readonly output: number;
  readonly weak?: string;
}

export interface KeyExchangeTransform {
  readonly id: number;
  readonly keyword: string;
  readonly name: string;
  readonly source: string;
  readonly group: GroupName;
  readonly weak?: string;
}

const SHORT_BLOCK = 'blocks of 64 bits (RFC 8221 §5: 3DES SHOULD NOT, DES MUST NOT)';

export const ENCRYPTIONS: readonly EncryptionTransform[] = [
  {
    ...{ id: 2, keyword: 'des', name: 'DES', source: 'RFC 2405', cipher: 'des-cbc', kind: 'separate' },
    ...{ key: 8, salt: 0, iv: 8, block: 8, icv: 0, weak: SHORT_BLOCK },
  },
  {
    ...{ id: 3, keyword: '3des', name: '3DES', source: 'RFC 2451', cipher: '3des-cbc', kind: 'separate' },
    ...{ key: 24, salt: 0, iv: 8, block: 8, icv: 0, weak: SHORT_BLOCK },
  },
  {
    ...{ id: 11, keyword: 'null', name: 'NULL', source: 'RFC 2410', cipher: 'null', kind: 'separate' },
    ...{ key: 0, salt: 0, iv: 0, block: 1, icv: 0, weak: 'nothing is encrypted' },
  },
  ...[128, 192, 256].flatMap((bits) => aes(bits)),
  {
    ...{ id: 28, keyword: 'chacha20poly1305', name: 'CHACHA20_POLY1305', source: 'RFC 7634' },
    ...{ cipher: 'chacha20-poly1305', kind: 'combined', key: 32, salt: 4, iv: 8, block: 1, icv: 16 },
  },
];

function aes(bits: number): EncryptionTransform[] {
  const key = bits / 8;
  const combined = { keyLength: bits, kind: 'combined', key, iv: 8, block: 1 } as const;
  return [
    {
      ...{ id: 12, keyLength: bits, keyword: `aes${bits}`, name: `AES_CBC_${bits}`, source: 'RFC 3602' },
      ...{ cipher: 'aes-cbc', kind: 'separate', key, salt: 0, iv: 16, block: 16, icv: 0 },
    },
    {
      ...{ id: 13, keyLength: bits, keyword: `aes${bits}ctr`, name: `AES_CTR_${bits}`, source: 'RFC 3686' },
      ...{ cipher: 'aes-ctr', kind: 'separate', key, salt: 4, iv: 8, block: 1, icv: 0 },
    },
    ...[8, 12, 16].flatMap((icv, at): EncryptionTransform[] => [
      {
        ...{ ...combined, id: 14 + at, keyword: `aes${bits}ccm${icv}`, name: `AES_CCM_${icv}_${bits}` },
        ...{ source: 'RFC 4309', cipher: 'aes-ccm', salt: 3, icv },
      },
      {
        ...{ ...combined, id: 18 + at, keyword: `aes${bits}gcm${icv}`, name: `AES_GCM_${icv}_${bits}` },
        ...{ source: 'RFC 4106', cipher: 'aes-gcm', salt: 4, icv },
      },
    ]),
    {
      ...{ ...combined, id: 21, keyword: `aes${bits}gmac`, name: `NULL_AUTH_AES_GMAC_${bits}` },
      ...{ source: 'RFC 4543', cipher: 'gmac', salt: 4, icv: 16, weak: 'nothing is encrypted' },
    },
  ];
}

/** Integrity `NONE` (0) goes with combined encryption and has no entry. */
export const INTEGRITIES: readonly IntegrityTransform[] = [
  {
    ...{ id: 1, keyword: 'md5', name: 'HMAC_MD5_96', source: 'RFC 2403', mac: { hmac: 'md5' }, key: 16, icv: 12 },
    weak: 'MD5 (RFC 8221 §6: MUST NOT)',
  },
  { id: 2, keyword: 'sha1', name: 'HMAC_SHA1_96', source: 'RFC 2404', mac: { hmac: 'sha1' }, key: 20, icv: 12 },
  { id: 5, keyword: 'aesxcbc', name: 'AES_XCBC_96', source: 'RFC 3566', mac: { block: 'aes-xcbc' }, key: 16, icv: 12 },
  { id: 8, keyword: 'aescmac', name: 'AES_CMAC_96', source: 'RFC 4494', mac: { block: 'aes-cmac' }, key: 16, icv: 12 },
  ...([256, 384, 512] as const).map(
    (bits, at): IntegrityTransform => ({
      ...{ id: 12 + at, keyword: `sha${bits}`, name: `HMAC_SHA2_${bits}_${bits / 2}`, source: 'RFC 4868' },
      ...{ mac: { hmac: `sha${bits}` }, key: bits / 8, icv: bits / 16 },
    }),
  ),
];

export const PRFS_OF_IKE: readonly PrfTransform[] = [
  {
    ...{ id: 1, keyword: 'prfmd5', name: 'PRF_HMAC_MD5', source: 'RFC 2104', prf: 'hmac-md5', output: 16 },
    weak: 'MD5 (RFC 8247 §2.2: MUST NOT)',
  },
  { id: 2, keyword: 'prfsha1', name: 'PRF_HMAC_SHA1', source: 'RFC 2104', prf: 'hmac-sha1', output: 20 },
  { id: 4, keyword: 'prfaesxcbc', name: 'PRF_AES128_XCBC', source: 'RFC 4434', prf: 'aes-xcbc', output: 16 },
  ...([256, 384, 512] as const).map(
    (bits, at): PrfTransform => ({
      ...{ id: 5 + at, keyword: `prfsha${bits}`, name: `PRF_HMAC_SHA2_${bits}`, source: 'RFC 4868' },
      ...{ prf: `hmac-sha${bits}`, output: bits / 8 },
    }),
  ),
  { id: 8, keyword: 'prfaescmac', name: 'PRF_AES128_CMAC', source: 'RFC 4615', prf: 'aes-cmac', output: 16 },
];

const SMALL_GROUP = 'too small a group (RFC 8247 §2.4)';

export const KEY_EXCHANGES: readonly KeyExchangeTransform[] = [
  modp(1, 'modp768', 'RFC 2409 §6.1', SMALL_GROUP),
  modp(2, 'modp1024', 'RFC 2409 §6.2', SMALL_GROUP),
  modp(5, 'modp1536', 'RFC 3526 §2', SMALL_GROUP),
  modp(14, 'modp2048', 'RFC 3526 §3'),
  modp(15, 'modp3072', 'RFC 3526 §4'),
  modp(16, 'modp4096', 'RFC 3526 §5'),
  modp(17, 'modp6144', 'RFC 3526 §6'),
  modp(18, 'modp8192', 'RFC 3526 §7'),
  { id: 19, keyword: 'ecp256', name: 'ECP_256', source: 'RFC 5903 §3.1', group: 'ecp256' },
  { id: 20, keyword: 'ecp384', name: 'ECP_384', source: 'RFC 5903 §3.2', group: 'ecp384' },
  { id: 21, keyword: 'ecp521', name: 'ECP_521', source: 'RFC 5903 §3.3', group: 'ecp521' },
  { id: 31, keyword: 'x25519', name: 'CURVE_25519', source: 'RFC 8031', group: 'x25519' },
  { id: 32, keyword: 'x448', name: 'CURVE_448', source: 'RFC 8031', group: 'x448' },
];

function modp(id: number, group: GroupName, source: string, weak?: string): KeyExchangeTransform {
  const name = `MODP_${group.slice('modp'.length)}`;
  return { id, keyword: group, name, source, group, ...(weak === undefined ? {} : { weak }) };
}

/** What an encryption transform does; `undefined` for one that is not known here. */
export function encryptionOf(transform: { readonly id: number; readonly keyLength?: number } | undefined) {
  return ENCRYPTIONS.find(({ id, keyLength }) => id === transform?.id && keyLength === transform.keyLength);
}

export function integrityOf(transform: { readonly id: number } | undefined): IntegrityTransform | undefined {
  return INTEGRITIES.find(({ id }) => id === transform?.id);
}

export function prfOf(transform: { readonly id: number } | undefined): PrfTransform | undefined {
  return PRFS_OF_IKE.find(({ id }) => id === transform?.id);
}

export function keyExchangeOf(transform: { readonly id: number } | undefined): KeyExchangeTransform | undefined {
  return KEY_EXCHANGES.find(({ id }) => id === transform?.id);
}

/** Why a transform is weak; `undefined` where it is not. PRFs are told by the integrity of the same hash. */
export function weaknessOfTransform(transform: Transform): string | undefined {
  if (transform.type === TRANSFORM.encryption) return encryptionOf(transform)?.weak;
  if (transform.type === TRANSFORM.integrity) return integrityOf(transform)?.weak;
  if (transform.type === TRANSFORM.keyExchange) return keyExchangeOf(transform)?.weak;
  return undefined;
}

export function sameTransform(a: Transform, b: Transform): boolean {
  return a.type === b.type && a.id === b.id && a.keyLength === b.keyLength;
}

/** The transform's keyword, as proposals write it; of one that is not known its number: `encryption 7/128`. */
export function transformKeyword(transform: Transform): string {
  const { type, id, keyLength } = transform;
  const known =
    type === TRANSFORM.encryption
      ? encryptionOf(transform)?.keyword
      : type === TRANSFORM.prf
        ? prfOf(transform)?.keyword
        : type === TRANSFORM.integrity
          ? (integrityOf(transform)?.keyword ?? (id === 0 ? 'none' : undefined))
          : type === TRANSFORM.keyExchange
            ? (keyExchangeOf(transform)?.keyword ?? (id === 0 ? 'none' : undefined))
            : ['noesn', 'esn'][id];
  const size = keyLength === undefined ? '' : `/${keyLength}`;
  return known ?? `${TRANSFORM_TYPE_NAMES[type] ?? `type ${type}`} ${id}${size}`;
}
