import { createRegistry, type Plugin, type Registry } from '../core/index.ts';
import type { HistoryLimits } from '../core/simulation/index.ts';
import type { TraceBudget } from '../core/trace/index.ts';

/** What a thread that holds labs brings with it. Made once. */
export interface LabHost {
  readonly registry: Registry;
  /** What slots are filled with: `{ crypto: provider }`. */
  readonly slots: Readonly<Record<string, unknown>>;
  readonly budget?: TraceBudget;
  readonly history?: HistoryLimits;
}

/** A host of these plugins. Where several can fill a slot, the last has it. */
export function createHost(plugins: readonly Plugin[], options: Omit<LabHost, 'registry' | 'slots'> = {}): LabHost {
  const registry = createRegistry(plugins);
  if (registry.problems.length > 0)
    throw new Error(`these plugins do not go together: ${registry.problems.join('; ')}`);
  const fills = new Map<string, () => unknown>();
  for (const plugin of plugins) for (const [slot, fill] of Object.entries(plugin.fills ?? {})) fills.set(slot, fill);
  const slots = Object.fromEntries([...fills].map(([slot, fill]) => [slot, fill()]));
  return { registry, slots, ...options };
}
