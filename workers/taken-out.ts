import type { Registry } from '../core/plugin/index.ts';
import type { TraceRecord } from '../core/trace/index.ts';
import { kindOfHappening } from './frames.ts';
import type { ReadRun } from './sentences.ts';

/** Notes that are looked through for plugins that were taken out. */
const MOST_NOTES = 100_000;

const OUT: ReadonlySet<string> = new Set(['core.plugin-out', 'core.plugin-went']);
const BACK = 'core.plugin-back';

/**
 * The note that a plugin was taken out, where a failure may come of it: it is still out, the failure's packet passed its node since, the plugin that
 * failed is that one or works with it, and the same was not told of the same node when the plugin was there. Nothing in the causes of a packet
 * leads to what a node no longer does.
 */
export function takenOutBehind(
  { history, index }: ReadRun,
  chain: readonly TraceRecord[],
  root: TraceRecord,
): TraceRecord | undefined {
  const { registry } = history.head;
  const { happenings } = index;
  const back = new Set<string>();
  let found: TraceRecord | undefined;
  let looked = 0;
  for (let at = happenings.record.firstFrom(root.number) - 1; at >= 0 && looked < MOST_NOTES; at--, looked++) {
    const kind = kindOfHappening(happenings.kind.at(at));
    if (kind !== 'note' && kind !== 'drop') continue;
    const record = history.record(happenings.record.at(at));
    if (record === undefined) continue;
    if (found !== undefined) {
      if (record.code === root.code && record.node === root.node) return undefined;
      continue;
    }
    const owner = `${record.node}/${record.plugin}`;
    if (record.code === BACK) back.add(owner);
    if (!OUT.has(record.code ?? '') || back.has(owner) || !areKin(registry, record.plugin, root.plugin)) continue;
    const passed = chain.some(({ node, number }) => node === record.node && number > record.number);
    if (passed) found = record;
  }
  return found;
}

/** One requires or extends the other, or they are the same. */
function areKin(registry: Registry, one: string, other: string): boolean {
  const worksWith = (name: string): readonly string[] => {
    const plugin = registry.plugins.get(name);
    return plugin === undefined ? [] : [...(plugin.requires ?? []), ...(plugin.extends ?? [])];
  };
  return one === other || worksWith(one).includes(other) || worksWith(other).includes(one);
}
