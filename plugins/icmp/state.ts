import { type Instant, SECOND } from '../../core/index.ts';
import type { IcmpConfig } from './config.ts';

export interface IcmpState {
  readonly config: IcmpConfig;
  /** Errors that may be sent now, and when that was counted: a token bucket (RFC 1812 §4.3.2.8). */
  tokens: number;
  counted: Instant;
  /** Errors kept back since the last that was sent. */
  suppressed: number;
}

export function createState(config: IcmpConfig): IcmpState {
  return { config, tokens: config.error_rate === 0 ? 0 : config.error_burst, counted: 0, suppressed: 0 };
}

/** Takes a token for one error. False when the rate is used up. */
export function mayTell(state: IcmpState, now: Instant): boolean {
  const { error_rate: rate, error_burst: burst } = state.config;
  state.tokens = Math.min(burst, state.tokens + ((now - state.counted) * rate) / SECOND);
  state.counted = now;
  if (state.tokens < 1) return false;
  state.tokens -= 1;
  return true;
}
