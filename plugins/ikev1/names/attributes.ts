/** Attributes of transforms: classes and values (RFC 2409 App. A, RFC 2407 §4.5, IANA ipsec-registry and isakmp-registry). */

/** Attribute classes of ISAKMP SAs (RFC 2409 App. A). */
export const IKE_ATTRIBUTE = {
  encryption: 1,
  hash: 2,
  authentication: 3,
  group: 4,
  groupType: 5,
  lifeType: 11,
  lifeDuration: 12,
  prf: 13,
  keyLength: 14,
} as const;

/** Attribute classes of IPsec SAs (RFC 2407 §4.5, RFC 4304 §4). */
export const IPSEC_ATTRIBUTE = {
  lifeType: 1,
  lifeDuration: 2,
  group: 3,
  encapsulation: 4,
  authentication: 5,
  keyLength: 6,
  extendedSequence: 11,
} as const;

export const LIFE_TYPE = { seconds: 1, kilobytes: 2 } as const;
export const ENCAPSULATION = { tunnel: 1, transport: 2 } as const;
export const AUTHENTICATION = { preSharedKey: 1 } as const;

type Names = Readonly<Record<number, string>>;

const LIFE_TYPES: Names = { 1: 'seconds', 2: 'kilobytes' };

export const ENCRYPTION_NAMES: Names = {
  1: 'DES-CBC',
  2: 'IDEA-CBC',
  3: 'Blowfish-CBC',
  4: 'RC5-R16-B64-CBC',
  5: '3DES-CBC',
  6: 'CAST-CBC',
  7: 'AES-CBC',
  8: 'CAMELLIA-CBC',
};

export const HASH_NAMES: Names = { 1: 'MD5', 2: 'SHA', 3: 'Tiger', 4: 'SHA2-256', 5: 'SHA2-384', 6: 'SHA2-512' };

export const AUTHENTICATION_METHODS: Names = {
  1: 'pre-shared key',
  2: 'DSS signatures',
  3: 'RSA signatures',
  4: 'Encryption with RSA',
  5: 'Revised encryption with RSA',
  8: 'ECDSA signatures',
  9: 'ECDSA with SHA-256 on the P-256 curve',
  10: 'ECDSA with SHA-384 on the P-384 curve',
  11: 'ECDSA with SHA-512 on the P-521 curve',
  64221: 'HybridInitRSA',
  64222: 'HybridRespRSA',
  64223: 'HybridInitDSS',
  64224: 'HybridRespDSS',
  65001: 'XAUTHInitPreShared',
  65002: 'XAUTHRespPreShared',
  65003: 'XAUTHInitDSS',
  65004: 'XAUTHRespDSS',
  65005: 'XAUTHInitRSA',
  65006: 'XAUTHRespRSA',
};

/** Groups. 3 and 4 are elliptic curves over fields of characteristic two (RFC 2409 §6.3, §6.4), which nobody uses any more. */
export const GROUP_NAMES: Names = {
  1: 'MODP-768',
  2: 'MODP-1024',
  3: 'EC2N-155',
  4: 'EC2N-185',
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
  // Not registered for IKEv1: the number of IKEv2 (RFC 8031 §2).
  31: 'Curve25519',
};

const GROUP_TYPES: Names = { 1: 'MODP', 2: 'ECP', 3: 'EC2N' };

export const ENCAPSULATION_NAMES: Names = {
  1: 'Tunnel',
  2: 'Transport',
  3: 'UDP-Encapsulated-Tunnel',
  4: 'UDP-Encapsulated-Transport',
  61443: 'UDP-Encapsulated-Tunnel (draft)',
  61444: 'UDP-Encapsulated-Transport (draft)',
};

export const AUTHENTICATION_ALGORITHMS: Names = {
  1: 'HMAC-MD5',
  2: 'HMAC-SHA',
  3: 'DES-MAC',
  4: 'KPDK',
  5: 'HMAC-SHA2-256',
  6: 'HMAC-SHA2-384',
  7: 'HMAC-SHA2-512',
  8: 'HMAC-RIPEMD',
  9: 'AES-XCBC-MAC',
  10: 'SIG-RSA',
  11: 'AES-128-GMAC',
  12: 'AES-192-GMAC',
  13: 'AES-256-GMAC',
};

export const IKE_TRANSFORMS: Names = { 1: 'KEY_IKE' };

export const ESP_TRANSFORMS: Names = {
  1: 'ESP_DES_IV64',
  2: 'ESP_DES',
  3: 'ESP_3DES',
  4: 'ESP_RC5',
  5: 'ESP_IDEA',
  6: 'ESP_CAST',
  7: 'ESP_BLOWFISH',
  8: 'ESP_3IDEA',
  9: 'ESP_DES_IV32',
  10: 'ESP_RC4',
  11: 'ESP_NULL',
  12: 'ESP_AES-CBC',
  13: 'ESP_AES-CTR',
  14: 'ESP_AES-CCM_8',
  15: 'ESP_AES-CCM_12',
  16: 'ESP_AES-CCM_16',
  18: 'ESP_AES-GCM_8',
  19: 'ESP_AES-GCM_12',
  20: 'ESP_AES-GCM_16',
  21: 'ESP_SEED_CBC',
  22: 'ESP_CAMELLIA',
  23: 'ESP_NULL_AUTH_AES-GMAC',
};

export const AH_TRANSFORMS: Names = {
  2: 'AH_MD5',
  3: 'AH_SHA',
  4: 'AH_DES',
  5: 'AH_SHA2-256',
  6: 'AH_SHA2-384',
  7: 'AH_SHA2-512',
  8: 'AH_RIPEMD',
  9: 'AH_AES-XCBC-MAC',
  10: 'AH_RSA',
  11: 'AH_AES-128-GMAC',
  12: 'AH_AES-192-GMAC',
  13: 'AH_AES-256-GMAC',
};

export const IPCOMP_TRANSFORMS: Names = { 1: 'IPCOMP_OUI', 2: 'IPCOMP_DEFLATE', 3: 'IPCOMP_LZS', 4: 'IPCOMP_LZJH' };

/** What an attribute class is called, and its values where they have names. */
export interface AttributeClass {
  readonly name: string;
  readonly values?: Names;
}

export const IKE_ATTRIBUTES: Readonly<Record<number, AttributeClass>> = {
  1: { name: 'Encryption Algorithm', values: ENCRYPTION_NAMES },
  2: { name: 'Hash Algorithm', values: HASH_NAMES },
  3: { name: 'Authentication Method', values: AUTHENTICATION_METHODS },
  4: { name: 'Group Description', values: GROUP_NAMES },
  5: { name: 'Group Type', values: GROUP_TYPES },
  6: { name: 'Group Prime' },
  7: { name: 'Group Generator One' },
  8: { name: 'Group Generator Two' },
  9: { name: 'Group Curve A' },
  10: { name: 'Group Curve B' },
  11: { name: 'Life Type', values: LIFE_TYPES },
  12: { name: 'Life Duration' },
  13: { name: 'PRF' },
  14: { name: 'Key Length' },
  15: { name: 'Field Size' },
  16: { name: 'Group Order' },
};

export const IPSEC_ATTRIBUTES: Readonly<Record<number, AttributeClass>> = {
  1: { name: 'SA Life Type', values: LIFE_TYPES },
  2: { name: 'SA Life Duration' },
  3: { name: 'Group Description', values: GROUP_NAMES },
  4: { name: 'Encapsulation Mode', values: ENCAPSULATION_NAMES },
  5: { name: 'Authentication Algorithm', values: AUTHENTICATION_ALGORITHMS },
  6: { name: 'Key Length' },
  7: { name: 'Key Rounds' },
  8: { name: 'Compress Dictionary Size' },
  9: { name: 'Compress Private Algorithm' },
  10: { name: 'ECN Tunnel' },
  11: { name: 'Extended Sequence Number' },
  12: { name: 'Authentication Key Length' },
  13: { name: 'Signature Encoding Algorithm' },
  14: { name: 'Address Preservation' },
  15: { name: 'SA Direction' },
};

/** `MODP-2048`, `group 99`. */
export function groupName(group: number): string {
  return GROUP_NAMES[group] ?? `group ${group}`;
}
