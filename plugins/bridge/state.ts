import type { Duration, Instant } from '../../core/index.ts';
import { SECOND } from '../../core/index.ts';
import type { MacAddress } from '../ethernet/contract.ts';
import type { BridgeConfig } from './config.ts';

/** The most stations that a bridge remembers. */
export const MOST_STATIONS = 8192;
/** A station that moves between ports is told of no more often than this: in a loop of bridges all stations move all the time. */
export const MOVE_NOTE_INTERVAL: Duration = SECOND;

/** Where a station was seen, and when last. */
export interface Station {
  port: number;
  seen: Instant;
}

export interface BridgeState {
  readonly config: BridgeConfig;
  /** The filtering database (IEEE 802.1D §7.9), oldest entries first. */
  readonly stations: Map<MacAddress, Station>;
  /** When a move was last told; -1: never. */
  moveTold: Instant;
  /** Frames that may be flooded now, and when that was counted. */
  floodTokens: number;
  floodCounted: Instant;
}

export function createState(config: BridgeConfig): BridgeState {
  return { config, stations: new Map(), moveTold: -1, floodTokens: config.flood_burst, floodCounted: 0 };
}

/** The port of a station that was seen within the ageing time; -1 for an unknown one. */
export function portOf(state: BridgeState, mac: MacAddress, now: Instant): number {
  const station = state.stations.get(mac);
  if (station === undefined) return -1;
  if (now - station.seen <= state.config.ageing) return station.port;
  state.stations.delete(mac);
  return -1;
}

/** Remembers that a station is behind a port (IEEE 802.1D §7.8). Returns the port it moved from; -1 when it did not move. */
export function learnStation(state: BridgeState, mac: MacAddress, port: number, now: Instant): number {
  const known = state.stations.get(mac);
  if (known !== undefined) {
    const before = now - known.seen <= state.config.ageing ? known.port : port;
    known.port = port;
    known.seen = now;
    return before === port ? -1 : before;
  }
  if (state.stations.size >= MOST_STATIONS) forgetOldest(state);
  state.stations.set(mac, { port, seen: now });
  return -1;
}

/** Forgets the stations behind a port that went down. */
export function forgetPort(state: BridgeState, port: number): void {
  for (const [mac, station] of state.stations) if (station.port === port) state.stations.delete(mac);
}

/** Takes a token for one flooded frame. False when the storm control has none left. */
export function mayFlood(state: BridgeState, now: Instant): boolean {
  const { flood_rate: rate, flood_burst: burst } = state.config;
  const earned = ((now - state.floodCounted) * rate) / SECOND;
  state.floodTokens = Math.min(burst, state.floodTokens + earned);
  state.floodCounted = now;
  if (state.floodTokens < 1) return false;
  state.floodTokens -= 1;
  return true;
}

/** The station not seen for longest. A full table is walked once per new station: the hostile case, and bounded. */
function forgetOldest(state: BridgeState): void {
  let oldest: MacAddress = -1;
  let seen = Number.POSITIVE_INFINITY;
  for (const [mac, station] of state.stations) {
    if (station.seen < seen) {
      seen = station.seen;
      oldest = mac;
    }
  }
  state.stations.delete(oldest);
}
