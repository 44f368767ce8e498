import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../skip.ts';

const PROGRAM = join(repositoryRoot, 'cli/ikebana.mjs');
const LIMIT = 120_000;
const execute = promisify(execFile);
let folder = '';

async function ikebana(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const options = { cwd: folder, timeout: LIMIT, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NO_COLOR: '' } };
  try {
    const { stdout, stderr } = await execute(process.execPath, [PROGRAM, ...args], options);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ikebana-compare-'));
  const { code } = await ikebana('run', 'site-to-site', '--pcap', 'all.pcapng', '--keys', 'keys', '--quiet');
  expect(code).toBe(0);
  await ikebana('run', 'site-to-site', '--pcap', 'wan.pcapng', '--pcap-link', 'gw-a:wan', '--seed', '5', '--quiet');
  const whole = readFileSync(join(folder, 'all.pcapng'));
  writeFileSync(join(folder, 'cut.pcapng'), whole.subarray(0, whole.length - 40));
  writeFileSync(join(folder, 'empty.pcap'), '');
}, LIMIT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('compare, of captures', () => {
  it(
    'finds a capture alike with itself, and a lab with what was recorded of it under another seed',
    async () => {
      const same = await ikebana('compare', 'all.pcapng', 'all.pcapng', '--keys-a', 'keys');
      expect(same).toMatchObject({ code: 0, err: '' });
      expect(same.out).toMatch(/^A {2}all\.pcapng \(\d+ packets\)\nB .*\n\nThe captures are alike: \d+ packets/);
      const lab = await ikebana('compare', 'site-to-site', 'wan.pcapng', '--link-a', 'gw-a:wan', '--json');
      expect(lab).toMatchObject({ code: 0, err: '' });
      const { a, b, alike, changes } = JSON.parse(lab.out);
      expect([a.packets, b.packets, changes]).toEqual([alike, alike, []]);
    },
    LIMIT,
  );

  it(
    'tells what differs, with the summary first',
    async () => {
      const { code, out } = await ikebana('compare', 'all.pcapng', 'wan.pcapng');
      expect(code).toBe(1);
      expect(out.split('\n')[3]).toMatch(/^\d+ packets are in both.*; [1-9]\d* in A alone, 0 in B alone\.$/);
      expect(out).toMatch(/^- A #\d+, \d+\.\d+ s {2}icmp/m);
    },
    LIMIT,
  );

  it(
    'refuses what cannot be compared, and says why',
    async () => {
      const cases: [string[], RegExp][] = [
        [['all.pcapng'], /all\.pcapng is a capture: say what to compare it with/],
        [['all.pcapng', 'none.pcap'], /none\.pcap cannot be read/],
        [['all.pcapng', 'empty.pcap'], /empty\.pcap: octet 0: .*no octets/],
        [['all.pcapng', 'cut.pcapng'], /cut\.pcapng: octet \d+/],
        [['all.pcapng', 'all.pcapng', '--link-b', 'x'], /--link-b chooses a link of a lab/],
        [['all.pcapng', 'all.pcapng', '--seed-a', '2'], /--seed-a: all\.pcapng is a capture/],
        [['site-to-site', '--keys-a', 'keys'], /--keys-a is for captures/],
        [['site-to-site', 'all.pcapng', '--link-a', 'gw-z'], /gw-z/],
        [['all.pcapng', 'all.pcapng', '--keys-b', 'nowhere'], /holds none of the key files/],
      ];
      const ended = await Promise.all(cases.map(([args]) => ikebana('compare', ...args)));
      ended.forEach(({ code, err }, at) => {
        const [args, said] = cases[at] as [string[], RegExp];
        expect([args, code, err]).toEqual([args, 2, expect.stringMatching(said)]);
      });
    },
    LIMIT,
  );
});
