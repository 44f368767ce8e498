import { Simulation } from '../../core/simulation/index.ts';
import { SECOND } from '../../core/time/index.ts';
import type { TimelineEntry, Topology } from '../../core/topology/index.ts';
import { createNobleProvider } from '../../plugins/crypto-noble/provider.ts';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import type { IpsecState } from '../../plugins/ipsec/state.ts';
import { link, node, registry, topology } from './chain.ts';
import { cpuSeconds, tell } from './measure.ts';

/**
 * IKEv1 handshakes with a pre-shared key and modp2048, Main Mode and Quick Mode, both ends in one run. Each pair sets its SAs up and takes them
 * down again, over and over; the deletes are paid for, and not counted.
 */
const PAIRS = 10;

function pairs(rounds: number): Topology {
  const nodes = [];
  const links = [];
  for (let at = 0; at < PAIRS; at++) {
    const net = `10.${at >> 8}.${at & 255}`;
    for (const [name, own, peer] of [
      [`a${at}`, `${net}.1`, `${net}.2`],
      [`b${at}`, `${net}.2`, `${net}.1`],
    ] as const) {
      const id = (address: string): string => `gw-${address}.example`;
      nodes.push(
        node(
          name,
          { eth0: `${own}/30` },
          {
            isakmp: {},
            ikev1: {},
            esp: {},
            ipsec: {
              connections: {
                peer: {
                  version: 1,
                  remote_addrs: [peer],
                  local: { auth: 'psk', id: id(own) },
                  remote: { auth: 'psk', id: id(peer) },
                  proposals: ['aes256-sha256-modp2048'],
                  children: { host: { mode: 'transport', esp_proposals: ['aes256-sha256'], start_action: 'none' } },
                },
              },
              secrets: { 'ike-peer': { id: [id(peer)], secret: 'correct horse battery staple' } },
            },
          },
        ),
      );
    }
    links.push(link(`a${at}:eth0`, `b${at}:eth0`));
  }
  const timeline: TimelineEntry[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < PAIRS; at++) {
      const command = { kind: 'command', node: `a${at}`, plugin: 'ipsec' } as const;
      timeline.push({
        at: (1 + round) * SECOND,
        ...command,
        name: 'initiate',
        args: { initiate: { connection: 'peer', child: 'host' } },
      });
      timeline.push({
        at: (1.5 + round) * SECOND,
        ...command,
        name: 'terminate',
        args: { terminate: { connection: 'peer' } },
      });
    }
  }
  return { ...topology(nodes, links, (rounds + 2) * SECOND), timeline: timeline.sort((x, y) => x.at - y.at) };
}

function handshakesPerSecond(rounds: number, crypto: unknown): number {
  const simulation = Simulation.start(pairs(rounds), { registry, slots: { crypto }, recording: 'off' });
  const seconds = cpuSeconds(() => simulation.advance());
  let installed = 0;
  for (const { index, plugin } of simulation.wiring.instances) {
    if (plugin.name === 'ipsec') installed += (simulation.run.states[index] as IpsecState).counters.installed;
  }
  if (installed !== rounds * PAIRS * 2) throw new Error(`${installed} IPsec SAs, ${rounds * PAIRS * 2} expected`);
  return (rounds * PAIRS) / seconds;
}

// Many before, so that compiled code is measured: a handshake goes through so much of it that it takes hundreds of them to get there.
handshakesPerSecond(120, createNodeProvider());
tell({ figure: 'IKEv1 handshakes, crypto-node', value: handshakesPerSecond(40, createNodeProvider()), unit: '/CPU-s' });
handshakesPerSecond(6, createNobleProvider());
tell({
  figure: 'IKEv1 handshakes, crypto-noble',
  value: handshakesPerSecond(8, createNobleProvider()),
  unit: '/CPU-s',
});
