import { Simulation } from '../../core/simulation/index.ts';
import { HOUR, MINUTE, SECOND } from '../../core/time/index.ts';
import type { LinkDescription, NodeDescription, Topology } from '../../core/topology/index.ts';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import type { IpsecState } from '../../plugins/ipsec/state.ts';
import { link, node, registry, topology } from './chain.ts';
import { cpuSeconds, tell } from './measure.ts';

/**
 * A day of ten tunnels: IPsec SAs are rekeyed every hour, IKE SAs every four, and one side of each asks every 30 s of silence whether the other
 * is there. Ten pairs of gateways in one run, nothing recorded: what it costs is keying and waiting.
 */
const TUNNELS = 10;
const DAY = 24 * HOUR;
const REKEYINGS = 23;

function gateways(version: 1 | 2): Topology {
  const nodes: NodeDescription[] = [];
  const links: LinkDescription[] = [];
  for (let at = 0; at < TUNNELS; at++) {
    const id = (address: string): string => `gw-${address}.example`;
    const side = (name: string, own: string, peer: string, begins: boolean): NodeDescription =>
      node(
        name,
        { wan: `${own}/30`, lan: begins ? `172.16.${at}.1/24` : `172.17.${at}.1/24` },
        {
          isakmp: {},
          [`ikev${version}`]: {},
          esp: {},
          ipsec: {
            connections: {
              peer: {
                version,
                remote_addrs: [peer],
                local: { auth: 'psk', id: id(own) },
                remote: { auth: 'psk', id: id(peer) },
                proposals: [version === 1 ? 'aes256-sha256-modp2048' : 'aes256-sha256-x25519'],
                rekey_time: begins ? '4h' : 0,
                dpd_delay: begins ? '30s' : 0,
                children: {
                  net: {
                    local_ts: [begins ? `172.16.${at}.0/24` : `172.17.${at}.0/24`],
                    remote_ts: [begins ? `172.17.${at}.0/24` : `172.16.${at}.0/24`],
                    esp_proposals: ['aes256-sha256'],
                    start_action: begins ? 'start' : 'none',
                    rekey_time: begins ? '1h' : 0,
                    ...(begins ? { life_time: '65min', rand_time: '1min' } : {}),
                  },
                },
              },
            },
            secrets: { 'ike-peer': { id: [id(peer)], secret: 'correct horse battery staple' } },
          },
        },
      );
    nodes.push(
      side(`a${at}`, `10.0.${at}.1`, `10.0.${at}.2`, true),
      side(`b${at}`, `10.0.${at}.2`, `10.0.${at}.1`, false),
    );
    links.push(link(`a${at}:wan`, `b${at}:wan`));
  }
  return topology(nodes, links, DAY + MINUTE);
}

function day(version: 1 | 2): void {
  const simulation = Simulation.start(gateways(version), {
    registry,
    slots: { crypto: createNodeProvider() },
    recording: 'off',
  });
  const seconds = cpuSeconds(() => simulation.advance(DAY));
  for (const { index, plugin, node: at } of simulation.wiring.instances) {
    if (plugin.name !== 'ipsec') continue;
    const { counters, children } = simulation.run.states[index] as IpsecState;
    // Rekeyed as often as there were hours, and there is one at the end (the old one may be on its way out).
    if (counters.installed < REKEYINGS || children.size < 1 || children.size > 2) {
      throw new Error(`${JSON.stringify(at)}: ${counters.installed} SAs in a day, ${children.size} at its end`);
    }
  }
  tell({
    figure: `a day of ${TUNNELS} tunnels, IKEv${version}, crypto-node`,
    value: DAY / SECOND / seconds,
    unit: 's/CPU-s',
  });
  tell({ figure: `CPU for a day of ${TUNNELS} tunnels, IKEv${version}`, value: seconds, unit: 'CPU-s' });
}

for (const version of [Number(process.argv[2])] as (1|2)[]) {
day(version);}
