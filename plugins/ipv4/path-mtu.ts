import { type Instant, MINUTE } from '../../core/index.ts';
import type { Ipv4Address } from './address.ts';
import type { Ipv4State } from './state.ts';

/** The most destinations whose path MTU is remembered; the oldest goes. */
export const MOST_PATH_MTUS = 1024;
/** How long (RFC 1191 §6.3). */
export const PATH_MTU_LIFETIME = 10 * MINUTE;
/** No path has less (RFC 791 §3.2). */
export const LEAST_MTU = 68;

/** Steps down for routers that do not tell their MTU (RFC 1191 §7.1, table 7-1). */
const PLATEAUS = [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, LEAST_MTU];

/** What is known of the path to a destination; `Infinity` when nothing is. */
export function pathMtuTo(state: Ipv4State, destination: Ipv4Address, now: Instant): number {
  const known = state.pathMtus?.get(destination);
  if (known === undefined) return Number.POSITIVE_INFINITY;
  if (known.until >= now) return known.mtu;
  state.pathMtus?.delete(destination);
  return Number.POSITIVE_INFINITY;
}

/**
 * A router said what the path takes: it is believed downwards only (RFC 1191 §6.3). 0 is said by routers older than RFC 1191; then it is
 * the next plateau below `tried`, the size of the packet that did not pass. True when something changed.
 */
export function learnPathMtu(
  state: Ipv4State,
  destination: Ipv4Address,
  told: number,
  tried: number,
  now: Instant,
): boolean {
  const mtu = Math.max(told > 0 ? told : (PLATEAUS.find((step) => step < tried) ?? LEAST_MTU), LEAST_MTU);
  if (mtu >= pathMtuTo(state, destination, now)) return false;
  state.pathMtus ??= new Map();
  if (state.pathMtus.size >= MOST_PATH_MTUS) {
    for (const oldest of state.pathMtus.keys()) {
      state.pathMtus.delete(oldest);
      break;
    }
  }
  state.pathMtus.set(destination, { mtu, until: now + PATH_MTU_LIFETIME });
  return true;
}
