// `npm run storm`: storms over many seeds. `-- --seeds 2000 --from 1 --version 2 --kind nat`; one again: `-- --seed 17 --version 2 --kind nat --story`.
import { parseArgs } from 'node:util';
import { storyOf } from '../../core/simulation/index.ts';
import { formatInstant } from '../../core/time/index.ts';
import { registry } from '../scenarios/labs.ts';
import { KEYING } from './keying.ts';
import { storm } from './storm.ts';
import { KINDS, type Kind, type Version } from './weather.ts';

/** Long runs say now and then how they stand. */
const SEEDS_PER_REPORT = 25;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    version: { type: 'string', default: 'all' },
    kind: { type: 'string', default: 'all' },
    story: { type: 'boolean', default: false },
  },
});
const versions = Object.keys(KEYING)
  .map(Number)
  .filter((one) => values.version === 'all' || String(one) === values.version) as Version[];
const kinds = KINDS.filter((one) => values.kind === 'all' || one === values.kind);
const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
if (
  versions.length === 0 ||
  kinds.length === 0 ||
  !Number.isSafeInteger(from) ||
  !Number.isSafeInteger(count) ||
  from < 0 ||
  count < 1
) {
  process.stderr.write(
    `usage: npm run storm -- [--seeds 1000] [--from 1] [--seed N] [--version 1|2] [--kind ${KINDS.join('|')}] [--story]\n`,
  );
  process.exit(2);
}

/** By kind and version: how many held, and how many did not. */
const outcomes = new Map<string, { held: number; failed: number }>();
const sums: Record<string, number> = {};
const began = performance.now();

function report(): void {
  const seen = Object.entries(sums).map(([what, number]) => `${number} ${what}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`\nafter ${seconds} s: ${seen.join(', ')}\n`);
  for (const [name, { held, failed }] of outcomes) process.stdout.write(`${name}: ${held} held, ${failed} failed\n`);
}

function run(seed: number, version: Version, kind: Kind): void {
  const { findings, counts, simulation, weather } = storm(seed, version, kind);
  for (const [what, number] of Object.entries(counts)) {
    sums[what] = what === 'heaviest' ? Math.max(sums[what] ?? 0, number) : (sums[what] ?? 0) + number;
  }
  if (values.story) {
    process.stdout.write(weather.text);
    for (const record of simulation.trace?.records() ?? []) {
      if (!['note', 'drop', 'input'].includes(record.kind)) continue;
      process.stdout.write(`${formatInstant(record.time)} ${record.node}: ${storyOf(registry, record)}\n`);
    }
  }
  const name = `${kind}, IKEv${version}`;
  const outcome = outcomes.get(name) ?? { held: 0, failed: 0 };
  outcomes.set(name, outcome);
  outcome[findings.length === 0 ? 'held' : 'failed']++;
  if (findings.length === 0) return;
  const again = `npm run storm -- --kind ${kind} --version ${version} --seed ${seed} --story`;
  process.stdout.write(`\n${name}, seed ${seed} failed; again: ${again}\n`);
  for (const finding of findings) process.stdout.write(`  ${finding}\n`);
}

for (let seed = from; seed < from + count; seed++) {
  for (const kind of kinds) for (const version of versions) run(seed, version, kind);
  if ((seed - from) % SEEDS_PER_REPORT === SEEDS_PER_REPORT - 1) report();
}
report();
process.exitCode = [...outcomes.values()].some(({ failed }) => failed > 0) ? 1 : 0;
