// The terminal and its threads as one file each, built once for each state of the sources: Node 20 does not read TypeScript, and a loader
// that translates hundreds of files at every start takes seconds.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/ikebana');
const SOURCES = ['cli', 'core', 'plugins', 'workers', 'package-lock.json'];
const ENTRIES = { main: 'cli/main.ts', 'node-worker': 'workers/node-worker.ts' };
/** Builds of other states of the sources go when nobody started them for so long. */
const FORGOTTEN = 24 * 3600 * 1000;

/** The built file of an entry; undefined where it cannot be built, and the sources must do. */
export async function builtFile(entry) {
  try {
    const folder = join(cache, stampOf(SOURCES));
    if (!existsSync(folder)) await build(folder);
    const now = new Date();
    utimesSync(folder, now, now);
    return join(folder, `${entry}.mjs`);
  } catch {
    return undefined;
  }
}

/** Changes whenever a source does. */
function stampOf(sources) {
  const hash = createHash('sha256').update(process.version);
  const look = (path) => {
    const stats = statSync(join(root, path), { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isDirectory()) for (const name of readdirSync(join(root, path)).sort()) look(`${path}/${name}`);
    else hash.update(`${path} ${stats.size} ${stats.mtimeMs}\n`);
  };
  for (const source of sources) look(source);
  return hash.digest('hex').slice(0, 16);
}

/** Builds beside the place and moves there, so that what is there is whole whoever else builds. */
async function build(folder) {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  try {
    for (const [name, entry] of Object.entries(ENTRIES)) await buildFile(join(root, entry), draft, name);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  for (const name of readdirSync(cache)) {
    const other = join(cache, name);
    const age = Date.now() - (statSync(other, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > FORGOTTEN) rmSync(other, { recursive: true, force: true });
  }
}

/** Builds an entry and all that it imports of ours as `name`.mjs in a folder. */
export async function buildFile(entry, outDir, name) {
  const vite = await import('vite');
  await vite.build({
    root,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rollupOptions: { output: { entryFileNames: `${name}.mjs`, codeSplitting: false } },
    },
  });
}
