import { describe, expect, it } from '@jest/globals';
import { read16, sameBytes } from '../../../core/index.ts';
import { PRESET_NAMES, type PresetName } from '../../../plugins/nat/preset-names.ts';
import { PRESETS } from '../../../plugins/nat/presets.ts';
import {
  A,
  apartFromHops,
  B,
  drops,
  E,
  heardBy,
  icmp,
  icmpError,
  ip,
  type Lab,
  MS,
  pass,
  R1,
  R2,
  S,
  send,
  sendAt,
  shown,
  sourceOf,
  sourcePortOf,
  startLab,
  udp,
  udpSegment,
  wait,
  wrongChecksums,
} from './lab.ts';

/** RFC 4787 §12 requirement by requirement, seen from outside a running translator as a stranger would (RFC 5780). */

const fromA = (sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  udp({ source: A, destination, sourcePort, destinationPort });
const fromB = (sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  udp({ source: B, destination, sourcePort, destinationPort });
const fromOut = (source: string, sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  udp({ source, destination, sourcePort, destinationPort });

/** Opens a mapping and returns its external address and port as the world sees them. */
function open(lab: Lab, host: 'a' | 'b', packet: Uint8Array): { address: string; port: number } {
  const [seen] = pass(lab, host, packet, 'out');
  return { address: sourceOf(seen), port: sourcePortOf(seen) };
}

type Dependence = 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent';

/** REQ-1, with another host that wants the same port: where mappings are per connection it shows only then. */
function mappingOf(preset: string): Dependence {
  const lab = startLab(preset);
  open(lab, 'b', fromB(4000, R1, 1000));
  const first = open(lab, 'a', fromA(4000, R1, 1000));
  const otherPort = open(lab, 'a', fromA(4000, R1, 2000));
  const otherAddress = open(lab, 'a', fromA(4000, R2, 1000));
  if (first.port === otherAddress.port && first.port === otherPort.port) return 'endpoint-independent';
  return first.port === otherPort.port ? 'address-dependent' : 'address-and-port-dependent';
}

/** REQ-8. */
function filteringOf(preset: string): Dependence {
  const lab = startLab(preset);
  const { address, port } = open(lab, 'a', fromA(4000, R1, 1000));
  const comesIn = (source: string, sourcePort: number): boolean =>
    pass(lab, 'out', fromOut(source, sourcePort, address, port), 'a').length === 1;
  expect(comesIn(R1, 1000)).toBe(true);
  if (comesIn(R2, 1000)) return 'endpoint-independent';
  return comesIn(R1, 2000) ? 'address-dependent' : 'address-and-port-dependent';
}

/** REQ-2: how many addresses of a pool one host is seen with. */
function isPaired(preset: string): boolean {
  const lab = startLab(preset.replace('}', ', addresses: 198.51.100.20-198.51.100.27 }'));
  const seen = new Set<string>();
  for (let port = 4000; port < 4016; port++) seen.add(open(lab, 'a', fromA(port, R1, 1000)).address);
  return seen.size === 1;
}

/** REQ-3: does one external port serve two hosts? */
function isOverloaded(preset: string): boolean {
  const lab = startLab(preset);
  return open(lab, 'a', fromA(4000, R1, 1000)).port === open(lab, 'b', fromB(4000, R2, 1000)).port;
}

/** REQ-3a. */
function keepsRange(preset: string): boolean {
  const lab = startLab(preset);
  const low = [100, 500, 1023].map((port) => open(lab, 'a', fromA(port, R1, 1000)).port);
  const high = [1024, 4500, 65_535].map((port) => open(lab, 'a', fromA(port, R1, 1000)).port);
  return low.every((port) => port < 1024) && high.every((port) => port >= 1024);
}

/** REQ-4, with two hosts that use the same ports. */
function keepsParity(preset: string): boolean {
  const lab = startLab(preset);
  for (let port = 4000; port < 4012; port++) {
    for (const seen of [open(lab, 'a', fromA(port, R1, 1000)), open(lab, 'b', fromB(port, R1, 1000))]) {
      if (seen.port >= 0 && (seen.port & 1) !== (port & 1)) return false;
    }
  }
  return true;
}

/** REQ-5: exactly when an unanswered mapping ends: the last nanosecond it lives and the first it does not. */
function livesFor(preset: string, span: number): boolean {
  const outcome = (wait: number): boolean => {
    const lab = startLab(preset);
    const begun = send(lab, 'a', fromA(4000, R1, 1000));
    const external = sourcePortOf(heardAfter(lab, 'out'));
    heardBy(lab, 'a');
    // Links in both directions take the same time, so what counts is when the two are sent.
    sendAt(lab, begun + wait, 'out', fromOut(R1, 1000, E, external));
    return heardAfter(lab, 'a') !== undefined;
  };
  return outcome(span - 1) && !outcome(span);
}

/** As `livesFor`, for a mapping that has been answered and is old enough to count as a stream. */
function answeredLivesFor(preset: string, span: number): boolean {
  const outcome = (wait: number): boolean => {
    const lab = startLab(preset);
    send(lab, 'a', fromA(4000, R1, 1000));
    const external = sourcePortOf(heardAfter(lab, 'out'));
    pass(lab, 'out', fromOut(R1, 1000, E, external), 'a');
    sendAt(lab, lab.simulation.now + 1900 * MS, 'a', fromA(4000, R1, 1000));
    // Behind 2 s a mapping may have a longer timer; one that lives for less than 3 s has gone by the second.
    sendAt(lab, lab.simulation.now + 500 * MS, 'a', fromA(4000, R1, 1000));
    const begun = lab.simulation.now + 1;
    wait1(lab);
    const again = sourcePortOf(heardBy(lab, 'out').at(-1));
    heardBy(lab, 'a');
    sendAt(lab, begun + wait, 'out', fromOut(R1, 1000, E, again));
    return heardAfter(lab, 'a') !== undefined;
  };
  return outcome(span - 1) && !outcome(span);
}

const wait1 = (lab: Lab): void => wait(lab, 10 * MS);

function heardAfter(lab: Lab, host: 'a' | 'b' | 'out'): Uint8Array | undefined {
  wait(lab, 10 * MS);
  return heardBy(lab, host)[0];
}

/** REQ-6 and REQ-6a: what keeps a mapping with this timer alive. */
function refreshOf(preset: string, span: number): { outbound: boolean; inbound: boolean } {
  const outcome = (by: 'a' | 'out'): boolean => {
    const lab = startLab(preset);
    const begun = send(lab, 'a', fromA(4000, R1, 1000));
    const external = sourcePortOf(heardAfter(lab, 'out'));
    const later = begun + Math.floor(span / 2);
    sendAt(lab, later, by, by === 'a' ? fromA(4000, R1, 1000) : fromOut(R1, 1000, E, external));
    wait(lab, 10 * MS);
    heardBy(lab, 'a');
    sendAt(lab, later + span - 1, 'out', fromOut(R1, 1000, E, external));
    return heardAfter(lab, 'a') !== undefined;
  };
  return { outbound: outcome('a'), inbound: outcome('out') };
}

/** REQ-9 and REQ-9a: what b is seen as by a when it uses a's external end, once each has sent to the other's. */
function hairpinOf(preset: string): 'off' | 'internal' | 'external' {
  const lab = startLab(preset);
  const a = open(lab, 'a', fromA(4000, R1, 1000));
  const b = open(lab, 'b', fromB(5000, R1, 1000));
  send(lab, 'a', fromA(4000, b.address, b.port));
  wait(lab, 10 * MS);
  const [seen] = pass(lab, 'b', fromB(5000, a.address, a.port), 'a');
  if (seen === undefined) return 'off';
  expect(wrongChecksums(seen)).toEqual([]);
  return sourceOf(seen) === B ? 'internal' : 'external';
}

/** REQ-12: an ICMP error comes to the sender and ends nothing. */
function survivesErrors(preset: string): { told: boolean; lives: boolean } {
  const lab = startLab(preset);
  const [seen] = pass(lab, 'a', fromA(4000, R1, 1000), 'out');
  const external = sourcePortOf(seen);
  const error = icmpError({ source: '192.0.2.99', destination: E }, seen as Uint8Array);
  const [told] = pass(lab, 'out', error, 'a');
  if (told !== undefined) {
    expect(wrongChecksums(told)).toEqual([]);
    // What it quotes is what a sent, but for the hops.
    expect(sameBytes(apartFromHops(told.slice(28)), apartFromHops(fromA(4000, R1, 1000)))).toBe(true);
  }
  return {
    told: told !== undefined,
    lives: pass(lab, 'out', fromOut(R1, 1000, E, external), 'a').length === 1,
  };
}

/** REQ-13 and REQ-13a: 1,800 octets over an outside link of 1,500. */
function largePackets(preset: string): { tells: number; fragments: string[] } {
  const lab = startLab(preset);
  const data = new Uint8Array(1772).map((_, index) => index);
  const large = { source: A, destination: R1, sourcePort: 4000, destinationPort: 1000, data };
  const [error] = pass(lab, 'a', udp({ ...large, flags: 2 }), 'a');
  const isTooBig = error !== undefined && error[20] === 3 && error[21] === 4;
  if (isTooBig) {
    expect(wrongChecksums(error)).toEqual([]);
    expect(shown(error.slice(28))).toBe(`17 ${A}:4000 > ${R1}:1000`);
  }
  const seen = pass(lab, 'a', udp(large), 'out');
  return {
    tells: isTooBig ? read16(error, 26) : 0,
    fragments: seen.map((one) => `${(read16(one, 6) & 0x1fff) * 8}+${one.length - 20} of ${sourceOf(one)}`),
  };
}

/** REQ-14: three fragments of one datagram, in this order, inwards; which arrive and with what checksum. */
function fragments(preset: string, order: readonly number[]): { arrived: number; whole: boolean } {
  const lab = startLab(preset);
  const external = sourcePortOf(pass(lab, 'a', fromA(4000, R1, 1000), 'out')[0]);
  const data = new Uint8Array(40).map((_, index) => index * 3);
  const ends = { source: R1, destination: E };
  const segment = udpSegment({ ...ends, sourcePort: 1000, destinationPort: external, data });
  const pieces = [0, 16, 32].map((offset) =>
    ip(
      { ...ends, protocol: 17, identification: 77, offset, flags: offset === 32 ? 0 : 1 },
      segment.slice(offset, offset + 16),
    ),
  );
  for (const index of order) send(lab, 'out', pieces[index] as Uint8Array);
  wait(lab, 10 * MS);
  const heard = heardBy(lab, 'a');
  const joined = new Uint8Array(48);
  for (const piece of heard) joined.set(piece.slice(20), (read16(piece, 6) & 0x1fff) * 8);
  const whole = ip({ source: R1, destination: A, protocol: 17 }, joined);
  return { arrived: heard.length, whole: heard.length === 3 && wrongChecksums(whole).length === 0 };
}

interface Expected {
  readonly mapping: Dependence;
  readonly filtering: Dependence;
  readonly paired: boolean;
  readonly overloads: boolean;
  readonly range: boolean;
  readonly parity: boolean;
  readonly unanswered: number;
  readonly answered: number;
  readonly inboundRefresh: boolean;
  readonly hairpin: 'off' | 'internal' | 'external';
}

const CONE = {
  mapping: 'endpoint-independent',
  paired: true,
  overloads: false,
  range: true,
  parity: false,
  unanswered: 300 * S,
  answered: 300 * S,
  inboundRefresh: false,
  hairpin: 'external',
} as const;

const PER_CONNECTION = {
  mapping: 'address-and-port-dependent',
  filtering: 'address-and-port-dependent',
  hairpin: 'off',
} as const;

/** What the documents that each preset names say of it. `cloud-1to1` has no ports to share and stands below. */
const EXPECTED: Readonly<Record<Exclude<PresetName, 'cloud-1to1'>, Expected>> = {
  'linux-masquerade': {
    ...PER_CONNECTION,
    paired: true,
    overloads: true,
    range: true,
    parity: false,
    unanswered: 30 * S,
    answered: 120 * S,
    inboundRefresh: true,
  },
  pf: {
    ...PER_CONNECTION,
    paired: false,
    overloads: false,
    range: false,
    parity: false,
    unanswered: 60 * S,
    answered: 60 * S,
    inboundRefresh: true,
  },
  'pf-static-port': {
    ...PER_CONNECTION,
    // Two hosts cannot have one port towards one remote end: b was there first, and a got nothing there.
    paired: false,
    overloads: true,
    range: true,
    parity: true,
    unanswered: 60 * S,
    answered: 60 * S,
    inboundRefresh: true,
  },
  'full-cone': { ...CONE, filtering: 'endpoint-independent' },
  'restricted-cone': { ...CONE, filtering: 'address-dependent' },
  'port-restricted-cone': { ...CONE, filtering: 'address-and-port-dependent' },
  symmetric: {
    ...PER_CONNECTION,
    paired: true,
    overloads: false,
    range: true,
    parity: false,
    unanswered: 120 * S,
    answered: 120 * S,
    inboundRefresh: false,
  },
  carrier: { ...CONE, filtering: 'endpoint-independent' },
  'short-timer': { ...CONE, filtering: 'address-and-port-dependent', unanswered: 2 * S, answered: 2 * S },
};

describe.each(Object.entries(EXPECTED))('RFC 4787 §12, preset %s', (name, expected) => {
  const preset = `{ preset: ${name} }`;

  it('REQ-1: mapping', () => expect(mappingOf(preset)).toBe(expected.mapping));
  it('REQ-2: pooling', () => expect(isPaired(preset)).toBe(expected.paired));
  it('REQ-3: overloading', () => expect(isOverloaded(preset)).toBe(expected.overloads));
  it('REQ-3a: well-known ports stay among themselves', () => expect(keepsRange(preset)).toBe(expected.range));
  it('REQ-4: parity', () => expect(keepsParity(preset)).toBe(expected.parity));
  it('REQ-5: the timer, to the nanosecond', () => {
    expect(livesFor(preset, expected.unanswered)).toBe(true);
    expect(answeredLivesFor(preset, expected.answered)).toBe(true);
  });
  it('REQ-6, REQ-6a: refresh', () => {
    expect(refreshOf(preset, expected.unanswered)).toEqual({ outbound: true, inbound: expected.inboundRefresh });
  });
  it('REQ-8: filtering', () => expect(filteringOf(preset)).toBe(expected.filtering));
  it('REQ-9, REQ-9a: hairpinning', () => expect(hairpinOf(preset)).toBe(expected.hairpin));
  it('REQ-10: what datagrams carry is not looked at', () => {
    const lab = startLab(preset);
    const data = new TextEncoder().encode('c=IN IP4 192.168.1.10 PORT 192,168,1,10,15,160');
    const [seen] = pass(
      lab,
      'a',
      udp({ source: A, destination: R1, sourcePort: 4000, destinationPort: 5060, data }),
      'out',
    );
    expect(seen?.slice(28)).toEqual(data);
  });
  it('REQ-12: errors come through and end nothing', () => {
    expect(survivesErrors(preset)).toEqual({ told: true, lives: true });
  });
  it('REQ-13, REQ-13a: packets larger than the outside link', () => {
    expect(largePackets(preset)).toEqual({ tells: 1500, fragments: [`0+1480 of ${E}`, `1480+300 of ${E}`] });
  });
  it('REQ-14: fragments in order and out of it', () => {
    expect(fragments(preset, [0, 1, 2])).toEqual({ arrived: 3, whole: true });
    expect(fragments(preset, [2, 1, 0])).toEqual({ arrived: 3, whole: true });
    expect(fragments(preset, [1, 0, 2])).toEqual({ arrived: 3, whole: true });
  });
});

describe('RFC 4787, settings that presets do not use', () => {
  it('REQ-1: address-dependent mapping', () => {
    expect(mappingOf('{ mapping: address-dependent, ports: random }')).toBe('address-dependent');
  });

  it.each(['endpoint-independent', 'address-dependent', 'address-and-port-dependent'])(
    'filtering is what is set, whatever the mapping: %s',
    (filtering) => {
      for (const mapping of ['endpoint-independent', 'address-dependent', 'address-and-port-dependent']) {
        expect(filteringOf(`{ mapping: ${mapping}, filtering: ${filtering} }`)).toBe(filtering);
      }
    },
  );

  it('REQ-4: parity kept by ports: parity', () => {
    expect(keepsParity('{ ports: parity }')).toBe(true);
    expect(keepsParity('{ ports: contiguous }')).toBe(false);
  });

  it('REQ-5a: a shorter timer for a destination port does not shorten what another one has', () => {
    const preset = '{ filtering: endpoint-independent, timeouts: { 53: 10s, 0-1023: 30s } }';
    const alive = (ports: readonly number[], after: number): boolean => {
      const lab = startLab(preset);
      let begun = 0;
      let external = 0;
      for (const port of ports) {
        begun = send(lab, 'a', fromA(4000, R1, port));
        external = sourcePortOf(heardAfter(lab, 'out'));
      }
      heardBy(lab, 'a');
      sendAt(lab, begun + after, 'out', fromOut(R1, 7, E, external));
      return heardAfter(lab, 'a') !== undefined;
    };
    expect([alive([53], 10 * S - 1), alive([53], 10 * S)]).toEqual([true, false]);
    expect([alive([500], 30 * S - 1), alive([500], 30 * S)]).toEqual([true, false]);
    expect([alive([4500], 300 * S - 1), alive([4500], 300 * S)]).toEqual([true, false]);
    expect(alive([4500, 53], 200 * S)).toBe(true);
  });

  it('REQ-9a: internal source, and no hairpinning at all', () => {
    expect(hairpinOf('{ hairpinning: internal, filtering: endpoint-independent }')).toBe('internal');
    const lab = startLab('{ hairpinning: off }');
    const a = open(lab, 'a', fromA(4000, R1, 1000));
    pass(lab, 'b', fromB(5000, a.address, a.port), 'a');
    expect(drops(lab)).toContain('nat.no-hairpinning');
  });

  it('REQ-9: filtering holds for what is turned back as well', () => {
    const lab = startLab('{ filtering: address-and-port-dependent }');
    const a = open(lab, 'a', fromA(4000, R1, 1000));
    expect(pass(lab, 'b', fromB(5000, a.address, a.port), 'a')).toEqual([]);
    expect(drops(lab)).toContain('nat.filtered');
  });

  it('REQ-14: in-order alone, and none', () => {
    expect(fragments('{ fragments: in-order }', [0, 1, 2])).toEqual({ arrived: 3, whole: true });
    expect(fragments('{ fragments: in-order }', [1, 0, 2]).arrived).toBe(2);
    expect(fragments('{ fragments: drop }', [0, 1, 2]).arrived).toBe(0);
  });

  it('REQ-12: errors dropped, or with what they quote left as it was, where that is set', () => {
    const told = (settings: string): Uint8Array | undefined => {
      const lab = startLab(settings);
      const [seen] = pass(lab, 'a', fromA(4000, R1, 1000), 'out');
      return pass(lab, 'out', icmpError({ source: R1, destination: E }, seen as Uint8Array), 'a')[0];
    };
    expect(told('{ icmp_errors: drop }')).toBeUndefined();
    const outerOnly = told('{ icmp_errors: outer-only }') as Uint8Array;
    expect(shown(outerOnly.slice(28))).toBe(`17 ${E}:4000 > ${R1}:1000`);
    expect(wrongChecksums(outerOnly)).toEqual([]);
  });
});

describe('one address to one address', () => {
  const cloud = `{ preset: cloud-1to1, map: [{ inside: ${A}, outside: 198.51.100.50 }, { inside: ${B}, outside: 198.51.100.51 }] }`;

  it('writes addresses and nothing else, in both directions, whoever begins', () => {
    const lab = startLab(cloud);
    const [out] = pass(lab, 'a', fromA(4000, R1, 1000), 'out');
    expect(shown(out as Uint8Array)).toBe(`17 198.51.100.50:4000 > ${R1}:1000`);
    const [inside] = pass(lab, 'out', fromOut(R2, 9, '198.51.100.51', 7), 'b');
    expect(shown(inside as Uint8Array)).toBe(`17 ${R2}:9 > ${B}:7`);
    expect([out, inside].flatMap((one) => wrongChecksums(one as Uint8Array))).toEqual([]);
  });

  it('has no timer', () => {
    const lab = startLab(cloud);
    wait(lab, 86_400 * S);
    expect(pass(lab, 'out', fromOut(R2, 9, '198.51.100.51', 7), 'b')).toHaveLength(1);
  });

  it('turns packets back with the external source', () => {
    const lab = startLab(cloud);
    const [seen] = pass(lab, 'a', fromA(4000, '198.51.100.51', 7), 'b');
    expect(shown(seen as Uint8Array)).toBe(`17 198.51.100.50:4000 > ${B}:7`);
    expect(wrongChecksums(seen as Uint8Array)).toEqual([]);
  });

  it('lets ping in, and a host without an external address not out', () => {
    const lab = startLab(cloud.replace(`, { inside: ${B}, outside: 198.51.100.51 }`, ''));
    const echo = icmp({ source: R1, destination: '198.51.100.50', type: 8, identifier: 9 });
    expect(pass(lab, 'out', echo, 'a')).toHaveLength(1);
    const reply = icmp({ source: A, destination: R1, type: 0, identifier: 9 });
    expect(shown(pass(lab, 'a', reply, 'out')[0] as Uint8Array)).toBe(`1 198.51.100.50 > ${R1} type 0 id 9`);
    expect(pass(lab, 'b', fromB(4000, R1, 1000), 'out')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.not-mapped']);
  });

  it('maps prefixes host by host', () => {
    const lab = startLab('{ type: one-to-one, map: [{ inside: 192.168.1.0/24, outside: 10.77.1.0/24 }] }');
    expect(sourceOf(pass(lab, 'a', fromA(4000, R1, 1000), 'out')[0])).toBe('10.77.1.10');
  });
});

it('every preset says where it is from', () => {
  for (const name of PRESET_NAMES) expect(PRESETS[name].sources.length).toBeGreaterThan(0);
});
