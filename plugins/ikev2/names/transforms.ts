/** Transform types and IDs (RFC 7296 §3.3.2 and IANA "Transform Type Values", "Transform Type n"). */
export const TRANSFORM_TYPE = { ENCR: 1, PRF: 2, INTEG: 3, KE: 4, ESN: 5 } as const;

export const TRANSFORM_TYPE_NAMES: Readonly<Record<number, string>> = {
  1: 'Encryption Algorithm',
  2: 'Pseudorandom Function',
  3: 'Integrity Algorithm',
  4: 'Key Exchange Method',
  5: 'Sequence Numbers',
  6: 'Additional Key Exchange 1',
  7: 'Additional Key Exchange 2',
  8: 'Additional Key Exchange 3',
  9: 'Additional Key Exchange 4',
  10: 'Additional Key Exchange 5',
  11: 'Additional Key Exchange 6',
  12: 'Additional Key Exchange 7',
};

const ENCR: Readonly<Record<number, string>> = {
  1: 'ENCR_DES_IV64',
  2: 'ENCR_DES',
  3: 'ENCR_3DES',
  4: 'ENCR_RC5',
  5: 'ENCR_IDEA',
  6: 'ENCR_CAST',
  7: 'ENCR_BLOWFISH',
  8: 'ENCR_3IDEA',
  9: 'ENCR_DES_IV32',
  11: 'ENCR_NULL',
  12: 'ENCR_AES_CBC',
  13: 'ENCR_AES_CTR',
  14: 'ENCR_AES_CCM_8',
  15: 'ENCR_AES_CCM_12',
  16: 'ENCR_AES_CCM_16',
  18: 'ENCR_AES_GCM_8',
  19: 'ENCR_AES_GCM_12',
  20: 'ENCR_AES_GCM_16',
  21: 'ENCR_NULL_AUTH_AES_GMAC',
  23: 'ENCR_CAMELLIA_CBC',
  24: 'ENCR_CAMELLIA_CTR',
  25: 'ENCR_CAMELLIA_CCM_8',
  26: 'ENCR_CAMELLIA_CCM_12',
  27: 'ENCR_CAMELLIA_CCM_16',
  28: 'ENCR_CHACHA20_POLY1305',
  29: 'ENCR_AES_CCM_8_IIV',
  30: 'ENCR_AES_GCM_16_IIV',
  31: 'ENCR_CHACHA20_POLY1305_IIV',
  32: 'ENCR_KUZNYECHIK_MGM_KTREE',
  33: 'ENCR_MAGMA_MGM_KTREE',
  34: 'ENCR_KUZNYECHIK_MGM_MAC_KTREE',
  35: 'ENCR_MAGMA_MGM_MAC_KTREE',
};

const PRF: Readonly<Record<number, string>> = {
  1: 'PRF_HMAC_MD5',
  2: 'PRF_HMAC_SHA1',
  3: 'PRF_HMAC_TIGER',
  4: 'PRF_AES128_XCBC',
  5: 'PRF_HMAC_SHA2_256',
  6: 'PRF_HMAC_SHA2_384',
  7: 'PRF_HMAC_SHA2_512',
  8: 'PRF_AES128_CMAC',
  9: 'PRF_HMAC_STREEBOG_512',
};

const INTEG: Readonly<Record<number, string>> = {
  0: 'NONE',
  1: 'AUTH_HMAC_MD5_96',
  2: 'AUTH_HMAC_SHA1_96',
  3: 'AUTH_DES_MAC',
  4: 'AUTH_KPDK_MD5',
  5: 'AUTH_AES_XCBC_96',
  6: 'AUTH_HMAC_MD5_128',
  7: 'AUTH_HMAC_SHA1_160',
  8: 'AUTH_AES_CMAC_96',
  9: 'AUTH_AES_128_GMAC',
  10: 'AUTH_AES_192_GMAC',
  11: 'AUTH_AES_256_GMAC',
  12: 'AUTH_HMAC_SHA2_256_128',
  13: 'AUTH_HMAC_SHA2_384_192',
  14: 'AUTH_HMAC_SHA2_512_256',
};

/** Key exchange methods: groups 3, 4 and 6 to 13 were never assigned in IKEv2. */
export const KEY_EXCHANGE_NAMES: Readonly<Record<number, string>> = {
  0: 'NONE',
  1: 'MODP-768',
  2: 'MODP-1024',
  5: 'MODP-1536',
  14: 'MODP-2048',
  15: 'MODP-3072',
  16: 'MODP-4096',
  17: 'MODP-6144',
  18: 'MODP-8192',
  19: 'ECP-256',
  20: 'ECP-384',
  21: 'ECP-521',
  22: 'MODP-1024-160',
  23: 'MODP-2048-224',
  24: 'MODP-2048-256',
  25: 'ECP-192',
  26: 'ECP-224',
  27: 'brainpoolP224r1',
  28: 'brainpoolP256r1',
  29: 'brainpoolP384r1',
  30: 'brainpoolP512r1',
  31: 'Curve25519',
  32: 'Curve448',
  33: 'GOST3410_2012_256',
  34: 'GOST3410_2012_512',
  35: 'ml-kem-512',
  36: 'ml-kem-768',
  37: 'ml-kem-1024',
};

const ESN: Readonly<Record<number, string>> = {
  0: '32-bit sequence numbers',
  1: 'Extended sequence numbers',
};

/** Names of transform IDs by transform type. Additional key exchanges (RFC 9370) have those of key exchanges. */
export function transformName(type: number, id: number): string {
  const names = type === 1 ? ENCR : type === 2 ? PRF : type === 3 ? INTEG : type === 5 ? ESN : undefined;
  const table = names ?? (type === 4 || (type >= 6 && type <= 12) ? KEY_EXCHANGE_NAMES : undefined);
  return table?.[id] ?? `${TRANSFORM_TYPE_NAMES[type] ?? `type ${type}`} ${id}`;
}
