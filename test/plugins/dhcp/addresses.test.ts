import { describe, expect, it } from '@jest/globals';
import { SECOND } from '../../../core/index.ts';
import type { IpsecState } from '../../../plugins/ipsec/state.ts';
import { parseIpv4 } from '../../../plugins/ipv4/contract.ts';
import { messagesOf, recordsOf, run, storiesOf } from './lab.ts';

const ip = (text: string): number => parseIpv4(text) as number;

interface RoadOptions {
  readonly child?: string;
  readonly connection?: string;
  readonly laptop?: string;
  readonly timeline: string;
  readonly duration?: string;
}

/** A laptop with an address by DHCP, its provider, and an office that it has a connection to. */
function road({
  child = 'start_action: start',
  connection = '',
  laptop = '',
  timeline,
  duration = '60s',
}: RoadOptions): string {
  return `
name: road
nodes:
  laptop:
    kind: gateway
    interfaces: { eth0: dhcp }
    plugins:
      ipv4: { forwarding: false }
      dhcp: { client: { check: 0s } }
      ipsec:
        connections:
          office:
            version: 2
            remote_addrs: [198.51.100.20]
            local: { id: taro@example.jp }
            remote: { id: vpn.example.jp }
            ${connection}
            children: { lan: { remote_ts: [10.1.0.0/24], ${child} } }
        secrets: { ike: { secret: correct horse battery } }
        ${laptop}
  provider:
    kind: router
    interfaces: { access: 203.0.113.1/24, core: 198.51.100.1/24 }
    plugins: { dhcp: { serve: { access: { range: 203.0.113.20-29, lease: 1h } } } }
  office:
    kind: gateway
    interfaces: { wan: 198.51.100.20/24, lan: 10.1.0.1/24 }
    plugins:
      ipv4: { gateway: 198.51.100.1 }
      ipsec:
        connections:
          road: { version: 2, remote_addrs: ["%any"], local: { id: vpn.example.jp }, remote: { id: taro@example.jp },
            children: { lan: { local_ts: [10.1.0.0/24] } } }
        secrets: { ike: { secret: correct horse battery } }
  server: { kind: host, interfaces: { eth0: 10.1.0.20/24 }, plugins: { ipv4: { gateway: 10.1.0.1 } } }
links:
  - { endpoints: [laptop:eth0, provider:access], delay: 5ms }
  - provider:core -- office:wan
  - office:lan -- server:eth0
timeline:
${timeline}
duration: ${duration}
`;
}

const MOVE = `  - { at: 10s, node: provider, dhcp: reassign, client: laptop, to: 203.0.113.25 }
  - { at: 10.1s, node: laptop, dhcp: renew }`;

function ipsecOf(simulation: ReturnType<typeof run>, node: string): IpsecState {
  const instance = simulation.wiring.nodeByName.get(node)?.providers.get('ipsec');
  return simulation.run.states[instance?.index ?? -1] as IpsecState;
}

describe('a connection whose address changes', () => {
  it('begins when there is an address, ends with it, and begins anew from the next one', () => {
    const simulation = run(road({ timeline: `${MOVE}\n  - { at: 20s, node: laptop, ping: 10.1.0.20, count: 2 }` }));
    expect(storiesOf(simulation, 'ipsec.waits-for-address', 'laptop')).toHaveLength(2);
    expect(recordsOf(simulation, 'ikev2.cannot-begin')).toEqual([]);
    const closed = storiesOf(simulation, 'ikev2.closed', 'laptop');
    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatch(/any more: this node no longer has 203\.0\.113\.20$/);
    const children = [...ipsecOf(simulation, 'laptop').children.values()];
    expect(children.map(({ local }) => local)).toEqual([ip('203.0.113.25')]);
    expect([...ipsecOf(simulation, 'office').children.values()].map(({ remote }) => remote)).toEqual([
      ip('203.0.113.25'),
    ]);
    expect(recordsOf(simulation, 'ping.finished')[0]?.values).toMatchObject({ answered: 2 });
    // The SAs go at the instant at which the address goes, and nothing is sent from it later.
    const gone = recordsOf(simulation, 'ipv4.address-removed', 'laptop')[0]?.time ?? 0;
    expect(recordsOf(simulation, 'ipsec.sa-removed', 'laptop')[0]?.time).toBe(gone);
    const late = [...(simulation.trace?.records() ?? [])].filter(
      ({ kind, node, time, bytes }) =>
        kind === 'transmit' &&
        node === 'laptop' &&
        time > gone &&
        bytes?.[12] === 8 &&
        bytes[13] === 0 &&
        bytes[29] === 20,
    );
    expect(late).toEqual([]);
  });

  it('that waits for traffic has its trap at the new address', () => {
    const simulation = run(
      road({
        child: 'start_action: trap',
        timeline: `  - { at: 5s, node: laptop, ping: 10.1.0.20, count: 1 }
${MOVE}
  - { at: 20s, node: laptop, ping: 10.1.0.20, count: 2 }`,
      }),
    );
    expect(recordsOf(simulation, 'ikev2.established', 'laptop').map(({ time }) => Math.floor(time / SECOND))).toEqual([
      5, 20,
    ]);
    expect(recordsOf(simulation, 'ping.finished').map(({ values }) => values?.answered)).toEqual([1, 2]);
    const traps = ipsecOf(simulation, 'laptop').policies.filter(({ origin }) => origin === 'trap');
    expect(traps.map(({ localTs }) => localTs[0]?.start)).toEqual([ip('203.0.113.25')]);
  });

  it('and that nobody starts does not come back by itself', () => {
    const simulation = run(
      road({ child: 'start_action: none', timeline: `  - { at: 5s, node: laptop, initiate: office/lan }\n${MOVE}` }),
    );
    expect(recordsOf(simulation, 'ikev2.established', 'laptop')).toHaveLength(1);
    expect(ipsecOf(simulation, 'laptop').children.size).toBe(0);
  });

  it('ends while it is still being negotiated, and packets that waited for it are told', () => {
    const simulation = run(
      road({
        child: 'start_action: trap',
        timeline: `  - { at: 4s, link: provider:core -- office:wan, set: { loss: 100% } }
  - { at: 5s, node: laptop, ping: 10.1.0.20, count: 1 }
${MOVE}`,
        duration: '30s',
      }),
    );
    expect(storiesOf(simulation, 'ikev2.closed', 'laptop')[0]).toMatch(/no longer has 203\.0\.113\.20$/);
    expect(storiesOf(simulation, 'ipsec.keys-failed', 'laptop')[0]).toMatch(/no longer has 203\.0\.113\.20$/);
  });

  it('is left alone by an address that has nothing to do with it', () => {
    const simulation = run(road({ timeline: '  - { at: 10s, node: office, renumber: lan, to: 10.1.0.2/24 }' }));
    expect(recordsOf(simulation, 'ikev2.established', 'laptop')).toHaveLength(1);
    expect(recordsOf(simulation, 'ikev2.closed')).toEqual([]);
  });

  it('says of manual SAs that their address is gone, and keeps them', () => {
    const key = `"0x${'00'.repeat(32)}"`;
    const laptop = `manual:
          rack: { local: 203.0.113.20, remote: 198.51.100.20, remote_ts: 10.2.0.0/24, ah_proposal: sha256,
            in: { spi: 257, integrity_key: ${key} }, out: { spi: 258, integrity_key: ${key} } }`;
    const simulation = run(road({ child: 'start_action: none', laptop, timeline: MOVE }));
    expect(storiesOf(simulation, 'ipsec.address-gone')).toEqual([
      'laptop no longer has 203.0.113.20, the local end of SA rack{1}: what it protects has no way any more',
    ]);
    expect(ipsecOf(simulation, 'laptop').children.size).toBe(1);
  });

  it('is nothing to a node without key exchange: the lease moves all the same', () => {
    const bare = road({ timeline: MOVE }).replaceAll(
      /^ {6}ipsec:\n(?: {8}.*\n|\n)*/gm,
      '      ipsec: {}\n      ikev2: false\n',
    );
    const simulation = run(bare);
    expect(recordsOf(simulation, 'dhcp.bound', 'laptop').map(({ values }) => values?.address)).toEqual([
      '203.0.113.20/24',
      '203.0.113.25/24',
    ]);
    expect(messagesOf(simulation, 'laptop').length).toBeGreaterThan(4);
  });
});
