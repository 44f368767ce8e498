import { describe, expect, it } from '@jest/globals';
import {
  type CellOutcome,
  type CellResult,
  cellName,
  cellsOf,
  commonText,
  conclude,
  type Experiment,
  jobOf,
  judgeCells,
  MOST_CELLS,
  parseExperiment,
  tablesOf,
  tallyOf,
} from '../../../core/experiment/index.ts';
import { applyFragments, type Diagnostic } from '../../../core/topology/index.ts';
import { failedCell } from '../../../workers/failed-cell.ts';
import { kinds, registry } from '../../scenarios/labs.ts';
import { luck } from '../../workers/labs.ts';

const BASE = `
name: Two hosts
nodes:
  a: { kind: host, interfaces: { eth0: 10.0.0.1/24 } }
  b: { kind: host, interfaces: { eth0: 10.0.0.2/24 } }
links:
  - a:eth0 -- b:eth0
timeline:
  - { at: 1s, node: a, ping: 10.0.0.2, count: 3 }
expect:
  - { ping: a -> b, answered: 3 }
`;

const WEATHER = `
name: Weather
base: two
axes:
  loss:
    none: {}
    all: { set: { "links[0].loss": 100% } }
  pings:
    about: how many
    variations:
      three: {}
      one more: { merge: { timeline: [{ at: 5s, node: a, ping: 10.0.0.2, count: 1 }] } }
  deaf: { no: , yes: { without: b/ping } }
skip:
  - { when: { loss: all, deaf: yes }, why: one reason is enough }
goals:
  - { ping: a -> b, answered: { at_least: 3 } }
measures:
  frames: { frames: a:eth0 -- b:eth0 }
expect:
  - { when: { loss: none, deaf: no }, works: true, measures: { frames: { at_least: 6 } } }
  - { unless: { loss: none, deaf: no }, works: false }
  - { when: { loss: all }, cause: core.link-lost }
`;

function parse(text: string): { experiment?: Experiment; diagnostics: readonly Diagnostic[] } {
  return parseExperiment(text, {
    registry,
    kinds,
    fileName: 'weather.yaml',
    baseOf: (name) => (name === 'two' ? { fileName: 'two.yaml', text: BASE } : { wrong: `there is no \`${name}\`` }),
  });
}

function parsed(text: string): Experiment {
  const { experiment, diagnostics } = parse(text);
  if (experiment === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return experiment;
}

/** `line:column message` of each. */
function told(text: string): string[] {
  return parse(text).diagnostics.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
}

describe('an experiment file', () => {
  it('becomes cells: every combination of variations, those that are skipped with their reason', () => {
    const experiment = parsed(WEATHER);
    const cells = cellsOf(experiment);
    expect(cells.map((cell) => cellName(experiment, cell))).toEqual([
      'loss=none pings=three deaf=no',
      'loss=none pings=three deaf=yes',
      'loss=none pings=one more deaf=no',
      'loss=none pings=one more deaf=yes',
      'loss=all pings=three deaf=no',
      'loss=all pings=three deaf=yes',
      'loss=all pings=one more deaf=no',
      'loss=all pings=one more deaf=yes',
    ]);
    expect(cells.filter(({ skipped }) => skipped === 'one reason is enough').map(({ index }) => index)).toEqual([5, 7]);
    const job = jobOf(experiment, cells[2] as (typeof cells)[0], commonText(experiment), kinds);
    expect(job.fragments).toHaveLength(1);
    expect(JSON.stringify(job)).not.toContain('works');
    expect(structuredClone(experiment)).toEqual(experiment);
  });

  it('gives each cell a seed of the names of its variations, whatever else there is and in whatever order', () => {
    const seeds = (text: string): Map<string, number | undefined> => {
      const experiment = parsed(text);
      return new Map(
        cellsOf(experiment).map((cell) => [
          cellName(experiment, cell).split(' ').sort().join(' '),
          jobOf(experiment, cell, '', undefined).seed,
        ]),
      );
    };
    const two = `base: two\naxes: { x: { p: , q: }, y: { r: , s: } }`;
    const turned = `base: two\naxes: { y: { s: , t: , r: }, x: { q: , p: } }`;
    const [one, other] = [seeds(two), seeds(turned)];
    for (const [name, seed] of one) expect(other.get(name)).toBe(seed);
    expect(new Set(one.values()).size).toBe(4);
    expect(new Set(seeds(`${two}\nseed: 7`).values())).toEqual(new Set([7]));
    // A variation that says which seed has the last word.
    expect(seeds('base: two\naxes: { x: { p: { set: { seed: 3 } } } }').get('x=p')).toBeUndefined();
  });

  it('tells every mistake at its place, with the word that was meant', () => {
    const text = WEATHER.replace('links[0].loss', 'links[0].lost')
      .replace('name: Weather', 'nme: Weather')
      .replace('loss: all, deaf: yes }', 'loss: al, deaf: yes }')
      .replace('frames: { frames:', 'frames: { framez:')
      .replace('cause: core.link-lost', 'cause: core.link-los');
    expect(told(text)).toEqual([
      'weather.yaml:2:1 unknown key `nme`, did you mean `name`?',
      'weather.yaml:15:21 axis `loss` has no variation `al`, did you mean `all`?',
      'weather.yaml:19:11 a measure has one of frames, octets, gap, count, time, figure, holds',
      'weather.yaml:21:64 there is no measure `frames`',
      'weather.yaml:23:35 no plugin tells `core.link-los`, did you mean `core.link-lost`?',
    ]);
    // What only the topology shows is told once the file itself is right.
    expect(told(WEATHER.replace('links[0].loss', 'links[0].lost'))).toEqual([
      expect.stringMatching(/^weather.yaml:7:19 loss=all: unknown key `lost`, did you mean `loss`\?/),
    ]);
    expect(told(WEATHER.replace('ping: a -> b', 'ping: a -> bb'))).toEqual([
      expect.stringMatching(/^weather.yaml:17:5 there is no address or node `bb`/),
    ]);
    // What goes with a plugin is told where it is taken off, and is no mistake.
    expect(told(WEATHER.replace('without: b/ping', 'without: b/icmp'))).toEqual([
      expect.stringMatching(/^weather.yaml:\d+:\d+ deaf=yes: b: ping went with icmp, which it requires$/),
    ]);
    expect(told(WEATHER.replace('without: b/ping', 'without: b/pong'))).toEqual([
      expect.stringMatching(/^weather.yaml:13:17 deaf=yes: .*`pong`, did you mean `ping`/),
    ]);
    expect(told(WEATHER.replace('node: a, ping: 10.0.0.2, count: 1', 'node: aa, ping: 10.0.0.2'))).toEqual([
      expect.stringMatching(/^weather.yaml:12:7 pings=one more: .*`aa`/),
    ]);
  });

  it('holds a topology itself, whose mistakes are told at their places', () => {
    const inline = `name: x\ntopology:${BASE.replaceAll('\n', '\n  ')}\naxes: { loss: { none: } }\n`;
    expect(parse(inline).diagnostics).toEqual([]);
    expect(told(inline.replace('kind: host', 'kind: hots'))).toEqual([
      expect.stringMatching(/^weather.yaml:5:\d+ .*hots/),
    ]);
    expect(told('axes: { x: { y: } }')).toEqual([expect.stringContaining('`base` is missing')]);
    expect(told('base: three\naxes: { x: { y: } }')).toEqual(['weather.yaml:1:7 there is no `three`']);
  });

  it('is bounded: the number of cells is told with its factors', () => {
    const many = Array.from({ length: 50 }, (_, at) => `v${at}: `).join(', ');
    const axes = ['x', 'y', 'z'].map((name) => `  ${name}: { ${many} }`).join('\n');
    expect(told(`base: two\naxes:\n${axes}`)).toEqual([
      expect.stringContaining(`50 × 50 × 50 variations are 125000 cells; at most ${MOST_CELLS} are run`),
    ]);
    expect(told('base: two\naxes: { x: { __proto__: } }').join()).toContain('refused');
    expect(told(WEATHER.replace('loss: all, deaf: yes }', 'deaf: [yes, no] }')).join()).toContain(
      'every cell is skipped',
    );
  });

  it('survives what is no experiment: cut anywhere, and with characters changed', () => {
    const next = luck(11);
    for (let cut = 0; cut < WEATHER.length; cut += 13) parse(WEATHER.slice(0, cut));
    for (let round = 0; round < 60; round++) {
      const at = next(WEATHER.length);
      const mark = '{}[]:,*&!|>\'"%@ \n\t-#'.charAt(next(20));
      const { experiment, diagnostics } = parse(WEATHER.slice(0, at) + mark + WEATHER.slice(at + 1));
      expect(experiment !== undefined || diagnostics.length > 0).toBe(true);
    }
  });
});

describe('a fragment', () => {
  it('joins maps, adds to the lists of links, timeline and expectations, replaces the rest and takes away', () => {
    const { text, diagnostics } = applyFragments(BASE, [
      { nodes: { c: { kind: 'host' }, a: { interfaces: { eth0: { mtu: 1400 } } } }, timeline: [{ at: '2s' }] },
      { nodes: { b: null }, expect: null, name: 'Other' },
    ]);
    expect(diagnostics).toEqual([]);
    expect(text).toContain('mtu: 1400');
    expect(text).toContain('address: 10.0.0.1/24');
    expect(text).toContain('name: Other');
    expect(text).toContain('ping: 10.0.0.2');
    expect(text).toContain('at: 2s');
    expect(text).not.toContain('  b: {');
    expect(text).not.toContain('expect');
    expect(applyFragments(BASE, []).text).toBe(BASE);
    expect(applyFragments(BASE, ['text']).diagnostics).toHaveLength(1);
  });
});

describe('outcomes', () => {
  const experiment = parsed(WEATHER);
  const cells = cellsOf(experiment);
  const outcome = (index: number, part: Partial<CellOutcome>): CellOutcome => {
    const { error: _, ...ran } = failedCell({ ...jobOf(experiment, cells[0] as (typeof cells)[0], '', ''), index }, '');
    return { ...ran, ...part };
  };
  const judged = (...outcomes: CellOutcome[]): CellResult[] =>
    judgeCells(experiment, cells, new Map(outcomes.map((one) => [one.index, one])));

  it('are held against what is expected, rule by rule', () => {
    const step = { time: 0, node: 'a', text: 'lost', failed: true };
    const results = judged(
      outcome(0, { works: true, measures: [8] }),
      outcome(1, { works: true }),
      outcome(2, { works: true, measures: [5] }),
      outcome(4, { works: false, cause: { code: 'core.link-lost', step, chain: [step] } }),
      outcome(6, { works: false, cause: { code: 'core.queue-full', step, chain: [step] } }),
    );
    expect(results.map(({ verdict }) => verdict)).toEqual([
      ...['as-expected', 'unexpected', 'unexpected', 'not-run'],
      ...['as-expected', 'skipped', 'unexpected', 'skipped'],
    ]);
    expect(results[1]?.surprises).toEqual(['expected that it fails; it works (line 22)']);
    expect(results[2]?.surprises).toEqual(['expected frames at least 6; it is 5 (line 21)']);
    expect(results[6]?.surprises).toEqual(['expected core.link-lost; the cause is core.queue-full (line 23)']);
    expect(tallyOf(results)).toMatchObject({ cells: 8, ran: 5, works: 3, asExpected: 2, unexpected: 3, skipped: 2 });
  });

  it('let conclusions be drawn: the best setting that fulfils what is needed in all its cells', () => {
    const drawn = parsed(`${WEATHER}conclusions:
  - { for: loss, choose: pings, needs: [{ works: true }], least: frames, about: fewest }
  - { for: loss, choose: pings, needs: [{ when: { deaf: no }, measures: { frames: { at_most: 8 } } }], most: frames }
  - { choose: [loss, pings], needs: [{ works: true }] }
`);
    const ran = (frames: readonly (readonly [number, boolean, number])[]): CellResult[] =>
      judgeCells(
        drawn,
        cellsOf(drawn),
        new Map(frames.map(([index, works, count]) => [index, outcome(index, { works, measures: [count] })])),
      );
    // loss none: three pings take 6 and 7 frames, one more 8 and 8; with loss nothing works, and cells with `deaf` are skipped.
    const all = ran([
      [0, true, 6],
      [1, true, 7],
      [2, true, 8],
      [3, true, 8],
      [4, false, 3],
      [6, false, 4],
    ]);
    const concluded = conclude(drawn, all);
    expect(concluded.map(({ text }) => text)).toEqual([
      'loss none: pings three, frames 7 (2 of 2 settings fulfil what is needed)',
      'loss all: of 2 settings of pings none fulfils what is needed',
      'loss none: pings one more, frames 8 (2 of 2 settings fulfil what is needed)',
      'loss all: pings one more, frames 4 (2 of 2 settings fulfil what is needed)',
      'all cells: loss none, pings three (2 of 4 settings fulfil what is needed)',
    ]);
    expect(concluded[0]).toMatchObject({ about: 'fewest', chosen: [{ axis: 'pings', variation: 'three' }], value: 7 });
    // One cell that fails takes the setting with it; a cell that did not run is no setting that fulfils anything.
    expect(
      conclude(
        drawn,
        ran([
          [0, true, 6],
          [1, false, 7],
          [2, true, 8],
          [3, true, 8],
        ]),
      ).map(({ text }) => text),
    ).toEqual(
      expect.arrayContaining([
        'loss none: pings one more, frames 8 (1 of 2 settings fulfil what is needed)',
        'loss all: of 2 settings of pings none fulfils what is needed; 2 did not run',
      ]),
    );
    expect(
      told(`${WEATHER}conclusions:
  - { for: los, choose: pings, least: frame }
  - { for: pings, choose: pings, least: frames, most: frames }
  - { for: loss, needs: [{ when: { loss: al }, works: true }] }
`),
    ).toEqual([
      'weather.yaml:25:12 there is no axis `los`, did you mean `loss`?',
      'weather.yaml:25:39 there is no measure `frame`, did you mean `frames`?',
      'weather.yaml:26:5 axis `pings` cannot be given and chosen at once',
      'weather.yaml:26:5 give `least` or `most`: one measure decides',
      'weather.yaml:27:5 `choose` is missing: expected the axes whose best variations are wanted',
      'weather.yaml:27:42 axis `loss` has no variation `al`, did you mean `all`?',
    ]);
  });

  it('stand in tables: axes down, across, and one table for each of the rest', () => {
    const tables = tablesOf(experiment, judged());
    expect(tables.map(({ group }) => group)).toEqual([
      [{ axis: 'pings', variation: 'three' }],
      [{ axis: 'pings', variation: 'one more' }],
    ]);
    expect(tables[0]).toMatchObject({ rows: [['none'], ['all']], columns: [['no'], ['yes']] });
    expect(tables[0]?.cells.map((row) => row.map((cell) => cell?.cell.index))).toEqual([
      [0, 1],
      [4, 5],
    ]);
  });
});
