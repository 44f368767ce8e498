import { describe, expect, it } from '@jest/globals';
import { Simulation } from '../../../core/simulation/index.ts';
import { TALLY, tally } from '../../../plugins/nat/rows.ts';
import { liveRows } from '../../../plugins/nat/views.ts';
import {
  A,
  B,
  command,
  drops,
  E,
  esp,
  fromA,
  fromB,
  fromOut,
  heardBy,
  icmp,
  type Lab,
  labText,
  MS,
  natState,
  pass,
  R1,
  R2,
  R3,
  recordsOf,
  registry,
  S,
  send,
  sendAt,
  show,
  sourceOf,
  sourcePortOf,
  startLab,
  tcp,
  topologyOf,
  wait,
} from './lab.ts';

describe('forwards', () => {
  const settings = `{ forwards: [{ outside_port: 500, to: ${A} }, { outside_port: 8080, to: ${B}, to_port: 80, protocol: tcp }, { protocol: esp, to: ${B} }] }`;

  it('let anybody in, out the same way, and no mapping takes their port', () => {
    const lab = startLab(settings);
    expect(show(pass(lab, 'out', fromOut(R3, 77, E, 500), 'a'))).toEqual([`17 ${R3}:77 > ${A}:500`]);
    expect(show(pass(lab, 'a', fromA(500, R3, 77), 'out'))).toEqual([`17 ${E}:500 > ${R3}:77`]);
    expect(sourcePortOf(pass(lab, 'b', fromB(500, R1, 500), 'out')[0])).toBe(501);
    const syn = tcp({ source: R1, destination: E, sourcePort: 9, destinationPort: 8080, tcpFlags: 2 });
    expect(show(pass(lab, 'out', syn, 'b'))).toEqual([`6 ${R1}:9 > ${B}:80`]);
    expect(show(pass(lab, 'out', esp({ source: R2, destination: E }, 5), 'b'))).toEqual([`50 ${R2} > ${B}`]);
    wait(lab, 86_400 * S);
    expect(pass(lab, 'out', fromOut(R3, 77, E, 500), 'a')).toHaveLength(1);
  });

  it('serve per-connection translators as well, and survive a flush', () => {
    const lab = startLab(settings.replace('{', '{ preset: linux-masquerade,'));
    command(lab, { nat: 'flush' });
    expect(pass(lab, 'out', fromOut(R3, 77, E, 500), 'a')).toHaveLength(1);
    expect(show(pass(lab, 'a', fromA(500, R3, 77), 'out'))).toEqual([`17 ${E}:500 > ${R3}:77`]);
  });
});

describe('pools', () => {
  it('lend each host an address of its own while it is active', () => {
    const lab = startLab('{ type: pool, addresses: 198.51.100.20 }');
    expect(show(pass(lab, 'a', fromA(4000, R1, 1000), 'out'))).toEqual([`17 198.51.100.20:4000 > ${R1}:1000`]);
    expect(show(pass(lab, 'a', esp({ source: A, destination: R1 }, 1), 'out'))).toEqual([`50 198.51.100.20 > ${R1}`]);
    expect(show(pass(lab, 'out', fromOut(R1, 1000, '198.51.100.20', 4000), 'a'))).toEqual([
      `17 ${R1}:1000 > ${A}:4000`,
    ]);
    expect(pass(lab, 'b', fromB(4000, R1, 1000), 'out')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.pool-exhausted']);
    wait(lab, 600 * S);
    expect(sourceOf(pass(lab, 'b', fromB(4000, R1, 1000), 'out')[0])).toBe('198.51.100.20');
  });

  it('answer ARP for addresses on the link', () => {
    const lab = startLab('{ addresses: [198.51.100.20, 198.51.100.21] }');
    const { address } = { address: sourceOf(pass(lab, 'a', fromA(4000, R1, 1000), 'out')[0]) };
    expect(['198.51.100.20', '198.51.100.21']).toContain(address);
    expect(pass(lab, 'out', fromOut(R1, 1000, address, 4000), 'a')).toHaveLength(1);
  });
});

describe('the translator itself', () => {
  it('keeps its own ports from the hosts inside, and gets its own answers', () => {
    const text = labText('{}').replace(
      'links:',
      'timeline:\n  - { at: 3s, node: nat, traffic: 203.0.113.10, port: 7, source_port: 4000, count: 1 }\nlinks:',
    );
    const lab: Lab = { from: 0, simulation: Simulation.start(topologyOf(text), { registry }) };
    wait(lab, 4 * S);
    expect(show(heardBy(lab, 'out')).at(-1)).toBe(`17 ${E}:4000 > ${R1}:7`);
    expect(liveRows(natState(lab).table, lab.simulation.now)).toHaveLength(1);
    expect(sourcePortOf(pass(lab, 'a', fromA(4000, R1, 7), 'out')[0])).toBe(4001);
    // The answer is the node's own.
    expect(pass(lab, 'out', fromOut(R1, 7, E, 4000), 'a')).toEqual([]);
    expect(tally(natState(lab).table, 0, TALLY.received)).toBe(1);
    expect(drops(lab).filter((code) => code.startsWith('nat.'))).toEqual([]);
  });

  it('hands what nobody asked for to itself where it may, else drops it', () => {
    const local = startLab('{ unsolicited: local }');
    expect(show(pass(local, 'out', fromOut(R1, 7, E, 9), 'out'))).toEqual([expect.stringContaining('type 3')]);
    const silent = startLab('{}');
    expect(pass(silent, 'out', fromOut(R1, 7, E, 9), 'out')).toEqual([]);
    expect(drops(silent)).toEqual(['nat.no-mapping']);
  });
});

describe('exemptions', () => {
  it('destinations that are excepted, and sources that are not named, keep their addresses', () => {
    const lab = startLab(`{ except: 203.0.113.0/28, sources: 192.168.1.0/24 }`);
    expect(sourceOf(pass(lab, 'a', fromA(4000, R1, 7), 'out')[0])).toBe(A);
    expect(sourceOf(pass(lab, 'a', fromA(4000, R2, 7), 'out')[0])).toBe(E);
    expect(sourceOf(pass(lab, 'b', fromB(4000, R2, 7), 'out')[0])).toBe(B);
  });
});

describe('what comes in by routes alone', () => {
  it('is answered untranslated, towards that remote end and as long as it lasts; what the host begins itself is translated', () => {
    for (const preset of ['port-restricted-cone', 'linux-masquerade']) {
      const lab = startLab(`{ preset: ${preset}, udp_timeout: 60s, udp_first_timeout: 60s }`);
      expect(show(pass(lab, 'out', fromOut(R1, 9, A, 7), 'a'))).toEqual([`17 ${R1}:9 > ${A}:7`]);
      expect(show(pass(lab, 'a', fromA(7, R1, 9), 'out'))).toEqual([`17 ${A}:7 > ${R1}:9`]);
      expect(show(pass(lab, 'a', fromA(7, R2, 9), 'out'))).toEqual([`17 ${E}:7 > ${R2}:9`]);
      expect(pass(lab, 'out', icmp({ source: R1, destination: A, type: 8, identifier: 5 }), 'a')).toHaveLength(1);
      expect(show(pass(lab, 'a', icmp({ source: A, destination: R1, type: 0, identifier: 5 }), 'out'))).toEqual([
        `1 ${A} > ${R1} type 0 id 5`,
      ]);
      pass(lab, 'out', esp({ source: R1, destination: A }, 1), 'a');
      expect(show(pass(lab, 'a', esp({ source: A, destination: R1 }, 2), 'out'))).toEqual([`50 ${A} > ${R1}`]);
      wait(lab, 3600 * S);
      expect(show(pass(lab, 'a', fromA(7, R1, 9), 'out'))).toEqual([`17 ${E}:7 > ${R1}:9`]);
      expect([natState(lab).routed, recordsOf(lab, 'nat.mapped').length]).toEqual([0, 2]);
    }
  });
});

it('what a host began itself stays translated beside what came in by routes', () => {
  const lab = startLab('{ preset: linux-masquerade }');
  pass(lab, 'a', fromA(4000, R1, 7), 'out');
  pass(lab, 'out', fromOut(R2, 9, A, 7), 'a');
  expect(show(pass(lab, 'a', fromA(4000, R1, 7), 'out'))).toEqual([`17 ${E}:4000 > ${R1}:7`]);
});

describe('limits', () => {
  it('refuse, and tell the sender (RFC 5508 REQ-8)', () => {
    const lab = startLab('{ limit: 3 }');
    for (let port = 1; port <= 3; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    expect(show(pass(lab, 'a', fromA(4, R1, 7), 'a'))).toEqual([expect.stringContaining('type 3')]);
    expect(drops(lab)).toEqual(['nat.table-full']);
    expect(pass(lab, 'a', fromA(2, R1, 7), 'out')).toHaveLength(1);
  });

  it('or the idlest goes', () => {
    const lab = startLab('{ limit: 3, on_full: evict-oldest }');
    for (let port = 1; port <= 3; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    pass(lab, 'a', fromA(1, R1, 7), 'out');
    expect(pass(lab, 'a', fromA(4, R1, 7), 'out')).toHaveLength(1);
    expect(recordsOf(lab, 'nat.evicted').map(({ values }) => values?.inside)).toEqual([`${A}:2`]);
    expect(pass(lab, 'out', fromOut(R1, 7, E, 1), 'a')).toHaveLength(1);
  });

  it('one host cannot take what is for all', () => {
    const lab = startLab('{ limit_per_client: 2 }');
    for (let port = 1; port <= 3; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    expect(drops(lab)).toEqual(['nat.client-limit']);
    expect(pass(lab, 'b', fromB(1, R1, 7), 'out')).toHaveLength(1);
  });

  it('a port rests for a while after its mapping ended (RFC 6888 REQ-8), TCP apart, and only so many do', () => {
    const lab = startLab('{ range: 5000-5000, ports: contiguous, udp_timeout: 1s, hold_down: 120s }');
    expect(pass(lab, 'a', fromA(1, R1, 7), 'out')).toHaveLength(1);
    wait(lab, 2 * S);
    expect(recordsOf(lab, 'nat.expired')).toHaveLength(1);
    // 118 s later still nobody has it; then anybody.
    wait(lab, 117 * S);
    expect(pass(lab, 'b', fromB(1, R1, 7), 'out')).toHaveLength(0);
    expect(drops(lab)).toEqual(['nat.no-port']);
    wait(lab, 3 * S);
    expect(pass(lab, 'b', fromB(1, R1, 7), 'out')).toHaveLength(1);

    const one = startLab(
      '{ range: 5000-5001, ports: contiguous, udp_timeout: 1s, hold_down: 120s, hold_down_ports: 1 }',
    );
    for (const port of [1, 2]) expect(pass(one, 'a', fromA(port, R1, 7), 'out')).toHaveLength(1);
    wait(one, 2 * S);
    // Two ended and one may rest: one port is there, the other is not.
    expect(pass(one, 'a', fromA(3, R1, 7), 'out')).toHaveLength(1);
    expect(pass(one, 'a', fromA(4, R1, 7), 'out')).toHaveLength(0);
  });

  it("a host gets its ports in blocks (RFC 6888 REQ-14), which are another one's when it has gone", () => {
    const lab = startLab('{ port_block: 16, blocks_per_client: 2, range: 2048-2095, udp_timeout: 10s }');
    const ports = (): number[] =>
      recordsOf(lab, 'nat.mapped').map(({ values }) => Number(/:([0-9]+)$/.exec(String(values?.outside))?.[1]));
    for (let port = 1; port <= 17; port++) expect(pass(lab, 'a', fromA(port, R1, 7), 'out')).toHaveLength(1);
    const [first, second] = recordsOf(lab, 'nat.block').map(({ values }) => Number(values?.low));
    expect(recordsOf(lab, 'nat.block')).toHaveLength(2);
    expect(
      ports()
        .slice(0, 16)
        .every((port) => port >= Number(first) && port < Number(first) + 16),
    ).toBe(true);
    expect(new Set(ports()).size).toBe(17);
    expect(ports()[16]).toBeGreaterThanOrEqual(Number(second));
    for (let port = 18; port <= 32; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    // Its two blocks are full; the third is for others.
    expect(pass(lab, 'a', fromA(33, R1, 7), 'out')).toHaveLength(0);
    expect(pass(lab, 'b', fromB(1, R1, 7), 'out')).toHaveLength(1);
    const third = Number(recordsOf(lab, 'nat.block')[2]?.values?.low);
    expect([first, second, third].sort()).toEqual([2048, 2064, 2080]);
    // All expire: then anybody has any block again.
    wait(lab, 20 * S);
    for (let port = 40; port < 72; port++) expect(pass(lab, 'b', fromB(port, R1, 7), 'out')).toHaveLength(1);
  });

  it('blocks go with nothing that keeps or shares ports', () => {
    for (const [settings, wrong] of [
      ['port_block: 16, pooling: arbitrary', 'pooling: paired'],
      ['port_block: 16, ports: static', 'static ports'],
      ['port_block: 64, range: 5000-5001', 'more ports than'],
      ['port_block: 16, preset: pf', 'pooling: paired'],
    ]) {
      expect(() => startLab(`{ ${settings} }`)).toThrow(wrong);
    }
  });

  it('ports run out before the table', () => {
    const lab = startLab('{ range: 5000-5001 }');
    for (let port = 1; port <= 3; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    expect(drops(lab)).toEqual(['nat.no-port']);
  });
});

it('a mapping is dead at its deadline, also for a packet that was on its way before the mapping was made', () => {
  // 0.5 ms is less than the links' delay: the packet's arrival is in the queue before the mapping's end is.
  for (const [late, arrives] of [
    [0, false],
    [-1, true],
  ] as const) {
    const lab = startLab('{ filtering: endpoint-independent, udp_timeout: 500us }');
    const begun = lab.simulation.now + 10 * MS;
    const deadline = begun + MS + 500_000;
    sendAt(lab, begun, 'a', fromA(4000, R1, 7));
    sendAt(lab, deadline - MS + late, 'out', fromOut(R1, 7, E, 4000));
    wait(lab, 10 * MS);
    expect(heardBy(lab, 'a').length === 1).toBe(arrives);
    expect(recordsOf(lab, 'nat.expired').map(({ time }) => time)).toEqual([deadline]);
  }
});

it('Linux counts a UDP flow as a stream only when it is two seconds old', () => {
  for (const [age, span] of [
    [1900 * MS, 30],
    [2100 * MS, 120],
  ] as const) {
    for (const late of [0, 1]) {
      const lab = startLab('{ preset: linux-masquerade }');
      const begun = send(lab, 'a', fromA(4000, R1, 7));
      wait(lab, 10 * MS);
      pass(lab, 'out', fromOut(R1, 7, E, 4000), 'a');
      sendAt(lab, begun + age, 'a', fromA(4000, R1, 7));
      sendAt(lab, begun + age + span * S - 1 + late, 'out', fromOut(R1, 7, E, 4000));
      heardBy(lab, 'a');
      wait(lab, 10 * MS);
      expect(heardBy(lab, 'a')).toHaveLength(1 - late);
    }
  }
});
