// `npm run bench`: every benchmark as processes of its own, several rounds in turn, and for each figure one line of JSON with its
// median and the ratio to the stored baseline. `--rounds N`, `--only TEXT` (part of a file's name), `--save` stores the medians.
// What is measured is built as the terminal and its threads are.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from '../../cli/child.mjs';
import { buildFile } from '../../workers/built.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const baselineFile = join(folder, 'baseline.json');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    save: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 99) {
  process.stderr.write(`--rounds ${values.rounds}: a whole number from 1 to 99 expected\n`);
  process.exit(2);
}

const files = readdirSync(folder).filter((name) => name.endsWith('.bench.ts') && name.includes(values.only));
if (files.length === 0) {
  process.stderr.write(`no benchmark's name has ${values.only}: there are ${readdirSync(folder).join(', ')}\n`);
  process.exit(2);
}

// Within node_modules, so that what is imported from there is found.
const built = join(root, `node_modules/.cache/ikebana-bench.${process.pid}`);
mkdirSync(built, { recursive: true });
process.on('exit', () => rmSync(built, { recursive: true, force: true }));
for (const file of files) await buildFile(join(folder, file), built, file);

/** @type {Map<string, { unit: string, values: number[] }>} */
const figures = new Map();
let failed = false;
for (let round = 0; round < rounds; round++) {
  for (const file of files) {
    const result = await run(process.execPath, ['--expose-gc', join(built, `${file}.mjs`)], {
      cwd: root,
      limit: 5 * 60_000,
      capture: true,
    });
    if (result.code !== 0) {
      process.stderr.write(`${file} failed (${result.code})\n${result.output}\n`);
      failed = true;
      continue;
    }
    for (const line of result.output.split('\n').filter((one) => one.startsWith('{'))) {
      const { figure, value, unit } = JSON.parse(line);
      const known = figures.get(figure) ?? { unit, values: [] };
      known.values.push(value);
      figures.set(figure, known);
    }
  }
}

const median = (list) => [...list].sort((a, b) => a - b)[(list.length - 1) >> 1];
const baseline = readBaseline();
const medians = {};
for (const [figure, { unit, values: seen }] of figures) {
  const value = median(seen);
  medians[figure] = value;
  const before = baseline[figure];
  const ratio = before === undefined ? {} : { baseline: before, ratio: Number((value / before).toFixed(3)) };
  const spread = [Math.min(...seen), Math.max(...seen)];
  process.stdout.write(`${JSON.stringify({ figure, median: value, unit, rounds: seen.length, spread, ...ratio })}\n`);
}
if (values.save && !failed) {
  writeFileSync(baselineFile, `${JSON.stringify({ ...baseline, ...medians }, null, 2)}\n`);
}
process.exitCode = failed ? 1 : 0;

function readBaseline() {
  try {
    return JSON.parse(readFileSync(baselineFile, 'utf8'));
  } catch {
    return {};
  }
}
