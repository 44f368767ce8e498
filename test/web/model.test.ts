import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Transition } from '../../core/index.ts';
import { MOST_IN_LINK, readAddress, writeAddress } from '../../web/model/address.ts';
import { byteViews, firstOpen, lineAt, treeLines } from '../../web/model/dissection-tree.ts';
import { createFlightStore, createStretch, flightsAt, trafficAt } from '../../web/model/flight-store.ts';
import { axisMarks, formatMoment, formatSpan, momentText, protocolName, readMoment } from '../../web/model/format.ts';
import { createStory, happenedIn, MOST_HAPPENINGS } from '../../web/model/happening-store.ts';
import { collectLabs, topLevelText } from '../../web/model/labs.ts';
import { arrange, distances, wayBetween } from '../../web/model/layout.ts';
import { nextMoment, SPEEDS } from '../../web/model/playback.ts';
import { isPositions } from '../../web/model/positions.ts';
import { createRowPages, PAGE_ROWS } from '../../web/model/row-pages.ts';
import { sketchOf } from '../../web/model/sketch.ts';
import { layOut, waysTaken } from '../../web/model/state-chart.ts';
import type { Flights, LabDescription, Row } from '../../workers/client.ts';

/** Flights as the worker answers them, oldest first. */
function flightsOf(list: readonly (readonly [starts: number, arrives: number])[], more = false): Flights {
  return {
    count: list.length,
    more,
    records: Float64Array.from(list, (_, at) => at + 1),
    directions: new Int32Array(list.length),
    starts: Float64Array.from(list, ([starts]) => starts),
    arrives: Float64Array.from(list, ([, arrives]) => arrives),
    sizes: new Uint32Array(list.length).fill(60),
    fates: new Uint8Array(list.length),
    stack: new Uint16Array(list.length).fill(1),
    stacks: [],
  };
}

const spans = fc
  .array(fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 3000 })), { maxLength: 60 })
  .map((list) => list.map(([start, span]) => [start, start + span] as const).sort((a, b) => a[0] - b[0]));

describe('flights', () => {
  it('finds those under way at any instant, as looking at all of them does', () => {
    fc.assert(
      fc.property(spans, fc.nat(14_000), (list, moment) => {
        const stretch = createStretch(0, 20_000, flightsOf(list), true);
        const found: number[] = [];
        flightsAt(stretch, moment, (index) => found.push(index));
        const expected = list.flatMap(([from, to], index) => (from <= moment && moment < to ? [index] : []));
        expect([...found].sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });

  it('says when traffic changes next, and never that it already has', () => {
    fc.assert(
      fc.property(spans, fc.nat(14_000), (list, moment) => {
        const traffic = trafficAt(createStretch(0, 20_000, flightsOf(list), true), moment);
        expect(traffic.until).toBeGreaterThan(moment);
        const inside = list.some(([from, to]) =>
          [from, to].some((at) => at > moment && at < traffic.until && at !== to),
        );
        expect(inside).toBe(false);
        const under = list.filter(([from, to]) => from <= moment && moment < to);
        expect(traffic.shortest).toBe(under.length === 0 ? 0 : Math.min(...under.map(([from, to]) => to - from)));
      }),
    );
  });

  it('asks for what it does not know, once at a time, and forgets answers to another lab', async () => {
    const asked: [number, number][] = [];
    const answers: ((flights: Flights) => void)[] = [];
    let changes = 0;
    const store = createFlightStore(
      (from, to) => {
        asked.push([from, to]);
        return new Promise((resolve) => answers.push(resolve));
      },
      () => changes++,
    );
    store.want(0, 1000, false);
    store.want(500, 1000, false);
    expect(asked).toEqual([[0, 1001]]);
    answers[0]?.(flightsOf([[10, 30]]));
    await Promise.resolve();
    await Promise.resolve();
    expect(changes).toBe(1);
    expect(store.at(20)?.flights.count).toBe(1);
    expect(store.at(1001)).toBeUndefined();
    store.clear();
    store.want(0, 2000, true);
    store.clear();
    answers[1]?.(flightsOf([[10, 30]]));
    await Promise.resolve();
    await Promise.resolve();
    expect(store.at(20)).toBeUndefined();
  });

  it('knows only up to the last start where there was more than one answer holds', () => {
    const stretch = createStretch(
      0,
      1000,
      flightsOf(
        [
          [10, 20],
          [40, 90],
        ],
        true,
      ),
      true,
    );
    expect([stretch.from, stretch.to, stretch.open]).toEqual([0, 40, false]);
    expect(createStretch(50, 1000, flightsOf([[10, 70]], true), true).to).toBe(51);
  });
});

describe('playback', () => {
  const traffic = (list: readonly (readonly [number, number])[]) => {
    const stretch = createStretch(0, 1e12, flightsOf(list), true);
    return (moment: number) => trafficAt(stretch, moment);
  };

  it('shows each flight for the same time, however short, and hurries through silence', () => {
    const known = traffic([
      [0, 1_000],
      [60_000_000_000, 60_000_008_000],
    ]);
    const seconds = (from: number, to: number) => {
      let moment = from;
      let passed = 0;
      while (moment < to && passed < 60) {
        moment = nextMoment('watch', moment, 1 / 60, 1e12, known);
        passed += 1 / 60;
      }
      return passed;
    };
    expect(seconds(0, 1_000)).toBeCloseTo(0.6, 1);
    expect(seconds(60_000_000_000, 60_000_008_000)).toBeCloseTo(0.6, 1);
    expect(seconds(1_000, 60_000_000_000)).toBeLessThan(1);
  });

  it('always goes on, never beyond the limit, at every speed', () => {
    fc.assert(
      fc.property(
        spans,
        fc.nat(12_000),
        fc.constantFrom(...SPEEDS),
        fc.double({ min: 0.001, max: 0.1, noNaN: true }),
        (list, from, speed, seconds) => {
          const limit = 15_000;
          const next = nextMoment(speed, from, seconds, limit, traffic(list));
          expect(next).toBeLessThanOrEqual(limit);
          expect(next).toBeGreaterThanOrEqual(from);
          expect(Number.isInteger(next)).toBe(true);
        },
      ),
    );
    expect(nextMoment('watch', 5, 1, 100, () => undefined)).toBe(5);
    expect(nextMoment('max', 5, 0.001, 100, () => undefined)).toBe(100);
    expect(nextMoment(0.001, 0, 1, 1e9, () => undefined)).toBe(1_000_000);
  });
});

describe('address', () => {
  it('comes back from a link as it went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(2 ** 31), fc.nat(2 ** 40), (topology, seed, moment) => {
        const own = { topology: `x${topology}`, seed, ...(moment > 0 ? { moment } : {}) };
        expect(readAddress(`#${writeAddress(own)}`)).toEqual(own);
        const shipped = { lab: `a ${topology}`, seed, ...(moment > 0 ? { moment } : {}) };
        expect(readAddress(writeAddress(shipped))).toEqual(shipped);
      }),
    );
  });

  it('opens as much of a damaged link as it still says, and never throws', () => {
    expect(readAddress('#lab=routed&seed=-1&at=1e9')).toEqual({ lab: 'routed' });
    expect(readAddress('#lab=%E0%A4%A&seed=3')).toEqual({ seed: 3 });
    expect(readAddress('#topology=@@@&at=1.5')).toEqual({ moment: 1_500_000_000 });
    fc.assert(
      fc.property(fc.string(), (fragment) => {
        readAddress(fragment);
        readAddress(`topology=${fragment}`);
      }),
    );
  });

  it('unpacks no more than a link may carry', () => {
    const bomb = writeAddress({ topology: 'x'.repeat(8 * MOST_IN_LINK) });
    expect(bomb.length).toBeLessThan(20_000);
    expect((readAddress(bomb).topology ?? '').length).toBeLessThanOrEqual(MOST_IN_LINK);
  });
});

describe('times and names', () => {
  it('writes instants and spans as people read them', () => {
    expect(formatMoment(1_204_318_999)).toBe('1.204\u2009318');
    expect(formatSpan(0)).toBe('0 s');
    expect(formatSpan(1500)).toBe('1.5\u2009µs');
    expect(formatSpan(90_000_000_000)).toBe('90\u2009s');
    expect(['icmp', 'ipv4', 'ikev2', 'esp', 'ethernet', 'data'].map(protocolName)).toEqual([
      'ICMP',
      'IPv4',
      'IKEv2',
      'ESP',
      'Ethernet',
      'Data',
    ]);
    expect(['ikev2-inside', 'ikev1-inside-8'].map(protocolName)).toEqual(['IKEv2', 'IKEv1']);
  });

  it('reads an instant back to the nanosecond', () => {
    fc.assert(fc.property(fc.nat(2 ** 45), (instant) => expect(readMoment(momentText(instant))).toBe(instant)));
    for (const text of ['', '-1', '1e3', '1.', 'x', '12345678', '0.0000000001'])
      expect(readMoment(text)).toBeUndefined();
  });

  it('marks an axis with round steps, neither none nor too many', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.integer({ min: 10, max: 2 ** 40 }), (from, span) => {
        const { marks, step } = axisMarks(from, from + span, 8);
        expect(marks.length).toBeGreaterThanOrEqual(1);
        expect(marks.length).toBeLessThanOrEqual(12);
        expect(marks.every((mark) => mark % step === 0)).toBe(true);
      }),
    );
  });
});

const outline = (links: readonly (readonly [string, string])[]): LabDescription => {
  const names = [...new Set(links.flat())].sort();
  return {
    name: 'test',
    about: '',
    seed: 1,
    nodes: names.map((name) => ({ name, kind: 'host', interfaces: [], plugins: [] })),
    links: links.map(([a, b], at) => ({
      name: `${at}`,
      ends: [
        { node: a, interface: 'a' },
        { node: b, interface: 'b' },
      ],
      settings: {} as LabDescription['links'][number]['settings'],
    })),
    timeline: [],
    expectations: [],
  };
};

describe('layout', () => {
  const chain = outline([
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'd'],
    ['b', 'x'],
  ]);
  const tree = outline(Array.from({ length: 90 }, (_, at) => [`n${Math.floor(at / 3)}`, `n${at + 1}`] as const));
  const mesh = outline(
    Array.from({ length: 40 }, (_, at) => [`m${at % 13}`, `m${(at * 7 + 1) % 13}`] as const).filter(
      ([a, b]) => a !== b,
    ),
  );

  it('lays a chain from left to right, its longest way straight', async () => {
    const places = await arrange(chain);
    const xs = ['a', 'b', 'c', 'd'].map((name) => places.get(name)?.x ?? 0);
    expect(xs).toEqual([...xs].sort((p, q) => p - q));
    expect(new Set(['a', 'b', 'c', 'd'].map((name) => places.get(name)?.y)).size).toBe(1);
  });

  it.each([
    ['chain', chain],
    ['tree', tree],
    ['mesh', mesh],
    [
      'islands',
      outline([
        ['a', 'b'],
        ['c', 'd'],
      ]),
    ],
  ])('gives the %s the same picture twice, with no two nodes on one place', async (_name, lab) => {
    const first = await arrange(lab);
    expect([...(await arrange(lab))]).toEqual([...first]);
    expect(first.size).toBe(lab.nodes.length);
    const all = [...first.values()];
    for (const [at, one] of all.entries()) {
      for (const other of all.slice(at + 1)) expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(30);
    }
  });

  it('finds ways and distances', () => {
    expect(wayBetween(chain, 'x', 'd')).toEqual(['x', 'b', 'c', 'd']);
    expect(
      wayBetween(
        outline([
          ['a', 'b'],
          ['c', 'd'],
        ]),
        'a',
        'd',
      ),
    ).toBeUndefined();
    expect(distances(chain, 'a').get('d')).toBe(3);
  });

  it('takes positions of a file only in their form', () => {
    expect(isPositions({ a: [1, 2] })).toBe(true);
    for (const wrong of [null, [], 7, { a: [1] }, { a: [1, 'x'] }, { a: [1, 1e9] }, { a: { x: 1 } }]) {
      expect(isPositions(wrong)).toBe(false);
    }
  });
});

describe('rows', () => {
  const all: Row[] = Array.from({ length: 1234 }, (_, at) => ({ number: at + 1, time: at * 10, record: at }) as Row);
  const pagesOf = () =>
    createRowPages(
      async ({ from, count }) => ({ rows: all.slice(from, from + count), total: all.length, looked: 1, of: 1 }),
      () => '',
      () => {},
    );

  it('finds the row that time has reached by asking for few pages', async () => {
    const pages = pagesOf();
    expect(await pages.indexAt(50)).toBe(-1);
    pages.want(0, 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    for (const [time, index] of [
      [-1, -1],
      [0, 0],
      [9, 0],
      [10, 1],
      [6005, 600],
      [99_999, 1233],
    ] as const) {
      expect(await pages.indexAt(time)).toBe(index);
    }
    expect(pages.row(PAGE_ROWS)?.number).toBe(PAGE_ROWS + 1);
    pages.clear();
    expect(pages.row(0)).toBeUndefined();
  });
});

describe('dissection', () => {
  const field = (name: string, bit: number, bits: number) => ({ name, label: name, value: '1', bit, bits });
  const dissection = {
    bytes: new Uint8Array(20),
    layers: [
      {
        name: 'outer',
        title: 'Outer',
        summary: '',
        start: 0,
        end: 4,
        fields: [{ ...field('outer.a', 0, 16), children: [field('outer.a.b', 4, 4)] }],
      },
      {
        name: 'sealed',
        title: 'Sealed',
        summary: '',
        start: 4,
        end: 20,
        fields: [field('sealed.n', 32, 32)],
        sealed: true,
        opened: {
          key: 'the key of a',
          dissection: {
            bytes: new Uint8Array(8),
            layers: [
              {
                name: 'inner',
                title: 'Inner',
                summary: '',
                start: 0,
                end: 8,
                fields: [field('inner.x', 8, 8)],
                fault: { at: 3, header: 'inner', message: 'cut' },
              },
            ],
          },
        },
      },
    ],
  };

  it('lists what a key opened within the layer that it opened', () => {
    const lines = treeLines(dissection, () => true);
    expect(lines.map(({ kind, depth, name }) => `${kind} ${depth} ${name}`)).toEqual([
      'layer 0 outer',
      'field 0 outer.a',
      'field 0 outer.a.b',
      'layer 0 sealed',
      'field 0 sealed.n',
      'opened 1 sealed',
      'layer 1 inner',
      'field 1 inner.x',
      'fault 1 inner',
    ]);
    expect(byteViews(dissection).map(({ key, dissection: one }) => [key, one.bytes.length])).toEqual([
      ['', 20],
      ['the key of a', 8],
    ]);
    expect(treeLines(dissection, (id) => !id.includes('.')).some(({ name }) => name === 'outer.a.b')).toBe(false);
  });

  it('opens at first what is sealed and what is innermost', () => {
    expect([...firstOpen(dissection)]).toEqual(['/1', '/1/0']);
  });

  it('finds the innermost line of a bit', () => {
    const lines = treeLines(dissection, () => true);
    expect(lineAt(lines, 0, 5)?.name).toBe('outer.a.b');
    expect(lineAt(lines, 0, 9)?.name).toBe('outer.a');
    expect(lineAt(lines, 0, 20)?.name).toBe('outer');
    expect(lineAt(lines, 1, 9)?.name).toBe('inner.x');
    expect(lineAt(lines, 2, 0)).toBeUndefined();
  });
});

describe('shipped labs and stories', () => {
  it('reads name and about as the gallery shows them', () => {
    const yaml = 'name: "A lab"\nabout: >-\n  Two lines\n  of words.\nseed: 1\n';
    expect(topLevelText(yaml, 'name')).toBe('A lab');
    expect(topLevelText(yaml, 'about')).toBe('Two lines of words.');
    expect(topLevelText(yaml, 'duration')).toBe('');
    const labs = collectLabs(
      { '../topologies/b/topology.yaml': 'name: B', '../topologies/a/topology.yaml': yaml },
      { '../topologies/a/positions.json': { x: [1, 2] } },
    );
    expect(labs.map(({ id, name, positions }) => [id, name, positions])).toEqual([
      ['a', 'A lab', { x: [1, 2] }],
      ['b', 'B', undefined],
    ]);
  });

  it('sketches a lab as its links say', () => {
    expect(
      sketchOf(
        'nodes:\n  a: { kind: host }\n  b:\n    kind: nat\nlinks:\n  - a:e -- b:e\n  - { endpoints: [b:f, c:g], delay: 1ms }\n',
      ),
    ).toEqual({
      nodes: [
        { name: 'a', kind: 'host' },
        { name: 'b', kind: 'nat' },
        { name: 'c', kind: 'generic' },
      ],
      links: [
        ['a', 'b'],
        ['b', 'c'],
      ],
    });
    expect(sketchOf('')).toEqual({ nodes: [], links: [] });
  });

  it('tells what happened between two instants, each once', () => {
    const at = (time: number) => ({ time, record: time }) as unknown as Parameters<typeof createStory>[2][number];
    const story = createStory(0, 100, [at(5), at(5), at(9)]);
    expect(happenedIn(story, 4, 5).length).toBe(2);
    expect(happenedIn(story, 5, 9).length).toBe(1);
    expect(happenedIn(story, 9, 100).length).toBe(0);
    expect(
      createStory(
        0,
        1e6,
        Array.from({ length: MOST_HAPPENINGS }, (_, n) => at(n)),
      ).to,
    ).toBe(MOST_HAPPENINGS - 1);
  });
});

describe('colours', () => {
  const css = readFileSync(new URL('../../web/look/tokens.css', import.meta.url), 'utf8');
  const shared = tokensOf(css.slice(0, css.indexOf('--sans')), {});
  const themes = {
    light: tokensOf(css.slice(css.indexOf('data-theme="light"'), css.indexOf(':root[data-theme="dark"]')), shared),
    dark: tokensOf(css.slice(css.indexOf(':root[data-theme="dark"]')), shared),
  };

  it.each(Object.entries(themes))(
    'letters have contrast AA in the %s theme, on paper and on their wash',
    (_name, tokens) => {
      const pairs: [string, string][] = [
        ['ink', 'paper'],
        ['ink', 'wash'],
        ['soft', 'paper'],
        ['soft', 'wash'],
      ];
      for (const tone of ['protected', 'failed', 'good', 'translation', 'key', 'plain']) {
        pairs.push([`${tone}-text`, 'paper'], [`${tone}-text`, `${tone}-wash`], ['ink', `${tone}-wash`]);
      }
      for (const [text, ground] of pairs) {
        const ratio = contrast(tokens[text] ?? '', tokens[ground] ?? '');
        expect([text, ground, ratio >= 4.5]).toEqual([text, ground, true]);
      }
    },
  );

  it('are those of the design, by day', () => {
    expect(shared).toEqual({
      kinari: '#fbfaf5',
      sumi: '#1c1c1c',
      night: '#0f1b2d',
      ai: '#165e83',
      shu: '#d3381c',
      moss: '#6a8d52',
      ochre: '#c89932',
      violet: '#7a7a9d',
    });
    expect([themes.light.paper, themes.light.ink, themes.dark.paper]).toEqual(['#fbfaf5', '#1c1c1c', '#0f1b2d']);
  });
});

/** Custom properties of a block, names followed to their colours. */
function tokensOf(block: string, known: Readonly<Record<string, string>>): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [, name, value] of block.matchAll(/--([\w-]+):\s*([^;]+);/g)) {
    const reference = /^var\(--([\w-]+)\)$/.exec(value as string)?.[1];
    tokens[name as string] =
      reference === undefined ? (value as string) : (tokens[reference] ?? known[reference] ?? '');
  }
  return tokens;
}

/** WCAG 2.2, contrast ratio. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const parts = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe('state charts', () => {
  const transitions: Transition[] = [
    { from: 'none', on: 'wish', to: ['asked', 'short'], code: 'x.begun' },
    { from: 'asked', on: 'answer', to: ['proved', 'closed'], code: 'x.answered' },
    { from: 'proved', on: 'proof', to: ['up', 'closed'], code: 'x.proved' },
    { from: 'short', on: 'proof', to: ['up', 'closed'], code: 'x.short' },
    { from: 'up', on: 'question', to: ['up'], code: 'x.alive' },
    { from: 'up', on: 'end', to: ['closed', 'none'], code: 'x.ended' },
  ];

  it('puts every state below those that lead to it, and none on another', () => {
    const { states, ways, width, height } = layOut(transitions);
    const y = (name: string) => states.find((state) => state.name === name)?.y ?? Number.NaN;
    expect(states).toHaveLength(6);
    for (const [above, below] of [
      ['none', 'asked'],
      ['asked', 'proved'],
      ['proved', 'up'],
      ['short', 'up'],
      ['up', 'closed'],
    ]) {
      expect(y(above as string)).toBeLessThan(y(below as string));
    }
    for (const one of states) {
      expect([one.x - one.width / 2 >= 0, one.x + one.width / 2 <= width, one.y < height]).toEqual([true, true, true]);
      for (const other of states) {
        const apart = Math.abs(one.x - other.x) >= (one.width + other.width) / 2 || Math.abs(one.y - other.y) >= 24;
        expect(one === other || apart).toBe(true);
      }
    }
    expect(ways.every(({ path }) => !/NaN/.test(path))).toBe(true);
    expect(layOut([]).states).toEqual([]);
  });

  it('knows the ways that were gone by what was told and what followed', () => {
    const told = new Set(['x.begun', 'x.short']);
    const ways = waysTaken(transitions, (code) => told.has(code), new Set(['up']));
    expect([...ways]).toEqual(['none/short', 'short/up']);
    expect([...waysTaken(transitions, (code) => code === 'x.begun', new Set())]).toEqual(['none/asked']);
  });
});
