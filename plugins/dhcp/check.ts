import type { DescribedNode, Problem } from '../../core/index.ts';
import { formatIpv4, type Ipv4InterfaceAddress, inIpv4Prefix, ipv4Mask } from '../ipv4/contract.ts';
import { poolSize } from './pool.ts';
import { type DhcpSettings, MOST_BINDINGS } from './state.ts';

/** Mistakes that only the whole node shows: what is served must be on the interface's network. */
export function dhcpProblems(nodes: readonly DescribedNode[]): Problem[] {
  return nodes.flatMap((node) => {
    const settings = node.plugins.dhcp as DhcpSettings | undefined;
    return (settings?.serve ?? []).flatMap((served) => servedProblems(node, served));
  });
}

function servedProblems(node: DescribedNode, { interface: name, settings }: DhcpSettings['serve'][number]): Problem[] {
  const path = ['nodes', node.name, 'plugins', 'dhcp', 'serve', name];
  const face = node.interfaces.find((each) => each.name === name);
  if (face === undefined) {
    const has = node.interfaces.map((each) => each.name).join(', ') || 'none';
    return [{ path, message: `${node.name} has no interface ${name} (it has ${has})` }];
  }
  const own = face.addresses.find(({ syntax }) => syntax === 'ipv4')?.value as Ipv4InterfaceAddress | undefined;
  if (own === undefined) return [{ path, message: `${name} has no address of its own to serve from: write one` }];
  const network = (own.address & ipv4Mask(own.prefix)) >>> 0;
  const outside = [
    ...settings.ranges.flatMap(({ start, end }) => [start, end]),
    ...settings.reserved.map(({ address }) => address),
  ].find((address) => !inIpv4Prefix(address, network, own.prefix));
  const problems: Problem[] = [];
  if (outside !== undefined) {
    problems.push({
      path,
      message: `${formatIpv4(outside)} is not on the network of ${name}, ${formatIpv4(network)}/${own.prefix}`,
    });
  }
  if (poolSize(settings) > MOST_BINDINGS) {
    problems.push({
      path,
      message: `the pool has ${poolSize(settings)} addresses; at most ${MOST_BINDINGS} are served`,
    });
  }
  return problems;
}
