import type { DescribedNode, Problem } from '../../core/index.ts';
import { formatIpv4, type Ipv4Address, type Ipv4InterfaceAddress, inIpv4Prefix, ipv4Mask } from './address.ts';
import type { Ipv4Config } from './config.ts';

/** Mistakes in addresses and routes: within a node, and one address on two nodes. */
export function addressProblems(nodes: readonly DescribedNode[]): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<Ipv4Address, string>();
  const translated = nodes.some((node) => node.plugins.nat !== undefined);
  for (const node of nodes) {
    const config = node.plugins.ipv4 as Ipv4Config | undefined;
    if (config === undefined) continue;
    const own: OwnNetwork[] = [];
    for (const face of node.interfaces) {
      for (const { syntax, value } of face.addresses) {
        if (syntax !== 'ipv4') continue;
        const { address, prefix } = value as Ipv4InterfaceAddress;
        const path = ['nodes', node.name, 'interfaces', face.name];
        const owner = owners.get(address);
        if (owner === undefined) owners.set(address, `${node.name}:${face.name}`);
        else if (translated && isPrivate(address) && !owner.startsWith(`${node.name}:`)) {
          // Two sites may each use 192.168.1.1 behind address translators: only a person can tell.
          const message = `${formatIpv4(address)} is also the address of ${owner}`;
          problems.push({ path, message, severity: 'warning' });
        } else problems.push({ path, message: `${formatIpv4(address)} is already the address of ${owner}` });
        own.push({ address, prefix, interface: face.name });
      }
    }
    problems.push(...routeProblems(node, config, own));
  }
  return problems;
}

interface OwnNetwork extends Ipv4InterfaceAddress {
  readonly interface: string;
}

function routeProblems(node: DescribedNode, config: Ipv4Config, own: readonly OwnNetwork[]): Problem[] {
  const problems: Problem[] = [];
  const at = ['nodes', node.name, 'plugins', 'ipv4'];
  const networks = own.map((one) => `${formatIpv4((one.address & ipv4Mask(one.prefix)) >>> 0)}/${one.prefix}`);
  const hasUnknownAddresses = node.interfaces.some((face) => face.addresses.some(({ syntax }) => syntax !== 'ipv4'));
  const checkVia = (via: Ipv4Address, path: (string | number)[], throughNamed: boolean): void => {
    const text = formatIpv4(via);
    if (own.some((one) => one.address === via)) {
      problems.push({ path, message: `${text} is ${node.name}'s own address: a route leads to another router` });
      return;
    }
    const link = own.find((one) => inIpv4Prefix(via, (one.address & ipv4Mask(one.prefix)) >>> 0, one.prefix));
    const host = link === undefined ? 1 : (via & ~ipv4Mask(link.prefix)) >>> 0;
    if (link !== undefined && link.prefix < 31 && (host === 0 || host === ~ipv4Mask(link.prefix) >>> 0)) {
      const what = host === 0 ? "the network's own address" : 'the broadcast address of the network';
      problems.push({ path, message: `${text} is ${what}, which no router has` });
      return;
    }
    if (throughNamed || own.some((one) => inIpv4Prefix(via, (one.address & ipv4Mask(one.prefix)) >>> 0, one.prefix))) {
      return;
    }
    // An address that comes by DHCP or the like may bring the network later.
    if (hasUnknownAddresses) return;
    const where = networks.length === 0 ? 'it has no addresses' : `its networks are ${networks.join(', ')}`;
    problems.push({ path, message: `${text} is on no network of ${node.name}: ${where}` });
  };
  if (config.gateway !== undefined) checkVia(config.gateway, [...at, 'gateway'], false);
  config.routes.forEach((route, index) => {
    const path = [...at, 'routes', index];
    const named = route.interface;
    if (named !== undefined && !node.interfaces.some((face) => face.name === named)) {
      const has = node.interfaces.map((face) => face.name).join(', ');
      problems.push({
        path: [...path, 'interface'],
        message: `${node.name} has no interface ${named} (it has ${has || 'none'})`,
      });
    } else if (route.via !== undefined) checkVia(route.via, [...path, 'via'], named !== undefined);
  });
  return problems;
}

/** RFC 1918 and the shared space of RFC 6598: addresses that may well stand twice in one topology. */
function isPrivate(address: Ipv4Address): boolean {
  return (
    inIpv4Prefix(address, 0x0a000000, 8) ||
    inIpv4Prefix(address, 0xac100000, 12) ||
    inIpv4Prefix(address, 0xc0a80000, 16) ||
    inIpv4Prefix(address, 0x64400000, 10)
  );
}
