import type { DescribedNode, Problem } from '../../core/index.ts';
import type { NatConfig } from './config.ts';
import { conflictOf } from './settings.ts';
import { chooseSides } from './sides.ts';

/** Mistakes in a translator's settings that its interfaces or other settings show. */
export function natProblems(nodes: readonly DescribedNode[]): Problem[] {
  const problems: Problem[] = [];
  for (const node of nodes) {
    const config = node.plugins.nat as NatConfig | undefined;
    if (config === undefined) continue;
    const at = ['nodes', node.name, 'plugins', 'nat'];
    const sides = chooseSides(node.interfaces, config);
    if ('wrong' in sides) {
      const path = config[sides.key] === undefined ? at : [...at, sides.key];
      problems.push({ path, message: sides.wrong });
    } else if (!sides.insides.includes(true)) {
      problems.push({
        path: at,
        message: `${node.name} has no interface inside: there is nothing to translate`,
        severity: 'warning',
      });
    }
    const conflict = conflictOf(config);
    if (conflict !== undefined) {
      const path = config[conflict.key] === undefined ? at : [...at, conflict.key];
      problems.push({ path, message: conflict.message });
    }
    const routing = node.plugins.ipv4 as { readonly forwarding?: boolean } | undefined;
    if (routing?.forwarding === false) {
      const message = `${node.name} translates but does not forward: set ipv4.forwarding`;
      problems.push({ path: at, message, severity: 'warning' });
    }
  }
  return problems;
}
