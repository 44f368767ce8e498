import { createRegistry, orderPlugins, type Registry } from '../../core/plugin/index.ts';
import type { LinkDescription, LinkSettings, NodeDescription, Topology } from '../../core/topology/index.ts';
import { plugins } from '../../plugins/index.ts';
import { readIpv4InterfaceAddress } from '../../plugins/ipv4/contract.ts';

/** Topologies for benchmarks, described directly: what is measured is the run, not the reading of YAML. */
export const registry: Registry = createRegistry(plugins);

const GROUND = { ethernet: {}, arp: {}, ipv4: {}, icmp: {}, udp: {} };

/** A node with addresses by interface, and settings by plugin as a topology would write them. */
export function node(
  name: string,
  addresses: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, object>>,
): NodeDescription {
  const wanted: Record<string, object> = { ...GROUND, ...settings };
  return {
    name,
    kind: 'bench',
    interfaces: Object.keys(addresses)
      .sort()
      .map((face) => {
        const text = addresses[face] as string;
        const reading = readIpv4InterfaceAddress(text);
        if ('wrong' in reading) throw new Error(reading.wrong);
        return { name: face, addresses: [{ syntax: 'ipv4', text, value: reading.value }] };
      }),
    plugins: Object.fromEntries(
      Object.entries(wanted).map(([plugin, given]) => [
        plugin,
        registry.plugins.get(plugin)?.config?.parse(given) ?? {},
      ]),
    ),
    order: orderPlugins(registry, Object.keys(wanted)).order,
  };
}

const GIGABIT: LinkSettings = {
  delay: 1_000_000,
  rate: 1_000_000_000,
  mtu: 1500,
  queue: 1 << 20,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  corrupt: 0,
  jitter: 0,
  up: true,
};

/** A link of 1 Gbit/s and 1 ms between two `node:interface`. */
export function link(a: string, b: string): LinkDescription {
  const [first, second] = [a, b].sort().map((end) => {
    const [name = '', face = ''] = end.split(':');
    return { node: name, interface: face };
  });
  if (first === undefined || second === undefined) throw new Error(`${a} -- ${b}`);
  return { name: [a, b].sort().join(' -- '), ends: [first, second], settings: GIGABIT };
}

export function topology(
  nodes: readonly NodeDescription[],
  links: readonly LinkDescription[],
  duration: number,
): Topology {
  const byName = (x: { name: string }, y: { name: string }): number => (x.name < y.name ? -1 : 1);
  return {
    name: 'bench',
    about: '',
    seed: 1,
    duration,
    timeline: [],
    expectations: [],
    nodes: [...nodes].sort(byName),
    links: [...links].sort(byName),
  };
}

/**
 * `flows` hosts on one side, as many on the other, and a chain of routers between them; each host sends datagrams of 512 octets to its
 * opposite, together one every 5 µs, which is about 87 % of the links' rate. A single datagram goes first, so that neighbours know each other.
 */
export function chain(routers: number, flows: number, packets: number, more: Record<string, object> = {}): Topology {
  const nodes: NodeDescription[] = [];
  const links: LinkDescription[] = [];
  for (let at = 0; at < routers; at++) {
    const faces: Record<string, string> = {};
    const routes: object[] = [];
    if (at > 0) {
      faces.left = `10.0.${at}.2/24`;
      routes.push({ to: '10.1.0.0/16', via: `10.0.${at}.1` });
      links.push(link(`r${at - 1}:right`, `r${at}:left`));
    }
    if (at < routers - 1) {
      faces.right = `10.0.${at + 1}.1/24`;
      routes.push({ to: '10.2.0.0/16', via: `10.0.${at + 1}.2` });
    }
    for (let flow = 0; flow < flows; flow++) {
      if (at === 0) {
        faces[`s${flow}`] = `10.1.${flow}.1/24`;
        links.push(link(`r0:s${flow}`, `s${flow}:eth0`));
      }
      if (at === routers - 1) {
        faces[`d${flow}`] = `10.2.${flow}.1/24`;
        links.push(link(`r${at}:d${flow}`, `d${flow}:eth0`));
      }
    }
    nodes.push(node(`r${at}`, faces, { ipv4: { forwarding: true, routes }, ...more }));
  }
  const gap = 5 * flows;
  for (let flow = 0; flow < flows; flow++) {
    const to = `10.2.${flow}.10`;
    const begin = 1_000_000 + 5 * flow;
    nodes.push(
      node(
        `s${flow}`,
        { eth0: `10.1.${flow}.10/24` },
        {
          ipv4: { gateway: `10.1.${flow}.1` },
          traffic: {
            flows: [
              { to, count: 1, start: '500ms' },
              { to, count: Math.ceil(packets / flows), interval: `${gap}us`, start: `${begin}us` },
            ],
          },
        },
      ),
      node(`d${flow}`, { eth0: `${to}/24` }, { ipv4: { gateway: `10.2.${flow}.1` }, traffic: {} }),
    );
  }
  return topology(nodes, links, 1_100_000_000 + Math.ceil(packets / flows) * gap * 1000);
}
