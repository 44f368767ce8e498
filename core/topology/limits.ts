/** A topology may come from a link that somebody sent: everything in it is bounded. Reaching a bound is a message with a place. */

const MEBI = 1024 * 1024;

/** Characters of one file. A larger one is refused unread. */
export const LARGEST_FILE = 4 * MEBI;
/** Lexical elements of one file (words, marks, runs of blanks): what reading it costs goes by these. */
export const MOST_LEXEMES = 1_200_000;
/** Collections within collections. */
export const DEEPEST_NESTING = 64;
/** Mistakes of syntax after which a file is no YAML. */
export const MOST_SYNTAX_ERRORS = 50;
/** Uses of anchors (`*name`). */
export const MOST_ALIASES = 1_000;
/** Values after every alias has become what it stands for. */
export const MOST_VALUES = 1_000_000;
/** Characters of one value. */
export const LONGEST_VALUE = 65_536;

export const MOST_KINDS = 500;
export const MOST_NODES = 20_000;
/** Interfaces of one node. */
export const MOST_INTERFACES = 4_096;
/** Addresses of one interface. */
export const MOST_ADDRESSES = 256;
export const MOST_LINKS = 40_000;
export const MOST_TIMELINE_ENTRIES = 20_000;
export const MOST_EXPECTATIONS = 5_000;
/** Characters of a topology's name and of its description. */
export const LONGEST_TITLE = 200;
export const LONGEST_ABOUT = 10_000;

/** Diagnostics that are told one by one; the rest is counted. */
export const MOST_DIAGNOSTICS = 200;
/** Right words that one message lists. */
export const MOST_WORDS_LISTED = 12;
/** Changes that `applyOverrides` makes in one call. */
export const MOST_OVERRIDES = 1_000;
/** Fragments that `applyFragments` lays over one topology. */
export const MOST_FRAGMENTS = 100;
