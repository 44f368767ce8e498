import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, internetChecksum, read16, write16, write32 } from '../../../core/index.ts';
import type { Simulation } from '../../../core/simulation/index.ts';
import type { TimelineAction } from '../../../core/topology/index.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { type EspMaterial, espMaterial, sealEsp } from '../../../plugins/esp/contract.ts';
import { transformOfKeyword } from '../../../plugins/ipsec/contract.ts';
import { decapsulateEcn, prependOuter } from '../../../plugins/ipsec/tunnel-header.ts';
import { dropsOf, finish, start, stateOf } from './lab.ts';

/** What somebody on the link may send to a gateway: everything ends in a drop with its reason, and nothing gets in. */

const crypto = createNodeProvider();
const GATEWAY = 0xc0000202;
const PEER = 0xc0000201;
const keys = { encryption: new Uint8Array(16).fill(1), integrity: new Uint8Array(32).fill(2) };
const material = espMaterial({
  ...{ encryption: transformOfKeyword('aes128'), integrity: transformOfKeyword('sha256'), keys, esn: false },
}) as EspMaterial;

const sa = (spi: string) =>
  `{ spi: ${spi}, encryption_key: "0x${'01'.repeat(16)}", integrity_key: "0x${'02'.repeat(32)}" }`;
const lab = (mode: 'tunnel' | 'transport') => `
name: Hostile
nodes:
  x: { kind: stranger, interfaces: [eth0] }
  b:
    kind: gateway
    interfaces: { lan: 10.2.0.1/24, wan: 192.0.2.2/24 }
    plugins:
      ipv4: { gateway: 192.0.2.1 }
      ipsec:
        manual:
          pair: { local: 192.0.2.2, remote: 192.0.2.1, mode: ${mode}, ${mode === 'tunnel' ? 'local_ts: 10.2.0.0/24, remote_ts: 10.1.0.0/24, ' : ''}esp_proposal: aes128-sha256, in: ${sa('0x1001')}, out: ${sa('0x1002')} }
  hb: { kind: host, interfaces: { eth0: 10.2.0.20/24 }, plugins: { ipv4: { gateway: 10.2.0.1 } } }
links:
  - x:eth0 -- b:wan
  - b:lan -- hb:eth0
`;

/** An IPv4 packet with a right header. */
function ipv4(
  protocol: number,
  source: number,
  destination: number,
  payload: Uint8Array,
  typeOfService = 0,
): Uint8Array {
  const header = new Uint8Array(20);
  header[0] = 0x45;
  write16(header, 2, 20 + payload.length);
  header[1] = typeOfService;
  header[8] = 64;
  header[9] = protocol;
  write32(header, 12, source);
  write32(header, 16, destination);
  write16(header, 10, 0);
  write16(header, 10, internetChecksum(header, 0, 20));
  return concatBytes(header, payload);
}

interface Attack {
  readonly simulation: Simulation;
  readonly send: (packet: Uint8Array) => void;
}

function attack(mode: 'tunnel' | 'transport' = 'tunnel'): Attack {
  const simulation = start(lab(mode));
  simulation.advance(1_000_000_000);
  const announcement = [...(simulation.trace?.records() ?? [])].find(
    ({ kind, node, link }) => kind === 'transmit' && node === 'b' && link?.includes('x:'),
  );
  const mac = announcement?.bytes?.slice(6, 12) ?? new Uint8Array(6);
  return {
    simulation,
    send(packet) {
      const frame = concatBytes(mac, Uint8Array.of(2, 0, 0, 0, 0, 9, 8, 0), packet);
      const frameAction: TimelineAction = {
        kind: 'command',
        node: 'x',
        plugin: 'stranger',
        name: 'frame',
        args: { frame },
      };
      simulation.enter(frameAction);
      simulation.advance(simulation.now + 20_000_000);
    },
  };
}

const ping = ipv4(1, 0x0a01000a, 0x0a020014, Uint8Array.of(8, 0, 0xf7, 0xff, 0, 0, 0, 0));
let number = 0;
const esp = (payload: Uint8Array, nextHeader = 4, spi = 0x1001): Uint8Array =>
  ipv4(
    50,
    PEER,
    GATEWAY,
    sealEsp(crypto, material, { spi, sequence: ++number, iv: new Uint8Array(16).fill(number), nextHeader }, payload),
  );

describe('a gateway under attack', () => {
  it('drops what is sealed right and yet wrong inside, each for its reason', () => {
    const { simulation, send } = attack();
    const cases: readonly (readonly [string, Uint8Array])[] = [
      ['b esp.dummy', esp(new Uint8Array(40), 59)],
      ['b ipsec.mode-mismatch', esp(ping, 6)],
      ['b ipsec.mode-mismatch', esp(ping, 41)],
      ['b ipsec.inner-malformed', esp(new Uint8Array(0))],
      ['b ipsec.inner-malformed', esp(ping.slice(0, 19))],
      ['b ipsec.inner-malformed', esp(ping.slice(0, -1))],
      ['b ipsec.inner-malformed', esp(Uint8Array.of(0x65, ...ping.slice(1)))],
      ['b ipsec.inner-malformed', esp(Uint8Array.of(0x42, ...ping.slice(1)))],
      ['b ipsec.selector-mismatch', esp(ipv4(1, 0x0a030001, 0x0a020014, new Uint8Array(8)))],
      ['b ipsec.selector-mismatch', esp(ipv4(1, 0x0a01000a, 0x0a030001, new Uint8Array(8)))],
      // The inner packet must not be one that is protected for somebody else, nor come from this very tunnel's end.
      ['b ipsec.selector-mismatch', esp(ipv4(50, PEER, GATEWAY, new Uint8Array(40)))],
      ['b ipsec.congestion-lost', ipv4(50, PEER, GATEWAY, esp(ping).slice(20), 3)],
      ['b esp.unknown-spi', esp(ping, 4, 0x1002)],
      ['b esp.unknown-spi', esp(ping, 4, 0)],
      ['b esp.unknown-spi', esp(ping, 4, 255)],
      ['b esp.malformed', ipv4(50, PEER, GATEWAY, new Uint8Array(7))],
      ['b esp.replayed', ipv4(50, PEER, GATEWAY, Uint8Array.of(0, 0, 0x10, 1, 0, 0, 0, 0, ...new Uint8Array(60)))],
      ['b esp.length', ipv4(50, PEER, GATEWAY, Uint8Array.of(0, 0, 0x10, 1, 0, 0, 1, 0, ...new Uint8Array(5)))],
      ['b ipsec.clear-text-refused', ping],
      ['b ipsec.clear-text-refused', ipv4(17, 0x0a010001, 0x0a0200fe, new Uint8Array(12))],
    ];
    for (const [code, packet] of cases) {
      const before = dropsOf(simulation);
      send(packet);
      const after = dropsOf(simulation);
      const fresh = Object.keys(after).filter((each) => after[each] !== before[each]);
      // Dummies are usual and alarm nobody.
      expect([code, fresh]).toEqual([code, code === 'b esp.dummy' ? [] : [code]]);
    }
    expect(stateOf(simulation, 'b').children.get(1)?.inbound.sequence).toBeGreaterThan(0);
    finish(simulation);
  });

  it('lets in what is right: with octets behind the inner packet that hide its length (RFC 4303 §2.7), once', () => {
    const { simulation, send } = attack();
    const packet = esp(concatBytes(ping, new Uint8Array(100).fill(0xaa)));
    send(packet);
    expect(dropsOf(simulation)).toEqual({});
    expect(stateOf(simulation, 'b').counters).toMatchObject({ opened: 1, sealed: 1 });
    send(packet);
    expect(dropsOf(simulation)).toEqual({ 'b esp.replayed': 1 });
    finish(simulation);
  });

  it('in transport mode takes no whole packet, and nothing from another address', () => {
    const { simulation, send } = attack('transport');
    const echo = Uint8Array.of(8, 0, 0xf7, 0xff, 0, 0, 0, 0);
    send(esp(echo, 1));
    expect(stateOf(simulation, 'b').counters).toMatchObject({ opened: 1, sealed: 1 });
    send(esp(ping, 4));
    const elsewhere = esp(echo, 1);
    write32(elsewhere, 12, 0xc0000263);
    write16(elsewhere, 10, 0);
    write16(elsewhere, 10, internetChecksum(elsewhere, 0, 20));
    send(elsewhere);
    send(ipv4(1, PEER, GATEWAY, echo));
    expect(dropsOf(simulation)).toEqual({
      'b ipsec.mode-mismatch': 1,
      'b ipsec.selector-mismatch': 1,
      'b ipsec.clear-text-refused': 1,
    });
    finish(simulation);
  });

  it('meets packets of chance and changed packets without a throw; none gets in', () => {
    const { simulation, send } = attack();
    const good = esp(ping);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 120 }).map((payload) => ipv4(50, PEER, GATEWAY, payload)),
          fc.uint8Array({ minLength: 4, maxLength: 120 }).map((payload) => {
            write32(payload, 0, 0x1001);
            return ipv4(50, PEER, GATEWAY, payload);
          }),
          fc.tuple(fc.nat({ max: (good.length - 20) * 8 - 1 }), fc.nat({ max: good.length })).map(([bit, cut]) => {
            const changed = good.slice(20, Math.max(21, good.length - (cut % 3 === 0 ? cut : 0)));
            changed[(bit >> 3) % changed.length] = (changed[(bit >> 3) % changed.length] as number) ^ (1 << (bit & 7));
            return ipv4(50, PEER, GATEWAY, changed);
          }),
        ),
        (packet) => {
          send(packet);
          return stateOf(simulation, 'b').counters.opened === 0;
        },
      ),
      { numRuns: 4000, seed: 1 },
    );
    finish(simulation);
  }, 120_000);

  it('opens anything that holds the key, whatever is inside', () => {
    const { simulation, send } = attack();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.nat({ max: 255 }),
        fc.boolean(),
        (inside, nextHeader, whole) => {
          send(whole ? esp(ipv4(inside[0] ?? 6, 0x0a010005, 0x0a020014, inside.slice(1))) : esp(inside, nextHeader));
          return true;
        },
      ),
      { numRuns: 1500, seed: 1 },
    );
    finish(simulation);
  }, 120_000);
});

describe('congestion marks across a tunnel (RFC 6040)', () => {
  const packet = (ecn: number): Uint8Array => ipv4(17, 1, 2, new Uint8Array(8), 0xb8 | ecn);

  it('go out as they are, with the DSCP, and come back by figure 4', () => {
    const figure: Record<string, (number | 'drop')[]> = {
      // Inner: Not-ECT, ECT(1), ECT(0), CE; each for the same four outside.
      0: [0, 0, 0, 'drop'],
      1: [1, 1, 1, 3],
      2: [2, 1, 2, 3],
      3: [3, 3, 3, 3],
    };
    for (const inner of [0, 1, 2, 3]) {
      for (const outer of [0, 1, 2, 3]) {
        const bytes = concatBytes(packet(outer), packet(inner));
        const passed = decapsulateEcn(bytes, 0, 28);
        const result = passed ? (bytes[29] as number) & 3 : 'drop';
        expect([inner, outer, result]).toEqual([inner, outer, figure[inner]?.[outer]]);
        expect(internetChecksum(bytes, 28, 48)).toBe(0);
        expect((bytes[29] as number) & 0xfc).toBe(0xb8);
      }
      const inside = packet(inner);
      const carried = {
        id: 1,
        buffer: concatBytes(new Uint8Array(64), inside),
        start: 64,
        end: 64 + inside.length,
        outer: -1,
        ingress: 0,
        fate: 0,
        hooks: 0,
        tags: undefined,
      } as const;
      const moving = { ...carried };
      prependOuter(moving, 3, 4, 7, true);
      expect(moving.buffer[moving.start + 1]).toBe(0xb8 | inner);
      expect(read16(moving.buffer, moving.start + 2)).toBe(20 + inside.length);
      expect(internetChecksum(moving.buffer, moving.start, moving.start + 20)).toBe(0);
    }
  });
});
