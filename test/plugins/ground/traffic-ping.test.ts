import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Packet } from '../../../core/index.ts';
import type { Simulation } from '../../../core/simulation/index.ts';
import { type Arrival, countArrival, createArrival, MOST_ARRIVALS, WINDOW } from '../../../plugins/traffic/arrival.ts';
import { MOST_FLOWS } from '../../../plugins/traffic/flow.ts';
import { trafficHeader } from '../../../plugins/traffic/headers.ts';
import type { TrafficState } from '../../../plugins/traffic/protocol.ts';
import { act, codes, finish, messagesOf, records, registry, run, start, stateOf, stories, verdicts } from './bench.ts';

const line = (link: string, timeline: string, expected = ''): string => `
nodes:
  a: { kind: host, interfaces: { e: 10.0.0.1/24 } }
  b: { kind: host, interfaces: { e: 10.0.0.2/24 } }
links: [ { endpoints: [a:e, b:e], ${link} } ]
timeline: [ ${timeline} ]
expect: [ ${expected} ]`;

function arrivalAt(simulation: Simulation, node: string): Arrival {
  const [arrival] = stateOf<TrafficState>(simulation, node, 'traffic').arrivals.values();
  if (arrival === undefined) throw new Error('nothing arrived');
  return arrival;
}

describe('test traffic', () => {
  it('is counted from its bytes alone: any order, any repeats (against a plain model)', () => {
    const numbers = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.nat(50)), { maxLength: 200 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 30 }), (list, stride) => {
        const arrival = createArrival(
          7,
          { source: 1, sourcePort: 2, destination: 3, destinationPort: 4, ipHeaderSize: 20 },
          0,
        );
        const seen = new Set<number>();
        let [highest, duplicates, reordered, jitter, last] = [-1, 0, 0, 0, -1];
        let now = 10_000;
        for (const [number, delay] of list) {
          now += 100;
          // A stride spreads the numbers over the window, but not beyond it.
          const sequence = number * stride;
          if (seen.has(sequence) && highest - sequence < WINDOW) duplicates++;
          else {
            if (sequence < highest) reordered++;
            if (last >= 0) jitter += (Math.abs(delay - last) - jitter) / 16;
            last = delay;
            seen.add(sequence);
          }
          highest = Math.max(highest, sequence);
          const bytes = trafficHeader.encode({ flow: 7, sequence, seconds: 0, nanoseconds: now - delay });
          countArrival(arrival, { buffer: bytes, start: 0, end: bytes.length } as Packet, now);
        }
        if (60 * stride < WINDOW) {
          expect(arrival).toMatchObject({ received: seen.size, duplicates, reordered, highest });
          expect(arrival.jitter).toBeCloseTo(jitter, 9);
        } else expect(arrival.received + arrival.duplicates).toBe(list.length);
      }),
    );
  });

  it('arrives whole at the rate it was given', () => {
    const simulation = run(
      line(
        'delay: 5ms, rate: 100Mbit/s',
        '{ at: 1s, node: a, traffic: 10.0.0.2, rate: 4Mbit/s, size: 500, count: 101, dscp: 46 }',
        '{ traffic: a -> b, received: 101, lost: 0, duplicates: 0, reordered: 0, delay_below: 5044us, jitter_below: 1us }, { traffic: a -> 10.0.0.2 }, { traffic: a -> b, delay_below: 5043us }',
      ),
    );
    // 542 octets at 100 Mbit/s and 5 ms of delay; the first waited for ARP.
    const { delayLeast, first, last, octets } = arrivalAt(simulation, 'b');
    expect([delayLeast, octets]).toEqual([5_043_360, 50_500]);
    expect(last - first).toBeLessThanOrEqual(100 * 1_000_000);
    expect(verdicts(simulation).map(([held]) => held)).toEqual([false, true, false]);
    expect(verdicts(simulation)[1]?.[1]).toMatch(/^101 of 101 received, 0 lost; delay 5\.04336 ms to 15\.0\d+ ms, /);
    const [sent] = [...(simulation.trace?.records() ?? [])].filter(({ bytes }) => bytes?.[23] === 17);
    expect(sent?.bytes?.[15]).toBe(46 << 2);
  });

  it('tells what a bad line does: loss, repeats, order', () => {
    const bad = (link: string): Simulation =>
      run(
        line(
          `delay: 5ms, ${link}`,
          '{ at: 1s, node: a, ping: 10.0.0.2, timeout: 10s }, { at: 10s, node: a, traffic: 10.0.0.2, interval: 1ms, count: 2000 }',
          '{ traffic: a -> b }',
        ),
      );
    const lossy = bad('loss: 10%');
    const { flows } = stateOf<TrafficState>(lossy, 'a', 'traffic');
    const lost = records(lossy, 'core.link-lost').filter(({ time, node }) => time >= 10e9 && node === 'a').length;
    const received = arrivalAt(lossy, 'b').received;
    expect(flows[0]?.sent).toBe(2000);
    expect(lost).toBeGreaterThan(120);
    expect(lost).toBeLessThan(280);
    expect(received).toBeGreaterThanOrEqual(2000 - lost - 3);
    expect(verdicts(lossy)[0]).toEqual([
      false,
      expect.stringContaining(`${received} of 2000 received, ${2000 - received} lost`),
    ]);
    const twice = arrivalAt(bad('duplicate: 10%'), 'b');
    expect(twice.received).toBe(2000);
    expect(twice.duplicates).toBeGreaterThan(120);
    const mixed = arrivalAt(bad('reorder: 10%'), 'b');
    expect(mixed.received).toBe(2000);
    expect(mixed.reordered).toBeGreaterThan(120);
    expect(mixed.duplicates).toBe(0);
    const trembling = arrivalAt(bad('jitter: 4ms'), 'b');
    expect(trembling.jitter).toBeGreaterThan(300_000);
    expect(trembling.delayMost - trembling.delayLeast).toBeGreaterThan(2_000_000);
    const damaged = bad('corrupt: 10%');
    expect(codes(damaged)['udp.bad-checksum']).toBeGreaterThan(100);
    expect(verdicts(damaged)[0]?.[0]).toBe(false);
  });

  it('flows stand in the settings too, last as long as they say, and listen where they are told', () => {
    const simulation = run(`
nodes:
  a: { kind: host, interfaces: { e: 10.0.0.1/24 }, plugins: { traffic: { listen: [], flows: [ { to: 10.0.0.2, port: 7000, start: 1s, duration: 1s, interval: 100ms }, { to: 10.0.0.2, start: 2s, source_port: 6000, count: 3 } ] } } }
  b: { kind: host, interfaces: { e: 10.0.0.2/24 }, plugins: { traffic: { listen: 7000 } } }
links: [ a:e -- b:e ]
timeline: [ { at: 5s, node: b, traffic: 10.0.0.1, count: 1 } ]
expect:
  - { traffic: a -> b, port: 7000, received: 11 }
  - { traffic: a -> b, port: 5001, received: 0, lost: 3 }
  - { traffic: b -> a, received: 0 }
  - { traffic: a -> b, received: { at_least: 5, at_most: 20 } }
  - { traffic: b -> 10.0.0.9 }
`);
    expect(verdicts(simulation).map(([held]) => held)).toEqual([true, true, true, true, false]);
    expect(verdicts(simulation)[1]?.[1]).toBe('0 of 3 received, 3 lost; 3 refused by ICMP');
    const tables = registry.plugins.get('traffic')?.tables ?? [];
    const view = { now: 0, interfaces: ['e'] };
    expect(
      tables[0]?.rows(stateOf(simulation, 'a', 'traffic'), view).map(({ sent, refused }) => [sent, refused]),
    ).toEqual([
      [11, 0],
      [3, 3],
    ]);
    expect(tables[1]?.rows(stateOf(simulation, 'b', 'traffic'), view)).toEqual([
      expect.objectContaining({ from: '10.0.0.1', port: 7000, received: 11, missing: 0 }),
    ]);
  });
});

it('a node sends and measures a bounded number of flows of traffic', () => {
  const simulation = start(line('delay: 1ms', ''), { recording: 'records' });
  for (let at = 0; at < MOST_FLOWS + 3; at++) {
    act(simulation, 'a', { traffic: '10.0.0.2', count: 1 });
    simulation.advance(simulation.now + 10_000);
  }
  finish(simulation);
  expect(stateOf<TrafficState>(simulation, 'a', 'traffic').flows.length).toBe(MOST_FLOWS);
  expect(codes(simulation, 'note', 'a')['traffic.too-many']).toBe(3);
  const sink = stateOf<TrafficState>(simulation, 'b', 'traffic');
  const datagram = (flow: number): Packet => {
    const packet = simulation.newPacket(32, 0, 0);
    packet.buffer.set(trafficHeader.encode({ flow }).subarray(0, 32));
    packet.tags = { udp: { source: 1, sourcePort: 2, destination: 3, destinationPort: 5001 } };
    return packet;
  };
  const context = simulation.context(simulation.wiring.nodeByName.get('b')?.providers.get('traffic')?.index ?? -1);
  for (let flow = 1; flow <= MOST_ARRIVALS + 2; flow++) simulation.receive(context, datagram(flow));
  expect([sink.arrivals.size, sink.arrivals.has(2), sink.arrivals.has(3)]).toEqual([MOST_ARRIVALS, false, true]);
});

describe('ping', () => {
  it('measures, counts, and tells repeats, silence and refusals apart', () => {
    const simulation = start(
      line(
        'delay: 10ms, rate: 0, duplicate: 100%',
        '{ at: 1s, node: a, ping: 10.0.0.2, count: 2 }, { at: 10s, node: a, ping: 10.0.0.2, count: 2, timeout: 1s, interval: 500ms }, { at: 9s, link: a:e -- b:e, set: { duplicate: 0, loss: 100% } }, { at: 20s, node: a, ping: 10.9.9.9, count: 1 }',
        '{ ping: a -> b, answered: 2, rtt_below: 41ms }, { ping: a -> b }, { ping: a -> b, answered: 1, by: 1500ms }, { ping: a -> b, answered: { at_least: 1, at_most: 1 } }, { ping: b -> a }, { ping: b -> a, answered: 0 }, { ping: a -> b, answered: 2, rtt_below: 20ms }',
      ),
    );
    finish(simulation);
    expect(verdicts(simulation)).toEqual([
      [true, '2 of 4 answered in 20 ms to 40 ms: no reply came in time (2 times)'],
      [false, expect.any(String)],
      [true, '1 of 4 answered in 40 ms by 1.5 s: no reply came in time (2 times)'],
      [false, expect.any(String)],
      [false, 'b asked a for no echo'],
      [true, 'b asked a for no echo'],
      [false, expect.any(String)],
    ]);
    expect(codes(simulation, 'note', 'a')['ping.late']).toBeGreaterThan(0);
    expect(records(simulation, 'ping.timeout').map(({ time }) => time)).toEqual([11e9, 11.5e9]);
    expect(stories(simulation, 'ping.error')).toEqual([
      'a got no echo 1 from 10.9.9.9: 10.0.0.1 says network unreachable',
    ]);
    const rows = registry.plugins
      .get('ping')
      ?.tables?.[0]?.rows(stateOf(simulation, 'a', 'ping'), { now: 0, interfaces: [] });
    expect(rows?.map((row) => [row.sent, row.answered, row.lost, row.errors, row.mean])).toEqual([
      [2, 2, 0, 0, '30 ms'],
      [2, 0, 2, 0, ''],
      [1, 0, 0, 1, ''],
    ]);
  });

  it('remembers a bounded number of runs', () => {
    const simulation = start(line('delay: 1ms', ''));
    for (let at = 0; at < 80; at++) {
      act(simulation, 'a', { ping: '10.0.0.2', count: 1 });
      simulation.advance(simulation.now + 1000);
    }
    finish(simulation);
    expect(stateOf<{ runs: unknown[] }>(simulation, 'a', 'ping').runs.length).toBe(64);
    expect(codes(simulation, 'note')['ping.too-many']).toBe(16);
    expect(records(simulation, 'ping.reply').length).toBe(64);
  });

  it('mistakes in entries are told where they stand', () => {
    const told = messagesOf(
      line(
        'delay: 1ms',
        '{ at: 1s, node: a, ping: 10.0.0 }, { at: 1s, node: a, pin: 10.0.0.2 }, { at: 1s, node: a, ping: 10.0.0.2, cout: 3 }, { at: 1s, node: a, traffic: 10.0.0.2, rate: 1Mbit/s, interval: 1s }',
        '{ ping: a - b }, { ping: a -> bb }, { ping: x -> b }, { traffic: a -> y }, { ping: a -> b, answered: many }',
      ),
    ).map((message) => message.replace(/^\d+ /, ''));
    expect(told).toEqual([
      expect.stringMatching(/not an IPv4 address such as/),
      expect.stringMatching(/no action `pin`, did you mean `ping`/),
      expect.stringMatching(/`cout`.*did you mean `count`/),
      expect.stringMatching(/`rate` or `interval`, not both/),
      expect.stringMatching(/expected who asks whom/),
      expect.stringMatching(/no address or node `bb`, did you mean `b`/),
      expect.stringMatching(/no node `x`/),
      expect.stringMatching(/no node `y`/),
      expect.stringMatching(/many/),
    ]);
  });
});
