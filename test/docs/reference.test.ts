import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
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

const PAGES = ['README.md', 'docs/attach.md', 'docs/experiments.md', 'docs/plugin-guide.md', 'docs/architecture.md'];

function page(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

describe('pages name all that comes along', () => {
  const labs = readdirSync(join(repositoryRoot, 'topologies'), { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'experiments',
  );

  it('labs in the README', () => {
    const rows = [...page('README.md').matchAll(/^\| `([\w*-]+)` \|/gm)].map(
      ([, name]) => new RegExp(`^${name?.replace('*', '.*')}$`),
    );
    expect(labs.map(({ name }) => name).filter((name) => !rows.some((row) => row.test(name)))).toEqual([]);
    for (const row of rows) expect([row, labs.some(({ name }) => row.test(name))]).toEqual([row, true]);
  });

  it('experiments in docs/experiments.md', () => {
    const files = readdirSync(join(repositoryRoot, 'topologies/experiments')).map((name) => name.replace('.yaml', ''));
    const told = [...page('docs/experiments.md').matchAll(/^\| `([\w-]+)` \| /gm)].map(([, name]) => name as string);
    expect(files.filter((name) => !told.includes(name))).toEqual([]);
  });

  it('files that they link to', () => {
    for (const path of PAGES) {
      for (const [, target] of page(path).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
        const found = join(repositoryRoot, path, '..', target as string);
        expect(() => readFileSync(found)).not.toThrow();
      }
    }
  });
});
