import { describe, expect, it } from '@jest/globals';
import { parseDuration, write16 } from '../../../core/index.ts';
import { judge, Simulation, storyOf } from '../../../core/simulation/index.ts';
import { natCodes } from '../../../plugins/nat/codes.ts';
import { TOLD_WITH_OCTETS } from '../../../plugins/nat/told.ts';
import {
  A,
  B,
  command,
  diagnosticsOf,
  drops,
  E,
  esp,
  fromA,
  fromB,
  fromOut,
  heardBy,
  ip,
  type Lab,
  labText,
  MS,
  natState,
  pass,
  R1,
  R2,
  recordsOf,
  registry,
  S,
  send,
  show,
  shown,
  sourceOf,
  sourcePortOf,
  startLab,
  topologyOf,
  udp,
  wait,
  wrongChecksums,
} from './lab.ts';

describe('changes', () => {
  it('flush forgets mappings, of all or of one', () => {
    const lab = startLab('{}');
    pass(lab, 'a', fromA(1, R1, 7), 'out');
    pass(lab, 'b', fromB(2, R1, 7), 'out');
    command(lab, { nat: 'flush', client: 0xc0a8010a });
    expect(pass(lab, 'out', fromOut(R1, 7, E, 1), 'a')).toEqual([]);
    expect(pass(lab, 'out', fromOut(R1, 7, E, 2), 'b')).toHaveLength(1);
    command(lab, { nat: 'flush' });
    expect(pass(lab, 'out', fromOut(R1, 7, E, 2), 'b')).toEqual([]);
    expect(natState(lab).table.count).toBe(0);
    expect(natState(lab).clients.size).toBe(0);
    expect(recordsOf(lab, 'nat.flushed').map(({ values }) => values?.lost)).toEqual([1, 1]);
  });

  it('reboot also passes nothing for a while', () => {
    const lab = startLab('{ ports: contiguous, range: 5000-6000 }');
    expect(sourcePortOf(pass(lab, 'a', fromA(1, R1, 7), 'out')[0])).toBe(5000);
    command(lab, { nat: 'reboot', for: 2 * S });
    expect(pass(lab, 'a', fromA(1, R1, 7), 'out')).toEqual([]);
    expect(pass(lab, 'out', fromOut(R1, 7, E, 5000), 'a')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.rebooting', 'nat.rebooting']);
    wait(lab, 2 * S);
    expect(sourcePortOf(pass(lab, 'a', fromA(1, R1, 7), 'out')[0])).toBe(5000);
  });

  it('rebind gives every flow another port at once, even where ports are preserved', () => {
    for (const preset of ['port-restricted-cone', 'linux-masquerade', 'symmetric', 'pf-static-port', 'carrier']) {
      const lab = startLab(`{ preset: ${preset} }`);
      const before = sourcePortOf(pass(lab, 'a', fromA(4500, R1, 4500), 'out')[0]);
      command(lab, { nat: 'rebind' });
      expect(pass(lab, 'out', fromOut(R1, 4500, E, before), 'a')).toEqual([]);
      const after = sourcePortOf(pass(lab, 'a', fromA(4500, R1, 4500), 'out')[0]);
      expect(after).not.toBe(before);
      expect(pass(lab, 'out', fromOut(R1, 4500, E, after), 'a')).toHaveLength(1);
    }
  });

  it('rebind frees the port that was, and takes the one that is', () => {
    const lab = startLab('{ ports: contiguous, range: 5000-5001 }');
    expect(sourcePortOf(pass(lab, 'a', fromA(1, R1, 7), 'out')[0])).toBe(5000);
    command(lab, { nat: 'rebind' });
    expect(sourcePortOf(pass(lab, 'a', fromA(1, R1, 7), 'out')[0])).toBe(5001);
    expect(sourcePortOf(pass(lab, 'b', fromB(1, R1, 7), 'out')[0])).toBe(5000);
    expect(pass(lab, 'b', fromB(2, R1, 7), 'out')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.no-port']);
  });

  it('another external address ends the mappings of the old one', () => {
    const text = labText(`{ forwards: [{ outside_port: 500, to: ${A} }] }`).replace(
      'links:',
      'timeline:\n  - { at: 5s, node: nat, renumber: wan, to: 198.51.100.9/24, gateway: 198.51.100.1 }\nlinks:',
    );
    const lab: Lab = { from: 0, simulation: Simulation.start(topologyOf(text), { registry }) };
    wait(lab, 1 * S);
    expect(sourceOf(pass(lab, 'a', fromA(4000, R1, 7), 'out')[0])).toBe(E);
    wait(lab, 5 * S);
    expect(sourceOf(pass(lab, 'a', fromA(4000, R1, 7), 'out').at(-1))).toBe('198.51.100.9');
    expect(pass(lab, 'out', fromOut(R1, 7, '198.51.100.9', 4000), 'a')).toHaveLength(1);
    expect(pass(lab, 'out', fromOut(R1, 7, '198.51.100.9', 500), 'a')).toHaveLength(1);
    expect(recordsOf(lab, 'nat.address-changed').map(({ values }) => values)).toEqual([
      { before: E, after: '198.51.100.9', lost: 1 },
    ]);
  });
});

describe('what is told', () => {
  it('a translation with the octets before and after, and every code has its sentence', () => {
    const lab = startLab('{}');
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    const [record] = recordsOf(lab, 'nat.translated');
    const { before, after } = (record as { values?: unknown }).values as { before: Uint8Array; after: Uint8Array };
    expect([shown(before), shown(after)]).toEqual([`17 ${A}:4000 > ${R1}:7`, `17 ${E}:4000 > ${R1}:7`]);
    expect(storyOf(registry, record as never)).toBe(`nat wrote the source ${E}:4000 in place of ${A}:4000`);
    for (const code of Object.keys(natCodes)) expect(registry.codes.has(code)).toBe(true);
  });

  it('of a mapping’s many packets the first with octets, all with their ends, also behind a rebinding', () => {
    const lab = startLab('{ ports: contiguous, range: 5000-6000 }');
    const told = (): [unknown, boolean][] =>
      recordsOf(lab, 'nat.translated').map(({ values }) => [values?.to, values?.before !== undefined]);
    for (let count = 0; count < TOLD_WITH_OCTETS + 2; count++) pass(lab, 'a', fromA(4000, R1, 7), 'out');
    expect(told().filter(([to, octets]) => to === `${E}:5000` && octets)).toHaveLength(TOLD_WITH_OCTETS);
    expect(told().slice(-2)).toEqual(Array(2).fill([`${E}:5000`, false]));
    command(lab, { nat: 'rebind' });
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    expect(told().at(-1)).toEqual([`${E}:5001`, false]);
  });

  it('nothing is told and nothing is different where nobody records', () => {
    const frames = (recording: 'off' | 'full'): string[] => {
      const lab = startLab('{ ports: random }', { recording });
      return [1, 2, 3].flatMap((port) => show(pass(lab, 'a', fromA(port, R1, 7), 'out')));
    };
    expect(frames('off')).toEqual(frames('full'));
  });

  it('expectations count live, made and expired mappings', () => {
    const expectations = `
expect:
  - { node: nat, mapping: { protocol: udp, inside: "${A}:4000" }, count: 1 }
  - { node: nat, mapping: { inside: ${A} }, state: made, count: 2 }
  - { node: nat, mapping: { inside: ${A}, outside: "${E}:53" }, state: expired }
  - { node: nat, mapping: {}, state: expired, count: 0 }
  - { node: nat, mapping: { remote: "${R1}:9" }, count: { at_most: 0 } }
`;
    const text = labText('{ timeouts: { 9: 1s } }') + expectations;
    const lab: Lab = { from: 0, simulation: Simulation.start(topologyOf(text), { registry }) };
    wait(lab, 1 * S);
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    pass(lab, 'a', fromA(53, R1, 9), 'out');
    wait(lab, 2 * S);
    const verdicts = judge(lab.simulation);
    expect(verdicts.map(({ held }) => held)).toEqual([true, true, true, false, true]);
    expect(verdicts[1]?.evidence).toBe(
      `2 mappings made: ${A}:4000 as ${E}:4000 (UDP), ${A}:53 as ${E}:53 (UDP); 2 expected`,
    );
  });

  it('tables and badges show mappings with their timers', () => {
    const lab = startLab('{}');
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    const plugin = registry.plugins.get('nat');
    const view = { now: lab.simulation.now, interfaces: [] };
    const rows = plugin?.tables?.[0]?.rows(natState(lab), view);
    expect(rows).toEqual([
      expect.objectContaining({
        protocol: 'UDP',
        inside: `${A}:4000`,
        outside: `${E}:4000`,
        remote: `${R1}:7`,
        sent: 1,
      }),
    ]);
    const left = parseDuration(String(rows?.[0]?.left));
    expect('value' in left && left.value > 299 * S && left.value <= 300 * S).toBe(true);
    expect(plugin?.badges?.(natState(lab), view)).toEqual([{ text: '1 mapped', tone: 'translation' }]);
  });
});

describe('settings that cannot be', () => {
  it.each([
    ['{ preset: linux }', /linux-masquerade|preset/],
    ['{ outside: wam }', /did you mean `wan`/],
    ['{ inside: [lan1, wan], outside: wan }', /wan cannot be inside and outside/],
    ['{ type: one-to-one }', /needs `map`/],
    ['{ type: pool }', /needs `addresses`/],
    ['{ preset: cloud-1to1 }', /needs `map`/],
    ['{ overloading: true }', /endpoint-independent mapping/],
    ['{ map: [{ inside: 10.0.0.0/24, outside: 10.1.0.0/25 }] }', /same length/],
    ['{ map: [{ inside: 10.0.0.0/8, outside: 11.0.0.0/8 }] }', /at least 16 bits/],
    ['{ forwards: [{ to: 10.0.0.1 }] }', /which external port/],
    ['{ forwards: [{ to: 10.0.0.1, protocol: icmp }] }', /no port to forward/],
    ['{ forwards: [{ to: 10.0.0.1, protocol: esp, outside_port: 4 }] }', /no ports/],
    ['{ forwards: [{ to: 10.0.0.1, protocol: ipsec }] }', /no IP protocol/],
    ['{ range: 6000-5000 }', /ends before it begins/],
    ['{ addresses: 10.0.0.9-10.0.0.1 }', /ends before it begins/],
    ['{ addresses: 10.0.0.0-10.9.0.0 }', /at most 1024/],
    ['{ timeouts: { dns: 3s } }', /no range of ports/],
    ['{ udp_timeout: 0s }', /less than/],
    ['{ limit: 0 }', /./],
    ['{ mapping: symmetric }', /./],
  ])('%s', (settings, message) => {
    expect(diagnosticsOf(settings)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it('every preset overrides key by key', () => {
    const lab = startLab('{ preset: linux-masquerade, udp_timeout: 1h, udp_first_timeout: 1h }');
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    wait(lab, 3000 * S);
    expect(pass(lab, 'out', fromOut(R1, 7, E, 4000), 'a')).toHaveLength(1);
  });
});

it('a run cut in the middle goes on to the same octets, mappings, fragments, pending SPIs and all', () => {
  const script = (lab: Lab, from: number, to: number): string[] => {
    const frames: string[] = [];
    const pieces = (id: number): Uint8Array[] =>
      [8, 0].map((offset) =>
        ip(
          { source: A, destination: R1, protocol: 17, identification: id, offset, flags: offset === 0 ? 1 : 0 },
          udp({ source: A, destination: R1, sourcePort: 9000 + id, destinationPort: 9, data: new Uint8Array(8) }).slice(
            20 + offset,
            28 + offset,
          ),
        ),
      );
    for (let step = from; step < to; step++) {
      const packets: ['a' | 'b' | 'out', Uint8Array][] = [
        ['a', fromA(4000 + (step % 7), R1, 7 + step)],
        ['b', esp({ source: B, destination: R2 }, 100 + step)],
        ['out', esp({ source: R2, destination: E }, 200 + step)],
        ['a', pieces(step >> 1)[step & 1] as Uint8Array],
        ['out', fromOut(R1, 7 + step, E, 4000 + (step % 7))],
      ];
      for (const [host, bytes] of packets) send(lab, host, bytes);
      wait(lab, 700 * MS);
      for (const host of ['a', 'b', 'out'] as const) {
        for (const bytes of heardBy(lab, host)) frames.push(`${host} ${Buffer.from(bytes).toString('hex')}`);
      }
    }
    return frames;
  };
  const settings =
    '{ mapping: address-dependent, ports: random, other: spi-guess, udp_timeout: 3s, pooling: arbitrary, addresses: 198.51.100.7-198.51.100.9 }';
  const whole = startLab(settings);
  const expected = script(whole, 0, 24);
  expect(expected.length).toBeGreaterThan(60);
  for (const cut of [1, 5, 12, 23]) {
    const lab = startLab(settings);
    const before = script(lab, 0, cut);
    const resumed: Lab = {
      ...lab,
      simulation: Simulation.resume(lab.simulation.snapshot(), { registry, emptyCaches: true }),
    };
    expect([...before, ...script(resumed, cut, 24)]).toEqual(expected);
  }
});

it('the checksum of IPv4 is written by the difference, right or wrong', () => {
  const lab = startLab('{}');
  const packet = fromA(4000, R1, 7);
  expect(wrongChecksums(packet)).toEqual([]);
  write16(packet, 26, 0x1111);
  expect(wrongChecksums(pass(lab, 'a', packet, 'out')[0] as Uint8Array)).toEqual(['transport']);
});
