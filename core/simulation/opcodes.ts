/** What the events of the queue mean; target and argument in brackets. */
export const OPCODE = {
  /** The head of a direction's ring arrives (direction, -). */
  arrival: 1,
  /** A frame outside the order arrives (-, stray). */
  stray: 2,
  /** A timer fires (generation, slot). */
  timer: 3,
  /** A link's settings are set back (-, restoration). */
  restore: 4,
  /** An interface is set back (interface number, 1 up or 0 down). */
  interface: 5,
  /** A plugin is put back or taken out again (instance, 1 in or 0 out). */
  plugin: 6,
  /** All protocols start (-, -): the first event of a run. */
  start: 7,
} as const;
