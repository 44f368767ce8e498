import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../cli/child.mjs';
import { repositoryRoot } from '../skip.ts';

const SOURCES = ['web', 'workers', 'core', 'plugins', 'topologies', 'package-lock.json'];
const BUILD_LIMIT = 120_000;

/** The folder of the built page, built anew where a source is younger than it. */
export async function builtPage(): Promise<string> {
  const folder = join(repositoryRoot, 'dist');
  const built = join(folder, 'index.html');
  const youngest = Math.max(...SOURCES.map((name) => youngestIn(join(repositoryRoot, name))));
  if (!existsSync(built) || statSync(built).mtimeMs < youngest) {
    const args = ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'error'];
    const { code } = await run(process.execPath, args, { cwd: repositoryRoot, limit: BUILD_LIMIT, quiet: true });
    if (code !== 0) throw new Error('the page could not be built; `npm run build` says why');
  }
  return folder;
}

function youngestIn(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => youngestIn(join(path, name))));
}
