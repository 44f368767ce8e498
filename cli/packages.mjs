// Installs the npm packages of package-lock.json. Runs before any package is there, so it uses Node alone.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';

const INSTALL_LIMIT = 5 * 60_000;

/** Whether node_modules holds what package-lock.json names; packages for other platforms may be absent. */
export function packagesAreInstalled(root) {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([place, { version, optional }]) => place === '' || (optional ?? false) || present[place]?.version === version,
  );
}

/** Installs the packages where they are absent or not those of the lock file; false when that failed. */
export async function installPackages(root, say) {
  if (packagesAreInstalled(root)) return true;
  say('== installing packages (npm ci)');
  const npm = process.env.npm_execpath;
  const options = { cwd: root, limit: INSTALL_LIMIT };
  const { code, seconds } = npm?.endsWith('.js')
    ? await run(process.execPath, [npm, 'ci'], options)
    : await run('npm', ['ci'], { ...options, shell: process.platform === 'win32' });
  say(`npm ci: exit code ${code}, ${seconds} s`);
  return code === 0;
}
