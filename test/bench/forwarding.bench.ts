import { type Recording, Simulation } from '../../core/simulation/index.ts';
import { chain, registry } from './chain.ts';
import { cpuSeconds, tell } from './measure.ts';

/**
 * Packet-hops per CPU-second: datagrams that cross a chain of 8 routers, each counted once for every router. The same work as the ns-3
 * program that it is compared with: 16 flows, 512 octets, 1 Gbit/s, 1 ms, 200,000 packets. Nothing may be lost.
 */
const ROUTERS = 8;
const FLOWS = 16;
const PACKETS = 200_000;

function hopsPerSecond(recording: Recording, packets: number): number {
  const simulation = Simulation.start(chain(ROUTERS, FLOWS, packets), { registry, recording });
  simulation.advance(900_000_000);
  const before = simulation.run.ledger.delivered;
  const seconds = cpuSeconds(() => simulation.advance());
  const arrived = simulation.run.ledger.delivered - before;
  if (arrived !== packets) throw new Error(`${arrived} of ${packets} packets arrived`);
  return (packets * ROUTERS) / seconds;
}

// A shorter run of each first, so that compiled code is measured in both.
for (const recording of ['off', 'full'] as const) hopsPerSecond(recording, PACKETS / 10);
const plain = hopsPerSecond('off', PACKETS);
const recorded = hopsPerSecond('full', PACKETS);
tell({ figure: 'forwarding, nothing recorded', value: plain, unit: 'packet-hops/CPU-s' });
tell({ figure: 'forwarding, recorded in full', value: recorded, unit: 'packet-hops/CPU-s' });
tell({ figure: 'cost of recording (at most 2)', value: plain / recorded, unit: 'times' });
