/** Bounds on what a peer, or many of them, can make a node keep and do. */

/** IKE SAs of a node, half-open ones included. */
export const MOST_IKE_SAS = 65_536;
/** Things that wait for their turn on one IKE SA, whose window is one request at a time. */
export const MOST_WAITING_TASKS = 256;
/** Closed IKE SAs that tables still show; the oldest goes. */
export const MOST_CLOSED = 64;
/** Answers N(COOKIE) or INVALID_KE_PAYLOAD that one attempt follows before it gives up. */
export const MOST_RETRIES = 5;
/** Child SAs of one IKE SA. */
export const MOST_CHILDREN = 1024;
/** Fragments of one message (RFC 7383 §2.5); a message of `max_packet` octets has fewer in any sensible size. */
export const MOST_FRAGMENTS = 1024;
/** Octets of the longest message that is put together from fragments, whatever `max_packet` says. */
export const LONGEST_REASSEMBLED = 65_535;
/** How long fragments of a message wait for the next one of it (RFC 7383 §2.6). Longer than most waits before a peer sends all of them again. */
export const FRAGMENT_SECONDS = 30;
/** How long a secret that cookies are made with is used before a new one is drawn (RFC 7296 §2.6); the one before it still holds. */
export const COOKIE_SECRET_SECONDS = 60;
