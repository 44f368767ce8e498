import type { History } from '../core/simulation/index.ts';
import type { Lane } from './api.ts';
import { type FrameIndex, kindOfHappening } from './frames.ts';

/** Parts of one lane. */
const MOST_BUCKETS = 2000;

/** How much each node noted and dropped in each of `buckets` equal parts of [from, to); nodes without any of it have no lane. */
export function lanesOf(history: History, index: FrameIndex, from: number, to: number, buckets: number): Lane[] {
  const { wiring } = history.head;
  const { happenings } = index;
  const count = Math.max(1, Math.min(Math.floor(buckets) || 1, MOST_BUCKETS));
  const scale = count / Math.max(1, to - from);
  const lanes = new Map<number, Lane>();
  for (let at = happenings.time.firstFrom(from); at < happenings.table.length && happenings.time.at(at) < to; at++) {
    const kind = kindOfHappening(happenings.kind.at(at));
    if (kind === 'input' || (kind === 'drop' && happenings.counts.at(at) === 0)) continue;
    const place = happenings.place.at(at);
    const node = place >= 0 ? wiring.instances[place]?.node : wiring.senderNode[-2 - place];
    if (node === undefined) continue;
    let lane = lanes.get(node);
    if (lane === undefined) {
      const { name = '' } = wiring.nodes[node] ?? {};
      lane = { node: name, notes: new Uint32Array(count), drops: new Uint32Array(count) };
      lanes.set(node, lane);
    }
    const counts = kind === 'drop' ? lane.drops : lane.notes;
    const bucket = Math.min(count - 1, Math.floor((happenings.time.at(at) - from) * scale));
    counts[bucket] = (counts[bucket] as number) + 1;
  }
  return [...lanes].sort(([a], [b]) => a - b).map(([, lane]) => lane);
}
