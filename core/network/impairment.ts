import { nextBelow, nextFraction, type RandomStream } from '../random/index.ts';
import type { Duration } from '../time/index.ts';

/** The settings of a link that take chance; see `LinkSettings` in core/topology. Fractions from 0 to 1. */
export interface Impairments {
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly corrupt: number;
  readonly jitter: Duration;
}

/** What chance does to one frame. */
export interface Fortune {
  lost: boolean;
  duplicated: boolean;
  /** Overtaken by later frames: it waits so much longer, outside the order. 0: it keeps its place. */
  overtakenBy: Duration;
  /** Bit to flip, counted from the first bit of the frame; -1: none. */
  flippedBit: number;
  extraDelay: Duration;
}

export function isImpaired(settings: Impairments): boolean {
  return (
    settings.loss > 0 || settings.duplicate > 0 || settings.reorder > 0 || settings.corrupt > 0 || settings.jitter > 0
  );
}

/** A frame that is overtaken waits the link's delay once more, and at least this. */
export const LEAST_OVERTAKING: Duration = 100_000;

/**
 * Draws one frame's fortune. Each kind of impairment has a stream of its own (`stream(purpose)`), so turning one on does not change
 * what another does.
 */
export function drawFortune(
  settings: Impairments & { readonly delay: Duration },
  bits: number,
  stream: (purpose: string) => RandomStream,
): Fortune {
  const happens = (purpose: string, fraction: number): boolean =>
    fraction > 0 && nextFraction(stream(purpose)) < fraction;
  return {
    lost: happens('loss', settings.loss),
    duplicated: happens('duplicate', settings.duplicate),
    overtakenBy: happens('reorder', settings.reorder) ? Math.max(settings.delay, LEAST_OVERTAKING) : 0,
    flippedBit: happens('corrupt', settings.corrupt) ? nextBelow(stream('corrupt'), bits) : -1,
    extraDelay: settings.jitter > 0 ? Math.floor(nextFraction(stream('jitter')) * (settings.jitter + 1)) : 0,
  };
}
