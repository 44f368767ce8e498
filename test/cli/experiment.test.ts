import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../skip.ts';
import { shippedText } from '../workers/labs.ts';

const PROGRAM = join(repositoryRoot, 'cli/ikebana.mjs');
const LIMIT = 100_000;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const execute = promisify(execFile);
let folder = '';

async function ikebana(...args: readonly string[]): Promise<Ended> {
  const options = { cwd: folder, timeout: LIMIT, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NO_COLOR: '' } };
  try {
    const { stdout, stderr } = await execute(process.execPath, [PROGRAM, ...args], options);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

/** Two labs of four cells; names that try to be markup. */
const SMALL = `
name: Loss & <b>ping</b>
base: site-to-site
axes:
  loss: { none: , all: { set: { "links[1].loss": 100% } } }
  '<i>"net"</i>': { as it is: , =SUM(1): { without: gw-a/ikev2 } }
goals: [{ ping: alice -> bob, answered: 3 }]
measures: { packets: { frames: "gw-a:wan -- internet:a", filter: isakmp, until: 9s } }
expect: [{ when: { loss: all }, works: false }, { when: { loss: none }, works: true }]
`.replace('=SUM(1)', "'@SUM(1)'");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ikebana-experiment-'));
  writeFileSync(join(folder, 'small.yaml'), SMALL);
  writeFileSync(join(folder, 'here.yaml'), shippedText('fail-ts'));
  await ikebana('--version');
}, LIMIT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('ikebana experiment', () => {
  it(
    'shows a table, what differs, and writes reports; what comes from the file is text in all of them',
    async () => {
      const { code, out } = await ikebana(
        ...['experiment', 'small.yaml', '--jobs', '2'],
        ...['--csv', 'out.csv', '--junit', 'out.xml', '--html', 'out.html'],
      );
      expect(code).toBe(1);
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
      expect(out).toMatch(/none +✓ +✗! /);
      expect(out).toContain('loss=none <i>"net"</i>=@SUM(1)');
      expect(out).toContain('expected that it works; it fails');
      expect(out).toContain('1 of 4 cells work; 3 of 4 as expected');
      const csv = readFileSync(join(folder, 'out.csv'), 'utf8').split('\r\n');
      expect(csv[0]).toContain('loss,"<i>""net""</i>",verdict,works,cause');
      expect(csv).toHaveLength(6);
      expect(csv[2]).toMatch(/^none,'@SUM\(1\),unexpected,false,/);
      const xml = readFileSync(join(folder, 'out.xml'), 'utf8');
      expect(xml).toContain('tests="4" failures="1" errors="0" skipped="0"');
      expect(xml).not.toContain('<i>');
      const html = readFileSync(join(folder, 'out.html'), 'utf8');
      expect(html).toContain('Loss &amp; &lt;b&gt;ping&lt;/b&gt;');
      expect(html).not.toMatch(/<b>ping|<script|src=|url\(|https?:/);
      expect(html).toContain("default-src 'none'");
      expect(html.match(/<section id="c\d+">/g)).toHaveLength(4);
    },
    LIMIT,
  );

  it(
    'runs some cells only, lists without running, and gives everything as JSON',
    async () => {
      const [some, list, shipped] = await Promise.all([
        ikebana('experiment', 'small.yaml', '--only', 'loss=none', '--only', '<i>"net"</i>=as it is', '--json'),
        ikebana('experiment', 'small.yaml', '--list'),
        ikebana('experiment', '--list', '--json'),
      ]);
      const { cells, tally } = JSON.parse(some.out) as {
        cells: { variations: object; outcome: { works: boolean; measures: object; story: unknown[] } }[];
        tally: object;
      };
      expect(some.code).toBe(0);
      expect(tally).toMatchObject({ cells: 1, works: 1, asExpected: 1 });
      expect(cells[0]).toMatchObject({
        variations: { loss: 'none' },
        outcome: { works: true, measures: { packets: 4 } },
      });
      expect(cells[0]?.outcome.story.length).toBeGreaterThan(3);
      expect(list.out).toContain('4 cells');
      expect(list.out).toContain('loss=all <i>"net"</i>=as it is');
      expect((JSON.parse(shipped.out) as { name: string }[]).map(({ name }) => name)).toContain('nat-table');
    },
    LIMIT,
  );

  it(
    'refuses what it cannot use, with the word that was meant',
    async () => {
      writeFileSync(
        join(folder, 'bad.yaml'),
        SMALL.replace('site-to-site', 'site-to-sit').replace('works: false', 'wrks: false'),
      );
      const all = await Promise.all([
        ikebana('experiment', 'small.yaml', '--only', 'loss=nothing'),
        ikebana('experiment', 'small.yaml', '--only', 'los=none'),
        ikebana('experiment', 'small.yaml', '--jobs', '0'),
        ikebana('experiment', 'nat-tabel'),
        ikebana('experiment', 'bad.yaml'),
        ikebana('experiment', 'small.yaml', '--html', 'no/such/folder/x.html'),
        ikebana('experiment', 'small.yaml', '--html', 'small.yaml'),
        ikebana('experiment'),
      ]);
      expect(all.map(({ code }) => code)).toEqual(all.map(() => 2));
      const told = all.map(({ err }) => err);
      expect(told[0]).toContain('there is no variation nothing; there are none, all');
      expect(told[3]).toContain('did you mean nat-table?');
      expect(told[4]).toMatch(/bad.yaml:3:7 error: there is no topology `site-to-sit`, did you mean `site-to-site`\?/);
      expect(told[4]).toMatch(/bad.yaml:9:\d+ error: unknown key `wrks`, did you mean `works`\?/);
      expect(readFileSync(join(folder, 'small.yaml'), 'utf8')).toBe(SMALL);
    },
    LIMIT,
  );

  it(
    'ends at Ctrl-C with what is done so far',
    async () => {
      const args = ['experiment', 'rekey', '--jobs', '1', '--json', '--csv', 'sign.csv'];
      const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder });
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
      // The reports are opened just before the run begins.
      while (!existsSync(join(folder, 'sign.csv'))) await pause(50);
      await pause(1500);
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number];
      // A fast machine may have done all of it by then; else nothing of it is lost.
      if (code !== 0) {
        expect(code).toBe(130);
        const { tally } = JSON.parse(out) as { tally: { cells: number; notRun: number } };
        expect(tally.cells).toBe(9);
        expect(tally.notRun).toBeGreaterThan(0);
      }
    },
    LIMIT,
  );
});

describe('ikebana compare', () => {
  it(
    'says that a lab is like itself to the byte, and where it parts from one with a setting changed',
    async () => {
      const [same, ports, luck, other] = await Promise.all([
        ikebana('compare', 'nat-home'),
        ikebana('compare', 'nat-home', '--set-b', 'nodes.home.plugins.nat.ports=random', '--json'),
        ikebana('compare', 'nat-home', '--seed-b', '9'),
        ikebana('compare', 'site-to-site', 'fail-auth'),
      ]);
      expect(same.code).toBe(0);
      expect(same.out).toMatch(/The runs are alike: \d+ happenings, to the byte/);
      expect(ports.code).toBe(1);
      const { divergence, verdicts, alike, differ } = JSON.parse(ports.out) as {
        divergence: { a: { text: string }[]; b: { text: string }[] };
        verdicts: { expectation: string }[];
        alike: number;
        differ: number;
      };
      expect(divergence.a[0]?.text).toMatch(/^home maps 192.168.1.10 id (\d+) to 198.51.100.7 id \1 /);
      expect(divergence.b[0]?.text).toMatch(/^home maps 192.168.1.10 id \d+ to 198.51.100.7 id \d+ /);
      expect(divergence.a.at(-1)?.text).toBe(divergence.b.at(-1)?.text);
      expect(verdicts).toHaveLength(2);
      expect(alike).toBeGreaterThan(100);
      expect(differ).toBeGreaterThan(10);
      // Other luck: other addresses and numbers, but the same happenings.
      expect(luck.out).toContain('contents aside');
      expect(luck.code).toBe(0);
      expect(other.code).toBe(1);
      expect(other.out).toContain('They first part at');
    },
    LIMIT,
  );

  it(
    'is not led astray by a packet more',
    async () => {
      // One ping more at the start shifts every later packet's number; only what came of it is told.
      const { out } = await ikebana(
        ...['compare', 'nat-cloud', '--json', '--set-b'],
        'timeline.+={ at: 500ms, node: visitor, traffic: 198.51.100.77, port: 9, count: 1 }',
      );
      const { onlyA, onlyB, alike, differ, divergence } = JSON.parse(out) as {
        onlyA: number;
        onlyB: number;
        alike: number;
        differ: number;
        divergence: { time: number; b: { text: string }[] };
      };
      // Identifications count on by one, so that octets differ: what happens and why is the same but for the first packets.
      expect(alike + differ).toBeGreaterThan(100);
      expect(onlyA).toBeLessThan((alike + differ) / 2);
      expect(onlyB).toBeLessThan((alike + differ) / 2);
      expect(divergence.time).toBe(500_000_000);
      expect(divergence.b[0]?.text).toContain('traffic');
    },
    LIMIT,
  );
});

describe('ikebana explain --cure', () => {
  it(
    'finds by running what cures a lab, whatever its nodes and addresses are called',
    async () => {
      const renamed = shippedText('fail-ts')
        .replaceAll('gw-a', 'hana')
        .replaceAll('gw-b', 'kiku')
        .replaceAll('alice', 'ume')
        .replaceAll('bob', 'take')
        .replaceAll('198.51.100.', '192.0.2.')
        .replaceAll('10.1.0.', '172.20.5.');
      writeFileSync(join(folder, 'renamed.yaml'), renamed);
      const [one, other, none, packet] = await Promise.all([
        ikebana('explain', 'fail-ts', 'ping', 'alice', 'to', 'bob', '--cure', '--json'),
        ikebana('explain', 'renamed.yaml', 'ping', 'ume', 'to', 'take', '--cure', '--json'),
        ikebana('explain', 'site-to-site', '--cure'),
        ikebana('explain', 'site-to-site', 'packet', '3', '--cure'),
      ]);
      const read = ({ out }: Ended): { cause: string; ids: string[][] } => {
        const { cause, cures } = JSON.parse(out) as { cause: string; cures: { ids: string[] }[] };
        return { cause, ids: cures.map(({ ids }) => ids) };
      };
      expect(read(one)).toEqual({ cause: 'ikev2.ts-unacceptable', ids: [['ipsec.mirror-selectors']] });
      expect(read(other)).toEqual(read(one));
      expect(none.out).toContain('There is nothing to cure');
      expect(packet.code).toBe(2);
    },
    LIMIT,
  );

  it(
    'finds NAT traversal, ESP in place of AH, one secret and common proposals where these are what is missing',
    async () => {
      const cureOf = async (...args: string[]): Promise<string[]> => {
        const { out } = await ikebana('explain', ...args, '--cure', '--json');
        return (JSON.parse(out) as { cures: { ids: string[] }[] }).cures.flatMap(({ ids }) => ids);
      };
      const drop = 'nodes.home.plugins.nat.other=drop';
      expect(
        await cureOf('nat-t-tunnel', '--without', 'laptop/nat-t', '--set', drop, 'ping', 'laptop', 'to', 'server'),
      ).toContain('nat-t.present');
      expect(await cureOf('ah-nat', 'ping', 'laptop', 'to', 'server')).toContain('ipsec.esp-instead-of-ah');
      expect(await cureOf('fail-auth', 'ping', 'alice', 'to', 'bob')).toEqual(['ipsec.one-secret']);
      expect(await cureOf('fail-no-proposal', 'ping', 'alice', 'to', 'bob')).toEqual(['ipsec.default-ike-proposals']);
    },
    LIMIT,
  );
});
