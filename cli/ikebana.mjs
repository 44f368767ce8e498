#!/usr/bin/env node
// The command `ikebana`: the terminal is TypeScript, which Node 20 does not read by itself.
import { pathToFileURL } from 'node:url';
import { builtFile } from '../workers/built.mjs';

const built = await builtFile('main');
if (built !== undefined) await import(pathToFileURL(built).href);
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
}
