import { describe, expect, it } from '@jest/globals';
import { read16, toHex } from '../../../core/index.ts';
import { judge, Simulation } from '../../../core/simulation/index.ts';
import {
  attributeToWrite,
  type TransformOnWire,
  transformText as transformText1,
} from '../../../plugins/ikev1/payloads/security-association.ts';
import {
  type Proposal as Proposal2,
  proposalText as proposalText2,
  type Transform as Transform2,
  transformToWrite,
} from '../../../plugins/ikev2/payloads/security-association.ts';
import { findCleartext } from '../../../plugins/ipsec/cleartext.ts';
import { encryptionOf, integrityOf, transformOfKeyword, weakMark } from '../../../plugins/ipsec/contract.ts';
import {
  countOf,
  dropsOf,
  finish,
  framesOf,
  options,
  packetsOn,
  recordsOf,
  run,
  start,
  stateOf,
  storiesOf,
  topologyOf,
  warningsOf,
} from './lab.ts';

const WIRE = 'a:wan -- b:wan';

/** Two gateways with a host each, and whatever their ipsec is to be. */
function site(
  a: object,
  b: object,
  more: { timeline?: string[]; expect?: string[]; wire?: string; seed?: number; plugins?: string } = {},
): string {
  const gateway = (name: string, lan: string, wan: string, peer: string, ipsec: object) =>
    `  ${name}: { kind: gateway, interfaces: { lan: ${lan}/24, wan: ${wan}/24 }, plugins: { ipv4: { gateway: ${peer} }, ipsec: ${JSON.stringify(ipsec)}${more.plugins ?? ''} } }`;
  return `
name: Test
seed: ${more.seed ?? 1}
nodes:
  ha: { kind: host, interfaces: { eth0: 10.1.0.10/24 }, plugins: { ipv4: { gateway: 10.1.0.1 } } }
  hb: { kind: host, interfaces: { eth0: 10.2.0.20/24 }, plugins: { ipv4: { gateway: 10.2.0.1 } } }
${gateway('a', '10.1.0.1', '192.0.2.1', '192.0.2.2', a)}
${gateway('b', '10.2.0.1', '192.0.2.2', '192.0.2.1', b)}
links:
  - ha:eth0 -- a:lan
  - { endpoints: [a:wan, b:wan], ${more.wire ?? 'delay: 1ms'} }
  - b:lan -- hb:eth0
timeline:
${(more.timeline ?? ['{ at: 1s, node: ha, ping: 10.2.0.20, count: 3 }']).map((line) => `  - ${line}`).join('\n')}
expect:
${(more.expect ?? ['{ ping: ha -> hb }']).map((line) => `  - ${line}`).join('\n')}
`;
}

const key = (size: number, seed: number): string =>
  `0x${Array.from({ length: size }, (_, at) => ((seed * 37 + at * 11) & 255).toString(16).padStart(2, '0')).join('')}`;

/** One end of a pair of manual SAs. `way` 1 and 2 are the two directions. */
function manual(
  end: 'a' | 'b',
  proposal = 'aes256-sha256',
  more: object = {},
): { manual: { pair: Record<string, unknown> } } {
  const [cipher, mac] = proposal.split('-').map(transformOfKeyword);
  const encryption = encryptionOf(cipher);
  const integrity = integrityOf(mac?.type === 3 ? mac : undefined);
  const sa = (way: number) => ({
    spi: 0x1000 * way,
    ...(encryption === undefined || encryption.key === 0
      ? {}
      : { encryption_key: key(encryption.key + encryption.salt, way) }),
    ...(integrity === undefined ? {} : { integrity_key: key(integrity.key, way + 7) }),
  });
  const [local, remote] = end === 'a' ? ['192.0.2.1', '192.0.2.2'] : ['192.0.2.2', '192.0.2.1'];
  const [local_ts, remote_ts] = end === 'a' ? ['10.1.0.0/24', '10.2.0.0/24'] : ['10.2.0.0/24', '10.1.0.0/24'];
  const pair = {
    local,
    remote,
    local_ts,
    remote_ts,
    esp_proposal: proposal,
    in: sa(end === 'a' ? 1 : 2),
    out: sa(end === 'a' ? 2 : 1),
  };
  return { manual: { pair: { ...pair, ...more } } };
}

describe('manual SAs', () => {
  const transforms = [
    'aes128-sha1',
    'aes192-sha384',
    'aes256-sha512',
    'aes128gcm16',
    'aes256gcm16-esn',
    'aes256gcm8',
    'chacha20poly1305',
    'null-sha256',
    'aes256-sha256-esn',
    '3des-md5',
    'aes128ctr-sha256',
    'aes128ccm16',
    'aes128gmac',
  ];

  it.each(transforms)('carry packets with %s, and nothing in clear', (proposal) => {
    const cleartext = `{ link: '${WIRE}', never: cleartext, inner: [10.1.0.0/24, 10.2.0.0/24] }`;
    const simulation = run(
      site(manual('a', proposal), manual('b', proposal), {
        expect: [
          '{ ping: ha -> hb, answered: 3 }',
          '{ node: a, ipsec: { sealed: 3, opened: 3, refused: 0 } }',
          cleartext,
        ],
      }),
    );
    const verdicts = judge(simulation).map(({ held }) => held);
    // NULL and GMAC encrypt nothing: whoever listens reads it, and the expectation says so.
    expect(verdicts).toEqual([true, true, !/null|gmac/.test(proposal)]);
    expect(dropsOf(simulation)).toEqual({});
    const sealed = packetsOn(simulation, WIRE).filter((packet) => packet[9] === 50);
    expect(sealed).toHaveLength(6);
    if (proposal.includes('esn')) expect(stateOf(simulation, 'a').children.get(1)?.outbound.esn).toBe(true);
  });

  it('go on the same from any instant, with caches forgotten at every event', () => {
    const text = site(manual('a'), manual('b'), {
      timeline: ['{ at: 1s, node: ha, ping: 10.2.0.20, count: 5, interval: 10ms }'],
    });
    const whole = framesOf(run(text));
    expect(framesOf(run(text, { emptyCaches: true }))).toEqual(whole);
    for (const until of [0, 1_003_000_000, 1_012_345_678, 1_031_000_000]) {
      const first = start(text);
      first.advance(until);
      const rest = Simulation.resume(structuredClone(first.snapshot()), options());
      expect([...framesOf(first), ...framesOf(finish(rest))]).toEqual(whole);
    }
  });

  it('take each packet once, where the link duplicates all', () => {
    const simulation = run(site(manual('a'), manual('b'), { wire: 'delay: 1ms, duplicate: 100%' }));
    expect(judge(simulation).every(({ held }) => held)).toBe(true);
    expect(dropsOf(simulation)).toMatchObject({ 'a esp.replayed': 3, 'b esp.replayed': 3 });
    expect(stateOf(simulation, 'b').children.get(1)?.inbound).toMatchObject({ packets: 3, refused: 3, sequence: 3 });
    const lenient = run(
      site(manual('a', 'aes256-sha256', { replay_window: 0 }), manual('b', 'aes256-sha256', { replay_window: 0 }), {
        wire: 'delay: 1ms, duplicate: 100%',
      }),
    );
    expect(dropsOf(lenient)['b esp.replayed']).toBeUndefined();
    expect(countOf(lenient, 'ping.reply')).toBeGreaterThanOrEqual(3);
  });

  it('deliver nothing that a link has changed', () => {
    const simulation = run(
      site(manual('a'), manual('b'), {
        wire: 'delay: 1ms, corrupt: 100%',
        timeline: ['{ at: 1s, node: ha, ping: 10.2.0.20, count: 200, interval: 1ms }'],
      }),
    );
    expect(countOf(simulation, 'ping.reply')).toBe(0);
    expect(stateOf(simulation, 'b').counters.opened).toBe(0);
  });

  it('say what is wrong: keys, SPIs, modes and selectors that differ', () => {
    const other = manual('b');
    other.manual.pair.in = { ...(other.manual.pair.in as object), integrity_key: key(32, 99) };
    expect(dropsOf(run(site(manual('a'), other)))).toEqual({ 'b esp.integrity-failed': 3 });
    const spi = manual('b');
    spi.manual.pair.in = { ...(spi.manual.pair.in as object), spi: 0x7777 };
    const unknown = run(site(manual('a'), spi));
    expect(dropsOf(unknown)).toEqual({ 'b esp.unknown-spi': 3 });
    expect(storiesOf(unknown, 'esp.unknown-spi')[0]).toBe(
      'b has no SA with SPI 0x00002000 for packets from 192.0.2.1 to 192.0.2.2',
    );
    expect(dropsOf(run(site(manual('a'), manual('b', 'aes256-sha256', { mode: 'transport' }))))).toEqual({
      'b ipsec.mode-mismatch': 3,
    });
    const narrow = run(site(manual('a'), manual('b', 'aes256-sha256', { remote_ts: '10.1.0.128/25' })));
    expect(dropsOf(narrow)).toEqual({ 'b ipsec.selector-mismatch': 3 });
    expect(storiesOf(narrow, 'ipsec.selector-mismatch')[0]).toContain('the SA is for 10.1.0.128/25 to 10.2.0.0/24');
    expect(warningsOf(site(manual('a'), spi))).toEqual(
      [
        'out.spi: b receives on no such SPI (it has 0x7777)',
        'out.spi: a receives on no such SPI (it has 0x1000)',
      ].slice(0, 1),
    );
    expect(warningsOf(site(manual('a', 'aes128gcm16'), manual('b', 'aes128gcm16')))[0]).toContain(
      'must not be used with manual keys',
    );
  });

  it('end when their lifetime does, and traffic with them', () => {
    const packets = run(site(manual('a', 'aes256-sha256', { life_packets: 2 }), manual('b')));
    // The second packet sent is the last: its answer finds no SA, and the third finds none to go by.
    expect(dropsOf(packets)).toEqual({ 'a ipsec.no-sa': 1, 'a esp.unknown-spi': 1 });
    expect(storiesOf(packets, 'ipsec.sa-removed')[0]).toBe(
      'a removed SA pair{1}: its lifetime in packets ended (2 packets sent, 1 received)',
    );
    const bytes = run(site(manual('a', 'aes256-sha256', { life_bytes: 84 }), manual('b')));
    expect(dropsOf(bytes)).toEqual({ 'a ipsec.no-sa': 2, 'a esp.unknown-spi': 1 });
    const time = run(site(manual('a', 'aes256-sha256', { life_time: '2500ms' }), manual('b')));
    expect(dropsOf(time)).toEqual({ 'a ipsec.no-sa': 1 });
  });

  it('never use a sequence number twice (RFC 4303 §3.3.3)', () => {
    const last = (end: 'a' | 'b', proposal: string) => {
      const settings = manual(end, proposal);
      const way = end === 'a' ? 'out' : 'in';
      settings.manual.pair[way] = { ...(settings.manual.pair[way] as object), sequence: 2 ** 32 - 3 };
      return settings;
    };
    const simulation = run(site(last('a', 'aes256-sha256'), last('b', 'aes256-sha256')));
    expect(countOf(simulation, 'ping.reply')).toBe(2);
    expect(dropsOf(simulation)).toEqual({ 'a esp.sequence-overflow': 1 });
    expect(storiesOf(simulation, 'ipsec.sa-removed')[0]).toContain('its lifetime in sequence numbers ended');
    // With extended numbers the low half goes round, and both ends carry on.
    const extended = run(site(last('a', 'aes256-sha256-esn'), last('b', 'aes256-sha256-esn')));
    expect(countOf(extended, 'ping.reply')).toBe(3);
    expect(dropsOf(extended)).toEqual({});
    expect(stateOf(extended, 'b').children.get(1)?.inbound.sequence).toBe(2 ** 32);
  });
});

describe('the outer header', () => {
  const frames = (simulation: Simulation) => packetsOn(simulation, WIRE, 'a').filter((packet) => packet[9] === 50);

  it('copies Don’t Fragment unless told otherwise, and never the inner addresses', () => {
    const timeline = [
      '{ at: 1s, node: ha, ping: 10.2.0.20, count: 1, dont_fragment: true }',
      '{ at: 2s, node: ha, ping: 10.2.0.20, count: 1 }',
    ];
    const copied = frames(run(site(manual('a'), manual('b'), { timeline })));
    expect(copied.map((packet) => [read16(packet, 6), packet[8], toHex(packet.subarray(12, 20))])).toEqual([
      [0x4000, 64, 'c0000201c0000202'],
      [0, 64, 'c0000201c0000202'],
    ]);
    const set = frames(run(site(manual('a', 'aes256-sha256', { copy_df: false }), manual('b'), { timeline })));
    expect(set.map((packet) => read16(packet, 6))).toEqual([0, 0]);
    expect(new Set(set.map((packet) => read16(packet, 4))).size).toBe(2);
  });

  it('tells a sender what fits, and fragments what may be fragmented', () => {
    const timeline = [
      '{ at: 1s, node: ha, ping: 10.2.0.20, count: 1, size: 1472 }',
      '{ at: 2s, node: ha, ping: 10.2.0.20, count: 1, size: 1472, dont_fragment: true }',
      '{ at: 3s, node: ha, ping: 10.2.0.20, count: 1, size: 1410, dont_fragment: true }',
      '{ at: 4s, node: ha, ping: 10.2.0.20, count: 1, size: 1411, dont_fragment: true }',
    ];
    const simulation = run(site(manual('a'), manual('b'), { timeline }));
    // 1,500 octets less outer header 20, ESP 8, IV 16, ICV 16 leave 1,440, of which the trailer takes 2.
    expect(storiesOf(simulation, 'ipsec.too-large')).toEqual([
      'a: 1500 octets that must not be fragmented do not fit SA pair{1}: 1438 would, with an MTU of 1500 on the way',
    ]);
    expect(storiesOf(simulation, 'ping.error')[0]).toContain('fragmentation needed');
    expect(countOf(simulation, 'ping.reply')).toBe(2);
    expect(frames(simulation).every((packet) => packet.length <= 1500)).toBe(true);
    expect(frames(simulation).filter((packet) => (read16(packet, 6) & 0x3fff) !== 0)).toHaveLength(2);
    const anyway = run(
      site(manual('a', 'aes256-sha256', { copy_df: false }), manual('b'), { timeline: timeline.slice(1, 2) }),
    );
    expect(countOf(anyway, 'ping.reply')).toBe(1);
  });

  it('learns of a narrow link behind the next router from ICMP (RFC 4301 §8.2)', () => {
    const text = site(manual('a'), manual('b'), {
      timeline: ['{ at: 1s, node: ha, ping: 10.2.0.20, count: 3, size: 1300, dont_fragment: true }'],
    })
      .replace('192.0.2.2/24', '198.51.100.2/24')
      .replaceAll('"192.0.2.2"', '"198.51.100.2"')
      .replace('gateway: 192.0.2.1 }', 'gateway: 198.51.100.1 }')
      .replace('gateway: 192.0.2.2 }', 'gateway: 192.0.2.9 }')
      .replace(
        'links:',
        '  r: { kind: router, interfaces: { w: 192.0.2.9/24, e: 198.51.100.1/24 } }\nlinks:\n  - { endpoints: [r:e, b:wan], mtu: 1200 }',
      )
      .replace('[a:wan, b:wan]', '[a:wan, r:w]');
    const simulation = run(text);
    // The first is lost at the router, which tells a; the second is stopped at a, which tells ha.
    expect(storiesOf(simulation, 'ipv4.path-mtu')[0]).toContain(
      'a learned that the path to 198.51.100.2 takes 1200 octets',
    );
    expect(storiesOf(simulation, 'ipsec.too-large')[0]).toContain('with an MTU of 1200 on the way');
    expect(countOf(simulation, 'ping.reply')).toBe(0);
  });
});

describe('policies', () => {
  it('are asked in order: bypass, discard, protect, and what nobody names', () => {
    const policies = [
      { name: 'open', action: 'bypass', local_ts: '10.1.0.0/24[icmp]', remote_ts: '10.2.0.0/24[icmp]' },
      { name: 'shut', action: 'discard', local_ts: '10.1.0.0/24[udp/any]', remote_ts: '10.2.0.0/24[udp/7]' },
    ];
    const timeline = [
      '{ at: 1s, node: ha, ping: 10.2.0.20, count: 2 }',
      '{ at: 4s, node: ha, traffic: 10.2.0.20, port: 7, count: 2 }',
      '{ at: 5s, node: ha, traffic: 10.2.0.20, port: 8, count: 3 }',
    ];
    const simulation = run(
      site(
        { ...manual('a'), policies },
        { ...manual('b'), policies: [{ action: 'bypass', local_ts: '10.2.0.0/24[1]', remote_ts: '0.0.0.0/0[icmp]' }] },
        {
          timeline,
          expect: [
            '{ node: a, dropped: ipsec.discarded, count: 2 }',
            '{ node: a, ipsec: { sealed: 3 } }',
            '{ ping: ha -> hb, answered: 2 }',
          ],
        },
      ),
    );
    expect(judge(simulation).map(({ held, evidence }) => [held, evidence])).toEqual(
      judge(simulation).map(({ evidence }) => [true, evidence]),
    );
    expect(stateOf(simulation, 'a').policies.map(({ name, outbound, inbound }) => [name, outbound, inbound])).toEqual([
      ['open', 2, 5],
      ['shut', 2, 0],
      ['pair', 3, 0],
    ]);
    expect(storiesOf(simulation, 'ipsec.policy-hit').filter((story) => story.includes('pair'))[0]).toBe(
      'a: the first packet out that policy pair (protect) decides on: 10.1.0.10 to 10.2.0.20, protocol 17',
    );
  });

  it('refuse in clear what they protect, and what nobody names where RFC 4301 is kept to', () => {
    // b knows no policy and answers in clear.
    expect(dropsOf(run(site(manual('a', 'aes256-sha256'), {})))).toEqual({ 'b esp.unknown-spi': 3 });
    expect(dropsOf(run(site({}, manual('b'))))).toEqual({ 'b ipsec.clear-text-refused': 3 });
    expect(dropsOf(run(site({ otherwise: 'discard' }, {})))).toEqual({ 'a ipsec.no-policy': 3 });
    expect(dropsOf(run(site({ policies: [{ action: 'protect', remote_ts: '10.2.0.0/24' }] }, {})))).toEqual({
      'a ipsec.no-sa': 3,
    });
    const oneWay = {
      policies: [{ action: 'discard', direction: 'in', local_ts: '10.1.0.0/24', remote_ts: '10.2.0.0/24' }],
    };
    expect(dropsOf(run(site(oneWay, {})))).toEqual({ 'a ipsec.discarded': 3 });
  });

  it('cannot tell by ports where a fragment shows none (RFC 4301 §7.4)', () => {
    const timeline = ['{ at: 1s, node: ha, traffic: 10.2.0.20, port: 9, size: 2000, count: 1 }'];
    const byPort = {
      policies: [
        { action: 'bypass', remote_ts: '10.2.0.0/24[udp/9]' },
        { action: 'discard', remote_ts: '10.2.0.0/24' },
      ],
    };
    const simulation = run(site(byPort, {}, { timeline, expect: [] }).replace(/expect:\n\s*$/, ''));
    expect(dropsOf(simulation)).toMatchObject({ 'a ipsec.fragment-opaque': 1 });
  });

  it('remember what they decided for a flow, and forget it when the SPD changes', () => {
    const shunts = Array.from({ length: 20 }, (_, at) => ({ action: 'bypass', remote_ts: `172.16.${at}.0/24` }));
    const simulation = run(
      site({ ...manual('a', 'aes256-sha256', { life_packets: 2 }), policies: shunts }, manual('b')),
    );
    expect(countOf(simulation, 'ping.reply')).toBe(1);
    expect(dropsOf(simulation)).toEqual({ 'a ipsec.no-sa': 1, 'a esp.unknown-spi': 1 });
  });

  it('go when the plugin goes, and nothing else breaks', () => {
    const bare = site({}, {}).replaceAll('ipsec: {}', 'ipsec: false, esp: false, ah: false');
    expect(judge(run(bare)).every(({ held }) => held)).toBe(true);
    const noEsp = site(manual('a'), manual('b'), { plugins: ', esp: false' });
    const simulation = run(noEsp);
    expect(storiesOf(simulation, 'ipsec.cannot-install')[0]).toBe(
      'a could not install SA pair{1}: no plugin of this node does ESP',
    );
    expect(warningsOf(noEsp)[0]).toBe('manual.pair: a has no plugin esp to protect packets with');
  });
});

/** Connections that the keying of the tests negotiates. */
function connection(end: 'a' | 'b', child: object = {}, more: object = {}): object {
  const [local, remote] = end === 'a' ? ['192.0.2.1', '192.0.2.2'] : ['192.0.2.2', '192.0.2.1'];
  const [local_ts, remote_ts] = end === 'a' ? ['10.1.0.0/24', '10.2.0.0/24'] : ['10.2.0.0/24', '10.1.0.0/24'];
  const lan = { local_ts, remote_ts, esp_proposals: 'aes128-sha256', rekey_time: 0, ...child };
  return {
    connections: { office: { version: 2, local_addrs: local, remote_addrs: remote, children: { lan }, ...more } },
  };
}

const TOY = ", 'toy-keying': {}";

describe('settings', () => {
  it('are warned of where a selector has bits behind its prefix length, wherever it stands', () => {
    const lan = { local_ts: '10.1.0.5/16', remote_ts: ['10.2.0.0/24', '10.3.0.9/24[tcp/80]', '10.4.0.7/32'] };
    const stray = (text: string): string[] => warningsOf(text).filter((each) => each.includes('bits behind'));
    const a = { ...connection('a', lan), policies: [{ action: 'discard', local_ts: '10.9.0.1/8' }] };
    expect(stray(site(a, connection('b')))).toEqual([
      'lan.local_ts: 10.1.0.5/16 has bits behind its prefix length, which count for nothing: it stands for 10.1.0.0/16',
      'lan.remote_ts: 10.3.0.9/24 has bits behind its prefix length, which count for nothing: it stands for 10.3.0.0/24[tcp/80]',
      '0.local_ts: 10.9.0.1/8 has bits behind its prefix length, which count for nothing: it stands for 10.0.0.0/8',
    ]);
    expect(stray(site(connection('a'), connection('b')))).toEqual([]);
  });

  it('are warned of where they are weak, or where nothing replaces an SA in time', () => {
    const child = { esp_proposals: '3des-md5', rekey_time: '1h', life_time: '30min', start_action: 'trap' };
    const warnings = warningsOf(
      site(connection('a', child, { proposals: 'aes128-sha256-modp1024', aggressive: true }), connection('b'), {
        plugins: TOY,
      }),
    );
    expect(warnings.filter((each) => /^(office|lan)\./.test(each))).toEqual([
      'lan.esp_proposals: 3des is weak: blocks of 64 bits (RFC 8221 §5: 3DES SHOULD NOT, DES MUST NOT)',
      'lan.esp_proposals: md5 is weak: MD5 (RFC 8221 §6: MUST NOT)',
      'lan.life_time: the Child SA ends after 1800 s, and rekey_time is 3600 s: nothing replaces it before',
      'office.proposals: modp1024 is weak: too small a group (RFC 8247 §2.4)',
      'office.aggressive: Aggressive Mode is of IKEv1: with version 2 this says nothing',
    ]);
  });
});

describe('keying', () => {
  it('starts by itself, and its own packets pass the policies', () => {
    const simulation = run(
      site(connection('a', { start_action: 'start' }), connection('b'), {
        plugins: TOY,
        expect: [
          '{ node: a, child: office/lan, by: 20ms, local_ts: 10.1.0.0/24 }',
          '{ node: b, child: office/lan, proposal: aes128-sha256 }',
          '{ ping: ha -> hb, answered: 3 }',
          `{ link: '${WIRE}', never: cleartext, inner: 10.1.0.0/24 }`,
        ],
      }),
    );
    expect(judge(simulation).map(({ held, evidence }) => [held, evidence])).toEqual(
      judge(simulation).map(({ evidence }) => [true, evidence]),
    );
    expect(dropsOf(simulation)).toEqual({});
  });

  it('in transport mode between the gateways themselves bypasses the very policy it serves', () => {
    const child = (start_action: string) => ({
      mode: 'transport',
      local_ts: 'dynamic',
      remote_ts: 'dynamic',
      start_action,
    });
    const simulation = run(
      site(connection('a', child('trap')), connection('b', child('trap')), {
        plugins: TOY,
        timeline: [
          '{ at: 1s, node: a, ping: 192.0.2.2, count: 3 }',
          '{ at: 5s, node: b, ping: 192.0.2.1, count: 1, size: 3000 }',
        ],
        expect: [
          '{ ping: a -> b, answered: 3 }',
          '{ ping: b -> a, answered: 1 }',
          '{ node: a, ipsec: { sealed: 4, opened: 4 } }',
        ],
      }),
    );
    expect(judge(simulation).map(({ held, evidence }) => [held, evidence])).toEqual(
      judge(simulation).map(({ evidence }) => [true, evidence]),
    );
    expect(packetsOn(simulation, WIRE).some((packet) => packet[9] === 1)).toBe(false);
    expect(dropsOf(simulation)).toEqual({});
  });

  it('is asked by the first packet that meets a trap, which waits and then goes', () => {
    const simulation = run(site(connection('a', { start_action: 'trap' }), connection('b'), { plugins: TOY }));
    expect(judge(simulation).every(({ held }) => held)).toBe(true);
    expect(recordsOf(simulation, 'ipsec.waiting', 'a')).toHaveLength(1);
    expect(stateOf(simulation, 'a').policies.map(({ origin }) => origin)).toEqual(['installed', 'trap']);
    expect(stateOf(simulation, 'a').waiting).toEqual([]);
  });

  it('that fails drops what waited, with the reason; the trap stays', () => {
    const refusing = TOY.replace('{}', '{ refuse: true }');
    const simulation = run(site(connection('a', { start_action: 'trap' }), connection('b'), { plugins: refusing }));
    expect(dropsOf(simulation)).toEqual({ 'a ipsec.keys-failed': 3 });
    expect(storiesOf(simulation, 'ipsec.keys-failed')[0]).toBe(
      'a: no keys came to be for office/lan: the peer refused',
    );
    const nobody = run(site(connection('a', { start_action: 'trap' }), connection('b')));
    expect(dropsOf(nobody)).toEqual({ 'a ipsec.nobody-negotiates': 3 });
    const silent = run(
      site(connection('a', { start_action: 'trap' }), connection('b'), { plugins: TOY, wire: 'loss: 100%' }).replace(
        'seed: 1',
        'seed: 1\nduration: 200s',
      ),
    );
    expect(dropsOf(silent)).toMatchObject({ 'a ipsec.wait-over': 3 });
    const many = site(connection('a', { start_action: 'trap' }), connection('b'), {
      plugins: TOY,
      wire: 'loss: 100%',
      timeline: ['{ at: 1s, node: ha, ping: 10.2.0.20, count: 70, interval: 1ms }'],
    });
    expect(dropsOf(run(many))).toMatchObject({ 'a ipsec.too-many-waiting': 6 });
  });

  it('that was narrowed does not carry the rest', () => {
    const narrow = TOY.replace('{}', '{ narrow: true }');
    const simulation = run(
      site(connection('a', { start_action: 'trap' }), connection('b'), {
        plugins: narrow,
        timeline: ['{ at: 1s, node: ha, ping: 10.2.0.20, count: 1 }'],
      }),
    );
    expect(dropsOf(simulation)).toEqual({ 'a ipsec.not-covered': 1 });
  });

  it('makes the new SA before the old one dies, and no packet is lost', () => {
    const limits = { start_action: 'start', rekey_packets: 20, rand_packets: 0, life_packets: 40 };
    const simulation = run(
      site(connection('a', limits), connection('b', { start_action: 'none' }), {
        plugins: TOY,
        timeline: ['{ at: 1s, node: ha, ping: 10.2.0.20, count: 200, interval: 2ms }'],
        expect: [
          '{ ping: ha -> hb, answered: 200 }',
          '{ node: a, ipsec: { sealed: 200, opened: 200, refused: 0, installed: { at_least: 5 } } }',
          '{ node: b, noted: ipsec.outbound-active, count: { at_least: 4 } }',
        ],
      }),
    );
    expect(judge(simulation).map(({ held, evidence }) => [held, evidence])).toEqual(
      judge(simulation).map(({ evidence }) => [true, evidence]),
    );
    expect(dropsOf(simulation)).toEqual({});
    expect(stateOf(simulation, 'a').children.size).toBe(1);
    expect(stateOf(simulation, 'b').byInboundSpi.size).toBe(1);
    expect(stateOf(simulation, 'b').reservedSpis).toEqual([]);
  });

  it('that is not asked in time loses its SA, and the node its memory of it', () => {
    const limits = { start_action: 'start', rekey_time: 0, life_time: '3s' };
    const simulation = run(
      site(connection('a', limits), connection('b', { ...limits, start_action: 'none' }), {
        plugins: TOY,
        timeline: ['{ at: 5s, node: ha, ping: 10.2.0.20, count: 1 }'],
        expect: [
          '{ node: a, child: office/lan, state: none }',
          '{ node: a, child: office/lan, by: 2s }',
          `{ link: '${WIRE}', never: cleartext, inner: 10.1.0.0/24 }`,
        ],
      }),
    );
    // Without a trap, what was protected goes in clear once the SA is gone: the expectation that it never does fails.
    expect(judge(simulation).map(({ held }) => held)).toEqual([true, true, false]);
    expect(stateOf(simulation, 'a').policies).toEqual([]);
    expect(countOf(simulation, 'toy-keying.expired', 'a')).toBe(1);
  });

  it('starts and ends on command', () => {
    const timeline = [
      '{ at: 1s, node: a, initiate: office/lan }',
      '{ at: 2s, node: ha, ping: 10.2.0.20, count: 1 }',
      '{ at: 3s, node: a, terminate: office }',
    ];
    const simulation = run(
      site(connection('a'), connection('b'), {
        plugins: TOY,
        timeline,
        expect: ['{ node: b, child: office/lan, by: 2s }', '{ node: b, child: office/lan, state: none }'],
      }),
    );
    expect(judge(simulation).every(({ held }) => held)).toBe(true);
    expect(storiesOf(simulation, 'ipsec.not-initiated')).toEqual([]);
  });

  it('goes on the same when it is cut while packets wait', () => {
    const text = site(connection('a', { start_action: 'trap' }), connection('b'), { plugins: TOY });
    const whole = framesOf(run(text));
    for (const until of [1_004_000_000, 1_015_000_000, 2_000_000_000]) {
      const first = start(text);
      first.advance(until);
      const rest = Simulation.resume(structuredClone(first.snapshot()), options());
      expect([...framesOf(first), ...framesOf(finish(rest))]).toEqual(whole);
    }
    expect(framesOf(run(text, { emptyCaches: true }))).toEqual(whole);
  });
});

describe('an eavesdropper', () => {
  it('finds a packet wherever it stands in a frame, and none in ciphertext', () => {
    const inner = [{ start: 0x0a010000, end: 0x0a0100ff }];
    const simulation = run(site({}, {}));
    const [packet] = packetsOn(simulation, WIRE, 'a') as [Uint8Array];
    const found = '10.1.0.10 to 10.2.0.20, protocol 1';
    for (const front of [0, 14, 42, 57])
      expect(findCleartext(Uint8Array.of(...new Uint8Array(front), ...packet), inner)).toBe(found);
    expect(findCleartext(packet, [{ start: 0x0a090000, end: 0x0a0900ff }])).toBeUndefined();
    expect(findCleartext(packet.slice(0, 60), inner)).toBeUndefined();
    const sealed = packetsOn(run(site(manual('a'), manual('b'))), WIRE);
    expect(sealed.map((each) => findCleartext(each, inner)).filter((each) => each !== undefined)).toEqual([]);
  });
});

describe('what terminal and page show', () => {
  it('tables, badges and tubes say what is there, and what is weak', () => {
    const simulation = run(site(manual('a', '3des-md5'), manual('b', '3des-md5')));
    const plugin = simulation.registry.plugins.get('ipsec');
    const view = { now: simulation.now, interfaces: [] };
    const rows = Object.fromEntries(
      (plugin?.tables ?? []).map((table) => [table.name, table.rows(stateOf(simulation, 'a'), view)]),
    );
    expect(rows.spd).toHaveLength(2);
    expect(rows.sad?.[0]).toMatchObject({
      sa: 'pair{1}',
      way: 'in',
      spi: '0x00001000',
      ends: '192.0.2.2 to 192.0.2.1',
      packets: 3,
      sequence: 3,
      transforms: '3des-md5',
    });
    expect(rows.sad?.[0]?.weak).toContain('MD5');
    expect(rows.monitor?.[0]).toEqual({ what: 'packets protected', count: 3 });
    expect(plugin?.badges?.(stateOf(simulation, 'a'), view).map(({ text }) => text)).toEqual(['1 SA', 'weak']);
    expect(plugin?.tubes?.(stateOf(simulation, 'a'), view)).toEqual([
      { from: '192.0.2.1', to: '192.0.2.2', label: 'pair (weak)', tone: 'failed' },
    ]);
    expect(topologyOf(site({}, {})).nodes).toHaveLength(4);
  });

  it('stories and payloads name what is weak, as reading a topology does', () => {
    const sides = site(manual('a', '3des-md5'), manual('b', 'aes128-sha256'));
    const installed = storiesOf(run(sides), 'ipsec.sa-installed');
    expect(installed).toHaveLength(2);
    expect(installed[0]).toContain(', 3des-md5 (weak: 3des, md5): in ');
    expect(installed[1]).toContain(', aes128-sha256: in ');
    const named = (words: string) => weakMark(words.split(' ').flatMap((word) => transformOfKeyword(word) ?? []));
    expect(named('aes256gcm16 prfmd5 modp1024')).toBe(' (weak: modp1024, prfmd5)');
    expect(named('des md5 prfmd5 modp768')).toBe(' (weak: des, md5, modp768)');
    expect(named('aes256 sha256 prfsha256 modp2048')).toBe('');
    const ike = { number: 1, spi: new Uint8Array(0), last: false };
    const ofIkev2 = [transformToWrite(1, 3), transformToWrite(3, 1), transformToWrite(4, 2)] as Transform2[];
    expect(proposalText2({ ...ike, protocol: 1, transforms: ofIkev2 } as unknown as Proposal2)).toMatch(
      /\(weak: 3des, md5, modp1024\)$/,
    );
    const ofIkev1 = (id: number, attributes: readonly (readonly [number, number])[]) =>
      ({
        number: 1,
        id,
        attributes: attributes.map(([type, value]) => attributeToWrite(type, value)),
      }) as unknown as TransformOnWire;
    const phaseOne = ofIkev1(1, [
      [1, 5],
      [2, 1],
      [4, 2],
    ]);
    expect(transformText1(1, phaseOne)).toMatch(/\(weak: 3des, md5, modp1024\)$/);
    expect(transformText1(3, ofIkev1(2, [[5, 1]]))).toMatch(/\(weak: des, md5\)$/);
    expect(transformText1(2, ofIkev1(2, [[5, 1]]))).toMatch(/\(weak: md5\)$/);
    expect(
      transformText1(
        3,
        ofIkev1(12, [
          [6, 128],
          [5, 5],
        ]),
      ),
    ).not.toContain('weak');
  });
});
