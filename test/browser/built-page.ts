import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../cli/child.mjs';
import { repositoryRoot } from '../skip.ts';

const SOURCES = ['web', 'workers', 'core', 'plugins', 'topologies', 'package-lock.json'];
const BUILD_LIMIT = 120_000;
const folder = join(repositoryRoot, 'dist');
/** Is there while a suite builds, so that another one in another process waits for it. */
const claim = join(repositoryRoot, 'node_modules/.cache/ikebana-page-is-built');

/** The folder of the built page, built anew where a source is younger than it. */
export async function builtPage(): Promise<string> {
  while (!isFresh()) {
    if (!claimed()) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      continue;
    }
    try {
      if (!isFresh(true)) await build();
    } finally {
      rmdirSync(claim);
    }
  }
  return folder;
}

/** Is the page built, and nobody building it just now? */
function isFresh(mine = false): boolean {
  const built = join(folder, 'index.html');
  if (!existsSync(built) || (!mine && existsSync(claim))) return false;
  return statSync(built).mtimeMs >= Math.max(...SOURCES.map((name) => youngestIn(join(repositoryRoot, name))));
}

function claimed(): boolean {
  try {
    mkdirSync(join(claim, '..'), { recursive: true });
    // Whoever held it so long is gone.
    const age = Date.now() - (statSync(claim, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > BUILD_LIMIT) rmdirSync(claim);
    mkdirSync(claim);
    return true;
  } catch {
    return false;
  }
}

async function build(): Promise<void> {
  const args = ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'error'];
  const { code } = await run(process.execPath, args, { cwd: repositoryRoot, limit: BUILD_LIMIT, quiet: true });
  if (code !== 0) throw new Error('the page could not be built; `npm run build` says why');
}

function youngestIn(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => youngestIn(join(path, name))));
}
