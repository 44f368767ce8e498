/** Numbers of payload bodies (RFC 7296 §3 and IANA ikev2-parameters). */

/** Security protocol identifiers (§3.3.1). */
export const PROTOCOL = { IKE: 1, AH: 2, ESP: 3 } as const;
export const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  0: 'none',
  1: 'IKE',
  2: 'AH',
  3: 'ESP',
  4: 'FC_ESP_HEADER',
  5: 'FC_CT_AUTHENTICATION',
  6: 'GIKE_UPDATE',
};

/** Identification types (§3.5). */
export const ID_TYPE = { IPV4_ADDR: 1, FQDN: 2, RFC822_ADDR: 3, IPV6_ADDR: 5, DER_ASN1_DN: 9, KEY_ID: 11 } as const;
export const ID_TYPE_NAMES: Readonly<Record<number, string>> = {
  1: 'ID_IPV4_ADDR',
  2: 'ID_FQDN',
  3: 'ID_RFC822_ADDR',
  5: 'ID_IPV6_ADDR',
  9: 'ID_DER_ASN1_DN',
  10: 'ID_DER_ASN1_GN',
  11: 'ID_KEY_ID',
  12: 'ID_FC_NAME',
  13: 'ID_NULL',
};

/** Certificate encodings (§3.6). */
export const CERTIFICATE_ENCODINGS: Readonly<Record<number, string>> = {
  1: 'PKCS #7 wrapped X.509 certificate',
  2: 'PGP certificate',
  3: 'DNS signed key',
  4: 'X.509 certificate - signature',
  6: 'Kerberos token',
  7: 'Certificate revocation list',
  8: 'Authority revocation list',
  9: 'SPKI certificate',
  10: 'X.509 certificate - attribute',
  11: 'Raw RSA key',
  12: 'Hash and URL of X.509 certificate',
  13: 'Hash and URL of X.509 bundle',
  14: 'OCSP content',
  15: 'Raw public key',
};

/** Authentication methods (§3.8). */
export const AUTH_METHOD = { SHARED_KEY: 2 } as const;
export const AUTH_METHOD_NAMES: Readonly<Record<number, string>> = {
  1: 'RSA digital signature',
  2: 'Shared key message integrity code',
  3: 'DSS digital signature',
  9: 'ECDSA with SHA-256 on the P-256 curve',
  10: 'ECDSA with SHA-384 on the P-384 curve',
  11: 'ECDSA with SHA-512 on the P-521 curve',
  12: 'Generic secure password authentication',
  13: 'NULL authentication',
  14: 'Digital signature',
};

/** Traffic selector types (§3.13.1). */
export const TS_TYPE = { IPV4_ADDR_RANGE: 7, IPV6_ADDR_RANGE: 8 } as const;
export const TS_TYPE_NAMES: Readonly<Record<number, string>> = {
  7: 'TS_IPV4_ADDR_RANGE',
  8: 'TS_IPV6_ADDR_RANGE',
  9: 'TS_FC_ADDR_RANGE',
  10: 'TS_SECLABEL',
};

/** Configuration types (§3.15) and attributes (§3.15.1). */
export const CONFIGURATION_TYPES: Readonly<Record<number, string>> = {
  1: 'CFG_REQUEST',
  2: 'CFG_REPLY',
  3: 'CFG_SET',
  4: 'CFG_ACK',
};
export const CONFIGURATION_ATTRIBUTES: Readonly<Record<number, string>> = {
  1: 'INTERNAL_IP4_ADDRESS',
  2: 'INTERNAL_IP4_NETMASK',
  3: 'INTERNAL_IP4_DNS',
  4: 'INTERNAL_IP4_NBNS',
  5: 'INTERNAL_ADDRESS_EXPIRY',
  6: 'INTERNAL_IP4_DHCP',
  7: 'APPLICATION_VERSION',
  8: 'INTERNAL_IP6_ADDRESS',
  10: 'INTERNAL_IP6_DNS',
  12: 'INTERNAL_IP6_DHCP',
  13: 'INTERNAL_IP4_SUBNET',
  14: 'SUPPORTED_ATTRIBUTES',
  15: 'INTERNAL_IP6_SUBNET',
  16: 'MIP6_HOME_PREFIX',
  17: 'INTERNAL_IP6_LINK',
  18: 'INTERNAL_IP6_PREFIX',
  19: 'HOME_AGENT_ADDRESS',
  20: 'P_CSCF_IP4_ADDRESS',
  21: 'P_CSCF_IP6_ADDRESS',
  22: 'FTT_KAT',
  23: 'EXTERNAL_SOURCE_IP4_NAT_INFO',
  24: 'TIMEOUT_PERIOD_FOR_LIVENESS_CHECK',
  25: 'INTERNAL_DNS_DOMAIN',
  26: 'INTERNAL_DNSSEC_TA',
  27: 'ENCDNS_IP4',
  28: 'ENCDNS_IP6',
  29: 'ENCDNS_DIGEST_INFO',
};

/** EAP codes and the types met in IKEv2 (RFC 3748 §4, IANA eap-numbers). */
export const EAP_CODES: Readonly<Record<number, string>> = { 1: 'Request', 2: 'Response', 3: 'Success', 4: 'Failure' };
export const EAP_TYPES: Readonly<Record<number, string>> = {
  1: 'Identity',
  2: 'Notification',
  3: 'Nak',
  4: 'MD5-Challenge',
  5: 'One-Time Password',
  6: 'Generic Token Card',
  13: 'EAP-TLS',
  18: 'EAP-SIM',
  21: 'EAP-TTLS',
  23: 'EAP-AKA',
  25: 'PEAP',
  26: 'EAP-MSCHAPv2',
  43: 'EAP-FAST',
  50: "EAP-AKA'",
  52: 'EAP-pwd',
  254: 'Expanded',
};

/** Hash algorithms of digital signatures (RFC 7427 §7, RFC 8420). */
export const HASH_ALGORITHMS: Readonly<Record<number, string>> = {
  1: 'SHA1',
  2: 'SHA2-256',
  3: 'SHA2-384',
  4: 'SHA2-512',
  5: 'Identity',
  6: 'STREEBOG_256',
  7: 'STREEBOG_512',
};
