/**
 * The anti-replay window (RFC 4303 §3.4.3, RFC 4302 §3.4.3): of the last numbers up to the highest accepted one, as many as the window has bits, bit
 * `n mod size` says that n was seen. Numbers are exact up to 2^53.
 */
export interface ReplayState {
  /** The highest number accepted. */
  sequence: number;
  /** One bit a number; its size is a multiple of 32. Empty: replays are not noticed. */
  readonly window: Uint32Array;
}

export const TWO_TO_32 = 0x1_0000_0000;
/** The last number without extended sequence numbers (RFC 4303 §3.3.3, RFC 4302 §3.3.2), and the last that is exact here with them. */
const LAST_SEQUENCE = TWO_TO_32 - 1;
const LAST_EXTENDED = Number.MAX_SAFE_INTEGER;

/** Window sizes beyond this are refused. */
export const LARGEST_WINDOW = 4096;
/** Where replays are not noticed, the high half of extended numbers is still found within so many. */
const LEAST_SPAN = 32;

/** An empty window of at least `size` numbers. */
export function replayWindow(size: number): Uint32Array {
  return new Uint32Array(Math.ceil(Math.min(size, LARGEST_WINDOW) / 32));
}

/**
 * The whole number of a packet whose low half is `low` (RFC 4303 App. A2.2): the one nearest to the window. Without ESN the number as it
 * is. Negative: before the first.
 */
export function wholeSequence(state: ReplayState, low: number, esn: boolean): number {
  if (!esn) return low;
  const span = Math.max(state.window.length * 32, LEAST_SPAN);
  const topLow = state.sequence % TWO_TO_32;
  const topHigh = (state.sequence - topLow) / TWO_TO_32;
  if (topLow >= span - 1) return (low >= topLow - span + 1 ? topHigh : topHigh + 1) * TWO_TO_32 + low;
  return (low >= topLow - span + 1 + TWO_TO_32 ? topHigh - 1 : topHigh) * TWO_TO_32 + low;
}

/** May a packet of this number be new? False: it was seen, or it is older than the window. 0 is never sent. */
export function mayBeNew(state: ReplayState, sequence: number): boolean {
  if (sequence <= 0) return false;
  const size = state.window.length * 32;
  if (size === 0 || sequence > state.sequence) return true;
  if (state.sequence - sequence >= size) return false;
  const bit = sequence % size;
  return (((state.window[bit >>> 5] as number) >>> (bit & 31)) & 1) === 0;
}

/** Marks a number that was accepted, once its ICV was found right. */
export function markSeen(state: ReplayState, sequence: number): void {
  const { window } = state;
  const size = window.length * 32;
  if (size === 0) {
    if (sequence > state.sequence) state.sequence = sequence;
    return;
  }
  if (sequence > state.sequence) {
    const steps = sequence - state.sequence;
    if (steps >= size) window.fill(0);
    else {
      for (let between = state.sequence + 1; between < sequence; between++) {
        const bit = between % size;
        window[bit >>> 5] = (window[bit >>> 5] as number) & ~(1 << (bit & 31));
      }
    }
    state.sequence = sequence;
  }
  const bit = sequence % size;
  window[bit >>> 5] = (window[bit >>> 5] as number) | (1 << (bit & 31));
}

/** The number of the next packet sent on an SA, which is counted; `undefined` when they have run out: they never wrap. */
export function takeSequence(sa: { sequence: number; readonly esn: boolean }): number | undefined {
  if (sa.sequence >= (sa.esn ? LAST_EXTENDED : LAST_SEQUENCE)) return undefined;
  sa.sequence++;
  return sa.sequence;
}
