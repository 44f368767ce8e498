// Where a worker thread begins: Node 20 does not read TypeScript by itself.
import { pathToFileURL } from 'node:url';
import { builtFile } from './built.mjs';

const built = await builtFile('node-worker');
if (built !== undefined) await import(pathToFileURL(built).href);
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./node-worker.ts');
}
