import type { History } from '../core/simulation/index.ts';
import type { Lane } from './api.ts';
import { type FrameIndex, kindOfHappening } from './frames.ts';
import type { Lives } from './lives.ts';

/** Parts of one lane. */
const MOST_BUCKETS = 2000;
/** Bars of one lane: the oldest of them. */
const MOST_BARS = 400;

/** How much each node noted and dropped in each of `buckets` equal parts of [from, to); with what lasted on it meanwhile; nodes without any of it have no lane. */
export function lanesOf(
  history: History,
  index: FrameIndex,
  lives: Lives,
  from: number,
  to: number,
  buckets: number,
): Lane[] {
  const { wiring } = history.head;
  const { happenings } = index;
  const count = Math.max(1, Math.min(Math.floor(buckets) || 1, MOST_BUCKETS));
  const scale = count / Math.max(1, to - from);
  const lanes = new Map<number, Lane>();
  const laneOf = (node: number): Lane => {
    const present = lanes.get(node);
    if (present !== undefined) return present;
    const { name = '' } = wiring.nodes[node] ?? {};
    const bars = lives.bars(node, from, to).slice(0, MOST_BARS);
    const lane = { node: name, notes: new Uint32Array(count), drops: new Uint32Array(count), bars };
    lanes.set(node, lane);
    return lane;
  };
  for (const node of lives.nodes(from, to)) laneOf(node);
  for (let at = happenings.time.firstFrom(from); at < happenings.table.length && happenings.time.at(at) < to; at++) {
    const kind = kindOfHappening(happenings.kind.at(at));
    if (kind === 'input' || (kind === 'drop' && happenings.counts.at(at) === 0)) continue;
    const place = happenings.place.at(at);
    const node = place >= 0 ? wiring.instances[place]?.node : wiring.senderNode[-2 - place];
    if (node === undefined) continue;
    const lane = laneOf(node);
    const counts = kind === 'drop' ? lane.drops : lane.notes;
    const bucket = Math.min(count - 1, Math.floor((happenings.time.at(at) - from) * scale));
    counts[bucket] = (counts[bucket] as number) + 1;
  }
  return [...lanes].sort(([a], [b]) => a - b).map(([, lane]) => lane);
}
