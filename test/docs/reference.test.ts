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

it('docs/plugin-guide.md tells of every field that a manifest may have', () => {
  const source = readFileSync(join(repositoryRoot, 'core/plugin/plugin.ts'), 'utf8');
  const manifest = /export interface Plugin<[^{]*\{\n([\s\S]*?)\n\}/.exec(source)?.[1] ?? '';
  const fields = [...manifest.matchAll(/^ {2}(?:readonly )?(\w+)[?:(]/gm)].map(([, name]) => name as string);
  expect(fields).toContain('protocol');
  const guide = readFileSync(join(repositoryRoot, 'docs/plugin-guide.md'), 'utf8');
  const rows = [...guide.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| /gm)].flatMap(([, row]) => row?.match(/\w+/g) ?? []);
  expect(fields.filter((name) => !rows.includes(name))).toEqual([]);
  expect(rows.filter((name) => !fields.includes(name))).toEqual([]);
});
