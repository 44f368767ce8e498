import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, fromHex, toHex } from '../../../core/index.ts';
import { dissect } from '../../../core/plugin/index.ts';
import { foldSum, read16, sumWords, write16, write32 } from '../../../core/wire/index.ts';
import type { IkeMessageFace, NatExamination, NatTraversalCalls } from '../../../plugins/ipsec/contract.ts';
import { ipv4Header, sumPseudoHeader } from '../../../plugins/ipv4/contract.ts';
import { restoreChecksum } from '../../../plugins/nat-t/checksum.ts';
import { datagram, ip, packet } from '../ground/frames.ts';
import { ask, packetOf, registry, startRoad } from './lab.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const address = fc.nat(0xffffffff);
const port = fc.integer({ min: 1, max: 65_535 });
const endpoint = fc.record({ address, port });
const face: fc.Arbitrary<IkeMessageFace> = fc.record({
  initiatorSpi: bytes(8),
  responderSpi: bytes(8),
  source: endpoint,
  destination: endpoint,
});

/** What RFC 7296 §2.23 and RFC 3947 §3.2 say to hash, written down once more. */
function expected(name: string, message: IkeMessageFace, end: IkeMessageFace['source']): string {
  const tail = Buffer.alloc(6);
  tail.writeUInt32BE(end.address, 0);
  tail.writeUInt16BE(end.port, 4);
  return createHash(name).update(message.initiatorSpi).update(message.responderSpi).update(tail).digest('hex');
}

const simulation = startRoad();
const calls = <T>(question: (of: NatTraversalCalls) => T): T => ask(simulation, 'gw', question);

describe('detection', () => {
  it('hashes what both versions of IKE want, in their order', () => {
    fc.assert(
      fc.property(face, (message) => {
        const [source, destination] = calls((nat) => nat.notifications(message, false));
        expect([source?.type, destination?.type]).toEqual([16388, 16389]);
        expect(toHex(source?.data as Uint8Array)).toBe(expected('sha1', message, message.source));
        expect(toHex(destination?.data as Uint8Array)).toBe(expected('sha1', message, message.destination));
        for (const name of ['md5', 'sha1', 'sha256', 'sha384']) {
          const hash = (octets: Uint8Array): Uint8Array => Uint8Array.from(createHash(name).update(octets).digest());
          const [first, second] = calls((nat) => nat.discovery(message, hash, false));
          expect(toHex(first as Uint8Array)).toBe(expected(name, message, message.destination));
          expect(toHex(second as Uint8Array)).toBe(expected(name, message, message.source));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('finds who is behind a NAT from what arrives, in both versions alike', () => {
    const sha1 = (octets: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha1').update(octets).digest());
    fc.assert(
      fc.property(face, endpoint, endpoint, fc.boolean(), (sent, source, destination, forced) => {
        const arrived = { ...sent, source, destination };
        const same = (a: typeof source, b: typeof source): boolean => a.address === b.address && a.port === b.port;
        const [local, remote] = [!same(sent.destination, destination), !same(sent.source, source)];
        const wanted = (floats: boolean): NatExamination => ({
          nat: { local, remote, forced: forced && !local && !remote },
          localPort: floats && destination.port !== 4500 ? 4500 : destination.port,
          remotePort: floats && destination.port !== 4500 ? 4500 : source.port,
        });
        const found = wanted(local || remote || forced);
        expect(calls((nat) => nat.examine(arrived, nat.notifications(sent, false), forced))).toEqual(found);
        expect(calls((nat) => nat.examineDiscovery(arrived, nat.discovery(sent, sha1, false), sha1, forced))).toEqual(
          found,
        );
      }),
      { numRuns: 60 },
    );
    // No NAT, and each single difference by itself.
    const message: IkeMessageFace = {
      ...{ initiatorSpi: new Uint8Array(8).fill(1), responderSpi: new Uint8Array(8) },
      source: { address: ip('192.0.2.1'), port: 500 },
      destination: { address: ip('192.0.2.2'), port: 500 },
    };
    const examined = (change: Partial<IkeMessageFace>, forced = false) =>
      calls((nat) => nat.examine({ ...message, ...change }, nat.notifications(message, forced), false))?.nat;
    expect(examined({})).toEqual({ local: false, remote: false, forced: false });
    expect(examined({ source: { ...message.source, port: 501 } })).toEqual({
      local: false,
      remote: true,
      forced: false,
    });
    expect(examined({ destination: { ...message.destination, address: 7 } })).toEqual({
      ...{ local: true, remote: false, forced: false },
    });
    expect(examined({ responderSpi: new Uint8Array(8).fill(9) })).toEqual({ local: true, remote: true, forced: false });
    // A feigned NAT: the peer believes it, the own side's hash of the destination stays right.
    expect(examined({}, true)).toEqual({ local: false, remote: true, forced: false });
  });

  it('takes any of several hashes of a peer with many addresses, and none of a peer that sends too few', () => {
    const message: IkeMessageFace = {
      ...{ initiatorSpi: new Uint8Array(8).fill(1), responderSpi: new Uint8Array(8).fill(2) },
      source: { address: 1, port: 500 },
      destination: { address: 2, port: 500 },
    };
    const [source, destination] = calls((nat) => nat.notifications(message, false));
    if (source === undefined || destination === undefined) throw new Error('no hashes');
    const other = { type: 16388, data: new Uint8Array(20) };
    const examine = (list: readonly { type: number; data: Uint8Array }[]) =>
      calls((nat) => nat.examine(message, list, false));
    expect(examine([other, other, source, destination])?.nat.remote).toBe(false);
    expect(examine([other, other, destination])?.nat.remote).toBe(true);
    for (const list of [[], [source], [destination], [other]]) expect(examine(list)).toBeUndefined();
    // Hashes of other lengths fit nothing; a flood of them costs no more than the bound.
    for (let length = 0; length <= 40; length++) {
      const cut = { type: 16388, data: concatBytes(source.data, source.data).slice(0, length) };
      expect([length, examine([cut, destination])?.nat.remote]).toEqual([length, length !== 20]);
    }
    expect(examine([...new Array(100).fill(other), source, destination])?.nat.remote).toBe(true);
  });

  it('knows the vendor IDs of RFC 3947 and of the drafts, the best first', () => {
    const ids = calls((nat) => nat.vendorIds());
    expect(ids.map(toHex)).toEqual([
      '4a131c81070358455c5728f20e95452f',
      '7d9419a65310ca6f2c179d9215529d56',
      '90cb80913ebb696e086381b5ec427b1f',
      'cd60464335df21f87cfdb2fc68b6a448',
    ]);
    const of = (...list: Uint8Array[]) => calls((nat) => nat.dialect(list));
    const standard = { name: 'RFC 3947', discovery: 20, originalAddress: 21, udpTunnel: 3, udpTransport: 4 };
    expect(of(...[...ids].reverse())).toEqual(standard);
    for (const id of ids.slice(1)) {
      expect(of(id)).toMatchObject({ discovery: 130, originalAddress: 131, udpTunnel: 61443, udpTransport: 61444 });
    }
    const dpd = fromHex('afcad71368a1f1c96b8696fc77570100') as Uint8Array;
    expect(of(dpd)).toBeUndefined();
    for (let length = 0; length < 16; length++) expect(of((ids[0] as Uint8Array).slice(0, length))).toBeUndefined();
    expect(of(dpd, ids[0] as Uint8Array)).toEqual(standard);
  });

  it('writes NAT-OA, and reads no other octets as one', () => {
    const bodies = calls((nat) => nat.originalAddresses(ip('192.0.2.1'), ip('198.51.100.2')));
    expect(bodies.map(toHex)).toEqual(['01000000c0000201', '01000000c6336402']);
    const read = (body: Uint8Array) => calls((nat) => nat.readOriginalAddress(body));
    expect(bodies.map(read)).toEqual([ip('192.0.2.1'), ip('198.51.100.2')]);
    const [body] = bodies;
    for (let length = 0; length < 8; length++) expect(read(body.slice(0, length))).toBeUndefined();
    expect(read(concatBytes(body, Uint8Array.of(0)))).toBeUndefined();
    expect(read(Uint8Array.of(5, 0, 0, 0, 1, 2, 3, 4))).toBeUndefined();
  });
});

describe('checksums of transport mode', () => {
  /** A TCP or UDP packet with a right checksum. */
  function segment(protocol: 6 | 17, from: number, to: number, body: Uint8Array): Uint8Array {
    const size = protocol === 6 ? 20 : 8;
    const whole = concatBytes(new Uint8Array(size), body);
    write16(whole, 0, 1234);
    write16(whole, 2, 80);
    if (protocol === 6) whole[12] = 0x50;
    else write16(whole, 4, whole.length);
    const out = ipv4Header.encode({ protocol, source: from, destination: to }, whole);
    const sum = foldSum(sumWords(out, 20, out.length, sumPseudoHeader(out, 0, protocol, whole.length)));
    write16(out, 20 + (protocol === 6 ? 16 : 6), protocol === 17 && sum === 0 ? 0xffff : sum);
    return out;
  }
  const isRight = (out: Uint8Array): boolean =>
    foldSum(sumWords(out, 20, out.length, sumPseudoHeader(out, 0, out[9] as number, out.length - 20))) === 0;
  const translated = (whole: Uint8Array, source: number, destination: number): Uint8Array => {
    const out = whole.slice();
    write32(out, 12, source);
    write32(out, 16, destination);
    return out;
  };

  it('are right for any addresses that a NAT put in, whatever was inside; what was wrong stays wrong', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<6 | 17>(6, 17),
        ...([address, address, address, address] as const),
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: 1, max: 0xfffe }),
        fc.nat(40),
        (protocol, a, b, c, d, body, damage, headroom) => {
          const sent = segment(protocol, a, b, body);
          expect(isRight(sent)).toBe(true);
          const at = 20 + (protocol === 6 ? 16 : 6);
          for (const original of [{ source: a, destination: b }, undefined]) {
            const one = packetOf(translated(sent, c, d), headroom);
            restoreChecksum(one, 20, original);
            const out = one.buffer.slice(one.start, one.end);
            expect(isRight(out)).toBe(true);
            // Nothing but the checksum has changed.
            write16(out, at, read16(sent, at));
            expect(out).toEqual(translated(sent, c, d));
          }
          const damaged = translated(sent, c, d);
          write16(damaged, at, (read16(damaged, at) + damage) % 0xffff);
          const was = (read16(damaged, at) + 0xffff) % 0xffff === (read16(sent, at) + 0xffff) % 0xffff;
          if (protocol === 17 && read16(damaged, at) === 0) return;
          const two = packetOf(damaged);
          restoreChecksum(two, 20, { source: a, destination: b });
          expect(isRight(two.buffer)).toBe(was);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are left alone where there is none: zero in UDP, other protocols, and what is cut short', () => {
    const original = { source: 1, destination: 2 };
    const zero = segment(17, 1, 2, new Uint8Array(9));
    write16(zero, 26, 0);
    for (const known of [original, undefined]) {
      const one = packetOf(translated(zero, 3, 4));
      restoreChecksum(one, 20, known);
      expect(one.buffer).toEqual(translated(zero, 3, 4));
    }
    const icmp = packet('192.0.2.1', '192.0.2.2', { protocol: 1 }, new Uint8Array(16).fill(7));
    const two = packetOf(icmp);
    restoreChecksum(two, 20, original);
    expect(two.buffer).toEqual(icmp);
    for (const protocol of [6, 17] as const) {
      const whole = segment(protocol, 1, 2, new Uint8Array(0));
      for (let length = 20; length < whole.length; length++) {
        const cut = packetOf(translated(whole, 3, 4).slice(0, length));
        restoreChecksum(cut, 20, original);
        expect(cut.buffer).toEqual(translated(whole, 3, 4).slice(0, length));
      }
    }
  });
});

describe('the reader of port 4500', () => {
  const layersOf = (payload: Uint8Array): string[] => {
    const whole = datagram('192.0.2.1', '192.0.2.2', [4500, 4500], payload);
    const { layers } = dissect(registry, whole, { codec: 'ipv4' });
    for (const { start, end, fields, fault } of layers) {
      expect(start <= end && end <= whole.length).toBe(true);
      for (const { bit, bits } of fields) expect(bit >= start * 8 && bit + bits <= whole.length * 8).toBe(true);
      if (fault !== undefined) expect(fault.at).toBeLessThanOrEqual(whole.length);
    }
    return layers.map(({ name }) => name).slice(2);
  };

  it('tells IKE, ESP and keepalives apart, truncated anywhere, and never throws', () => {
    const ike = new Uint8Array(40);
    ike.set([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    ike[21] = 0x20;
    ike[22] = 37;
    ike[31] = 36;
    expect(layersOf(ike).slice(0, 2)).toEqual(['nat-t', 'isakmp']);
    const esp = concatBytes(fromHex('c0ffee0100000001') as Uint8Array, new Uint8Array(40).fill(3));
    expect(layersOf(esp)).toEqual(['nat-t', 'esp']);
    expect(layersOf(Uint8Array.of(0xff))).toEqual(['nat-t']);
    expect(layersOf(Uint8Array.of(0xfe))).toEqual(['nat-t']);
    for (const whole of [ike, esp])
      for (let length = 1; length < whole.length; length++) layersOf(whole.slice(0, length));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), (octets) => {
        expect(layersOf(octets)[0]).toBe('nat-t');
      }),
      { numRuns: 300 },
    );
  });
});
