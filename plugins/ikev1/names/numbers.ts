/** Numbers of IKEv1 by those of IKEv2, in which the configuration's transforms are kept. */

type Numbers = Readonly<Record<number, number>>;

/** Phase 1: encryption and hash algorithms (RFC 2409 App. A, RFC 3602 §5.1, RFC 4868 §4). Groups are the same. */
export const ENCRYPTION_VALUES: Numbers = { 2: 1, 3: 5, 12: 7 };
export const HASH_VALUES: Numbers = { 1: 1, 2: 2, 12: 4, 13: 5, 14: 6 };
/** Phase 2: integrity as the attribute Authentication Algorithm (RFC 2407 §4.5, RFC 4868 §4, RFC 3566). */
export const AUTHENTICATION_VALUES: Numbers = { 1: 1, 2: 2, 12: 5, 13: 6, 14: 7, 5: 9 };
/** AH's transform IDs (RFC 2407 §4.4.3, RFC 4868, RFC 3566). */
export const AH_IDS: Numbers = { 1: 2, 2: 3, 12: 5, 13: 6, 14: 7, 5: 9 };
/** Transform IDs of ESP are those of IKEv2, but for GMAC; ChaCha20-Poly1305 never got one. */
export const GMAC = { ikev2: 21, ikev1: 23 } as const;

/** The table the other way round. */
export function inverse(table: Numbers): Numbers {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [value, Number(key)]));
}
