// `npm run storm`: storms over many seeds. `-- --seeds 2000 --from 1 --version 2`; one again: `-- --seed 17 --version 2 --story`.
import { parseArgs } from 'node:util';
import { storyOf } from '../../core/simulation/index.ts';
import { formatInstant } from '../../core/time/index.ts';
import { registry } from '../scenarios/labs.ts';
import { KEYING } from './keying.ts';
import { storm } from './storm.ts';
import type { Version } from './weather.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    version: { type: 'string', default: 'all' },
    story: { type: 'boolean', default: false },
  },
});
const versions = Object.keys(KEYING)
  .map(Number)
  .filter((one) => values.version === 'all' || String(one) === values.version) as Version[];
const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
if (versions.length === 0 || !Number.isSafeInteger(from) || !Number.isSafeInteger(count) || from < 0 || count < 1) {
  process.stderr.write('usage: npm run storm -- [--seeds 1000] [--from 1] [--seed N] [--version 1|2] [--story]\n');
  process.exit(2);
}

let failed = 0;
const sums: Record<string, number> = {};
const began = performance.now();
for (const version of versions) {
  for (let seed = from; seed < from + count; seed++) {
    const { findings, counts, simulation, weather } = storm(seed, version);
    for (const [what, number] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + number;
    if (values.story) {
      process.stdout.write(weather.text);
      for (const record of simulation.trace?.records() ?? []) {
        if (!['note', 'drop', 'input'].includes(record.kind)) continue;
        process.stdout.write(`${formatInstant(record.time)} ${record.node}: ${storyOf(registry, record)}\n`);
      }
    }
    if (findings.length === 0) continue;
    failed++;
    process.stdout.write(
      `\nIKEv${version}, seed ${seed} failed; again: npm run storm -- --version ${version} --seed ${seed} --story\n`,
    );
    for (const finding of findings) process.stdout.write(`  ${finding}\n`);
  }
}
const seen = Object.entries(sums).map(([what, number]) => `${number} ${what}`);
const seconds = ((performance.now() - began) / 1000).toFixed(1);
process.stdout.write(
  `\n${count * versions.length - failed} held, ${failed} failed in ${seconds} s: ${seen.join(', ')}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
