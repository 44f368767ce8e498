import { Simulation } from '../../core/simulation/index.ts';
import { SECOND } from '../../core/time/index.ts';
import type { TimelineEntry, Topology } from '../../core/topology/index.ts';
import type { IpsecState } from '../../plugins/ipsec/state.ts';
import { link, node, registry, topology } from './chain.ts';
import { cpuSeconds, tell } from './measure.ts';

/** What the pairs negotiate. */
export interface IkeSuite {
  readonly version: 1 | 2;
  readonly proposals: readonly string[];
  readonly esp: readonly string[];
}

/**
 * Pairs of hosts that set an SA up and take it down again, over and over, both ends in one run: handshakes with a pre-shared key and one child.
 * What takes it down is measured apart.
 */
const PAIRS = 10;

function pairs(rounds: number, suite: IkeSuite): Topology {
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
            [`ikev${suite.version}`]: {},
            esp: {},
            ipsec: {
              connections: {
                peer: {
                  version: suite.version,
                  remote_addrs: [peer],
                  local: { auth: 'psk', id: id(own) },
                  remote: { auth: 'psk', id: id(peer) },
                  proposals: suite.proposals,
                  children: { host: { mode: 'transport', esp_proposals: suite.esp, start_action: 'none' } },
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

/** Handshakes per CPU-second, both ends counted as one: by themselves, and with the exchange that takes the SAs down again. */
export interface HandshakeRate {
  readonly alone: number;
  readonly withDelete: number;
}

export function handshakesPerSecond(suite: IkeSuite, rounds: number, crypto: unknown): HandshakeRate {
  const simulation = Simulation.start(pairs(rounds, suite), { registry, slots: { crypto }, recording: 'off' });
  let up = 0;
  let down = 0;
  for (let round = 0; round < rounds; round++) {
    up += cpuSeconds(() => simulation.advance((1.4 + round) * SECOND));
    down += cpuSeconds(() => simulation.advance((1.9 + round) * SECOND));
  }
  let installed = 0;
  for (const { index, plugin } of simulation.wiring.instances) {
    if (plugin.name === 'ipsec') installed += (simulation.run.states[index] as IpsecState).counters.installed;
  }
  if (installed !== rounds * PAIRS * 2) throw new Error(`${installed} Child SAs, ${rounds * PAIRS * 2} expected`);
  return { alone: (rounds * PAIRS) / up, withDelete: (rounds * PAIRS) / (up + down) };
}

/** Measures with a provider, after so many rounds that compiled code is measured, and prints what came out. */
export function tellHandshakes(
  suite: IkeSuite,
  create: () => { readonly name: string },
  warm: number,
  rounds: number,
): void {
  handshakesPerSecond(suite, warm, create());
  const crypto = create();
  const { alone, withDelete } = handshakesPerSecond(suite, rounds, crypto);
  const figure = `IKEv${suite.version} handshakes, crypto-${crypto.name}`;
  tell({ figure, value: alone, unit: '/CPU-s' });
  tell({ figure: `${figure}, with their delete exchange`, value: withDelete, unit: '/CPU-s' });
}
