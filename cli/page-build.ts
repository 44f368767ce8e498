import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { ROOT } from './files.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';
import { webWords as words } from './words/web.ts';

export const DIST = join(ROOT, 'dist');
/** What the page is built from. */
const SOURCES = ['web', 'workers', 'core', 'plugins', 'topologies', 'package-lock.json'];
const BUILD_LIMIT = 5 * 60_000;

/** Builds the page where it is absent or older than a source. */
export async function buildPage(terminal: Terminal): Promise<void> {
  const page = join(DIST, 'index.html');
  if (existsSync(page) && statSync(page).mtimeMs >= newest()) return;
  terminal.tell(words.building);
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const { code } = await run(process.execPath, [vite, 'build', 'web', '--logLevel', 'error'], {
    cwd: ROOT,
    limit: BUILD_LIMIT,
  });
  if (code !== 0 || !existsSync(page)) throw new Refused(words.notBuilt);
}

function newest(): number {
  let latest = 0;
  const look = (path: string): void => {
    if (!existsSync(path)) return;
    const stats = statSync(path);
    if (stats.isDirectory()) for (const name of readdirSync(path)) look(join(path, name));
    else latest = Math.max(latest, stats.mtimeMs);
  };
  for (const source of SOURCES) look(join(ROOT, source));
  return latest;
}
