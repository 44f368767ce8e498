import { describe, expect, it } from '@jest/globals';
import {
  type CellJob,
  type CellOutcome,
  cellsOf,
  commonText,
  jobOf,
  judgeCells,
  parseExperiment,
} from '../../core/experiment/index.ts';
import { startCells } from '../../workers/node-client.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { runCells } from '../../workers/pool.ts';
import { runCell } from '../../workers/run-cell.ts';
import { kinds, RAINY } from './labs.ts';

const host = createNodeHost();

const TEXT = `
base: rainy
axes:
  loss: { as it is: , none: { set: { "links[1].loss": 0, "links[1].corrupt": 0 } }, all: { set: { "links[1].loss": 1 } } }
  pings: { few: , more: { merge: { timeline: [{ at: 2s, node: b, ping: 10.1.0.2, count: 20, interval: 10ms }] } } }
measures:
  frames: { frames: b:eth0 -- r:wan, filter: icmp }
  hour: { frames: a:eth0 -- r:lan, per: 1h }
  octets: { octets: a:eth0 -- r:lan }
  gap: { gap: a:eth0 -- r:lan, filter: icmp, from: 1s, until: 3s }
  lost: { count: core.link-lost }
  first: { time: ping.reply, node: a }
  half: { holds: { ping: a -> b, answered: { at_least: 20 } } }
expect:
  - { when: { loss: all }, works: false, cause: ipv4.route-down }
`;

const parsed = parseExperiment(TEXT, {
  registry: host.registry,
  kinds,
  baseOf: () => ({ fileName: 'rainy', text: RAINY }),
});
const experiment = parsed.experiment as NonNullable<typeof parsed.experiment>;
const cells = cellsOf(experiment);
const text = commonText(experiment);
const jobs = cells.map((cell) => jobOf(experiment, cell, text, kinds));

describe('a pool of threads', () => {
  it('gives the same outcomes whatever the number of threads, in this thread as well', async () => {
    expect(parsed.diagnostics).toEqual([]);
    const here = new Map(jobs.map((job) => [job.index, runCell(host, job)]));
    const finished: number[] = [];
    const one = await runCells(jobs, { workers: 1, start: startCells, done: (_, at) => finished.push(at) });
    const three = await runCells([...jobs].reverse(), { workers: 3, start: startCells });
    expect(finished).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...one]).toEqual([...here]);
    expect([...three]).toEqual([...here]);
    const all = [...here.values()];
    expect(all.every(({ error }) => error === undefined)).toBe(true);
    expect(new Set(all.map(({ seed }) => seed)).size).toBe(6);
    const results = judgeCells(experiment, cells, here);
    expect(results.filter(({ verdict }) => verdict === 'unexpected')).toEqual([]);
  });

  it('takes the measures that the experiment names', () => {
    const values = (index: number): Record<string, number | null> => {
      const { measures } = runCell(host, jobs[index] as CellJob);
      return Object.fromEntries(experiment.measures.map(({ name }, at) => [name, measures[at] ?? null]));
    };
    // All is lost: not even the neighbour's address is found out, so that no echo travels.
    const lost = values(4);
    expect(lost.first).toBeNull();
    expect(lost.half).toBe(0);
    expect(lost.frames).toBe(0);
    expect(lost.lost).toBeGreaterThan(3);
    // Without loss: 40 requests at 50 ms, less those of 200 ms in which the link is cut.
    const none = values(2);
    expect(none.half).toBe(1);
    expect(none.first).toBeGreaterThan(1.012);
    expect(none.gap).toBeGreaterThan(0.04);
    expect(none.gap).toBeLessThan(0.06);
    expect((none.octets as number) / 98).toBeGreaterThan(70);
  });

  it('makes a cell that breaks its thread, or cannot run, a result with its error; the others go on', async () => {
    const bad: CellJob = { ...(jobs[0] as CellJob), overrides: [{ path: 'nodes.zz.kind', value: 'host' }] };
    const worse: CellJob = {
      ...(jobs[1] as CellJob),
      measures: [
        { name: 'x', about: '', unit: '', gauge: { kind: 'frames', link: 'no -- such', filter: '', from: 0 } },
      ],
    };
    // Tens of thousands of nodes do not fit the memory that the thread is given.
    const nodes = Array.from({ length: 15_000 }, (_, at) => `  n${at}: { kind: host, interfaces: { e: 10.0.0.1/24 } }`);
    const huge: CellJob = {
      ...(jobs[2] as CellJob),
      fragments: [],
      overrides: [],
      text: `nodes:\n${nodes.join('\n')}`,
    };
    const list = [bad, worse, huge, jobs[3] as CellJob];
    const outcomes = await runCells(list, { workers: 1, start: () => startCells({}, 96) });
    expect(outcomes.get(0)?.error).toContain('there is no node `zz`');
    expect(outcomes.get(1)?.error).toContain('there is no link no -- such');
    expect(outcomes.get(2)?.error).toContain('the thread broke');
    expect(outcomes.get(3)).toEqual(runCell(host, jobs[3] as CellJob));
  });

  it('ends at once when it is asked to, and keeps what it has', async () => {
    const abort = new AbortController();
    // A cell that would go on for years, after two that are done.
    const years: CellJob = {
      ...(jobs[2] as CellJob),
      overrides: [{ path: 'duration', value: '100d' }],
      fragments: [{ timeline: [{ at: '3s', node: 'a', ping: '10.2.0.2', count: 1000, interval: '10ms' }] }],
    };
    const done: CellOutcome[] = [];
    const outcomes = await runCells([jobs[0] as CellJob, jobs[1] as CellJob, ...Array<CellJob>(50).fill(years)], {
      workers: 2,
      start: startCells,
      signal: abort.signal,
      done: (outcome, at) => {
        done.push(outcome);
        if (at === 2) abort.abort();
      },
    });
    expect([...outcomes.keys()]).toEqual(done.map(({ index }) => index).sort());
    expect(outcomes.size).toBeGreaterThanOrEqual(2);
    expect(outcomes.size).toBeLessThan(5);
    abort.abort();
    expect(await runCells(jobs, { workers: 2, start: startCells, signal: abort.signal })).toEqual(new Map());
  });
});
