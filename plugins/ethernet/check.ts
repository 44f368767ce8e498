import type { DescribedNode, Problem } from '../../core/index.ts';
import type { EthernetConfig } from './config.ts';
import { formatMac, type MacAddress } from './mac.ts';

/** Addresses that the topology gives twice, and addresses for interfaces that are not there. */
export function duplicateMacs(nodes: readonly DescribedNode[]): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<MacAddress, string>();
  for (const node of nodes) {
    const config = node.plugins.ethernet as EthernetConfig | undefined;
    for (const [name, mac] of Object.entries(config?.macs ?? {})) {
      const path = ['nodes', node.name, 'plugins', 'ethernet', 'macs', name];
      if (!node.interfaces.some((face) => face.name === name)) {
        const has = node.interfaces.map((face) => face.name).join(', ');
        problems.push({ path, message: `${node.name} has no interface ${name} (it has ${has || 'none'})` });
        continue;
      }
      const owner = owners.get(mac);
      if (owner === undefined) owners.set(mac, `${node.name}:${name}`);
      else problems.push({ path, message: `${formatMac(mac)} is already the address of ${owner}` });
    }
  }
  return problems;
}
