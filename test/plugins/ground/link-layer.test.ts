import { describe, expect, it } from '@jest/globals';
import { arpHeader } from '../../../plugins/arp/headers.ts';
import { type ArpState, MOST_NEIGHBOURS } from '../../../plugins/arp/state.ts';
import { type BridgeState, MOST_STATIONS } from '../../../plugins/bridge/state.ts';
import { formatMac, isGroupMac, parseMac, readMac, writeMac } from '../../../plugins/ethernet/contract.ts';
import { ethernetHeader } from '../../../plugins/ethernet/headers.ts';
import {
  act,
  codes,
  finish,
  heardBy,
  messagesOf,
  records,
  run,
  sentBy,
  start,
  stateOf,
  stories,
  transmit,
  verdicts,
} from './bench.ts';
import { arpMessage, BROADCAST, datagram, frame, ip, mac, packet, pattern } from './frames.ts';

const US = '02:00:00:00:00:01';
const THEM = '02:00:00:00:00:66';
const NOBODY = '00:00:00:00:00:00';

const pair = (timeline: string, more = ''): string => `
nodes:
  a: { kind: host, interfaces: { e: 10.0.0.2/24 } }
  b: { kind: host, interfaces: { e: 10.0.0.3/24 } }
links: [ a:e -- b:e ]
timeline: [ ${timeline} ]
${more}`;

/** ARP messages that a node sent, as [seconds, operation, target, broadcast]. */
function asked(simulation: ReturnType<typeof run>, node: string): [number, number, number, boolean][] {
  return sentBy(simulation, node)
    .filter(({ bytes }) => bytes[12] === 8 && bytes[13] === 6)
    .map(({ time, bytes }) => {
      const { operation, targetProtocol } = arpHeader.decode(bytes, 14).value;
      return [time / 1e9, operation ?? 0, (targetProtocol ?? 0) & 255, bytes[0] === 255];
    });
}

describe('Ethernet', () => {
  it('addresses are numbers of 48 bits', () => {
    const bytes = new Uint8Array(8);
    for (const text of ['02:00:00:00:00:01', 'ff:ff:ff:ff:ff:ff', '00:80:ff:7f:80:01', 'fe:dc:ba:98:76:54']) {
      const address = parseMac(text) as number;
      writeMac(bytes, 1, address);
      expect(readMac(bytes, 1)).toBe(address);
      expect(formatMac(address)).toBe(text);
      expect(parseMac(text.toUpperCase().replaceAll(':', '-'))).toBe(address);
    }
    expect(isGroupMac(mac('01:00:5e:00:00:01'))).toBe(true);
    expect(isGroupMac(mac('fe:00:5e:00:00:01'))).toBe(false);
    for (const wrong of ['', '02:00:00:00:00', '02:00:00:00:00:0g', '02:00-00:00:00:01', '0200.0000.0001']) {
      expect(parseMac(wrong)).toBeUndefined();
    }
  });

  it('are local, individual, and depend on the names alone', () => {
    const text = pair('');
    const macs = (topology: string, node: string): number[] =>
      stateOf<{ macs: number[] }>(start(topology), node, 'ethernet').macs;
    const more = text.replace(
      'nodes:',
      'nodes:\n  aa: { kind: router, interfaces: { x: 10.7.0.1/24, y: 10.8.0.1/24 } }',
    );
    expect(macs(more, 'a')).toEqual(macs(text, 'a'));
    expect(macs(`seed: 2\n${text}`, 'a')).not.toEqual(macs(text, 'a'));
    const all = [...macs(more, 'aa'), ...macs(more, 'a'), ...macs(more, 'b')];
    expect(new Set(all).size).toBe(4);
    for (const one of all) expect(Number.parseInt(formatMac(one).slice(0, 2), 16) & 3).toBe(2);
  });

  it('frames are filled up to 60 octets with zeros, and what is padded is no part of the packet', () => {
    const simulation = run(
      pair('{ at: 1s, node: a, ping: 10.0.0.3, count: 1, size: 3 }', 'expect: [ { ping: a -> b } ]'),
    );
    const echoes = sentBy(simulation, 'a').filter(({ bytes }) => bytes[13] === 0);
    expect(echoes.map(({ bytes }) => bytes.length)).toEqual([60]);
    expect([...(echoes[0]?.bytes.slice(14 + 20 + 8 + 3) ?? [])].every((octet) => octet === 0)).toBe(true);
    expect(records(simulation, 'ping.reply')[0]?.values?.size).toBe(3);
    for (const { bytes } of sentBy(simulation, 'b')) expect(bytes.length).toBeGreaterThanOrEqual(60);
  });

  it('other stations, groups, lengths, unknown types and stumps are dropped by name', () => {
    const simulation = start(`
nodes:
  evil: { kind: stranger, interfaces: [eth0] }
  h: { kind: host, interfaces: { e: 10.0.0.1/24 }, plugins: { ethernet: { macs: { e: ${US} } } } }
links: [ evil:eth0 -- h:e ]`);
    transmit(simulation, 'evil', [
      frame('02:00:00:00:00:99', THEM, 0x0800, pattern(46)),
      frame('01:00:5e:00:00:01', THEM, 0x0800, pattern(46)),
      frame(US, THEM, 46, pattern(46)),
      frame(US, THEM, 1501, pattern(46)),
      frame(US, THEM, 0x86dd, pattern(46)),
      frame(US, THEM, 0x0800, new Uint8Array(0)).slice(0, 9),
    ]);
    finish(simulation);
    expect(codes(simulation, 'drop', 'h')).toEqual({
      'ethernet.not-for-us': 1,
      'ethernet.other-group': 1,
      'ethernet.length-frame': 1,
      'ethernet.undefined-type': 1,
      'ethernet.unknown-type': 1,
      'ethernet.malformed': 1,
    });
    expect(stories(simulation, 'ethernet.unknown-type')).toEqual(['h has no protocol for EtherType 0x86dd']);
    expect(stories(simulation, 'ethernet.malformed')[0]).toContain('ends before source');
  });

  it('addresses that are given twice, to groups or to interfaces that are not there are told', () => {
    expect(
      messagesOf(`nodes:
  a: { kind: host, interfaces: { e: 10.0.0.2/24 }, plugins: { ethernet: { macs: { e: ${US}, f: ${THEM} } } } }
  b: { kind: host, interfaces: { e: 10.0.0.3/24 }, plugins: { ethernet: { macs: { e: ${US} } } } }
  s: { kind: switch, interfaces: { p: 10.0.0.4/24 } }
`),
    ).toEqual([
      '2 error: a has no interface f (it has e)',
      `3 error: ${US} is already the address of a:e`,
      '4 warning: nothing uses `10.0.0.4/24`: this node lacks the plugin ipv4',
      '4 error: s is a bridge: its port p has no address',
    ]);
    expect(
      messagesOf(
        'nodes: { a: { kind: host, interfaces: { e: 10.0.0.2/24 }, plugins: { ethernet: { macs: { e: 03:00:00:00:00:01 } } } } }',
      ),
    ).toEqual(['1 error: 03:00:00:00:00:01 is a group address: the lowest bit of the first octet must be 0']);
  });
});

describe('ARP', () => {
  it('announces at the start, asks once, holds what waits, and keeps the order', () => {
    const simulation = run(
      pair(
        '{ at: 1s, node: a, traffic: 10.0.0.3, interval: 1ns, count: 20 }',
        'expect: [ { traffic: a -> b, received: 20, reordered: 0 } ]',
      ),
    );
    expect(asked(simulation, 'a')).toEqual([
      [0, 1, 2, true],
      [1, 1, 3, true],
    ]);
    expect(asked(simulation, 'b').map(([, operation]) => operation)).toEqual([1, 2]);
    expect(codes(simulation, 'hold', 'a')).toEqual({ 'arp.waiting': 20 });
    expect(verdicts(simulation)[0]?.[0]).toBe(true);
  });

  it('lets no more wait than its bound: the oldest go', () => {
    const simulation = run(
      pair(
        '{ at: 1s, node: a, traffic: 10.0.0.3, interval: 1ns, count: 100 }',
        'expect: [ { traffic: a -> b, received: 64, lost: 36 } ]',
      ),
    );
    expect(codes(simulation)['arp.queue-full']).toBe(36);
    expect(verdicts(simulation)[0]?.[0]).toBe(true);
  });

  it('asks three times, a second apart, and tells the sender', () => {
    const simulation = run(pair('{ at: 1s, node: a, ping: 10.0.0.9, count: 2, interval: 100ms }'));
    expect(asked(simulation, 'a').slice(1)).toEqual([
      [1, 1, 9, true],
      [2, 1, 9, true],
      [3, 1, 9, true],
    ]);
    expect(records(simulation, 'arp.unresolved').map(({ time }) => time)).toEqual([4e9, 4e9]);
    expect(records(simulation, 'ping.error').map(({ values }) => values?.reason)).toEqual([
      'host unreachable',
      'host unreachable',
    ]);
  });

  it('polls a neighbour past its time by unicast and serves on; a silent one goes', () => {
    const simulation = run(
      pair(
        '{ at: 1s, node: a, ping: 10.0.0.3, count: 100 }, { at: 70s, node: a, ping: 10.0.0.3, count: 60 }, { at: 130500ms, link: a:e -- b:e, set: { loss: 100% } }',
      ),
    );
    // Each is polled a minute after it was last heard; whoever polls is heard as well, so one poll a minute does for both.
    const polls = [...asked(simulation, 'a'), ...asked(simulation, 'b')].filter(
      ([at, operation]) => at > 2 && operation === 1,
    );
    expect(polls.map(([, , , broadcast]) => broadcast)).toEqual([false, false]);
    for (const [at] of polls) expect([61, 62, 121, 122, 123]).toContain(Math.floor(at));
    expect(records(simulation, 'ping.reply').length).toBe(100 + 60);
    const gone = run(
      pair('{ at: 1s, node: a, ping: 10.0.0.3, count: 90 }, { at: 5500ms, link: a:e -- b:e, set: { loss: 100% } }'),
    );
    expect(
      asked(gone, 'a')
        .filter(([at]) => at > 2)
        .slice(0, 5),
    ).toEqual([
      [62, 1, 3, false],
      [63, 1, 3, false],
      [64, 1, 3, false],
      [66, 1, 3, true],
      [67, 1, 3, true],
    ]);
    expect(stateOf<ArpState>(gone, 'a', 'arp').neighbours[0]?.size ?? 0).toBe(0);
  });

  it('forgets an interface that goes down, announces again when it comes up', () => {
    const simulation = run(
      pair(
        '{ at: 1s, node: a, ping: 10.0.0.3, count: 1 }, { at: 2s, node: b, interface: e, set: down, for: 1s }, { at: 2500ms, node: a, ping: 10.0.0.3, count: 1 }, { at: 4s, node: a, ping: 10.0.0.3, count: 1 }',
      ),
    );
    expect(asked(simulation, 'a').map(([at, , target]) => [at, target])).toEqual([
      [0, 2],
      [1, 3],
      [3, 2],
      [4, 3],
    ]);
    expect(records(simulation, 'ipv4.route-down').length).toBe(1);
    expect(records(simulation, 'ping.reply').length).toBe(2);
  });

  const lan = `
nodes:
  evil: { kind: stranger, interfaces: [eth0] }
  h: { kind: host, interfaces: { e: 10.0.0.1/8 }, plugins: { ethernet: { macs: { e: ${US} } } } }
links: [ evil:eth0 -- h:e ]
duration: 100s`;
  const arp = (to: string, operation: number, sender: [string, string], target: [string, string]): Uint8Array =>
    frame(to, sender[0], 0x0806, arpMessage(operation, sender, target));

  it('believes no reply that it did not ask for, defends its address once in ten seconds', () => {
    const simulation = start(lan);
    transmit(simulation, 'evil', [
      arp(US, 2, [THEM, '10.0.0.9'], [US, '10.0.0.1']),
      arp(BROADCAST, 1, [THEM, '10.0.0.9'], [NOBODY, '10.0.0.9']),
      arp(BROADCAST, 1, [THEM, '10.0.0.1'], [NOBODY, '10.0.0.1']),
      arp(US, 2, [THEM, '10.0.0.1'], [US, '10.0.0.1']),
      arp(US, 2, [BROADCAST, '10.0.0.9'], [US, '10.0.0.1']),
      arp(US, 2, [THEM, '224.0.0.9'], [US, '10.0.0.1']),
      arp(US, 9, [THEM, '10.0.0.9'], [US, '10.0.0.1']),
      arp(BROADCAST, 1, [THEM, '0.0.0.0'], [NOBODY, '10.0.0.1']),
      arp(US, 2, [US, '10.0.0.9'], [US, '10.0.0.1']),
      frame(US, THEM, 0x0806, arpMessage(1, [THEM, '10.0.0.9'], [NOBODY, '10.0.0.1']).fill(9, 4, 5)),
    ]);
    finish(simulation);
    expect(codes(simulation, 'drop', 'h')).toEqual({
      'arp.unsolicited': 1,
      'arp.impossible-sender': 2,
      'arp.unknown-operation': 1,
      'arp.own-echo': 1,
      'arp.malformed': 1,
    });
    expect(stories(simulation, 'arp.malformed')[0]).toContain('hardware addresses have 9 octets, not 6');
    expect(stateOf<ArpState>(simulation, 'h', 'arp').neighbours[0]?.size ?? 0).toBe(0);
    expect(stories(simulation, 'arp.conflict')).toEqual(new Array(2).fill(`h: ${THEM} also claims 10.0.0.1`));
    // Its announcement at the start, one in defence, and the answer to the probe.
    const heard = heardBy(simulation, 'evil').map((bytes) => arpHeader.decode(bytes, 14).value);
    expect(heard.map(({ operation, targetProtocol }) => [operation, targetProtocol])).toEqual([
      [1, ip('10.0.0.1')],
      [1, ip('10.0.0.1')],
      [2, 0],
    ]);
  });

  it('keeps a bounded table against a flood of askers', () => {
    const simulation = start(lan, { recording: 'off' });
    const askers = Array.from({ length: MOST_NEIGHBOURS + 500 }, (_, at) =>
      arp(BROADCAST, 1, [THEM, `10.1.${at >> 8}.${at & 255}`], [NOBODY, '10.0.0.1']),
    );
    transmit(simulation, 'evil', askers);
    simulation.advance(simulation.now + 10_000_000);
    const table = stateOf<ArpState>(simulation, 'h', 'arp').neighbours[0];
    expect(table?.size).toBe(MOST_NEIGHBOURS);
    expect(table?.has(ip('10.1.0.0'))).toBe(false);
    expect(heardBy(simulation, 'evil').length).toBeGreaterThan(MOST_NEIGHBOURS);
  });
});

describe('a bridge', () => {
  const three = (timeline: string, bridge = ''): string => `
nodes:
  a: { kind: host, interfaces: { e: 10.0.0.1/24 }, plugins: { arp: { announce: false } } }
  b: { kind: host, interfaces: { e: 10.0.0.2/24 }, plugins: { arp: { announce: false } } }
  c: { kind: host, interfaces: { e: 10.0.0.3/24 }, plugins: { arp: { announce: false } } }
  s: { kind: switch, interfaces: [p1, p2, p3], plugins: { bridge: { ${bridge} } } }
links: [ a:e -- s:p1, b:e -- s:p2, c:e -- s:p3 ]
timeline: [ ${timeline} ]`;

  it('floods what it does not know, and sends the rest only where it belongs', () => {
    const simulation = run(three('{ at: 1s, node: a, ping: 10.0.0.2 }'));
    const toC = [...(simulation.trace?.records() ?? [])].filter(
      ({ kind, link, node }) => kind === 'transmit' && link === 'c:e -- s:p3' && node === 's',
    );
    // Only the one broadcast question.
    expect(toC.map(({ bytes }) => bytes?.[13])).toEqual([6]);
    expect(records(simulation, 'ping.reply').length).toBe(3);
    expect(stateOf<BridgeState>(simulation, 's', 'bridge').stations.size).toBe(2);
  });

  it('forgets stations in time and with their port', () => {
    const toC = (simulation: ReturnType<typeof run>, from: number): number =>
      [...(simulation.trace?.records() ?? [])].filter(
        ({ kind, link, node, time }) => kind === 'transmit' && link === 'c:e -- s:p3' && node === 's' && time >= from,
      ).length;
    const timeline = '{ at: 1s, node: a, ping: 10.0.0.2, count: 1 }, { at: 40s, node: a, ping: 10.0.0.2, count: 1 }';
    expect(toC(run(three(timeline)), 39e9)).toBe(0);
    expect(toC(run(three(timeline, 'ageing: 30s')), 39e9)).toBe(1);
    const cut = `${timeline}, { at: 20s, link: b:e -- s:p2, set: { up: no }, for: 1s }`;
    // The bridge forgot b, so it floods the echo; b forgot a with its link, and asks everybody.
    expect(toC(run(three(cut)), 39e9)).toBe(2);
  });

  it('follows a station that moves, filters what stays on one port, forwards no reserved addresses', () => {
    const simulation = start(`
nodes:
  x: { kind: stranger, interfaces: [eth0] }
  y: { kind: stranger, interfaces: [eth0] }
  s: { kind: switch, interfaces: [p1, p2] }
links: [ x:eth0 -- s:p1, y:eth0 -- s:p2 ]`);
    const [one, two] = ['02:00:00:00:00:11', '02:00:00:00:00:22'];
    transmit(simulation, 'x', [
      frame(BROADCAST, one, 0x9999, pattern(46)),
      frame(one, two, 0x9999, pattern(46)),
      frame('01:80:c2:00:00:00', one, 0x9999, pattern(46)),
      frame(BROADCAST, '01:00:00:00:00:01', 0x9999, pattern(46)),
      pattern(11),
    ]);
    transmit(simulation, 'y', [frame(two, one, 0x9999, pattern(46))]);
    finish(simulation);
    expect(codes(simulation, 'drop', 's')).toEqual({
      'bridge.same-port': 1,
      'bridge.reserved': 1,
      'bridge.impossible-source': 1,
      'bridge.malformed': 1,
    });
    expect(stories(simulation, 'bridge.moved')).toEqual([`s saw ${one} move from p1 to p2`]);
    expect(heardBy(simulation, 'x').length).toBe(1);
    expect(heardBy(simulation, 'y').length).toBe(1);
  });

  it('a loop without spanning tree storms, and the storm ends at its bound', () => {
    const storm = (bridge: string, recording: 'off' | 'records'): ReturnType<typeof start> =>
      start(
        `
nodes:
  x: { kind: stranger, interfaces: [eth0] }
  s1: { kind: switch, interfaces: [a, b, x], plugins: { bridge: { ${bridge} } } }
  s2: { kind: switch, interfaces: [a, b, c], plugins: { bridge: { ${bridge} } } }
  s3: { kind: switch, interfaces: [a, b, c], plugins: { bridge: { ${bridge} } } }
links: [ x:eth0 -- s1:x, s1:a -- s2:a, s2:b -- s3:a, s3:b -- s1:b, s2:c -- s3:c ]
duration: 2s`,
        { recording },
      );
    const simulation = storm('flood_rate: 1000, flood_burst: 100', 'records');
    transmit(simulation, 'x', [frame(BROADCAST, THEM, 0x9999, pattern(46))]);
    finish(simulation);
    const counts = codes(simulation);
    expect(counts['bridge.storm']).toBeGreaterThan(100);
    // Three bridges, each at most a burst and two seconds' worth of floods.
    expect(records(simulation, 'bridge.storm').length).toBe(counts['bridge.storm']);
    const copies = [...(simulation.trace?.records() ?? [])].filter(({ kind }) => kind === 'transmit').length;
    expect(copies).toBeLessThan(3 * (100 + 2000) * 3);
    expect(records(simulation, 'bridge.moved').length).toBeGreaterThan(0);
    expect(records(simulation, 'bridge.moved').length).toBeLessThanOrEqual(9);
    expect(simulation.run.events).toBeLessThan(100_000);
  });

  it('remembers a bounded number of stations', () => {
    const simulation = start(
      `
nodes: { x: { kind: stranger, interfaces: [eth0] }, s: { kind: switch, interfaces: [a, b] }, y: { kind: stranger, interfaces: [eth0] } }
links: [ x:eth0 -- s:a, y:eth0 -- s:b ]`,
      { recording: 'off' },
    );
    const sources = Array.from({ length: MOST_STATIONS + 100 }, (_, at) =>
      ethernetHeader.encode(
        { destination: mac('02:00:00:00:ff:ff'), source: 0x020000000000 + at, etherType: 0x9999 },
        pattern(46),
      ),
    );
    transmit(simulation, 'x', sources);
    simulation.advance(simulation.now + 10_000_000);
    const { stations } = stateOf<BridgeState>(simulation, 's', 'bridge');
    expect(stations.size).toBe(MOST_STATIONS);
    expect(stations.has(0x020000000000)).toBe(false);
    expect(stations.has(0x020000000000 + MOST_STATIONS)).toBe(true);
  });
});

it('packets to everybody reach everybody on the link, and nobody answers them with an error', () => {
  const simulation = start(`
nodes:
  evil: { kind: stranger, interfaces: [eth0] }
  h: { kind: host, interfaces: { e: 10.0.0.1/24 } }
links: [ evil:eth0 -- h:e ]`);
  transmit(simulation, 'evil', [
    frame(BROADCAST, THEM, 0x0800, datagram('10.0.0.66', '10.0.0.255', [1, 2], pattern(20))),
    frame(BROADCAST, THEM, 0x0800, datagram('10.0.0.66', '255.255.255.255', [1, 2], pattern(20))),
    frame(BROADCAST, THEM, 0x0800, packet('10.0.0.66', '10.0.0.1', { protocol: 200 }, pattern(20))),
  ]);
  finish(simulation);
  expect(codes(simulation, 'drop', 'h')).toEqual({ 'udp.no-port': 2, 'ipv4.no-protocol': 1 });
  expect(records(simulation, 'icmp.error-sent')).toEqual([]);
  expect(() => act(simulation, 'h', { ping: 'x' })).toThrow();
});
