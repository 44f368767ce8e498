/** Numbers of payload bodies (RFC 2407, RFC 2408 and IANA isakmp-registry, ipsec-registry). */

/** Domain of interpretation (RFC 2407 §4.2, RFC 2408 §3.4). */
export const DOI = { isakmp: 0, ipsec: 1 } as const;
export const DOI_NAMES: Readonly<Record<number, string>> = { 0: 'ISAKMP', 1: 'IPsec', 2: 'GDOI' };

/** Situation of the IPsec DOI (RFC 2407 §4.2): a bit each. */
export const SITUATION = { identityOnly: 1, secrecy: 2, integrity: 4 } as const;
export const SITUATION_NAMES: Readonly<Record<number, string>> = {
  1: 'SIT_IDENTITY_ONLY',
  2: 'SIT_SECRECY',
  4: 'SIT_INTEGRITY',
};

/** Security protocol identifiers (RFC 2407 §4.4.1). */
export const PROTOCOL = { isakmp: 1, ah: 2, esp: 3, ipcomp: 4 } as const;
export const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  0: 'none',
  1: 'ISAKMP',
  2: 'AH',
  3: 'ESP',
  4: 'IPCOMP',
};

/** Identification types (RFC 2407 §4.6.2.1). */
export const ID_TYPE = {
  IPV4_ADDR: 1,
  FQDN: 2,
  USER_FQDN: 3,
  IPV4_ADDR_SUBNET: 4,
  IPV6_ADDR: 5,
  IPV6_ADDR_SUBNET: 6,
  IPV4_ADDR_RANGE: 7,
  IPV6_ADDR_RANGE: 8,
  KEY_ID: 11,
} as const;
export const ID_TYPE_NAMES: Readonly<Record<number, string>> = {
  1: 'ID_IPV4_ADDR',
  2: 'ID_FQDN',
  3: 'ID_USER_FQDN',
  4: 'ID_IPV4_ADDR_SUBNET',
  5: 'ID_IPV6_ADDR',
  6: 'ID_IPV6_ADDR_SUBNET',
  7: 'ID_IPV4_ADDR_RANGE',
  8: 'ID_IPV6_ADDR_RANGE',
  9: 'ID_DER_ASN1_DN',
  10: 'ID_DER_ASN1_GN',
  11: 'ID_KEY_ID',
  12: 'ID_LIST',
};

/** Certificate encodings (RFC 2408 §3.9). */
export const CERTIFICATE_ENCODINGS: Readonly<Record<number, string>> = {
  0: 'none',
  1: 'PKCS #7 wrapped X.509 certificate',
  2: 'PGP certificate',
  3: 'DNS signed key',
  4: 'X.509 certificate - signature',
  5: 'X.509 certificate - key exchange',
  6: 'Kerberos tokens',
  7: 'Certificate revocation list',
  8: 'Authority revocation list',
  9: 'SPKI certificate',
  10: 'X.509 certificate - attribute',
};

/** Messages of Mode Config (draft-dukes-ike-mode-cfg-02 §3.3). */
export const CONFIGURATION_TYPES: Readonly<Record<number, string>> = {
  1: 'ISAKMP_CFG_REQUEST',
  2: 'ISAKMP_CFG_REPLY',
  3: 'ISAKMP_CFG_SET',
  4: 'ISAKMP_CFG_ACK',
};

/** Attributes of Mode Config (§3.4), of XAUTH (draft-beaulieu-ike-xauth-02 §6.2) and those of Unity clients. */
export const CONFIGURATION_ATTRIBUTES: Readonly<Record<number, string>> = {
  1: 'INTERNAL_IP4_ADDRESS',
  2: 'INTERNAL_IP4_NETMASK',
  3: 'INTERNAL_IP4_DNS',
  4: 'INTERNAL_IP4_NBNS',
  5: 'INTERNAL_ADDRESS_EXPIRY',
  6: 'INTERNAL_IP4_DHCP',
  7: 'APPLICATION_VERSION',
  8: 'INTERNAL_IP6_ADDRESS',
  9: 'INTERNAL_IP6_NETMASK',
  10: 'INTERNAL_IP6_DNS',
  11: 'INTERNAL_IP6_NBNS',
  12: 'INTERNAL_IP6_DHCP',
  13: 'INTERNAL_IP4_SUBNET',
  14: 'SUPPORTED_ATTRIBUTES',
  15: 'INTERNAL_IP6_SUBNET',
  16520: 'XAUTH_TYPE',
  16521: 'XAUTH_USER_NAME',
  16522: 'XAUTH_USER_PASSWORD',
  16523: 'XAUTH_PASSCODE',
  16524: 'XAUTH_MESSAGE',
  16525: 'XAUTH_CHALLENGE',
  16526: 'XAUTH_DOMAIN',
  16527: 'XAUTH_STATUS',
  16528: 'XAUTH_NEXT_PIN',
  16529: 'XAUTH_ANSWER',
  28672: 'UNITY_BANNER',
  28673: 'UNITY_SAVE_PASSWD',
  28674: 'UNITY_DEF_DOMAIN',
  28675: 'UNITY_SPLITDNS_NAME',
  28676: 'UNITY_SPLIT_INCLUDE',
  28677: 'UNITY_NATT_PORT',
  28678: 'UNITY_LOCAL_LAN',
  28679: 'UNITY_PFS',
  28680: 'UNITY_FW_TYPE',
  28681: 'UNITY_BACKUP_SERVERS',
  28682: 'UNITY_DDNS_HOSTNAME',
};

/** Attributes whose value is text. */
export const TEXT_ATTRIBUTES: ReadonlySet<number> = new Set([
  7, 16521, 16522, 16523, 16524, 16525, 16526, 28672, 28674, 28675, 28682,
]);
