/** An experiment may come from a link that somebody sent: everything in it is bounded. Reaching a bound is a message with a place. */

/** Axes of one experiment. */
export const MOST_AXES = 16;
/** Variations of one axis. */
export const MOST_VARIATIONS = 256;
/** Cells, those that are skipped included: the product of the numbers of variations. */
export const MOST_CELLS = 10_000;
export const MOST_MEASURES = 64;
/** Rules of `skip`, and of `expect`. */
export const MOST_RULES = 1_000;
export const MOST_CONCLUSIONS = 32;
export const MOST_GOALS = 100;
/** Characters of names of axes, variations and measures. */
export const LONGEST_NAME = 80;
/** Happenings that a cell's story keeps. */
export const MOST_STORY = 60;
/** Steps that a cell keeps of the chain behind its failure. */
export const MOST_CHAIN = 40;
