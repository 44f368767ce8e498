import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { repositoryRoot } from '../skip.ts';

it('docs/topology-reference.md says what the code says (`npx ikebana plugins --reference > docs/topology-reference.md`)', () => {
  const made = spawnSync(process.execPath, [join(repositoryRoot, 'cli/ikebana.mjs'), 'plugins', '--reference'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(made.stderr).toBe('');
  expect(made.stdout).toBe(readFileSync(join(repositoryRoot, 'docs/topology-reference.md'), 'utf8'));
});
