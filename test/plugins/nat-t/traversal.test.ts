import { describe, expect, it } from '@jest/globals';
import { concatBytes, read16, SECOND, write16 } from '../../../core/index.ts';
import { Simulation } from '../../../core/simulation/index.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { labText } from '../../scenarios/labs.ts';
import { ip } from '../ground/frames.ts';
import {
  acted,
  advance,
  datagramsOf,
  frameLike,
  ikeOf,
  inject,
  ipsecOf,
  isEsp,
  isIke,
  isKeepalive,
  natTOf,
  peerOf,
  pinged,
  type Road,
  recordsOf,
  registry,
  type Sent,
  startRoad,
  stateOf,
  storiesOf,
  topologyOf,
} from './lab.ts';

const SERVER = '10.1.0.20';
const LAPTOP = '192.168.1.10';

/** A road whose tunnel is up, at one second. */
function up(road: Road = {}): Simulation {
  return advance(startRoad(road), 1);
}

describe('behind a NAT', () => {
  it('IKE floats to 4500 with a marker, ESP goes in UDP with a zero checksum, and both ends agree on who is where', () => {
    const simulation = up();
    expect(pinged(simulation, 'laptop', SERVER, 3)).toBe(3);
    expect(pinged(simulation, 'server', LAPTOP, 2)).toBe(2);
    const laptop = datagramsOf(simulation, 'laptop');
    // IKE_SA_INIT from 500 to 500, IKE_AUTH from 4500 to 4500 behind four octets of zero.
    expect(laptop.slice(0, 2).map(({ sourcePort, destinationPort }) => [sourcePort, destinationPort])).toEqual([
      [500, 500],
      [4500, 4500],
    ]);
    expect(laptop.map(isIke).slice(0, 3)).toEqual([false, true, false]);
    expect(laptop[1]?.payload.slice(22, 23)).toEqual(Uint8Array.of(35));
    // RFC 3948 §2.1: zero for ESP; IKE has one.
    expect(laptop.filter(isEsp).length).toBe(5);
    for (const esp of laptop.filter(isEsp))
      expect([esp.checksum, esp.sourcePort, esp.destinationPort]).toEqual([0, 4500, 4500]);
    for (const ike of laptop.filter((sent) => !isEsp(sent))) expect(ike.checksum).not.toBe(0);
    const natted = read16((datagramsOf(simulation, 'home').find(isEsp) as Sent).frame, 34);
    expect(natted).not.toBe(4500);
    for (const sent of datagramsOf(simulation, 'gw').filter(isEsp)) {
      expect([sent.sourcePort, sent.destinationPort, sent.checksum]).toEqual([4500, natted, 0]);
    }
    expect([...ikeOf(simulation, 'laptop').sas.values()][0]?.nat).toEqual({
      local: true,
      remote: false,
      forced: false,
    });
    expect([...ikeOf(simulation, 'gw').sas.values()][0]?.nat).toEqual({ local: false, remote: true, forced: false });
    expect(peerOf(simulation, 'gw')).toEqual([`${ip('198.51.100.7')}:${natted}`, `${ip('198.51.100.7')}:${natted}`]);
  });

  it('a zero and a right checksum of ESP in UDP are taken, a wrong one is not', () => {
    const simulation = up();
    pinged(simulation, 'laptop', SERVER, 1);
    // What the laptop sends next, seen on a road that forks here.
    const fork = simulation.fork();
    pinged(fork, 'laptop', SERVER, 1);
    const atGateway = datagramsOf(fork, 'isp')
      .filter((sent) => isEsp(sent) && sent.destinationPort === 4500)
      .at(-1) as Sent;
    const zero = atGateway.frame;
    const right = frameLike(zero, {});
    expect([read16(zero, 40), read16(right, 40) === 0]).toEqual([0, false]);
    const wrong = right.slice();
    write16(wrong, 40, (read16(right, 40) % 0xfffe) + 1);
    for (const [frame, opened, dropped] of [
      [zero, 1, 0],
      [right, 1, 0],
      [wrong, 0, 1],
    ] as const) {
      const one = simulation.fork();
      const before = ipsecOf(one, 'gw').counters.opened;
      inject(one, [frame]);
      expect([ipsecOf(one, 'gw').counters.opened - before, recordsOf(one, 'udp.bad-checksum', 'gw').length]).toEqual([
        opened,
        dropped,
      ]);
    }
  });

  it('transport mode carries UDP and echoes both ways, and both ends know each other by what they see', () => {
    for (const esp of ['aes128gcm16', 'aes128-sha256', 'null-sha256', 'chacha20poly1305']) {
      const simulation = up({ mode: 'transport', child: `esp_proposals: [${esp}]` });
      expect([esp, pinged(simulation, 'laptop', '203.0.113.10', 2)]).toEqual([esp, 2]);
      expect([esp, pinged(simulation, 'gw', '198.51.100.7', 2)]).toEqual([esp, 2]);
      acted(simulation, 'laptop', { traffic: '203.0.113.10', port: 7000, count: 3 });
      acted(simulation, 'gw', { traffic: '198.51.100.7', port: 7000, count: 3 });
      advance(simulation, simulation.now / SECOND + 5);
      expect([esp, recordsOf(simulation, 'udp.bad-checksum').length]).toEqual([esp, 0]);
      for (const node of ['laptop', 'gw']) {
        expect([esp, stateOf<{ arrivals: Map<string, unknown> }>(simulation, node, 'traffic').arrivals.size]).toEqual([
          esp,
          1,
        ]);
      }
      const [child] = ipsecOf(simulation, 'gw').children.values();
      expect(child?.mode).toBe('transport');
      expect(child?.original).toEqual({ source: ip('192.168.1.10'), destination: ip('203.0.113.10') });
      const [mine] = ipsecOf(simulation, 'laptop').children.values();
      expect(mine?.original).toEqual({ source: ip('203.0.113.10'), destination: ip('198.51.100.7') });
    }
  });

  it('AH is never put in UDP, and the trace says why it will not pass', () => {
    const simulation = up({ child: 'ah_proposals: [sha256]' });
    expect([...ipsecOf(simulation, 'laptop').children.values()][0]?.outbound.encapsulation).toBeUndefined();
    expect(recordsOf(simulation, 'ipsec.ah-through-nat').length).toBe(2);
    expect(pinged(simulation, 'laptop', SERVER, 1)).toBe(0);
    expect(datagramsOf(simulation, 'laptop').filter(isEsp)).toEqual([]);
  });
});

describe('without a NAT', () => {
  it('all stays on port 500 and ESP is an IP protocol', () => {
    const simulation = up({ homeKind: 'router' });
    expect(pinged(simulation, 'laptop', SERVER, 2)).toBe(2);
    const sent = [...datagramsOf(simulation, 'laptop'), ...datagramsOf(simulation, 'gw')];
    expect(sent.every(({ sourcePort, destinationPort }) => sourcePort === 500 && destinationPort === 500)).toBe(true);
    expect(recordsOf(simulation, 'nat-t.none').length).toBe(2);
    expect([natTOf(simulation, 'laptop').paths.size, natTOf(simulation, 'laptop').flows.size]).toEqual([0, 0]);
  });

  it('`encap: yes` of either side feigns one: ESP in UDP, no keepalives', () => {
    for (const road of [{ laptop: 'encap: yes' }, { gateway: 'encap: yes' }] as const) {
      const simulation = up({ homeKind: 'router', ...road });
      expect(pinged(simulation, 'laptop', SERVER, 2)).toBe(2);
      const laptop = datagramsOf(simulation, 'laptop');
      expect(laptop.filter(isEsp).length).toBe(2);
      advance(simulation, 100);
      // Who sees the other's wrong hash believes it to be behind a NAT, and not itself.
      expect([...datagramsOf(simulation, 'laptop'), ...datagramsOf(simulation, 'gw')].filter(isKeepalive)).toEqual([]);
      expect(recordsOf(simulation, 'nat-t.forced').length).toBe(1);
    }
  });
});

describe('a node without the plugin', () => {
  it.each([{ laptopNatT: 'false' }, { gatewayNatT: 'false' }] as const)(
    '%j: no hash, no float, no ESP in UDP',
    (road) => {
      const simulation = up(road);
      pinged(simulation, 'laptop', SERVER, 1);
      const node = 'laptopNatT' in road ? 'laptop' : 'gw';
      const other = node === 'laptop' ? 'gw' : 'laptop';
      const [first] = datagramsOf(simulation, node);
      // Neither it nor, for that reason, the one that it asked sends a hash that a NAT could be found by.
      const told = (by: string): string[] =>
        recordsOf(simulation, 'ikev2.message', by).map(({ values }) => String(values?.payloads));
      expect(told(node).join()).not.toContain('NAT_DETECTION');
      expect(told('gw').join()).not.toContain('NAT_DETECTION');
      expect(first?.sourcePort).toBe(500);
      const all = [...datagramsOf(simulation, 'laptop'), ...datagramsOf(simulation, 'gw')];
      expect(all.filter(({ sourcePort, destinationPort }) => sourcePort === 4500 || destinationPort === 4500)).toEqual(
        [],
      );
      expect(recordsOf(simulation, 'nat-t.not-supported', other).length).toBe(1);
      expect(recordsOf(simulation, 'nat-t.detected').length).toBe(0);
      // IKE is up all the same, on 500.
      expect([...ikeOf(simulation, other).sas.values()].map(({ state }) => state)).toEqual(['established']);
      expect([...ikeOf(simulation, other).sas.values()].map(({ nat }) => nat)).toEqual([undefined]);
      // Nobody is at port 4500.
      const knock = datagramsOf(simulation, 'isp').find(({ destinationPort }) => destinationPort === 500) as Sent;
      if (node !== 'gw') return;
      const frame = frameLike(knock.frame, { payload: new Uint8Array(40) }).slice();
      write16(frame, 36, 4500);
      write16(frame, 40, 0);
      inject(simulation, [frame]);
      expect(recordsOf(simulation, 'udp.no-port', 'gw').length).toBe(1);
    },
  );
});

describe('keepalives', () => {
  it('come exactly so long after the last packet, whatever it was, and only from behind the NAT', () => {
    const simulation = up({ laptopNatT: '{ keep_alive: 5s }', gatewayNatT: '{ keep_alive: 5s }' });
    acted(simulation, 'laptop', { ping: SERVER, count: 3, interval: '3s' });
    advance(simulation, 40);
    const sent = datagramsOf(simulation, 'laptop').filter(({ sourcePort }) => sourcePort === 4500);
    const times = sent.map(({ time }) => time);
    const keepalives = sent.filter(isKeepalive);
    expect(keepalives.length).toBeGreaterThan(4);
    for (const { checksum, payload } of keepalives) expect([checksum, [...payload]]).toEqual([0, [0xff]]);
    // Each keepalive is 5 s behind what was sent before it; nothing else leaves a longer gap.
    sent.forEach((one, at) => {
      if (at === 0) return;
      const gap = one.time - (times[at - 1] as number);
      expect(gap).toBeLessThanOrEqual(5 * SECOND);
      if (isKeepalive(one)) expect(gap).toBe(5 * SECOND);
    });
    expect(datagramsOf(simulation, 'gw').filter(isKeepalive)).toEqual([]);
    expect(natTOf(simulation, 'gw').counters.receivedKeepalives).toBe(keepalives.length);
    expect(natTOf(simulation, 'laptop').counters.sentKeepalives).toBe(keepalives.length);
  });

  it('the default is 20 s; 0 turns them off, and the way in is lost; with the IKE SA they end', () => {
    const usual = advance(startRoad({ home: 'udp_timeout: 30s' }), 200);
    expect(datagramsOf(usual, 'laptop').filter(isKeepalive).length).toBe(9);
    expect(pinged(usual, 'server', LAPTOP, 1)).toBe(1);
    const off = advance(startRoad({ home: 'udp_timeout: 30s', laptopNatT: '{ keep_alive: 0 }' }), 200);
    expect(datagramsOf(off, 'laptop').filter(isKeepalive)).toEqual([]);
    expect(pinged(off, 'server', LAPTOP, 1)).toBe(0);
    acted(usual, 'laptop', { terminate: 'c' });
    const before = datagramsOf(usual, 'laptop').length;
    advance(usual, 400);
    expect(datagramsOf(usual, 'laptop').slice(before).filter(isKeepalive)).toEqual([]);
    for (const node of ['laptop', 'gw']) {
      expect([natTOf(usual, node).paths.size, natTOf(usual, node).flows.size]).toEqual([0, 0]);
    }
  });

  it('go on after the IKE SA was rekeyed, as one flow', () => {
    const simulation = advance(startRoad({ laptop: 'over_time: 10s\n            rand_time: 0' }), 1);
    expect(natTOf(simulation, 'laptop').flows.size).toBe(1);
    acted(simulation, 'laptop', { initiate: 'c' });
    advance(simulation, 65);
    const [flows] = natTOf(simulation, 'laptop').flows.values();
    expect([flows?.length, flows?.[0]?.owners.length]).toEqual([1, 1]);
  });
});

describe('a mapping that changes', () => {
  it('is followed on ESP and on IKE, and what is sent to the peer follows both', () => {
    const simulation = up();
    const before = peerOf(simulation, 'gw');
    acted(simulation, 'home', { nat: 'rebind' });
    expect(pinged(simulation, 'server', LAPTOP, 1)).toBe(0);
    expect(pinged(simulation, 'laptop', SERVER, 1)).toBe(1);
    const after = peerOf(simulation, 'gw');
    expect(after[0]).not.toBe(before[0]);
    expect(after[0]).toBe(after[1]);
    expect(pinged(simulation, 'server', LAPTOP, 1)).toBe(1);
    acted(simulation, 'home', { nat: 'rebind' });
    // An IKE message alone: the delete is answered where it came from.
    acted(simulation, 'laptop', { terminate: 'c' });
    advance(simulation, simulation.now / SECOND + 3);
    expect(recordsOf(simulation, 'ikev2.peer-moved', 'gw').length).toBe(2);
    const moved = recordsOf(simulation, 'ipsec.sa-moved', 'gw').map(({ values }) => String(values?.remote));
    expect(moved.every((each) => /:\d+$/.test(each)) && new Set(moved).size).toBe(moved.length);
    expect(ikeOf(simulation, 'laptop').sas.size).toBe(0);
    expect(recordsOf(simulation, 'ikev2.message-again').length).toBe(0);
  });

  it('in transport mode the selectors and policies move with a new address', () => {
    const simulation = up({ mode: 'transport' });
    expect(pinged(simulation, 'laptop', '203.0.113.10', 1)).toBe(1);
    const fork = simulation.fork();
    pinged(fork, 'laptop', '203.0.113.10', 1);
    const towards = datagramsOf(fork, 'isp').filter((one) => isEsp(one) && one.destinationPort === 4500);
    inject(simulation, [frameLike((towards.at(-1) as Sent).frame, { from: '198.51.100.66' })]);
    expect(recordsOf(simulation, 'ipsec.selector-mismatch')).toEqual([]);
    const [child] = ipsecOf(simulation, 'gw').children.values();
    const [policy] = ipsecOf(simulation, 'gw').policies;
    for (const list of [child?.remoteTs, policy?.remoteTs]) {
      expect(list?.map(({ start, end }) => [start, end])).toEqual([[ip('198.51.100.66'), ip('198.51.100.66')]]);
    }
    // The echo that it carried was right, and is answered to where it came from, sealed.
    expect(datagramsOf(simulation, 'gw').filter(isEsp).at(-1)?.frame.slice(30, 34)).toEqual(
      Uint8Array.of(198, 51, 100, 66),
    );
  });

  it('is not followed on what is forged: from elsewhere, mutated at any octet, or played again', () => {
    const simulation = up();
    pinged(simulation, 'laptop', SERVER, 2);
    const here = peerOf(simulation, 'gw');
    const seen = datagramsOf(simulation, 'isp').filter(({ destinationPort }) => destinationPort === 4500);
    const esp = seen.filter(isEsp);
    const ike = seen.filter(isIke);
    expect([esp.length, ike.length]).toEqual([2, 1]);
    // Recorded packets, played again from another address: seen before, or answered already.
    for (const { frame } of [...esp, ...ike]) {
      for (const from of ['198.51.100.66', undefined]) {
        inject(simulation, [frameLike(frame, { port: 6666, ...(from === undefined ? {} : { from }) })]);
        expect(peerOf(simulation, 'gw')).toEqual(here);
      }
    }
    // A packet that the gateway has not seen, with one octet changed: never authentic. Its sequence number is the next one.
    const fork = simulation.fork();
    pinged(fork, 'laptop', SERVER, 1);
    const fresh = datagramsOf(fork, 'isp')
      .filter(isEsp)
      .filter(({ destinationPort }) => destinationPort === 4500)
      .at(-1) as Sent;
    for (let at = 0; at < fresh.payload.length; at++) {
      const payload = fresh.payload.slice();
      payload[at] = (payload[at] as number) ^ (1 << (at % 8));
      inject(simulation, [frameLike(fresh.frame, { payload, port: 6666, from: '198.51.100.66' })]);
      expect([at, peerOf(simulation, 'gw')]).toEqual([at, here]);
    }
    for (const payload of [Uint8Array.of(0xff), new Uint8Array(4), new Uint8Array(40), fresh.payload.slice(0, 20)]) {
      inject(simulation, [frameLike(fresh.frame, { payload, port: 6666, from: '198.51.100.66' })]);
      expect(peerOf(simulation, 'gw')).toEqual(here);
    }
    // The same packet unchanged is authentic and new, wherever it comes from: that is the bargain of RFC 7296 §2.23.
    inject(simulation, [frameLike(fresh.frame, { port: 6666, from: '198.51.100.66' })]);
    expect(peerOf(simulation, 'gw')).toEqual([`${ip('198.51.100.66')}:6666`, `${ip('198.51.100.66')}:6666`]);
    // And the next packet of the laptop takes it back.
    pinged(simulation, 'laptop', SERVER, 2);
    expect(peerOf(simulation, 'gw')).toEqual(here);
  });

  it('an older packet that comes late moves nothing back', () => {
    const simulation = up();
    const fork = simulation.fork();
    pinged(fork, 'laptop', SERVER, 3);
    const [first, second, third] = datagramsOf(fork, 'isp').filter((one) => isEsp(one) && one.destinationPort === 4500);
    const frames = [first, second, third].map((one) => (one as Sent).frame) as [Uint8Array, Uint8Array, Uint8Array];
    const here = peerOf(simulation, 'gw');
    inject(simulation, [frames[1]]);
    expect(peerOf(simulation, 'gw')).toEqual(here);
    const opened = ipsecOf(simulation, 'gw').counters.opened;
    inject(simulation, [frameLike(frames[0], { port: 7777 })]);
    expect([ipsecOf(simulation, 'gw').counters.opened - opened, peerOf(simulation, 'gw')]).toEqual([1, here]);
    inject(simulation, [frameLike(frames[2], { port: 7777 })]);
    expect(peerOf(simulation, 'gw')[0]).toBe(`${ip('198.51.100.7')}:7777`);
  });

  it('is not followed by the side behind the NAT, nor without a replay window', () => {
    const simulation = up();
    pinged(simulation, 'laptop', SERVER, 1);
    const [sa] = ikeOf(simulation, 'laptop').sas.values();
    expect(sa?.nat?.local).toBe(true);
    const fork = simulation.fork();
    pinged(fork, 'server', LAPTOP, 1);
    expect(recordsOf(fork, 'ikev2.peer-moved', 'laptop')).toEqual([]);
    const blind = up({ child: 'esp_proposals: [aes128gcm16], replay_window: 0' });
    pinged(blind, 'laptop', SERVER, 1);
    const here = peerOf(blind, 'gw');
    const esp = datagramsOf(blind, 'isp')
      .filter((one) => isEsp(one) && one.destinationPort === 4500)
      .at(-1) as Sent;
    inject(blind, [frameLike(esp.frame, { port: 6666, from: '198.51.100.66' })]);
    expect(peerOf(blind, 'gw')).toEqual(here);
  });
});

describe('hostile octets at port 4500', () => {
  it('are dropped with a reason or go where they belong, whatever their length, and change nothing', () => {
    const simulation = up();
    pinged(simulation, 'laptop', SERVER, 1);
    const state = peerOf(simulation, 'gw');
    const ike = datagramsOf(simulation, 'isp').find((one) => isIke(one) && one.destinationPort === 4500) as Sent;
    const atGateway = datagramsOf(simulation, 'isp').find((one) => isEsp(one) && one.destinationPort === 4500) as Sent;
    const dropped = () => simulation.run.ledger.dropped;
    for (const whole of [atGateway.payload, ike.payload, concatBytes(new Uint8Array(4), atGateway.payload)]) {
      for (let length = 0; length < whole.length; length++) {
        const before = dropped();
        inject(simulation, [frameLike(atGateway.frame, { payload: whole.slice(0, length), port: 5555 })]);
        if (length !== 1 || whole[0] !== 0xff) expect([length, dropped() - before]).toEqual([length, 1]);
      }
    }
    expect(peerOf(simulation, 'gw')).toEqual(state);
    expect(recordsOf(simulation, 'core.left-in-hand')).toEqual([]);
    expect(recordsOf(simulation, 'nat-t.malformed', 'gw').length).toBe(12);
    expect(pinged(simulation, 'laptop', SERVER, 1)).toBe(1);
  });
});

describe('several peers', () => {
  const conflict = labText('nat-t-transport-conflict');
  const begun = (text: string): Simulation =>
    advance(Simulation.start(topologyOf(text), { registry, slots: { crypto: createNodeProvider() } }), 10);

  it('in transport mode may share an address where their ports differ, and may not where they meet', () => {
    const refused = begun(conflict);
    expect(storiesOf(refused, 'ipsec.transport-conflict').join()).toContain('refuses 198.51.100.7');
    expect(ipsecOf(refused, 'server').children.size).toBe(1);
    // Of each client only the traffic to one port of the server.
    const ports = conflict
      .replace(/(start_action: start)/, 'remote_ts: ["dynamic[udp/7000]"], $1')
      .replace(/(start_action: none)/, 'remote_ts: ["dynamic[udp/7001]"], $1');
    expect(ports).not.toBe(conflict);
    const shared = begun(ports);
    expect(recordsOf(shared, 'ipsec.transport-conflict')).toEqual([]);
    expect(ipsecOf(shared, 'server').children.size).toBe(2);
    acted(shared, 'tablet', { traffic: '203.0.113.10', port: 7001, count: 1 });
    advance(shared, 15);
    expect(recordsOf(shared, 'udp.bad-checksum')).toEqual([]);
    expect([...ipsecOf(shared, 'server').children.values()].map(({ inbound }) => inbound.packets > 0)).toEqual([
      true,
      true,
    ]);
  });

  it('one that begins anew from another port takes its own place again', () => {
    const simulation = up();
    // It forgets all: as after a crash, nobody is told, and its router gives it another port.
    const laptop = ikeOf(simulation, 'laptop');
    laptop.sas.clear();
    laptop.bySpi.clear();
    laptop.perPeer.clear();
    acted(simulation, 'home', { nat: 'rebind' });
    acted(simulation, 'laptop', { initiate: 'c' });
    advance(simulation, 5);
    expect(recordsOf(simulation, 'ipsec.tunnel-conflict')).toEqual([]);
    expect([ikeOf(simulation, 'gw').sas.size, ipsecOf(simulation, 'gw').children.size]).toEqual([1, 1]);
    expect(pinged(simulation, 'laptop', SERVER, 1)).toBe(1);
  });

  it('behind a NAT themselves they follow nobody', () => {
    const simulation = begun(labText('nat-t-both-ends'));
    const here = peerOf(simulation, 'gateway');
    acted(simulation, 'home', { nat: 'rebind' });
    expect(pinged(simulation, 'laptop', SERVER, 1)).toBe(0);
    expect(peerOf(simulation, 'gateway')).toEqual(here);
    expect(recordsOf(simulation, 'ikev2.peer-moved')).toEqual([]);
  });
});

describe('what is lost or large', () => {
  it('IKE_SA_INIT asked again is answered from where it was asked, not from 4500', () => {
    const simulation = startRoad();
    // The first answer is lost on the way.
    advance(simulation, 0.03);
    expect(datagramsOf(simulation, 'gw').map(({ sourcePort }) => sourcePort)).toEqual([500]);
    const [request] = datagramsOf(simulation, 'isp').filter(({ destinationPort }) => destinationPort === 500);
    inject(simulation, [(request as Sent).frame]);
    const answers = datagramsOf(simulation, 'gw').filter(({ payload }) => payload[18] === 34);
    expect(answers.map(({ sourcePort }) => sourcePort)).toEqual([500, 500]);
    expect(answers.map(({ destinationPort }) => destinationPort)).toEqual([
      (request as Sent).sourcePort,
      (request as Sent).sourcePort,
    ]);
  });

  it('fragments inside the tunnel are put together for the laptop itself; one in clear among them spoils the whole', () => {
    const simulation = up();
    acted(simulation, 'laptop', { ping: SERVER, count: 1, size: 4000 });
    advance(simulation, 5);
    expect(recordsOf(simulation, 'ping.reply', 'laptop').length).toBe(1);
    expect(recordsOf(simulation, 'ipsec.clear-text-refused')).toEqual([]);
    // The fragments readable inside ESP, and a copy of the last one in clear, which comes first.
    const open = up({ child: 'esp_proposals: [null-sha256]', laptop: 'encap: yes', homeKind: 'router' });
    const fork = open.fork();
    acted(fork, 'server', { ping: LAPTOP, count: 1, size: 4000 });
    advance(fork, 5);
    expect(recordsOf(fork, 'ping.reply', 'server').length).toBe(1);
    const sealed = datagramsOf(fork, 'gw').filter(isEsp);
    const inner = sealed.map(({ payload }) => payload.slice(8, 8 + read16(payload, 10)));
    const last = inner.find((one) => (read16(one, 6) & 0x1fff) > 0 && (read16(one, 6) & 0x2000) === 0) as Uint8Array;
    inject(open, [concatBytes((sealed[0] as Sent).frame.slice(0, 14), last)]);
    advance(open, 1.1);
    acted(open, 'server', { ping: LAPTOP, count: 1, size: 4000 });
    advance(open, 7);
    expect(recordsOf(open, 'ipsec.clear-text-refused', 'laptop').length).toBe(1);
    expect(recordsOf(open, 'ping.reply', 'server').length).toBe(0);
  });

  it('what must not be fragmented is told what fits, eight octets less than without UDP', () => {
    const room = (homeKind: 'nat' | 'router'): number[] => {
      const simulation = up({ homeKind });
      acted(simulation, 'server', { ping: LAPTOP, count: 1, size: 1450, dont_fragment: true });
      advance(simulation, 5);
      const drops = recordsOf(simulation, 'ipsec.too-large', 'gw');
      // The MTU that is told is that of the way, not what UDP leaves of it.
      const around = homeKind === 'nat' ? ', 8 of it for what goes around the SA' : '';
      expect(drops.map(({ values }) => [values?.mtu, values?.around])).toEqual(drops.map(() => [1500, around]));
      return drops.map(({ values }) => Number(values?.room));
    };
    const [plain] = room('router');
    const [inUdp] = room('nat');
    expect([plain, inUdp].every((each) => each !== undefined)).toBe(true);
    expect((plain as number) - (inUdp as number)).toBe(8);
  });
});
