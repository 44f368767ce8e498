import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SECOND, toHex } from '../../../core/index.ts';
import { ipsecConfig } from '../../../plugins/ipsec/config.ts';
import {
  chooseProposal,
  describeDifference,
  describeProposal,
  formatIdentity,
  formatSelector,
  type Identity,
  intersectSelectors,
  isChosenFrom,
  isSubset,
  narrowSelectors,
  type Proposal,
  parseIdentity,
  parseProposals,
  parseSelector,
  SECURITY_PROTOCOL,
  type SecurityProtocol,
  sameSelector,
  selectorAdmits,
  TRANSFORM,
  type TrafficSelector,
  withoutTransforms,
} from '../../../plugins/ipsec/contract.ts';
import { secretFor } from '../../../plugins/ipsec/secrets.ts';

function selector(text: string): TrafficSelector {
  const reading = parseSelector(text);
  if ('wrong' in reading) throw new Error(reading.wrong);
  return reading.pattern.selector;
}

describe('traffic selectors', () => {
  it.each([
    ['10.1.0.0/24', '10.1.0.0/24'],
    ['10.1.0.77/24', '10.1.0.0/24'],
    ['10.1.0.7', '10.1.0.7'],
    ['10.1.0.7/32', '10.1.0.7'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.1.0.1-10.1.0.9', '10.1.0.1-10.1.0.9'],
    ['10.1.0.0-10.1.0.255', '10.1.0.0/24'],
    ['10.1.0.0/24[udp/53]', '10.1.0.0/24[udp/53]'],
    ['10.1.0.0/24[17/domain]', '10.1.0.0/24[udp/53]'],
    ['10.1.0.0/24[tcp/1024-2048]', '10.1.0.0/24[tcp/1024-2048]'],
    ['10.1.0.0/24[tcp]', '10.1.0.0/24[tcp]'],
    ['10.1.0.0/24[any/any]', '10.1.0.0/24'],
    ['10.1.0.0/24[udp/opaque]', '10.1.0.0/24[udp/opaque]'],
    ['10.1.0.0/24[icmp/8]', '10.1.0.0/24[icmp/8]'],
    ['10.1.0.0/24[icmp/3(4)]', '10.1.0.0/24[icmp/3(4)]'],
    ['10.1.0.0/24[89]', '10.1.0.0/24[89]'],
  ])('%s reads as %s', (text, shown) => {
    expect(formatSelector(selector(text))).toBe(shown);
    expect(sameSelector(selector(shown), selector(text))).toBe(true);
  });

  it.each([
    ['10.1.0.0/33', '10.1.0.0/33: a prefix length is from 0 to 32'],
    ['10.1.0.9-10.1.0.1', '10.1.0.9-10.1.0.1: the range ends before it starts'],
    ['10.1.0', '10.1.0 is no IPv4 address, prefix or range'],
    ['10.1.0.0/24[upd/53]', /upd is no protocol: write a number up to 255 or one of any, icmp,/],
    ['10.1.0.0/24[udp/70000]', /70000 is no port/],
    ['10.1.0.0/24[icmp/300]', /300 is no ICMP type/],
    ['10.1.0.0/24[udp', /is no traffic selector/],
    ['', /is no traffic selector/],
  ])('%s is told apart', (text, message) => {
    const reading = parseSelector(text);
    expect('wrong' in reading && reading.wrong).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  // Small numbers, so that every packet can be tried.
  const range = fc
    .tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const any = fc.record({
    address: range,
    port: fc.oneof(range, fc.constant([0, 65535] as const)),
    protocol: fc.constantFrom(0, 6, 17),
  });
  const small = any.map(
    ({ address, port, protocol }): TrafficSelector => ({
      ...{ family: 4, protocol, start: address[0], end: address[1] },
      ...{ startPort: port[0], endPort: port[1] },
    }),
  );
  function* packets(): Generator<readonly [number, number, number]> {
    for (let address = 0; address < 6; address++) {
      for (const protocol of [1, 6, 17]) for (const port of [-1, 0, 1, 2, 3, 4, 5, 6]) yield [address, protocol, port];
    }
  }

  it('meet in exactly the packets that both admit', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const both = intersectSelectors(a, b);
        for (const [address, protocol, port] of packets()) {
          const wanted = selectorAdmits(a, address, protocol, port) && selectorAdmits(b, address, protocol, port);
          if ((both !== undefined && selectorAdmits(both, address, protocol, port)) !== wanted) return false;
        }
        return isSubset(a, b) === (both !== undefined && sameSelector(both, a));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('narrow to what both sides admit, without parts that cover each other', () => {
    const lists = fc.array(small, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lists, lists, (mine, theirs) => {
        const narrowed = narrowSelectors(mine, theirs);
        for (const packet of packets()) {
          const admits = (list: readonly TrafficSelector[]) => list.some((each) => selectorAdmits(each, ...packet));
          if (admits(narrowed) !== (admits(mine) && admits(theirs))) return false;
        }
        return narrowed.every((each, at) => narrowed.every((other, place) => at === place || !isSubset(each, other)));
      }),
      { numRuns: 2000, seed: 1 },
    );
    const narrowed = narrowSelectors(
      [selector('10.0.0.0/8[udp/53]')],
      [selector('10.1.0.0/24'), selector('192.0.2.1')],
    );
    expect(narrowed.map(formatSelector)).toEqual(['10.1.0.0/24[udp/53]']);
  });

  it('keep opaque traffic apart from what shows its ports (RFC 4301 §4.4.1.1)', () => {
    const opaque = selector('10.1.0.0/24[udp/opaque]');
    expect(intersectSelectors(opaque, selector('10.1.0.0/24[udp/53]'))).toBeUndefined();
    expect(intersectSelectors(opaque, selector('10.1.0.0/25'))).toEqual(selector('10.1.0.0/25[udp/opaque]'));
    expect(selectorAdmits(opaque, 0x0a010001, 17, -1)).toBe(true);
    expect(selectorAdmits(opaque, 0x0a010001, 17, 53)).toBe(false);
    expect(selectorAdmits(selector('10.1.0.0/24[udp/53]'), 0x0a010001, 17, -1)).toBe(false);
  });
});

function proposals(
  texts: string | readonly string[],
  protocol: SecurityProtocol = SECURITY_PROTOCOL.ike,
): readonly Proposal[] {
  const reading = parseProposals(typeof texts === 'string' ? [texts] : texts, protocol);
  if ('wrong' in reading) throw new Error(reading.wrong);
  return reading.proposals;
}

describe('proposals', () => {
  it.each([
    ['aes256-sha256-modp2048', 'aes256-sha256-modp2048', ['1:12/256', '3:12', '2:5', '4:14']],
    ['aes128gcm16-prfsha256-x25519', 'aes128gcm16-prfsha256-x25519', ['1:20/128', '2:5', '4:31']],
    ['chacha20poly1305-prfsha256-curve25519', 'chacha20poly1305-prfsha256-x25519', ['1:28', '2:5', '4:31']],
    ['aes-sha1-prfsha256-ecp384', 'aes128-sha1-prfsha256-ecp384', ['1:12/128', '3:2', '2:5', '4:20']],
    ['aes256gcm128-prfsha384-ecp256', 'aes256gcm16-prfsha384-ecp256', ['1:20/256', '2:6', '4:19']],
    ['3des-md5-modp1024', '3des-md5-modp1024', ['1:3', '3:1', '2:1', '4:2']],
  ])('%s for IKE', (text, shown, transforms) => {
    const [proposal] = proposals(text);
    expect(
      proposal?.transforms.map(({ type, id, keyLength }) => `${type}:${id}${keyLength ? `/${keyLength}` : ''}`),
    ).toEqual(transforms);
    expect(describeProposal(proposal as Proposal)).toBe(shown);
  });

  it.each([
    ['null-sha256', ['1:11', '3:12', '5:0'], 'null-sha256'],
    ['aes256gcm16', ['1:20/256', '5:0'], 'aes256gcm16'],
    ['aes256-sha384-modp2048-esn', ['1:12/256', '3:13', '4:14', '5:1'], 'aes256-sha384-modp2048-esn'],
    ['aes256-sha512-esn-noesn', ['1:12/256', '3:14', '5:1', '5:0'], 'aes256-sha512-esn-noesn'],
  ])('%s for ESP', (text, transforms, shown) => {
    const [proposal] = proposals(text, SECURITY_PROTOCOL.esp);
    expect(
      proposal?.transforms.map(({ type, id, keyLength }) => `${type}:${id}${keyLength ? `/${keyLength}` : ''}`),
    ).toEqual(transforms);
    expect(describeProposal(proposal as Proposal)).toBe(shown);
  });

  it.each([
    [
      'aes265-sha256-modp2048',
      1,
      'aes265-sha256-modp2048: there is no transform aes265, did you mean aes256?',
      'aes256-sha256-modp2048',
    ],
    ['aes256-sha256', 1, 'aes256-sha256: a key exchange is missing, such as modp2048 or x25519', undefined],
    ['aes256gcm16-x25519', 1, 'aes256gcm16-x25519: a pseudorandom function is missing, such as prfsha256', undefined],
    ['sha256-x25519', 1, 'sha256-x25519: an encryption transform is missing, such as aes256 or aes256gcm16', undefined],
    ['aes256-aes256gcm16-sha256-x25519', 1, /combined and separate encryption cannot share a proposal/, undefined],
    ['aes256', 3, /an integrity transform is missing/, undefined],
    ['aes256gcm16-sha256', 3, /takes no integrity transform beside it/, undefined],
    ['aes256-prfsha256-sha256', 3, /pseudorandom functions are for IKE/, undefined],
    ['aes256-sha256-x25519-esn', 1, /esn and noesn are for ESP/, undefined],
    ['aes128-sha1', 2, /AH does not encrypt/, undefined],
    ['aes256--sha256', 3, /there is no transform between two hyphens/, undefined],
    ['', 3, /there is no transform/, undefined],
  ])('%s is refused', (text, protocol, message, suggestion) => {
    const reading = parseProposals([text], protocol as SecurityProtocol);
    if (!('wrong' in reading)) throw new Error('was accepted');
    if (typeof message === 'string') expect(reading.wrong).toBe(message);
    else expect(reading.wrong).toMatch(message);
    expect(reading.suggestion).toBe(suggestion);
  });

  it('have defaults that meet each other', () => {
    for (const protocol of Object.values(SECURITY_PROTOCOL)) {
      const own = proposals('default', protocol);
      expect(own.length).toBeGreaterThan(0);
      expect(chooseProposal(own, own)).toMatchObject({ offered: 0 });
    }
  });
});

describe('the choice of a proposal', () => {
  const chosen = (mine: string[], theirs: string[], prefer?: 'mine' | 'theirs') => {
    const choice = chooseProposal(proposals(mine), proposals(theirs), prefer);
    return 'chosen' in choice ? `${choice.offered}: ${describeProposal(choice.chosen)}` : choice.difference;
  };

  it('goes by the order of the side that is asked', () => {
    const mine = ['aes128-aes256-sha256-modp2048-x25519'];
    const theirs = ['aes256-aes128-sha256-x25519-modp2048'];
    expect(chosen(mine, theirs)).toBe('0: aes128-sha256-modp2048');
    expect(chosen(mine, theirs, 'theirs')).toBe('0: aes256-sha256-x25519');
    expect(chosen(['aes256-sha256-x25519'], ['aes128-sha256-x25519', 'aes256-sha1-sha256-x25519'])).toBe(
      '1: aes256-sha256-x25519',
    );
    expect(
      chosen(
        ['aes128-sha1-x25519', 'aes256gcm16-prfsha256-x25519'],
        ['aes256gcm16-prfsha256-x25519', 'aes128-sha1-x25519'],
        'theirs',
      ),
    ).toBe('0: aes256gcm16-prfsha256-x25519');
  });

  it('says which transform types differ in the nearest pair, and what each side has', () => {
    const choice = chooseProposal(
      proposals(['aes256-sha256-modp2048']),
      proposals(['3des-md5-modp1024', 'aes128-sha256-modp2048']),
    );
    if ('chosen' in choice) throw new Error('chosen');
    expect(choice.difference).toEqual([{ type: TRANSFORM.encryption, mine: ['aes256'], theirs: ['aes128'] }]);
    expect(describeDifference(choice.difference, 'gw-b', 'gw-a')).toBe(
      'encryption: gw-b accepts aes256, gw-a offered aes128',
    );
    expect(choice).toMatchObject({
      mine: 'aes256-sha256-modp2048',
      theirs: '3des-md5-modp1024, aes128-sha256-modp2048',
    });
    expect(chosen(['aes256gcm16-prfsha256-x25519'], ['aes256-sha256-x25519'])).toEqual([
      { type: TRANSFORM.encryption, mine: ['aes256gcm16'], theirs: ['aes256'] },
      { type: TRANSFORM.integrity, mine: ['none'], theirs: ['sha256'] },
    ]);
  });

  it('takes no key exchange for the same as NONE, and sees a mismatch of PFS', () => {
    const mine = proposals('aes256-sha256-modp2048', SECURITY_PROTOCOL.esp);
    const theirs = proposals('aes256-sha256', SECURITY_PROTOCOL.esp);
    expect(chooseProposal(mine, theirs)).toMatchObject({
      difference: [{ type: 4, mine: ['modp2048'], theirs: ['none'] }],
    });
    const without = mine.map((each) => withoutTransforms(each, TRANSFORM.keyExchange));
    expect(chooseProposal(without, theirs)).toMatchObject({ offered: 0 });
    expect(chooseProposal(proposals('aes256-sha256-modp2048-modpnone', SECURITY_PROTOCOL.esp), theirs)).toMatchObject({
      offered: 0,
    });
    expect(chooseProposal(mine, proposals('aes256-sha256-x25519'))).toMatchObject({ difference: [] });
  });

  it('has nothing to do with transform types that are not known here (RFC 7296 §3.3.6)', () => {
    const [offer] = proposals('aes256-sha256-x25519') as [Proposal];
    const odd = { ...offer, transforms: [...offer.transforms, { type: 6 as never, id: 36 }] };
    expect(chooseProposal([offer], [odd])).toMatchObject({ difference: [{ type: 6, theirs: ['type 6 36'] }] });
  });

  it('is one of what was offered, and this is noticed when it is not', () => {
    const offer = proposals(['aes256-aes128-sha256-x25519', 'aes256gcm16-prfsha256-x25519']);
    fc.assert(
      fc.property(
        fc.constantFrom('aes128-sha256-x25519', 'aes256gcm16-prfsha256-x25519', 'aes256-sha256-x25519'),
        (text) => {
          const [one] = proposals(text) as [Proposal];
          return isChosenFrom(one, offer) && !isChosenFrom({ ...one, transforms: one.transforms.slice(1) }, offer);
        },
      ),
    );
    for (const text of [
      'aes192-sha256-x25519',
      'aes256-sha1-x25519',
      'aes256-aes128-sha256-x25519',
      'aes256gcm16-prfsha384-x25519',
    ]) {
      expect([text, isChosenFrom(proposals(text)[0] as Proposal, offer)]).toEqual([text, false]);
    }
  });
});

function identity(text: string): Identity {
  const reading = parseIdentity(text);
  if ('wrong' in reading) throw new Error(reading.wrong);
  return reading.identity;
}

describe('identities and secrets', () => {
  it.each([
    ['203.0.113.1', 1, 'cb007101', '203.0.113.1'],
    ['vpn.example.jp', 2, '76706e2e6578616d706c652e6a70', 'vpn.example.jp'],
    ['@vpn.example.jp', 2, '76706e2e6578616d706c652e6a70', 'vpn.example.jp'],
    ['fqdn:203.0.113.1', 2, '3230332e302e3131332e31', '203.0.113.1'],
    ['taro@example.jp', 3, '7461726f406578616d706c652e6a70', 'taro@example.jp'],
    ['@#0a1b', 11, '0a1b', '@#0a1b'],
    ['keyid:office', 11, '6f6666696365', 'keyid:office'],
    ['%any', 0, '', '%any'],
  ])('%s', (text, type, octets, shown) => {
    const read = identity(text);
    expect([read.type, toHex(read.octets), formatIdentity(read)]).toEqual([type, octets, shown]);
  });

  it('refuses what is none', () => {
    for (const text of ['', '@#xyz', 'ipv4:10.1', 'CN=gw, O=Example'])
      expect(parseIdentity(text)).toHaveProperty('wrong');
    expect(formatIdentity({ type: 2, octets: Uint8Array.of(0, 255) })).toBe('type 2 00ff');
    expect(formatIdentity({ type: 1, octets: Uint8Array.of(1, 2) })).toBe('type 1 0102');
  });

  it('finds the secret that fits best', () => {
    const secret = (name: string, ...ids: string[]) => ({
      name,
      identities: ids.map(identity),
      secret: new TextEncoder().encode(name),
    });
    const all = [
      secret('anybody'),
      secret('both', 'gw-a', 'gw-b'),
      secret('peer', 'gw-b'),
      secret('domain', '*.example.jp'),
      secret('self', 'gw-a'),
    ];
    const found = (local: string, remote: string, list = all) => {
      const octets = secretFor(list, [identity(local)], [identity(remote)]);
      return octets && new TextDecoder().decode(octets);
    };
    expect(found('gw-a', 'gw-b')).toBe('both');
    expect(found('gw-c', 'GW-B')).toBe('peer');
    expect(found('gw-a', 'gw-x')).toBe('self');
    expect(found('gw-c', 'one.example.jp')).toBe('domain');
    expect(found('gw-c', '192.0.2.1')).toBe('anybody');
    expect(found('gw-c', '192.0.2.1', all.slice(1))).toBeUndefined();
  });
});

describe('settings', () => {
  const wrong = (settings: object): string[] => {
    const read = ipsecConfig.safeParse(settings);
    return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
  const child = (settings: object) => ({ connections: { office: { children: { lan: settings } } } });

  it('have swanctl’s defaults, and limits that follow from each other', () => {
    const { connections, otherwise } = ipsecConfig.parse(child({ rekey_time: '10m', rekey_packets: 100 }));
    expect(otherwise).toBe('bypass');
    expect(connections[0]).toMatchObject({
      name: 'office',
      version: 0,
      encap: false,
      dpdDelay: 0,
      rekeyTime: 14_400 * SECOND,
      overTime: 1440 * SECOND,
      randTime: 1440 * SECOND,
    });
    expect(connections[0]).toMatchObject({
      keyingTries: 1,
      unique: 'no',
      localAddrs: [],
      remoteAddrs: [],
      local: { auth: 'psk' },
    });
    expect(connections[0]?.children[0]).toMatchObject({
      ...{ name: 'lan', mode: 'tunnel', startAction: 'none', replayWindow: 32, policies: true, copyDf: true },
      ...{ localTs: [{ dynamic: true }], remoteTs: [{ dynamic: true }] },
      lifetimes: {
        ...{ rekeyTime: 600 * SECOND, lifeTime: 660 * SECOND, randTime: 60 * SECOND },
        ...{ rekeyBytes: 0, lifeBytes: 0, randBytes: 0, rekeyPackets: 100, lifePackets: 110, randPackets: 10 },
      },
    });
  });

  it('read lists and texts with commas alike, in an order that the file does not choose', () => {
    const one = ipsecConfig.parse({
      connections: {
        b: {},
        a: {
          remote_addrs: '203.0.113.10, 192.0.2.0/24, %any',
          children: { z: {}, y: { remote_ts: '10.1.0.0/24,10.2.0.0/24' } },
        },
      },
      secrets: { 'ike-2': { secret: 'two' }, 'ike-1': { id: 'gw-a', secret: '0x0102' } },
    });
    expect(one.connections.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(one.connections[0]?.children.map(({ name }) => name)).toEqual(['y', 'z']);
    expect(one.connections[0]?.remoteAddrs).toHaveLength(2);
    expect(one.connections[0]?.children[0]?.remoteTs).toHaveLength(2);
    expect(one.secrets.map(({ name, secret }) => [name, toHex(secret)])).toEqual([
      ['ike-1', '0102'],
      ['ike-2', '74776f'],
    ]);
    expect(
      toHex(ipsecConfig.parse({ secrets: { ike: { secret: '0sAQID/w==' } } }).secrets[0]?.secret as Uint8Array),
    ).toBe('010203ff');
  });

  it('are refused at their place', () => {
    expect(wrong({ conections: {} })).toEqual([': Unrecognized key: "conections"']);
    expect(wrong(child({ esp_proposals: 'aes256-sha265' }))).toEqual([
      'connections.office.children.lan.esp_proposals: aes256-sha265: there is no transform sha265, did you mean sha256?',
    ]);
    expect(wrong(child({ remote_ts: ['10.1.0.0/24', '10.2.0.0/42'] }))).toEqual([
      'connections.office.children.lan.remote_ts.1: 10.2.0.0/42: a prefix length is from 0 to 32',
    ]);
    // AH around ESP is a second Child SA, whose name must be free.
    const both = { esp_proposals: 'aes256gcm16', ah_proposals: 'sha256' };
    expect(wrong(child(both))).toEqual([]);
    expect(wrong({ connections: { office: { children: { lan: both, 'lan-ah': {} } } } })).toEqual([
      'connections.office.children.lan.ah_proposals: AH around ESP makes a second Child SA called lan-ah, and there is such a child already',
    ]);
    expect(wrong({ connections: { office: { remote_addrs: '10.1.0.0/24[udp]' } } })).toHaveLength(1);
    expect(wrong({ secrets: { psk: { secret: 'x' } } })).toHaveLength(1);
    expect(wrong({ secrets: { ike: { secret: '0x123' } } })).toEqual([
      'secrets.ike.secret: behind 0x stands an even number of hexadecimal digits',
    ]);
  });

  it('check a pair of manual SAs against its transforms', () => {
    const sa = (spi: unknown, key: number) => ({
      spi,
      encryption_key: `0x${'11'.repeat(key)}`,
      integrity_key: `0x${'22'.repeat(20)}`,
    });
    const pair = {
      local: '192.0.2.1',
      remote: '192.0.2.2',
      esp_proposal: 'aes128-sha1',
      in: sa(0x100, 16),
      out: sa('0x1001', 16),
    };
    const { manual } = ipsecConfig.parse({ manual: { pair } });
    expect(manual[0]).toMatchObject({
      name: 'pair',
      protocol: 50,
      inbound: { spi: 256 },
      outbound: { spi: 4097, sequence: 0 },
    });
    expect(wrong({ manual: { pair: { ...pair, in: sa(0x100, 24) } } })).toEqual([
      'manual.pair.in.encryption_key: aes128 wants a key of 16 octets, 24 are there',
    ]);
    expect(wrong({ manual: { pair: { ...pair, out: sa(255, 16) } } })).toEqual([
      'manual.pair.out.spi: an SPI is from 256 (0x100) to 0xffffffff (RFC 4303 §2.1)',
    ]);
    expect(wrong({ manual: { pair: { ...pair, esp_proposal: 'aes128-aes256-sha1' } } })).toEqual([
      'manual.pair.esp_proposal: nothing is negotiated: name one transform of each type',
    ]);
    expect(wrong({ manual: { pair: { ...pair, esp_proposal: undefined } } })).toEqual([
      'manual.pair.esp_proposal: a proposal is missing, such as aes256-sha256',
    ]);
  });
});
