/** What became of a frame. */
export const FRAME_FATE = {
  /** Not known at the frontier: under way, or held. */
  open: 0,
  /** It arrived where it was going. */
  delivered: 1,
  /** The receiver sent it on. */
  forwarded: 2,
  /** The receiver made another packet of it: opened, sealed, reassembled. */
  replaced: 3,
  /** It arrived and was dropped. */
  dropped: 4,
  /** It never arrived. */
  lost: 5,
  /** It arrived at somebody it was not for, who passed over it: no harm done. */
  ignored: 6,
} as const;
export type FrameFate = (typeof FRAME_FATE)[keyof typeof FRAME_FATE];
