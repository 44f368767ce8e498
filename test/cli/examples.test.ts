import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../skip.ts';

/** Every command that help and pages print is run as it is printed. */

const PROGRAM = join(repositoryRoot, 'cli/ikebana.mjs');
const COMMANDS = ['run', 'attach', 'check', 'explain', 'experiment', 'compare', 'capture', 'plugins', 'web'];
const PAGES = ['README.md', 'docs/attach.md', 'docs/experiments.md', 'docs/plugin-guide.md', 'docs/architecture.md'];
/** Each runs for a second and more on a busy machine. */
const LIMIT = 240_000;

const execute = promisify(execFile);
let folder = '';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Through a shell, as whoever copies the line has it. */
async function inShell(line: string): Promise<Ended> {
  const command = line.replace(/^ikebana\b/, `'${process.execPath}' '${PROGRAM}'`);
  const options = { cwd: folder, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout, stderr } = await execute('/bin/sh', ['-c', command], options);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

function page(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

/** A block of YAML on a page, by how it begins. */
function block(path: string, beginning: string): string {
  const blocks = [...page(path).matchAll(/```yaml\n([^`]*)```/g)].map(([, text]) => text as string);
  return blocks.find((text) => text.startsWith(beginning)) ?? `no block of ${path} begins with ${beginning}`;
}

/** The commands of a text: whole lines behind a `$` or `npx`, and what stands between backticks. */
function commandsIn(text: string): string[] {
  const lines = text.split('\n').flatMap((line) => {
    const [, told] = /^\s*(?:\$ |npx )(ikebana\b.*)$/.exec(line) ?? [];
    // What it does stands two spaces behind it, or behind a number sign; what goes on beside it is not ours.
    return told === undefined ? [] : [told.split(/ {2,}|\s+#|\s&(?:\s|$)/)[0]?.trim() ?? ''];
  });
  const quoted = [...text.matchAll(/`(?:npx )?(ikebana [^`\n]+)`/g)].map(([, told]) => told as string);
  // A command's bare name is no example of it.
  return [...lines, ...quoted.filter((told) => told.split(' ').length > 2)];
}

/** What takes the place of a word that stands for the reader's own, and of what would take long. */
function asRun(line: string): string {
  if (/^ikebana attach\b/.test(line)) return `${line.replace(/ --for \S+/, '')} --for 100ms`;
  // All that a cell takes to be run is read and checked.
  if (/^ikebana experiment nat-(table|behaviour)$/.test(line)) return `${line} --list`;
  // Among all files here one is an experiment, and no topology.
  return line
    .replace('check *.yaml', 'check [!p]*.yaml')
    .replace(/\bFILE\b/, 'guide.yaml')
    .replace(/\bNAME\b/, 'echo')
    .replace(/\bA B$/, 'old.yaml new.yaml');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ikebana-examples-'));
  mkdirSync(join(folder, 'docs'));
  const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
  const first = block('README.md', 'name: Two hosts');
  for (const name of ['my.yaml', 'old.yaml']) write(name, first);
  write('new.yaml', first.replace('loss: 1%', 'loss: 50%'));
  write('guide.yaml', block('docs/plugin-guide.md', 'nodes:'));
  write('ping.yaml', block('docs/experiments.md', 'name: How far'));
  // Ports that nothing else of the tests has.
  write('edge.yaml', block('docs/attach.md', 'name: Edge').replace('21101', '21977').replace('21001', '21877'));
  for (const line of [
    'ikebana run site-to-site --pcap foreign.pcap --quiet',
    'ikebana attach edge.yaml --for 100ms --log monday.log --quiet',
  ]) {
    expect({ line, ...(await inShell(line)) }).toMatchObject({ code: 0 });
  }
}, LIMIT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs each, and says which is refused: 0 and 1 are answers. */
async function refused(lines: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const line of new Set(lines.map(asRun))) {
    // One after the other: some read what others before them wrote.
    const { code, err } = await inShell(line);
    if (code !== 0 && code !== 1) wrong.push(`${line}\n  ${code}: ${err}`);
  }
  return wrong;
}

describe('what is printed can be run', () => {
  it(
    'in the help of every command, in its order',
    async () => {
      const helps = await Promise.all(['', ...COMMANDS].map((name) => inShell(`ikebana ${name} --help`)));
      const lines: string[] = [];
      for (const [at, { code, out }] of helps.entries()) {
        expect(code).toBe(0);
        const own = commandsIn(out);
        expect([COMMANDS[at - 1], own.length > 0]).toEqual([COMMANDS[at - 1], true]);
        lines.push(...own);
      }
      expect(helps[0]?.out.match(/^ {2}(\w+) \[/gm)?.map((one) => one.trim().split(' ')[0])).toEqual([
        ...COMMANDS,
        'help',
      ]);
      // These serve until they are interrupted; another test asks them.
      expect(await refused(lines.filter((line) => !line.startsWith('ikebana web')))).toEqual([]);
    },
    LIMIT,
  );

  it(
    'on the pages and beside the labs',
    async () => {
      const labs = readdirSync(join(repositoryRoot, 'topologies'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'experiments')
        .map(({ name }) => `topologies/${name}/README.md`);
      const lines = [...PAGES, ...labs].flatMap((path) => commandsIn(page(path)));
      expect(lines.length).toBeGreaterThan(15);
      expect(await refused(lines)).toEqual([]);
    },
    LIMIT,
  );

  it(
    'and a table that a page shows comes out of its experiment',
    async () => {
      const { out } = await inShell('ikebana experiment ping.yaml');
      const shown = /```\n( {2}loss [^`]*)```/.exec(page('docs/experiments.md'))?.[1];
      expect(shown).toBeDefined();
      expect(out).toContain(shown);
    },
    LIMIT,
  );
});

it(
  'tables tell what every node knows where the run stands, for people and for scripts',
  async () => {
    const [early, late] = await Promise.all(
      ['20ms', '90s'].map((until) => inShell(`ikebana run nat-t-tunnel --tables --until ${until}`)),
    );
    expect(early?.out).toMatch(/^laptop {2}IKEv2: IKE SAs\n.*\n {2}office +init-sent /m);
    expect(late?.out).toMatch(/^laptop {2}IKEv2: IKE SAs\n.*\n {2}office +established .*203\.0\.113\.10:4500/m);
    expect(late?.out).toMatch(/^home {2}NAT: NAT mappings\n.*\n {2}UDP .*192\.168\.1\.10:4500/m);
    const { out } = await inShell('ikebana run nat-t-tunnel --tables --json');
    const { tables } = JSON.parse(out) as { tables: { node: string; plugin: string; table: string; rows: object[] }[] };
    expect(tables).toContainEqual(expect.objectContaining({ node: 'home', plugin: 'nat', table: 'mappings' }));
    expect((await inShell('ikebana run nat-t-tunnel --json')).out).not.toContain('"tables"');
  },
  LIMIT,
);
