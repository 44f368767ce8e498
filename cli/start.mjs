// `npm start`: installs when needed, builds the page, serves it on localhost. Arguments go to `ikebana web`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run } from './child.mjs';
import { installPackages } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const BUILD_LIMIT = 5 * 60_000;

function fail(what) {
  process.stderr.write(`ikebana: ${what}\n`);
  process.exit(1);
}

if (!(await installPackages(root, (line) => process.stdout.write(`${line}\n`)))) {
  fail('the packages could not be installed; `npm ci` says why');
}
const built = await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn'], {
  cwd: root,
  limit: BUILD_LIMIT,
});
if (built.code !== 0) fail('the page could not be built; `npm run build` says why');

const server = spawn(process.execPath, ['cli/ikebana.mjs', 'web', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the server too: wait for it to close, and end as it ended.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => server.kill('SIGTERM'));
server.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
