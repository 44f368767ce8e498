import { type Recording, Simulation } from '../../core/simulation/index.ts';
import type { LinkDescription, NodeDescription, Topology } from '../../core/topology/index.ts';
import { link, node, registry, topology } from './chain.ts';
import { cpuSeconds, tell } from './measure.ts';

/**
 * Packet-hops per CPU-second where each of the 8 hops is a NAPT, against the same chain without: at least half is asked for. 16 hosts send
 * 200,000 datagrams of 512 octets through one translator after the other to one sink, about 87 % of the links' rate.
 */
const ROUTERS = 8;
const FLOWS = 16;
const PACKETS = 200_000;

function naptChain(settings: Record<string, object>): Topology {
  const nodes: NodeDescription[] = [];
  const links: LinkDescription[] = [];
  for (let at = 0; at < ROUTERS; at++) {
    const faces: Record<string, string> = { right: `10.0.${at + 1}.1/24` };
    const routes: object[] = [];
    if (at > 0) {
      faces.left = `10.0.${at}.2/24`;
      routes.push({ to: '10.1.0.0/16', via: `10.0.${at}.1` });
      links.push(link(`r${at - 1}:right`, `r${at}:left`));
    }
    if (at < ROUTERS - 1) routes.push({ to: `10.0.${ROUTERS}.0/24`, via: `10.0.${at + 1}.2` });
    for (let flow = 0; flow < FLOWS && at === 0; flow++) {
      faces[`s${flow}`] = `10.1.${flow}.1/24`;
      links.push(link(`r0:s${flow}`, `s${flow}:eth0`));
    }
    nodes.push(node(`r${at}`, faces, { ipv4: { forwarding: true, routes }, ...settings }));
  }
  const sink = `10.0.${ROUTERS}.2`;
  links.push(link(`r${ROUTERS - 1}:right`, 'sink:eth0'));
  nodes.push(node('sink', { eth0: `${sink}/24` }, { ipv4: { gateway: `10.0.${ROUTERS}.1` }, traffic: {} }));
  for (let flow = 0; flow < FLOWS; flow++) {
    const count = PACKETS / FLOWS;
    const interval = FLOWS * 5_000;
    const flows = [
      { to: sink, size: 512, count: 1, start: '500ms' },
      { to: sink, size: 512, count, interval: `${interval}ns`, start: `${1_000_000_000 + flow * 5_000}ns` },
    ];
    const settingsOf = { ipv4: { gateway: `10.1.${flow}.1` }, traffic: { flows } };
    nodes.push(node(`s${flow}`, { eth0: `10.1.${flow}.10/24` }, settingsOf));
  }
  return topology(nodes, links, 4_000_000_000);
}

function hopsPerSecond(settings: Record<string, object>, recording: Recording): number {
  const simulation = Simulation.start(naptChain(settings), { registry, recording });
  simulation.advance(900_000_000);
  const before = simulation.run.ledger.delivered;
  const seconds = cpuSeconds(() => simulation.advance());
  const arrived = simulation.run.ledger.delivered - before;
  if (arrived !== PACKETS) throw new Error(`${arrived} of ${PACKETS} packets arrived`);
  return (PACKETS * ROUTERS) / seconds;
}

const PLAIN = {};
const NAPT = { nat: { outside: 'right' } };
const LINUX = { nat: { outside: 'right', preset: 'linux-masquerade' } };

// In turn, so that a busy machine slows all of them, and the median of the rounds; the first one only compiles the code.
const ROUNDS = 3;
for (const settings of [PLAIN, NAPT, LINUX]) hopsPerSecond(settings, 'off');
const rounds = Array.from({ length: ROUNDS }, () => [PLAIN, NAPT, LINUX].map((one) => hopsPerSecond(one, 'off')));
const medianOf = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[ROUNDS >> 1] as number;
const rate = (which: number): number => medianOf(rounds.map((round) => round[which] as number));
const ratio = (which: number): number =>
  medianOf(rounds.map((round) => (round[which] as number) / (round[0] as number)));
tell({ figure: 'forwarding of the NAPT chain, no NAPT', value: rate(0), unit: 'packet-hops/CPU-s' });
tell({ figure: 'forwarding, NAPT at every hop', value: rate(1), unit: 'packet-hops/CPU-s' });
tell({ figure: 'forwarding, linux-masquerade at every hop', value: rate(2), unit: 'packet-hops/CPU-s' });
tell({ figure: 'rate with NAPT (at least 0.5)', value: ratio(1), unit: 'of the plain rate' });
tell({ figure: 'rate with linux-masquerade (at least 0.5)', value: ratio(2), unit: 'of the plain rate' });
