import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRegistry, type Dissection, dissect, readUatLine, uatLine, uatOctets } from '../../core/index.ts';
import { espKeyLog } from '../../plugins/esp/key-log.ts';
import { isakmpIvLog, isakmpKeyLog } from '../../plugins/ikev1/key-log.ts';
import { ikeKeyLog } from '../../plugins/ikev2/key-log.ts';
import { plugins } from '../../plugins/index.ts';
import { formatIpv6 } from '../../plugins/ipv6/address.ts';

/** What recordings of other programs have and our own do not: link layers, IPv6, packets that were cut, tables of keys. */

const registry = createRegistry(plugins);
const hex = (text: string): number[] => [...(uatOctets(text.replaceAll(' ', '')) as Uint8Array)];
/** UDP from port 500 to port 500 with an IKE header of 28 octets behind it. */
const IKE = hex('0102030405060708 0000000000000000 21 20 22 08 00000000 0000001c');
const UDP = hex('01f4 01f4 0024 0000').concat(IKE);
const IPV4 = hex('4500 0038 0000 0000 4011 0000 c0000201 c0000202').concat(UDP);
const V6_ENDS = hex('20010db8000000000000000000000001 20010db8000000000000000000000002');
const ipv6 = (next: number, payload: readonly number[]): number[] => [
  ...hex('60000000'),
  ...[payload.length >> 8, payload.length & 255, next, 64],
  ...[...V6_ENDS, ...payload],
];
const STATIONS = hex('020000000001 020000000002');

function read(linkType: number, octets: readonly number[]): Dissection {
  return dissect(registry, Uint8Array.from(octets), { codec: registry.linkTypes.get(linkType) ?? '' });
}
const layers = (dissection: Dissection): string => dissection.layers.map(({ name }) => name).join(' ');

describe('link layers of recordings', () => {
  const WITHIN = 'ipv4 udp isakmp';
  it.each([
    ['a VLAN tag', 1, [...STATIONS, ...hex('8100 2064 0800'), ...IPV4], `ethernet vlan ${WITHIN}`],
    ['two', 1, [...STATIONS, ...hex('88a8 000a 8100 0064 0800'), ...IPV4], `ethernet vlan vlan ${WITHIN}`],
    [
      'three of old',
      1,
      [...STATIONS, ...hex('9100 0001 9100 0002 8100 0003 0800'), ...IPV4],
      `ethernet vlan vlan vlan ${WITHIN}`,
    ],
    ['a cooked capture', 113, [...hex('0000 0001 0006 0200000000010000 0800'), ...IPV4], `linux-cooked ${WITHIN}`],
    [
      'its second version',
      276,
      [...hex('0800 0000 00000003 0001 04 06 0200000000010000'), ...IPV4],
      `linux-cooked-2 ${WITHIN}`,
    ],
    ['a loopback, little endian', 0, [...hex('02000000'), ...IPV4], `loopback ${WITHIN}`],
    ['a loopback, big endian', 0, [...hex('00000002'), ...IPV4], `loopback ${WITHIN}`],
    ['a loopback of macOS with IPv6', 0, [...hex('1e000000'), ...ipv6(17, UDP)], 'loopback ipv6 udp isakmp'],
    ['PPP in HDLC', 9, [...hex('ff03 0021'), ...IPV4], `ppp ${WITHIN}`],
    ['PPP', 9, [...hex('0057'), ...ipv6(17, UDP)], 'ppp ipv6 udp isakmp'],
    ['none, IPv4', 101, IPV4, `raw-ip ${WITHIN}`],
    ['none, IPv6', 101, ipv6(17, UDP), 'raw-ip ipv6 udp isakmp'],
    ['IPv6 alone', 229, ipv6(17, UDP), 'ipv6 udp isakmp'],
    ['IPv6 on Ethernet', 1, [...STATIONS, ...hex('86dd'), ...ipv6(17, UDP)], 'ethernet ipv6 udp isakmp'],
    [
      'IPv6 in IPv4',
      228,
      [...hex('4500 0060 0000 0000 4029 0000 c0000201 c0000202'), ...ipv6(17, UDP)],
      'ipv4 ipv6 udp isakmp',
    ],
    ['a type that nobody knows', 147, IPV4, 'data'],
  ])('reads through %s', (_, linkType, octets, expected) => {
    expect(layers(read(linkType, octets))).toBe(expected);
  });

  it('reads IPv6 behind extension headers, and a fragment as a piece', () => {
    expect(layers(read(229, ipv6(0, [60, 0, ...Array(6).fill(0), 17, 0, ...Array(6).fill(0), ...UDP])))).toBe(
      'ipv6 udp isakmp',
    );
    const atomic = [17, 0, 0, 0, 0, 0, 0, 1, ...UDP];
    expect(layers(read(229, ipv6(44, atomic)))).toBe('ipv6 udp isakmp');
    const first = read(229, ipv6(44, [17, 0, 0, 1, 0, 0, 0, 1, ...UDP]));
    expect([layers(first), first.layers[0]?.summary]).toEqual([
      'ipv6',
      '2001:db8::1 → 2001:db8::2, fragment 1: octets 0 to 35',
    ]);
    const chain = read(229, ipv6(0, Array.from({ length: 64 }, () => [0, 0, 0, 0, 0, 0, 0, 0]).flat()));
    expect(chain.layers[0]?.fault?.message).toBe('more than 16 extension headers');
    expect(read(229, ipv6(59, [1, 2, 3])).layers.length).toBe(1);
  });

  it.each([
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['fe800000000000000000000000000000', 'fe80::'],
    ['00010002000300040005000600070008', '1:2:3:4:5:6:7:8'],
  ])('writes %s as %s', (octets, text) => expect(formatIpv6(Uint8Array.from(hex(octets)))).toBe(text));

  it('reads what is there of a packet that was cut, and says where it ends', () => {
    const cut = read(228, IPV4.slice(0, 40));
    expect(layers(cut)).toBe('ipv4 udp isakmp');
    expect(cut.layers.map(({ fault }) => fault?.at)).toEqual([2, 24, 36]);
    expect(cut.layers[0]?.fields.find(({ name }) => name === 'ipv4.destination')?.value).toBe('192.0.2.2');
    expect(cut.layers[1]?.fields.find(({ name }) => name === 'udp.destinationPort')?.number).toBe(500);
    expect(layers(read(229, ipv6(17, UDP).slice(0, 60)))).toBe('ipv6 udp isakmp');
  });

  it('takes anything under any link type', () => {
    const types = [...registry.linkTypes.keys()];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 200 }), (type, octets) => {
        const { layers: found } = read(type, [...octets]);
        for (const { start, end, fault } of found) {
          expect(start <= end && end <= octets.length).toBe(true);
          if (fault !== undefined) expect(fault.at <= octets.length).toBe(true);
        }
      }),
      { numRuns: 3000, seed: 5 },
    );
    for (const [type, whole] of [
      [1, [...STATIONS, ...hex('8100 2064 86dd'), ...ipv6(17, UDP)]],
      [113, [...hex('0000 0001 0006 0200000000010000 0800'), ...IPV4]],
    ] as const) {
      for (let length = 0; length < whole.length; length++)
        expect(read(type, whole.slice(0, length)).layers.length < 6).toBe(true);
    }
  });
});

describe('tables of keys that other programs wrote', () => {
  it.each([
    ['a,"b,c",d', ['a', 'b,c', 'd']],
    ['"q\\x22\\x5c\\"\\101"', ['q"\\"A']],
    [' a , "b" ,', ['a', 'b', '']],
    ['', ['']],
    ['"open', undefined],
    ['"a"b', undefined],
    ['"\\q"', undefined],
    [',,'.repeat(40), undefined],
    ['a'.repeat(70_000), undefined],
  ])('takes the line %j apart', (line, fields) => expect(readUatLine(line)).toEqual(fields));

  it('reads back what it writes', () => {
    const plain = fc.string({ unit: 'binary-ascii' });
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 9 }), (fields) =>
        expect(readUatLine(uatLine(fields))).toEqual(fields),
      ),
    );
    fc.assert(
      fc.property(
        fc.string(),
        (line) => void [ikeKeyLog, espKeyLog, isakmpKeyLog, isakmpIvLog].map((log) => log.read?.(line)),
      ),
    );
  });

  const key = '00'.repeat(32);
  const esp = (cipher: string, size: number, auth: string, authKey: string, more = ''): string =>
    `"IPv4","*","192.0.2.1","0xd1234567","${cipher}","0x${'ab'.repeat(size)}","${auth}","${authKey}"${more}`;

  it('knows the names of transforms', () => {
    const line = `0102030405060708,"1112131415161718",0x${key},${key},"AES-CBC-256 [RFC3602]",${key},${key},"HMAC_SHA2_256_128 [RFC4868]"`;
    expect(ikeKeyLog.read?.(line)).toMatchObject({ encryption: 12, keyLength: 256, integrity: 12 });
    expect(ikeKeyLog.read?.(line.replace('CBC-256', 'CBC-128'))).toBeUndefined();
    expect(ikeKeyLog.read?.(line.replace('SHA2_256', 'SHA9_256'))).toBeUndefined();
    expect(ikeKeyLog.read?.(line.replace('0102', '01'))).toBeUndefined();
    const sha1 = `0x${'cd'.repeat(20)}`;
    expect(espKeyLog.read?.(esp('AES-CBC [RFC3602]', 32, 'HMAC-SHA-1-96 [RFC2404]', sha1))).toMatchObject({
      ...{ spi: 0xd1234567, encryption: 12, keyLength: 256, integrity: 2, destination: 0xc0000201, eitherEsn: true },
    });
    expect(espKeyLog.read?.(esp('AES-GCM with 16 octet ICV [RFC4106]', 20, 'NULL', ''))).toMatchObject({
      encryption: 20,
      keyLength: 128,
    });
    expect(espKeyLog.read?.(esp('ChaCha20 with Poly1305 [RFC7634]', 36, 'NULL', ''))).toMatchObject({ encryption: 28 });
    expect(espKeyLog.read?.(esp('AES-CBC [RFC3602]', 16, 'ANY 96 bit authentication [no checking]', ''))).toMatchObject(
      { unchecked: 12 },
    );
    expect(espKeyLog.read?.(esp('NULL', 0, 'HMAC-SHA-1-96 [RFC2404]', sha1, ',"64-bit","0x0"'))).toMatchObject({
      esn: true,
    });
    expect(espKeyLog.read?.(esp('AES-CBC [RFC3602]', 17, 'HMAC-SHA-1-96 [RFC2404]', sha1))).toBeUndefined();
    expect(espKeyLog.read?.(esp('CAST5-CBC [RFC2144]', 16, 'NULL', ''))).toBeUndefined();
    expect(isakmpKeyLog.read?.('fbd3fa8aadb47fa8,0f99')).toMatchObject({ key: Uint8Array.of(0x0f, 0x99) });
    expect(isakmpKeyLog.read?.('fbd3,0f99')).toBeUndefined();
    expect(isakmpIvLog.read?.('fbd3fa8aadb47fa8,0f99,0102')).toMatchObject({ iv: Uint8Array.of(1, 2) });
  });
});
