import type { Duration, Instant } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import type { PingAction } from './config.ts';

/** The most runs that a node remembers; the oldest that is done gives way. */
export const MOST_RUNS = 64;

/** One ping command and what came of it. */
export interface PingRun {
  readonly id: number;
  readonly target: Ipv4Address;
  readonly settings: PingAction;
  readonly identifier: number;
  sent: number;
  answered: number;
  duplicates: number;
  /** Requests that an ICMP error answered. */
  refused: number;
  timedOut: number;
  least: Duration;
  most: Duration;
  total: Duration;
  /** Requests that wait for a reply, by sequence number: when they were sent, and the timer that ends the wait. */
  readonly waiting: Map<number, { readonly sentAt: Instant; readonly timer: number }>;
}

export interface PingState {
  nextRun: number;
  nextIdentifier: number;
  runs: PingRun[];
}

/** Adds a run. `undefined` when all that are remembered are still going on. */
export function addRun(state: PingState, settings: PingAction): PingRun | undefined {
  if (state.runs.length >= MOST_RUNS) {
    const done = state.runs.findIndex(isDone);
    if (done < 0) return undefined;
    state.runs.splice(done, 1);
  }
  const run: PingRun = {
    id: state.nextRun++,
    target: settings.ping,
    settings,
    identifier: state.nextIdentifier,
    sent: 0,
    answered: 0,
    duplicates: 0,
    refused: 0,
    timedOut: 0,
    least: 0,
    most: 0,
    total: 0,
    waiting: new Map(),
  };
  state.nextIdentifier = (state.nextIdentifier + 1) & 0xffff;
  state.runs.push(run);
  return run;
}

export function isDone(run: PingRun): boolean {
  return run.sent >= run.settings.count && run.waiting.size === 0;
}

/** Counts a reply. */
export function countReply(run: PingRun, rtt: Duration): void {
  run.least = run.answered === 0 ? rtt : Math.min(run.least, rtt);
  run.most = Math.max(run.most, rtt);
  run.total += rtt;
  run.answered++;
}
