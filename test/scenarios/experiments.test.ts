import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import {
  type CellResult,
  cellName,
  cellsOf,
  commonText,
  conclude,
  type Experiment,
  jobOf,
  judgeCells,
  parseExperiment,
} from '../../core/experiment/index.ts';
import { startCells } from '../../workers/node-client.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { runCells } from '../../workers/pool.ts';
import { runCell } from '../../workers/run-cell.ts';
import { kinds, labText } from './labs.ts';

const host = createNodeHost();
const folder = join(dirname(fileURLToPath(import.meta.url)), '../../topologies/experiments');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -5))
  .sort();
/** What a hang would take: a slow machine is no failure. */
const LIMIT = 300_000;

function load(name: string, change: (text: string) => string = (text) => text): Experiment {
  const { experiment, diagnostics } = parseExperiment(change(readFileSync(join(folder, `${name}.yaml`), 'utf8')), {
    registry: host.registry,
    kinds,
    fileName: name,
    baseOf: (base) => ({ fileName: base, text: labText(base) }),
  });
  if (experiment === undefined) {
    throw new Error(diagnostics.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n'));
  }
  return experiment;
}

async function run(experiment: Experiment, only: (name: string) => boolean = () => true): Promise<CellResult[]> {
  const text = commonText(experiment);
  const cells = cellsOf(experiment).filter((cell) => only(cellName(experiment, cell)));
  const jobs = cells.filter(({ skipped }) => skipped === undefined).map((cell) => jobOf(experiment, cell, text, kinds));
  return judgeCells(experiment, cells, await runCells(jobs, { workers: 2, start: startCells }));
}

function told(experiment: Experiment, results: readonly CellResult[]): string[] {
  return results
    .filter(({ verdict }) => verdict === 'unexpected' || verdict === 'not-run')
    .map(({ cell, surprises }) => `${cellName(experiment, cell)}: ${surprises.join('; ')}`);
}

/**
 * Cells of experiments that would take long, by name: the others run with `IKEBANA_CELLS=all`. Axes that are left out here are run whole.
 */
const SAMPLES: Readonly<Record<string, RegExp>> = {
  day: /^version=IKEv2 rekeying=every hour$|^version=IKEv1 rekeying=nobody$/,
  'nat-between': /^version=IKEv2 .*tunnels=three$|^version=IKEv1 .*tunnels=one$/,
  'nat-timer': /^timer=30 s /,
};

/** What must follow from the cells of the sample. */
const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
  'nat-timer': [
    'timer 30 s: keepalive 20 s, dpd none, a-day 4320 (8 of 12 settings fulfil what is needed)',
    'timer 30 s: keepalive none, dpd 30 s, a-day 5400 (4 of 12 settings fulfil what is needed)',
  ],
};

function sampleOf(name: string): (cell: string) => boolean {
  const sample = process.env.IKEBANA_CELLS === 'all' ? undefined : SAMPLES[name];
  return (cell) => sample === undefined || sample.test(cell);
}

describe('shipped experiments', () => {
  it.each(names)(
    '%s comes out as it expects, in every cell',
    async (name) => {
      const experiment = load(name);
      const results = await run(experiment, sampleOf(name));
      expect(told(experiment, results)).toEqual([]);
      // An experiment that expects nothing would show nothing here.
      const judged = results.filter(({ verdict }) => verdict === 'as-expected').length;
      expect(judged).toBeGreaterThanOrEqual(results.length / 2);
      expect(conclude(experiment, results).map(({ text }) => text)).toEqual(
        expect.arrayContaining([...(FOLLOWS[name] ?? [])]),
      );
    },
    LIMIT,
  );

  it('come out of runs: another behaviour of a translator, or other keys, changes cells', async () => {
    const open = load('nat-behaviour', (text) =>
      text.replace('preset: symmetric }', 'preset: symmetric, nodes.home.plugins.nat.hairpinning: external }'),
    );
    const hairpin = await run(open, (name) => name === 'preset=symmetric requirement=9 hairpin');
    expect(told(open, hairpin)).toEqual([expect.stringContaining('expected that it fails; it works')]);
    const secret = load('nat-table', (text) =>
      text.replace('ike-road: { secret: correct horse', 'ike-road: { secret: wrong horse'),
    );
    const cell = 'version=IKEv2 protocol=ESP mode=tunnel nat=none nat-t=on inside=ICMP clients=one';
    const results = await run(secret, (name) => name === cell);
    expect(results[0]?.outcome?.cause?.code).toBe('ikev2.authentication-failed');
  });

  it('keep the code of the cause when every node and address has another name', () => {
    const renamed = (text: string): string =>
      ['laptop', 'tablet', 'home', 'office', 'internet', 'floor']
        .reduce(
          (all, name, at) => all.replaceAll(new RegExp(`\\b${name}\\b(?!:? \\{? ?\\{ (auth|secret))`, 'g'), `q${at}`),
          text,
        )
        .replaceAll('192.168.1.', '10.77.3.')
        .replaceAll('198.51.100.', '192.0.2.')
        .replaceAll('203.0.113.', '100.64.9.');
    const causes = (experiment: Experiment): (string | undefined)[] => {
      const text = commonText(experiment);
      const wanted = /inside=ICMP clients=one$/;
      return cellsOf(experiment)
        .filter((cell) => wanted.test(cellName(experiment, cell)) && !cell.variations.includes('none'))
        .filter((_, at) => at % 5 === 0)
        .map((cell) => {
          const outcome = runCell(host, jobOf(experiment, cell, text, kinds));
          return outcome.error ?? outcome.cause?.code ?? String(outcome.works);
        });
    };
    const [before, after] = [causes(load('nat-table')), causes(load('nat-table', renamed))];
    expect(new Set(before).size).toBeGreaterThan(2);
    expect(after).toEqual(before);
  });
});
