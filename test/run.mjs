// `npm test`: everything, on a machine with only Node and npm. Sets the machine up, runs the stages one after another,
// names what was skipped and why, and ends with the line `N passed, N failed, N skipped`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../cli/child.mjs';
import { installPackages } from '../cli/packages.mjs';
import { installDebianPackages } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const MINUTE = 60_000;
/** The whole run, whatever happens, ends within this: three times what it takes on two cores that have nothing else to do. */
const RUN_LIMIT = 45 * MINUTE;
const STAGE_LIMIT = 10 * MINUTE;
const deadline = Date.now() + RUN_LIMIT;
const timeLeft = () => Math.max(1000, deadline - Date.now());

/** @type {{ passed: number, failed: string[], skipped: { name: string, reason: string }[] }} */
const outcome = { passed: 0, failed: [], skipped: [] };

const say = (line) => process.stdout.write(`${line}\n`);

async function stage(name, file, args) {
  say(`\n== ${name}`);
  const limit = Math.min(STAGE_LIMIT, timeLeft());
  const { code, seconds, timedOut } = await run(process.execPath, [file, ...args], { cwd: root, limit });
  const why = timedOut ? ` (stopped after ${Math.round(limit / 1000)} s)` : '';
  say(`${code === 0 ? 'passed' : 'FAILED'}: ${name}, ${seconds} s${why}`);
  if (code === 0) outcome.passed += 1;
  else outcome.failed.push(`${name}${why}`);
}

async function types() {
  for (const project of ['tsconfig.core.json', 'tsconfig.node.json', 'web/tsconfig.json']) {
    await stage(`types of ${project}`, 'node_modules/@typescript/native/bin/tsc', ['-p', project]);
  }
}

async function build() {
  await stage('web build', 'node_modules/vite/bin/vite.js', ['build', 'web', '--logLevel', 'warn']);
}

async function jest() {
  say('\n== unit, contract, architecture, scenario, capture and browser tests');
  const folder = mkdtempSync(join(tmpdir(), 'ikebana-test-'));
  const report = join(folder, 'jest.json');
  const limit = timeLeft();
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const { code, seconds, timedOut } = await run(
    process.execPath,
    [...args, '--ci', '--json', `--outputFile=${report}`],
    { cwd: root, limit },
  );
  const failedBefore = outcome.failed.length;
  const seen = existsSync(report) ? readReport(JSON.parse(readFileSync(report, 'utf8'))) : 0;
  rmSync(folder, { recursive: true, force: true });
  if (timedOut) outcome.failed.push(`jest (stopped after ${Math.round(limit / 1000)} s)`);
  else if (seen === 0) outcome.failed.push('jest (no test was run)');
  else if (code !== 0 && outcome.failed.length === failedBefore) outcome.failed.push(`jest (exit code ${code})`);
  say(`tests: ${seconds} s`);
}

/** Adds jest's report to the outcome; returns how many tests it tells of. */
function readReport(report) {
  let seen = 0;
  for (const file of report.testResults) {
    const path = file.name.startsWith(root) ? file.name.slice(root.length) : file.name;
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      outcome.failed.push(`${path}: the file did not run`);
    }
    for (const test of file.assertionResults) {
      seen += 1;
      if (test.status === 'passed') outcome.passed += 1;
      else if (test.status === 'failed') outcome.failed.push(`${path}: ${test.fullName}`);
      else outcome.skipped.push({ name: `${path}: ${nameOf(test)}`, reason: reasonOf(test) });
    }
  }
  return seen;
}

const SKIPPED = / \[skipped: (.*)\]$/;
const nameOf = (test) => test.fullName.replace(SKIPPED, '');
const reasonOf = (test) => SKIPPED.exec(test.fullName)?.[1] ?? 'no reason given';

function tell() {
  if (outcome.skipped.length > 0) {
    say('\n== skipped');
    for (const { name, reason } of outcome.skipped) say(`${name}: ${reason}`);
  }
  if (outcome.failed.length > 0) {
    say('\n== failed');
    for (const name of outcome.failed) say(name);
  }
  say(`\n${outcome.passed} passed, ${outcome.failed.length} failed, ${outcome.skipped.length} skipped`);
}

const installed = await installPackages(root, say);
if (installed) {
  await installDebianPackages(say);
  await types();
  await stage('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']);
  await build();
  await jest();
} else {
  outcome.failed.push('installation of the packages (npm ci)');
}
tell();
process.exitCode = outcome.failed.length === 0 ? 0 : 1;
