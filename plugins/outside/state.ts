import type { OutsideConfig } from './config.ts';

export interface OutsideState {
  readonly config: OutsideConfig;
  /** Frames that left the run here, and their octets. */
  frames: number;
  octets: number;
}
