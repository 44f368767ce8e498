/** Bounds on what a peer, or many of them, can make a node keep and do. */

/** ISAKMP SAs of a node, half-open ones included. */
export const MOST_ISAKMP_SAS = 65_536;
/** Quick Modes under way on one ISAKMP SA. */
export const MOST_QUICK_MODES = 64;
/** Exchanges that are done, and whose last message is sent again when the peer's comes again: the oldest is forgotten. */
export const MOST_DONE = 32;
/** Message IDs of a peer that are remembered, so that none begins an exchange twice. */
export const MOST_REMEMBERED = 512;
/** IPsec SAs of one ISAKMP SA. */
export const MOST_CHILDREN = 1024;
/** Closed ISAKMP SAs that tables still show; the oldest goes. */
export const MOST_CLOSED = 64;
/** Things that wait to be done when what happens now is over. */
export const MOST_TASKS = 4096;
/** How long what was replaced stays for what is under way, by who replaced it; the other side waits twice as long. */
export const REPLACED_SECONDS = 10;
/** Two replacements so shortly after each other were begun at once. */
export const AT_ONCE_SECONDS = 5;
