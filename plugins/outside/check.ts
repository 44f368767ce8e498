import type { DescribedNode, Problem } from '../../core/index.ts';
import type { OutsideSettings } from './contract.ts';

/** An outside is one cable, and has nothing of a node's own: who sits behind it is not in the file. */
export function bareOutsides(nodes: readonly DescribedNode[]): Problem[] {
  const problems: Problem[] = [];
  const users = new Map<number, string>();
  for (const node of nodes) {
    const settings = node.plugins.outside as OutsideSettings | undefined;
    if (settings === undefined) continue;
    const path = ['nodes', node.name];
    for (const other of Object.keys(node.plugins).filter((name) => name !== 'outside')) {
      problems.push({
        path: [...path, 'plugins', other],
        message: `${node.name} is outside of the run: it cannot have the plugin ${other} as well`,
        suggestion: 'give the plugin to the node at the other end of the link',
      });
    }
    if (node.interfaces.length !== 1) {
      const message = `${node.name} is outside of the run: it has one interface, not ${node.interfaces.length}`;
      problems.push({ path: [...path, 'interfaces'], message, suggestion: 'one node for each cable to the outside' });
    }
    for (const face of node.interfaces) {
      if (face.addresses.length === 0) continue;
      const message = `${node.name} is outside of the run: an address of its ${face.name} would mean nothing`;
      problems.push({ path: [...path, 'interfaces', face.name], message, suggestion: 'leave the address out' });
    }
    if (settings.local === settings.remote) {
      problems.push({
        path: [...path, 'plugins', 'outside', 'remote'],
        message: `${node.name} would send to itself: \`local\` and \`remote\` are both ${settings.local}`,
      });
    }
    const user = users.get(settings.local);
    if (user === undefined) users.set(settings.local, node.name);
    else {
      const message = `port ${settings.local} is that of ${user} already`;
      problems.push({ path: [...path, 'plugins', 'outside', 'local'], message });
    }
  }
  return problems;
}
