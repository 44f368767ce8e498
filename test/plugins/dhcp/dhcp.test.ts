import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createStream, nextUint32, SECOND, toHex, write16, write32 } from '../../../core/index.ts';
import { dhcpCodec, formatValue } from '../../../plugins/dhcp/codec.ts';
import { dhcpHeader, HEADER_SIZE } from '../../../plugins/dhcp/headers.ts';
import { leaseOf } from '../../../plugins/dhcp/lease.ts';
import { type DhcpMessage, readMessage, writeMessage } from '../../../plugins/dhcp/message.ts';
import { MESSAGE, OPTION, OPTIONS } from '../../../plugins/dhcp/option-names.ts';
import { number32, readOptions, readRoutes, writeOptions, writeRoutes } from '../../../plugins/dhcp/options.ts';
import { parseIpv4 } from '../../../plugins/ipv4/contract.ts';
import {
  dhcpOf,
  diagnosticsOf,
  inject,
  ipv4Of,
  lan,
  MESSAGE_AT,
  messagesOf,
  recordsOf,
  run,
  start,
  storiesOf,
} from './lab.ts';

const ip = (text: string): number => parseIpv4(text) as number;
const context = { outer: [], keys: () => [], slot: () => undefined };
const MAC = 0x020000000007;

function written(
  options: readonly (readonly [number, Uint8Array])[] = [],
  type: number = MESSAGE.discover,
): Uint8Array {
  return writeMessage({ operation: 1, type, transaction: 0xcafe, mac: MAC, options });
}

describe('messages', () => {
  it('are read as they were written, and have at least the size that BOOTP wants', () => {
    const bytes = writeMessage({
      ...{ operation: 2, type: MESSAGE.ack, transaction: 0xdeadbeef, seconds: 7, broadcast: true, mac: MAC },
      ...{ clientAddress: ip('10.0.0.7'), yourAddress: ip('10.0.0.8') },
      options: [[OPTION.leaseTime, number32(60)]],
    });
    expect(bytes).toHaveLength(300);
    expect(toHex(bytes.subarray(0, 28))).toBe('02010600deadbeef000780000a0000070a0000080000000000000000');
    expect(toHex(bytes.subarray(HEADER_SIZE, HEADER_SIZE + 10))).toBe('35010533040000003cff');
    const reading = readMessage(bytes, 0, bytes.length, 2);
    expect(reading).toMatchObject({
      message: { type: 5, transaction: 0xdeadbeef, broadcast: true, mac: MAC, yourAddress: ip('10.0.0.8') },
    });
    expect(readMessage(bytes, 0, bytes.length, 1)).toMatchObject({ fault: { field: 'operation' } });
  });

  it('put options in `file` and `sname` where option 52 says so, and long ones together (RFC 3396)', () => {
    const long = Uint8Array.from({ length: 600 }, (_, at) => at & 255);
    const cut = writeOptions([[OPTION.message, long]]);
    expect([cut[0], cut[1], cut[257], cut[258], cut[514], cut[515], cut[606]]).toEqual([56, 255, 56, 255, 56, 90, 255]);
    const split = written([[OPTION.message, long]]);
    expect(readOptions(split, 0, split.length).values.get(OPTION.message)).toEqual(long);

    const bytes = written([
      [OPTION.overload, Uint8Array.of(3)],
      [OPTION.domainName, new TextEncoder().encode('a')],
    ]);
    const at = dhcpHeader.offset;
    bytes.set([15, 1, 0x62, 255], at.file);
    bytes.set([15, 2, 0x63, 0x64, 0, 12, 1, 0x78, 255], at.serverName);
    const { values, parts, fault } = readOptions(bytes, 0, bytes.length);
    expect(fault).toBeUndefined();
    expect(new TextDecoder().decode(values.get(OPTION.domainName))).toBe('abcd');
    expect(parts.map(({ field }) => field)).toEqual(['options', 'options', 'options', 'file', 'sname', 'sname']);
    const fields = dhcpCodec.dissect(bytes, 0, bytes.length, context).fields.filter(({ name }) => /option/.test(name));
    expect(fields.map(({ value, remark }) => [value, remark])).toEqual([
      ['DHCPDISCOVER', undefined],
      ['file and sname', undefined],
      ['abcd', 'a part of a longer value (RFC 3396)'],
      ['1 octets more', 'in the field file, a part of a longer value (RFC 3396)'],
      ['2 octets more', 'in the field sname, a part of a longer value (RFC 3396)'],
      ['x', 'in the field sname'],
    ]);
  });

  it('are dissected with every option by name', () => {
    expect(Object.keys(OPTIONS).length).toBeGreaterThanOrEqual(100);
    const said = (code: number, ...value: number[]): string =>
      formatValue(OPTIONS[code]?.[1] ?? 'octets', Uint8Array.from(value));
    expect(said(1, 255, 255, 255, 0)).toBe('255.255.255.0');
    expect(said(3, 10, 0, 0, 1, 10, 0, 0, 2)).toBe('10.0.0.1, 10.0.0.2');
    expect(said(51, 0, 0, 14, 16)).toBe('3600 s');
    expect(said(51, 255, 255, 255, 255)).toBe('for ever');
    expect(said(51, 1, 2, 3)).toBe('0x010203');
    expect(said(53, 5)).toBe('DHCPACK');
    expect(said(55, 1, 3, 6)).toBe('subnet mask, routers, domain name servers');
    expect(said(61, 1, 2, 0, 0, 0, 0, 7)).toBe('Ethernet 02:00:00:00:00:07');
    expect(said(33, 10, 0, 0, 0, 10, 0, 0, 1)).toBe('10.0.0.0 10.0.0.1');
    expect(said(121, 24, 10, 1, 2, 10, 0, 0, 1, 0, 10, 0, 0, 9)).toBe(
      '10.1.2.0/24 via 10.0.0.1, 0.0.0.0/0 via 10.0.0.9',
    );
    expect(said(119, 1, 0x61, 0, 1, 0x62, 0xc0, 0)).toBe('a, b.a');
    // A pointer to itself is no name.
    expect(said(119, 0xc0, 0)).toBe('0xc000');
    expect(said(200, 1, 2)).toBe('0x0102');
  });

  it('carry routes as RFC 3442 writes them', () => {
    const routes = [
      { network: 0, prefix: 0, via: ip('10.0.0.1') },
      { network: ip('10.0.0.0'), prefix: 8, via: ip('10.0.0.2') },
      { network: ip('10.17.0.0'), prefix: 16, via: ip('10.0.0.3') },
      { network: ip('10.229.0.128'), prefix: 25, via: ip('10.0.0.4') },
      { network: ip('10.198.122.47'), prefix: 32, via: ip('10.0.0.5') },
    ];
    // The descriptors of RFC 3442's own examples: 0, 8.10, 16.10.17, 25.10.229.0.128, 32.10.198.122.47.
    expect(toHex(writeRoutes(routes))).toBe('000a000001080a0a000002100a110a000003190ae500800a000004200ac67a2f0a000005');
    expect(readRoutes(writeRoutes(routes))).toEqual(routes);
    expect(readRoutes(Uint8Array.of(33, 1, 2, 3, 4, 5, 6, 7, 8, 9))).toBeUndefined();
    expect(readRoutes(Uint8Array.of(24, 10, 1))).toBeUndefined();
  });

  it('never throw: cut at every octet, of chance, and mutated', () => {
    const whole = written([
      [OPTION.parameters, Uint8Array.of(1, 3, 6)],
      [OPTION.overload, Uint8Array.of(3)],
      [119, Uint8Array.of(3, 0x61, 0x62, 0x63, 0xc0, 0)],
    ]);
    const end = whole.lastIndexOf(255) + 1;
    for (let size = 0; size < end; size++) {
      const reading = readMessage(whole, 0, size, 1);
      expect('fault' in reading).toBe(true);
      dhcpCodec.dissect(whole, 0, size, context);
    }
    const mutation = fc.record({ at: fc.nat({ max: whole.length - 1 }), to: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 12 }), fc.uint8Array({ maxLength: 400 }), (changes, chance) => {
        const mutated = whole.slice();
        for (const { at, to } of changes) mutated[at] = to;
        for (const bytes of [mutated, chance]) {
          const reading = readMessage(bytes, 0, bytes.length, 1);
          if ('message' in reading) leaseOf(reading.message, 0);
          dhcpCodec.dissect(bytes, 0, bytes.length, context);
        }
        return true;
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});

describe('what a lease says', () => {
  const ack = (more: readonly (readonly [number, Uint8Array])[], address = '10.0.0.9'): DhcpMessage => ({
    ...{ type: MESSAGE.ack, transaction: 1, seconds: 0, broadcast: false, clientAddress: 0, relayAddress: 0, mac: MAC },
    yourAddress: ip(address),
    options: new Map<number, Uint8Array>([
      [OPTION.server, number32(ip('10.0.0.1'))],
      [OPTION.leaseTime, number32(1000)],
      [OPTION.mask, number32(0xffffff00)],
      ...more,
    ]),
  });

  it('gives T1 and T2 as the server says or as RFC 2131 does, to the nanosecond', () => {
    const times = (more: readonly (readonly [number, Uint8Array])[]): readonly number[] => {
      const lease = leaseOf(ack(more), 7);
      if ('wrong' in lease) throw new Error(lease.wrong);
      return [lease.renewAt, lease.rebindAt, lease.endAt].map((at) => (at < 0 ? at : (at - 7) / SECOND));
    };
    expect(times([])).toEqual([500, 875, 1000]);
    expect(times([[OPTION.leaseTime, number32(1)]])).toEqual([0.5, 0.875, 1]);
    expect(
      times([
        [OPTION.renewalTime, number32(100)],
        [OPTION.rebindingTime, number32(200)],
      ]),
    ).toEqual([100, 200, 1000]);
    // Values that cannot be are passed over.
    expect(
      times([
        [OPTION.renewalTime, number32(900)],
        [OPTION.rebindingTime, number32(2000)],
      ]),
    ).toEqual([500, 875, 1000]);
    expect(times([[OPTION.renewalTime, Uint8Array.of(1)]])).toEqual([500, 875, 1000]);
    expect(times([[OPTION.leaseTime, number32(0xffffffff)]])).toEqual([-1, -1, -1]);
  });

  it('is refused where it cannot be used', () => {
    const wrong = (message: DhcpMessage): string | undefined => {
      const lease = leaseOf(message, 0);
      return 'wrong' in lease ? lease.wrong : undefined;
    };
    expect(wrong(ack([[OPTION.leaseTime, number32(0)]]))).toBe('its lease time is 0');
    expect(wrong(ack([[OPTION.leaseTime, Uint8Array.of(1)]]))).toBe('it says no lease time');
    expect(wrong(ack([[OPTION.mask, number32(0xff00ff00)]]))).toBe('its subnet mask has a gap');
    for (const address of ['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255', '10.0.0.0', '10.0.0.255']) {
      expect(wrong(ack([], address))).toBe('no station can have it');
    }
    expect(wrong(ack([]))).toBeUndefined();
  });
});

describe('a lease', () => {
  it('is asked for, checked with ARP, and used with its routes', () => {
    const simulation = run(lan({ serve: 'range: 10.0.0.10-20, lease: 1000s, dns: [10.0.0.1], domain: lab.example' }));
    expect(messagesOf(simulation).map(({ node, type }) => [node, type])).toEqual([
      ['h1', MESSAGE.discover],
      ['server', MESSAGE.offer],
      ['h1', MESSAGE.request],
      ['server', MESSAGE.ack],
    ]);
    const [client] = dhcpOf(simulation, 'h1').clients;
    expect(client).toMatchObject({ state: 'bound', lease: { address: ip('10.0.0.10'), domain: 'lab.example' } });
    const routes = ipv4Of(simulation, 'h1').routes.map(({ network, prefix, via, origin }) => [
      network,
      prefix,
      via,
      origin,
    ]);
    expect(routes).toEqual([
      [ip('10.0.0.0'), 24, 0, 'connected'],
      [0, 0, ip('10.0.0.1'), 'added'],
    ]);
    // A probe says nothing of its sender (RFC 5227 §2.1.1).
    const probes = [...(simulation.trace?.records() ?? [])].filter(
      ({ kind, node, bytes }) => kind === 'transmit' && node === 'h1' && bytes?.[12] === 8 && bytes[13] === 6,
    );
    expect(toHex(probes[0]?.bytes?.subarray(28, 42) as Uint8Array)).toBe('00000000' + '000000000000' + '0a00000a');
  });

  it('is renewed at T1, asked of anybody at T2, and over at its end: to the nanosecond', () => {
    const simulation = run(
      lan({
        timeline: '  - { at: 600s, link: server:eth0 -- floor:p0, set: { up: false } }',
        duration: '2000s',
      }).replace('set: { up: false }', 'set: { loss: 100% }'),
    );
    const sent = [...(simulation.trace?.records() ?? [])]
      .filter(({ node, code }) => node === 'h1' && (code === 'dhcp.sent' || code === 'dhcp.sent-again'))
      .filter(({ values }) => values?.message === 'DHCPREQUEST');
    const [first, renewed, ...later] = sent.map(({ time }) => time) as [number, number, ...number[]];
    // The first renewal is answered; the lease then counts from when it was sent.
    expect(renewed - first).toBe(500 * SECOND);
    const left = later.map((time) => (time - renewed) / SECOND);
    // T1; then half of what is left to T2, no less than 60 s; T2; then half of what is left to the end, no less than 60 s.
    expect(left).toEqual([500, 687.5, 781.25, 841.25, 875, 937.5, 997.5]);
    const requests = messagesOf(simulation, 'h1').filter(({ type }) => type === MESSAGE.request);
    const [taken, ...again] = requests;
    expect(toHex(taken?.frame.subarray(30, 34) as Uint8Array)).toBe('ffffffff');
    // To the server alone at first, and from T2 on to everybody; neighbours that do not answer are not written to.
    expect(toHex(again[0]?.frame.subarray(30, 34) as Uint8Array)).toBe('0a000001');
    const rebinding = again.filter(({ time }) => time >= renewed + 875 * SECOND);
    expect(rebinding.map(({ frame }) => toHex(frame.subarray(30, 34)))).toEqual(Array(3).fill('ffffffff'));
    // While renewing and rebinding the client names its address in ciaddr and asks for none by option (table 5).
    for (const { message, options } of again) {
      expect(toHex(message.subarray(12, 16))).toBe('0a00000a');
      expect([options.has(OPTION.requestedAddress), options.has(OPTION.server)]).toEqual([false, false]);
    }
    const [gone] = recordsOf(simulation, 'ipv4.address-removed', 'h1');
    expect(gone?.time).toBe(renewed + 1000 * SECOND);
    expect(ipv4Of(simulation, 'h1').routes).toEqual([]);
    expect(dhcpOf(simulation, 'h1').clients[0]?.state).toBe('selecting');
  });

  it('is asked for again after 4, 8, 16, 32 and 64 s, each with up to a second more or less, by its own stream of chance', () => {
    const text = lan({ hosts: ['h1', 'h2'], serve: 'range: 10.0.0.10-20', link: ', loss: 100%', duration: '400s' });
    const gaps = (node: string): number[] => {
      const times = messagesOf(run(text), node).map(({ time }) => time);
      return times.slice(1).map((time, at) => (time - (times[at] as number)) / SECOND);
    };
    const first = gaps('h1');
    expect(first.length).toBeGreaterThan(7);
    for (const [at, gap] of first.entries()) {
      expect(Math.abs(gap - Math.min(64, 4 * 2 ** at))).toBeLessThanOrEqual(1);
    }
    expect(first).toEqual(gaps('h1'));
    expect(first).not.toEqual(gaps('h2'));
  });

  it('comes to the hardware address of who has no other, or to all where the client wants that', () => {
    const destination = (client: string): string[] =>
      messagesOf(run(lan({ client })), 'server').map(
        ({ frame }) => `${toHex(frame.subarray(0, 6))} ${toHex(frame.subarray(30, 34))}`,
      );
    const [mac] = messagesOf(run(lan()), 'h1').map(({ frame }) => toHex(frame.subarray(6, 12)));
    expect(destination('{}')).toEqual([`${mac} 0a00000a`, `${mac} 0a00000a`]);
    expect(destination('{ broadcast: true }')).toEqual(Array(2).fill('ffffffffffff ffffffff'));
  });

  it('of an address that somebody uses is declined, and the server puts the address aside', () => {
    const simulation = run(
      lan({
        nodes: '  squatter: { kind: host, interfaces: { eth0: 10.0.0.10/24 } }',
        more: '  - squatter:eth0 -- floor:extra',
      }),
    );
    expect(storiesOf(simulation, 'dhcp.conflict')[0]).toMatch(
      /^h1 declines 10\.0\.0\.10: [0-9a-f:]{17} has it already$/,
    );
    const types = messagesOf(simulation, 'h1').map(({ type }) => type);
    expect(types).toEqual([MESSAGE.discover, MESSAGE.request, MESSAGE.decline, MESSAGE.discover, MESSAGE.request]);
    expect(dhcpOf(simulation, 'h1').clients[0]?.lease?.address).toBe(ip('10.0.0.11'));
    expect(dhcpOf(simulation, 'server').networks[0]?.bindings.get(ip('10.0.0.10'))?.state).toBe('declined');
    // §3.1 step 5: ten seconds at least.
    const [declined, again] = messagesOf(simulation, 'h1')
      .slice(2)
      .map(({ time }) => time) as [number, number];
    expect(again - declined).toBe(10 * SECOND);
  });

  it('that was given back goes to the same client again, or to another when there is no other', () => {
    const simulation = run(
      lan({
        hosts: ['h1', 'h2', 'h3'],
        serve: 'range: 10.0.0.10-11, lease: 1000s',
        timeline: '  - { at: 5s, node: h2, dhcp: release }',
        duration: '200s',
      }),
    );
    const of = (node: string) => dhcpOf(simulation, node).clients[0];
    expect(recordsOf(simulation, 'dhcp.exhausted').length).toBeGreaterThan(0);
    const addresses = [of('h1'), of('h3')].map((client) => client?.lease?.address).sort();
    expect(addresses).toEqual([ip('10.0.0.10'), ip('10.0.0.11')]);
    expect(of('h2')).toMatchObject({ state: 'idle', lease: undefined });
    const again = run(
      lan({
        hosts: ['h1', 'h2'],
        timeline: '  - { at: 5s, node: h1, dhcp: release }\n  - { at: 6s, node: h1, dhcp: acquire }',
      }),
    );
    expect(recordsOf(again, 'dhcp.bound', 'h1').map(({ values }) => values?.address)).toEqual([
      '10.0.0.10/24',
      '10.0.0.10/24',
    ]);
  });

  it('is asked for again when the link is back, as after a reboot (§4.3.2)', () => {
    const simulation = run(
      lan({ timeline: '  - { at: 10s, node: h1, interface: eth0, set: { up: false }, for: 5s }' }).replace(
        'node: h1, interface: eth0, set: { up: false }, for: 5s',
        'link: h1:eth0 -- floor:p2, set: { up: false }, for: 5s',
      ),
    );
    const last = messagesOf(simulation, 'h1').at(-1);
    expect(last?.type).toBe(MESSAGE.request);
    expect(toHex(last?.options.get(OPTION.requestedAddress) as Uint8Array)).toBe('0a00000a');
    expect([last?.options.has(OPTION.server), toHex(last?.message.subarray(12, 16) as Uint8Array)]).toEqual([
      false,
      '00000000',
    ]);
    expect(dhcpOf(simulation, 'h1').clients[0]?.state).toBe('bound');
    expect(recordsOf(simulation, 'dhcp.renewed', 'h1')).toHaveLength(1);
  });

  it('brings classless routes in place of the default router (RFC 3442)', () => {
    const simulation = run(
      lan({ serve: 'range: 10.0.0.10-20, routes: [{ to: 10.9.0.0/16, via: 10.0.0.1 }]', client: '{ check: 0s }' }),
    );
    const added = ipv4Of(simulation, 'h1').routes.filter(({ origin }) => origin === 'added');
    expect(added).toMatchObject([{ network: ip('10.9.0.0'), prefix: 16, via: ip('10.0.0.1') }]);
  });
});

/** An Ethernet frame with a DHCP message from a client without an address. */
function frameOf(message: Uint8Array, mac = MAC): Uint8Array {
  const frame = new Uint8Array(MESSAGE_AT + message.length);
  frame.fill(255, 0, 6);
  write16(frame, 6, Math.floor(mac / 2 ** 32));
  write32(frame, 8, mac >>> 0);
  frame.set([8, 0, 0x45, 0], 12);
  write16(frame, 16, frame.length - 14);
  frame.set([64, 17], 22);
  frame.fill(255, 30, 34);
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += ((frame[at] as number) << 8) | (frame[at + 1] as number);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  write16(frame, 24, ~sum & 0xffff);
  write16(frame, 34, 68);
  write16(frame, 36, 67);
  write16(frame, 38, message.length + 8);
  frame.set(message, MESSAGE_AT);
  return frame;
}

describe('the server', () => {
  const ask = (options: readonly (readonly [number, Uint8Array])[], clientAddress = 0): Uint8Array =>
    frameOf(writeMessage({ operation: 1, type: MESSAGE.request, transaction: 9, mac: MAC, clientAddress, options }));
  const wanted = (address: string): readonly [number, Uint8Array] => [OPTION.requestedAddress, number32(ip(address))];

  it('refuses what is of another network, of another client, or unknown; and is silent where it has no authority', () => {
    const whys = (serve: string): string[] => {
      const simulation = start(lan({ serve }));
      simulation.advance(5 * SECOND);
      inject(simulation, ask([wanted('192.168.7.7')]));
      inject(simulation, ask([wanted('10.0.0.10')]));
      inject(simulation, ask([wanted('10.0.0.99')]));
      inject(simulation, ask([wanted('10.0.0.15')]));
      inject(simulation, ask([wanted('10.0.0.15'), [OPTION.server, number32(ip('10.0.0.1'))]]));
      inject(simulation, ask([], ip('10.0.0.77')));
      simulation.advance(10 * SECOND);
      return [...recordsOf(simulation, 'dhcp.nak'), ...recordsOf(simulation, 'dhcp.silent')].map(({ values }) =>
        String(values?.why),
      );
    };
    expect(whys('range: 10.0.0.10-20')).toEqual([
      'it is no address of 10.0.0.0/24',
      'it is not free',
      'it is not free',
      'nothing is known of a lease',
      'it was not offered',
      'it is not free',
    ]);
    expect(whys('range: 10.0.0.10-20, authoritative: no')).toHaveLength(6);
    const simulation = start(lan({ serve: 'range: 10.0.0.10-20' }));
    simulation.advance(5 * SECOND);
    inject(simulation, ask([wanted('192.168.7.7')]));
    simulation.advance(6 * SECOND);
    const nak = messagesOf(simulation, 'server').at(-1);
    expect([nak?.type, toHex(nak?.frame.subarray(30, 34) as Uint8Array)]).toEqual([MESSAGE.nak, 'ffffffff']);
    expect(toHex(nak?.message.subarray(16, 20) as Uint8Array)).toBe('00000000');
  });

  it('gives who asks for nothing but settings no address (DHCPINFORM), and passes over relays', () => {
    const simulation = start(lan());
    simulation.advance(5 * SECOND);
    const base = { operation: 1, transaction: 9, mac: MAC } as const;
    inject(
      simulation,
      frameOf(writeMessage({ ...base, type: MESSAGE.inform, clientAddress: ip('10.0.0.66'), options: [] })),
    );
    const relayed = writeMessage({ ...base, type: MESSAGE.discover, options: [] });
    write32(relayed, dhcpHeader.offset.relayAddress, ip('10.9.0.1'));
    inject(simulation, frameOf(relayed));
    simulation.advance(6 * SECOND);
    expect(recordsOf(simulation, 'dhcp.relayed')).toHaveLength(1);
    expect(recordsOf(simulation, 'dhcp.offered')).toHaveLength(1);
    expect(dhcpOf(simulation, 'server').networks[0]?.bindings.size).toBe(1);
  });

  it('tells a host with an address the rest (RFC 2131 §3.4); what nobody asked, and what is cut or changed, tells nothing', () => {
    const nodes = '  nas: { kind: host, interfaces: { eth0: 10.0.0.5/24 } }';
    const timeline =
      '  - { at: 3s, node: nas, dhcp: inform }\n  - { at: 20s, node: nas, dhcp: inform, interface: eth0 }';
    const serve = 'range: 10.0.0.10-20, dns: [10.0.0.2, 10.0.0.3], domain: lab.example';
    const simulation = run(lan({ serve, nodes, more: '  - nas:eth0 -- floor:extra', timeline }));
    expect(storiesOf(simulation, 'dhcp.informed')).toEqual(
      Array(2).fill(
        'nas has settings for eth0 from 10.0.0.1: name servers 10.0.0.2, 10.0.0.3, domain lab.example, router 10.0.0.1',
      ),
    );
    expect(dhcpOf(simulation, 'nas').informs).toEqual([]);
    // Its address is nobody's lease, and it got none.
    expect(dhcpOf(simulation, 'server').networks[0]?.bindings.has(ip('10.0.0.5'))).toBe(false);
    expect(recordsOf(simulation, 'dhcp.bound', 'nas')).toEqual([]);

    const deaf = run(
      lan({
        serve,
        nodes,
        more: '  - { endpoints: [nas:eth0, floor:extra], loss: 100% }',
        timeline: timeline.split('\n')[0] ?? '',
      }),
    );
    expect(storiesOf(deaf, 'dhcp.not-informed')).toEqual(['nas had no settings for eth0: 4 DHCPINFORM and no answer']);
    const sent = recordsOf(deaf, 'dhcp.sent', 'nas').map(({ time }) => time / SECOND);
    expect(sent).toHaveLength(4);
    sent.slice(1).forEach((time, at) => {
      expect(Math.abs(time - (sent[at] as number) - 4 * 2 ** at)).toBeLessThanOrEqual(1);
    });

    // An answer to another question, of another kind, or to another host is none.
    const asking = start(
      lan({ serve, nodes, more: '  - { endpoints: [nas:eth0, floor:extra], loss: 0% }', timeline: '' }),
    );
    asking.advance(SECOND);
    inject(
      asking,
      frameOf(
        writeMessage({
          operation: 2,
          type: MESSAGE.ack,
          transaction: 1,
          mac: MAC,
          clientAddress: ip('10.0.0.5'),
          options: [],
        }),
      ),
    );
    asking.advance(2 * SECOND);
    expect(recordsOf(asking, 'dhcp.informed')).toEqual([]);
  });

  it('keeps its tables bounded under a storm, and whoever has a lease keeps it', () => {
    const simulation = start(lan({ serve: 'range: 10.0.0.10-40, lease: 60s', duration: '300s' }));
    simulation.advance(5 * SECOND);
    const before = dhcpOf(simulation, 'h1').clients[0]?.lease?.address;
    const stream = createStream(1, 'storm');
    for (let each = 0; each < 3000; each++) {
      const mac = 0x0200_0000_0000 + (nextUint32(stream) & 0xffffff);
      const message = writeMessage({ operation: 1, type: MESSAGE.discover, transaction: each, mac, options: [] });
      inject(simulation, frameOf(message, mac));
      simulation.advance(simulation.now + SECOND / 1000);
    }
    simulation.advance(200 * SECOND);
    const served = dhcpOf(simulation, 'server').networks[0];
    expect(served?.bindings.size).toBeLessThanOrEqual(31);
    expect(served?.byClient.size).toBeLessThanOrEqual(31);
    expect(recordsOf(simulation, 'dhcp.exhausted').length).toBeGreaterThan(2900);
    expect(dhcpOf(simulation, 'h1').clients[0]).toMatchObject({ lease: { address: before } });
  });

  it('and the client drop garbage with a reason, and their state is as it was', () => {
    const simulation = start(lan());
    simulation.advance(5 * SECOND);
    const state = (): string => {
      const [served] = dhcpOf(simulation, 'server').networks;
      return JSON.stringify([[...(served?.bindings ?? [])], dhcpOf(simulation, 'h1').clients]);
    };
    const before = state();
    const ack = messagesOf(simulation, 'server').at(-1) as { frame: Uint8Array };
    const whole = written([[OPTION.parameters, Uint8Array.of(1, 2, 3)]]);
    const end = whole.lastIndexOf(255) + 1;
    for (let size = 0; size < end; size++) inject(simulation, frameOf(whole.slice(0, size)));
    const stream = createStream(1, 'chance');
    for (let each = 0; each < 500; each++) {
      const chance = Uint8Array.from({ length: 8 + (nextUint32(stream) % 400) }, () => nextUint32(stream) & 255);
      inject(simulation, frameOf(chance));
      // What a server said, with octets changed, without its UDP checksum.
      const answer = ack.frame.slice();
      write16(answer, 40, 0);
      for (let change = 0; change < 4; change++) {
        answer[MESSAGE_AT + (nextUint32(stream) % (answer.length - MESSAGE_AT))] = nextUint32(stream) & 255;
      }
      inject(simulation, answer);
    }
    simulation.advance(simulation.now + SECOND);
    expect(state()).toBe(before);
    expect(recordsOf(simulation, 'dhcp.malformed').length).toBeGreaterThan(400);
  });

  it('says what is wrong with its settings', () => {
    expect(diagnosticsOf(lan({ serve: 'range: 10.0.9.10-20' }))).toContain(
      '10.0.9.10 is not on the network of eth0, 10.0.0.0/24',
    );
    expect(diagnosticsOf(lan({ serve: 'range: 10.0.0.20-10' }))[0]).toContain('the range ends before it starts');
    expect(diagnosticsOf(lan().replace('serve: { eth0:', 'serve: { eth7:'))).toContain(
      'server has no interface eth7 (it has eth0)',
    );
  });
});

describe('reassignment', () => {
  it('waits for the next request, or comes at once where the client obeys', () => {
    const timeline = '  - { at: 10s, node: server, dhcp: reassign, client: h1, to: 10.0.0.15 }\n';
    const at = (client: string, more: string): number[] => {
      const simulation = run(lan({ client, timeline: timeline + more, duration: '600s' }));
      return recordsOf(simulation, 'dhcp.bound', 'h1').map(({ time }) => Math.floor(time / SECOND));
    };
    expect(at('{}', '')).toEqual([0, 500]);
    const call = '  - { at: 11s, node: server, dhcp: force-renew, client: h1 }';
    expect(at('{ force_renew: true }', call)).toEqual([0, 11]);
    // RFC 3203 §6: not without authentication.
    expect(at('{}', call)).toEqual([0, 500]);
    expect(at('{}', '  - { at: 12s, node: h1, dhcp: renew }')).toEqual([0, 12]);
  });
});
