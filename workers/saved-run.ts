import type { Snapshot } from '../core/simulation/index.ts';
import { isEventQueue } from '../core/time/index.ts';
import type { TopologyText } from './topology-text.ts';

/** A run as it is saved: with the text of its topology, where that is known. */
export interface SavedRun {
  readonly snapshot: Snapshot;
  readonly base: TopologyText | undefined;
}

/** Whether a value that came from outside has the outline of a saved run. What is inside is found out by going on with it. */
export function isSavedRun(value: unknown): value is SavedRun {
  if (!isRecord(value) || !isSnapshot(value.snapshot)) return false;
  const { base } = value;
  if (base === undefined) return true;
  return (
    isRecord(base) && typeof base.text === 'string' && (base.kinds === undefined || typeof base.kinds === 'string')
  );
}

function isSnapshot(value: unknown): value is Snapshot {
  if (!isRecord(value) || value.format !== 1) return false;
  return isTopology(value.topology) && isRun(value.run);
}

const LISTS_OF_A_TOPOLOGY = ['nodes', 'links', 'timeline', 'expectations'] as const;
const LISTS_OF_A_RUN = [
  'directions',
  'links',
  'interfacesUp',
  'states',
  'bound',
  'takenOut',
  'timers',
  'freeTimers',
  'strays',
  'freeStrays',
  'restorations',
  'inputs',
  'folds',
  'keyLog',
] as const;
const COUNTS_OF_A_RUN = ['now', 'nextPacket', 'nextRecord', 'nextInput', 'lastTransmit', 'events'] as const;

function isTopology(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    typeof value.seed === 'number' &&
    LISTS_OF_A_TOPOLOGY.every((key) => Array.isArray(value[key]))
  );
}

function isRun(value: unknown): boolean {
  return (
    isRecord(value) &&
    isEventQueue(value.queue) &&
    isRecord(value.streams) &&
    isRecord(value.ledger) &&
    LISTS_OF_A_RUN.every((key) => Array.isArray(value[key])) &&
    COUNTS_OF_A_RUN.every((key) => Number.isSafeInteger(value[key]) && (value[key] as number) >= 0)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
