import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { diagnosticText } from '../../cli/diagnostic-text.ts';
import { hexText } from '../../cli/dissection-text.ts';
import { createStaticServer } from '../../cli/static-server.ts';
import { chainText, StoryTeller } from '../../cli/story-text.ts';
import { harmless, openTerminal, toJson } from '../../cli/terminal.ts';
import { pcapHeader, pcapRecord, readCapture } from '../../core/capture/index.ts';
import type { Diagnostic } from '../../core/topology/index.ts';
import { repositoryRoot } from '../skip.ts';
import { finish, openLab, RAINY, shippedText } from '../workers/labs.ts';

const PROGRAM = join(repositoryRoot, 'cli/ikebana.mjs');
/** Whoever starts the first builds for the others: they must not all build. */
const LIMIT = 55_000;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const execute = promisify(execFile);

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

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ikebana-cli-'));
  writeFileSync(join(folder, 'rainy.yaml'), RAINY);
  await ikebana('--version');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the command line', () => {
  it('teaches: every command has examples, and tells of exit codes where scripts need them', async () => {
    const [top, ...commands] = await Promise.all(
      [[], ['run'], ['check'], ['explain'], ['capture'], ['plugins'], ['web']].map((args) =>
        ikebana(...args, '--help'),
      ),
    );
    expect(top?.out).toContain('Start here');
    for (const { code, out } of commands) {
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
    }
    for (const { out } of commands.slice(0, 4)) expect(out).toContain('Exit codes:');
  });

  it.each([
    [['rnu', 'routed'], 'Did you mean run?'],
    [['run', 'routed', '--sede', '3'], 'Did you mean --seed?'],
    [['run'], "missing required argument 'lab'"],
    [['run', 'rooted'], 'Did you mean routed?'],
    [['run', 'routed', '--seed', 'x'], 'no whole number'],
    [['run', 'routed', '--until', '5parsec'], '--until 5parsec'],
    [['run', 'routed', '--set', 'nodes.a'], 'has no ='],
    [['run', 'routed', '--without', 'a/b/c'], 'write node/plugin'],
    [['run', 'routed', '--without', 'alice/pnig'], 'did you mean `ping`?'],
    [['run', 'routed', '--set', 'links[0].loos=3'], 'did you mean `loss`?'],
    [['run', 'routed', '--pcap', '/nowhere/at/all.pcapng'], 'cannot be written: there is no such file or folder'],
    [['run', 'routed', '--pcap', '.'], 'cannot be written: it is a folder'],
    [['run', 'routed', '--pcap', 'no.pcapng', '--pcap-link', 'alcie'], 'no node `alcie`, did you mean `alice`?'],
    [['run', 'routed', '--pcap', 'no.pcapng', '--pcap-link', 'alice:eth1'], 'did you mean `alice:eth0`?'],
    [['run', 'routed', '--pcap', 'no.pcapng', '--pcap-link', 'alice', '--pcap-link', ''], 'no node ``'],
    [['run', 'routed', '--pcap', 'no.pcapng', '--pcap-link', 'east:wna -- west:wan'], 'mean `east:wan -- west:wan`?'],
    [['run', 'routed', '--pcap', 'no.pcapng', '--pcap-link', 'east:wan--west:wan'], 'mean `east:wan -- west:wan`?'],
    [['run', 'routed', '--pcap-link', 'alice'], '--pcap FILE is missing'],
    [['run', 'routed', '--keys', 'rainy.yaml'], 'cannot be written: a file is in the way'],
    [['run', 'routed', '--keys', '/proc/none/keys'], 'cannot be written'],
    [['run', 'rainy.yaml', '--pcap', './rainy.yaml'], 'it is not written over'],
    [['explain', 'routed', 'ping', 'alice'], 'expected who asks whom'],
    [['explain', 'routed', 'packet', '99999'], 'frames are numbered from 1 to'],
    [['capture', 'none.pcap'], 'none.pcap cannot be read: there is no such file'],
    [['capture', 'rainy.yaml', '--filter', 'size >'], 'size > needs a value'],
    [['capture', 'rainy.yaml', '--packet', '0'], 'no whole number from 1 on'],
    [['plugins', 'esq'], 'Did you mean esp?'],
    [['web', '--port', '99999'], 'no number from 0 to 65535'],
    [[], 'Usage: ikebana'],
  ])('%j ends with 2 and says what to do', async (args, message) => {
    const { code, out, err } = await ikebana(...args);
    expect(err).toContain(message);
    expect(err).not.toMatch(/^\s+at /m);
    expect([code, out]).toEqual([2, '']);
  });
});

describe('check', () => {
  it('tells all mistakes at once, with the line and a mark under each', async () => {
    const path = join(folder, 'broken.yaml');
    writeFileSync(
      path,
      'nodes:\n  a: { kind: hots }\n  b: { kind: host, interfaecs: { eth0: 10.0.0.300/24 } }\nlinks: [a:eth0 -- c:eth0]\n',
    );
    const [text, json, good] = await Promise.all([
      ikebana('check', 'broken.yaml'),
      ikebana('check', 'broken.yaml', 'rainy.yaml', '--json'),
      ikebana('check', 'rainy.yaml', 'routed'),
    ]);
    expect(text.code).toBe(2);
    expect(text.out).toContain('broken.yaml:2:14 error');
    expect(text.out).toContain('a: { kind: hots }\n');
    expect(text.out.split('\n').filter((line) => /\^+$/.test(line)).length).toBeGreaterThanOrEqual(3);
    expect(text.out).toMatch(/broken.yaml: \d+ errors/);
    const outcomes = JSON.parse(json.out) as { file: string; good: boolean; diagnostics: Diagnostic[] }[];
    expect(outcomes.map(({ file, good: isGood }) => [file, isGood])).toEqual([
      ['broken.yaml', false],
      ['rainy.yaml', true],
    ]);
    expect(outcomes[0]?.diagnostics[0]).toMatchObject({ line: 2, column: 14, suggestion: 'host' });
    expect([good.code, good.out]).toEqual([0, expect.stringContaining('rainy.yaml: good (3 nodes, 2 links)')]);
  });

  it('refuses what is no topology, or no text', async () => {
    writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    writeFileSync(join(folder, 'huge.yaml'), 'a: '.padEnd(5 * 1024 * 1024, 'x'));
    mkdirSync(join(folder, 'empty'));
    const [binary, huge, empty] = await Promise.all(
      ['binary.yaml', 'huge.yaml', 'empty'].map((name) => ikebana('check', name)),
    );
    expect([binary?.code, binary?.err]).toEqual([2, expect.stringContaining('written in UTF-16: save it as UTF-8')]);
    expect([huge?.code, huge?.out]).toEqual([2, expect.stringContaining('MiB')]);
    expect([empty?.code, empty?.err]).toEqual([2, expect.stringContaining('folder without a topology.yaml')]);
  });
});

describe('run', () => {
  it('tells the story and the verdicts, in words and as JSON', async () => {
    const [words, json, failing] = await Promise.all([
      ikebana('run', 'rainy.yaml'),
      ikebana('run', 'rainy.yaml', '--json', '--seed', '9'),
      ikebana('run', 'rainy.yaml', '--quiet', '--set', 'expect[0].answered=40', '--until', '1200ms'),
    ]);
    expect(words.code).toBe(0);
    expect(words.out).toMatch(/^ +1\.000000 {2}▸ a/m);
    expect(words.out).toContain('happenings are not told: --full');
    expect(words.out).toContain('held    { ping: a -> b, answered: { at_least: 1 } }');
    expect(words.out).toContain('A rainy path (seed 5): 1 of 1 expectation held');
    expect(words.out + words.err).not.toContain('\u001b');
    const outcome = JSON.parse(json.out);
    expect(outcome).toMatchObject({
      lab: { seed: 9 },
      run: { ended: true, interrupted: false, stopped: null },
      held: true,
    });
    expect(outcome.expectations[0]).toMatchObject({ held: true, line: 15 });
    expect(outcome.story[0]).toMatchObject({
      kind: expect.any(String),
      text: expect.any(String),
      time: expect.any(Number),
    });
    expect(failing.code).toBe(1);
    expect(failing.out).toContain('FAILED');
    expect(failing.out).toContain('Judged at 1.2 s');
    expect(failing.out).toContain("Why: ikebana explain rainy.yaml --until 1200000000ns --set 'expect[0].answered=40'");
    expect(failing.out).not.toContain('▸');
  });

  it('writes a capture and keys: the bytes of the run, and what opens them', async () => {
    const ran = await ikebana('run', 'manual-keys', '--quiet', '--pcap', 'tunnel.pcapng', '--keys', 'keys/deep');
    expect(ran.code).toBe(0);
    const lab = await finish(await openLab(shippedText('manual-keys')));
    const written = readFileSync(join(folder, 'tunnel.pcapng'));
    expect(written.equals(await lab.capture())).toBe(true);
    const [table] = await lab.keyTables();
    expect(readFileSync(join(folder, 'keys/deep/esp_sa'), 'utf8')).toBe(table?.text);
    expect(readFileSync(join(folder, 'keys/deep/README'), 'utf8')).toContain('tshark -o');
    const [opened, sealed, one, text] = await Promise.all([
      ikebana('capture', 'tunnel.pcapng', '--keys', 'keys/deep', '--filter', 'esp && icmp', '--json'),
      ikebana('capture', 'tunnel.pcapng', '--filter', 'esp && icmp', '--json'),
      ikebana('capture', 'tunnel.pcapng', '--keys', 'keys/deep', '--packet', '16'),
      ikebana('capture', 'tunnel.pcapng'),
    ]);
    expect(JSON.parse(opened.out).packets.length).toBeGreaterThan(5);
    expect(JSON.parse(opened.out).packets[0]).toMatchObject({ protocol: 'icmp', source: '10.1.0.10' });
    expect(JSON.parse(sealed.out).packets).toEqual([]);
    expect(one.out).toContain('(sealed)');
    expect(one.out).toContain('opened with');
    expect(one.out).toMatch(/^ +Time to live: 63/m);
    expect(one.out).toMatch(/^0010 {2}([0-9a-f]{2} ){16}/m);
    expect(text.out).toContain(`${readCapture(written).packets.length} packets`);
    expect(text.code).toBe(0);
  });

  it('captures the links that are named, and names one that a table of keys needs', async () => {
    const keys = ['--keys', 'one-link'];
    const [all, wan, node, either] = await Promise.all([
      ikebana('run', 'ikev1-main', '--quiet', '--pcap', 'all.pcapng', '--keys', 'all-links'),
      ikebana('run', 'ikev1-main', '--json', '--pcap', 'wan.pcapng', ...keys, '--pcap-link', 'internet:a -- gw-a:wan'),
      ikebana('run', 'ikev1-main', '--quiet', '--pcap', 'node.pcapng', '--pcap-link', 'internet', '--keys', 'node'),
      ikebana(
        'run',
        'ikev1-main',
        '--pcap',
        'no.pcapng',
        '--pcap-link',
        'gw-a:wan',
        '--pcap-link',
        'gw-a:wna',
        ...keys,
      ),
    ]);
    const link = 'gw-a:wan -- internet:a';
    const read = (name: string) => readCapture(readFileSync(join(folder, name)));
    const framesOn = (name: string) => {
      const { interfaces, packets } = read(name);
      return packets.map((packet) => [interfaces[packet.interface]?.name, Buffer.from(packet.bytes).toString('hex')]);
    };
    const theirs = framesOn('all.pcapng');
    expect([all.code, wan.code, node.code, either.code]).toEqual([0, 0, 0, 2]);
    expect(read('all.pcapng').interfaces.length).toBe(4);
    expect(read('wan.pcapng').interfaces.map(({ name }) => name)).toEqual([link]);
    expect(framesOn('wan.pcapng')).toEqual(theirs.filter(([name]) => name === link));
    expect(framesOn('node.pcapng')).toEqual(theirs.filter(([name]) => name?.includes('internet:')));
    // Both links of the router carry each message.
    for (const { out } of [all, node]) expect(out).toContain(`Take --pcap-link '${link}'`);
    expect(JSON.parse(wan.out).hints).toEqual([]);
    for (const name of ['all-links', 'one-link']) {
      expect(readFileSync(join(folder, name, 'README'), 'utf8')).toContain(`--pcap-link '${link}'`);
    }
    expect(existsSync(join(folder, 'no.pcapng'))).toBe(false);
  });

  it('keeps what is done when it is interrupted', async () => {
    const endless = RAINY.replace('name: A rainy path', 'name: A rainy path\nduration: 20d').replace(
      'count: 40, interval: 50ms',
      'count: 65535, interval: 1ms',
    );
    writeFileSync(join(folder, 'endless.yaml'), endless);
    const args = [PROGRAM, 'run', 'endless.yaml', '--quiet', '--pcap', 'part.pcapng', '--keys', 'part-keys'];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const out = textOf(child, 'stdout');
    const err = textOf(child, 'stderr');
    while (sizeOf(join(folder, 'part.pcapng')) < 10_000 && child.exitCode === null) await pause(20);
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect([code, await err]).toEqual([130, '']);
    expect(await out).toMatch(/Interrupted at .* of the run/);
    const { packets, faults } = readCapture(readFileSync(join(folder, 'part.pcapng')));
    expect(faults).toEqual([]);
    expect(packets.length).toBeGreaterThan(50);
    expect(await out).toContain(`${packets.length.toLocaleString('en')} frames`);
  });

  it('ends quietly when whoever reads it goes away', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'run', 'routed', '--full'], { cwd: folder });
    const err = textOf(child, 'stderr');
    child.stdout.once('data', () => child.stdout.destroy());
    const [, signal] = (await once(child, 'close')) as [number, string | null];
    expect([await err, signal]).toEqual(['', null]);
  });
});

describe('explain', () => {
  it('gives the chain of causes with sources and cures', async () => {
    const [asked, all, json] = await Promise.all([
      ikebana('explain', 'routed', 'ping', 'carol', 'to', '10.2.0.99'),
      ikebana('explain', 'routed'),
      ikebana('explain', 'rainy.yaml', '--set', 'links[1].loss=100%', '--json'),
    ]);
    expect(asked.code).toBe(1);
    expect(asked.out).toMatch(/because east dropped the packet: 10\.2\.0\.99 did not answer {2}\[RFC 1122/);
    expect(asked.out).toContain('cure:');
    // Its drops are expected: all expectations hold.
    expect(all.code).toBe(0);
    expect(all.out).toContain('ipv4.no-route: failed');
    expect(json.code).toBe(1);
    const { answers } = JSON.parse(json.out);
    expect(answers[0]).toMatchObject({ held: false, chain: expect.any(Array) });
  });
});

describe('capture', () => {
  it('tells of every sort of bad file, and shows what of it can be read', async () => {
    const header = pcapHeader({ linkType: 1 });
    const record = pcapRecord({ time: 0, bytes: new Uint8Array(60) });
    const strange = Buffer.concat([
      pcapHeader({ linkType: 147 }),
      pcapRecord({ time: 0, bytes: Uint8Array.of(27, 93, 7) }),
    ]);
    writeFileSync(join(folder, 'empty.pcap'), '');
    writeFileSync(join(folder, 'cut.pcap'), Buffer.concat([header, record, record.subarray(0, 30)]));
    writeFileSync(join(folder, 'strange.pcap'), strange);
    const [empty, cut, none, odd, past] = await Promise.all([
      ikebana('capture', 'empty.pcap'),
      ikebana('capture', 'cut.pcap'),
      ikebana('capture', 'rainy.yaml'),
      ikebana('capture', 'strange.pcap', '--packet', '1'),
      ikebana('capture', 'strange.pcap', '--packet', '2'),
    ]);
    expect([empty.code, empty.err]).toEqual([2, expect.stringContaining('no octets at all')]);
    expect([cut.code, cut.err]).toEqual([2, expect.stringContaining('octet 100')]);
    expect(cut.out).toContain('1 packets');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('magic number')]);
    expect([odd.code, odd.err]).toEqual([0, expect.stringContaining('link type 147 is not known')]);
    expect(odd.out).toContain('1b 5d 07');
    expect([past.code, past.err]).toEqual([2, expect.stringContaining('there is no packet 2')]);
  });
});

describe('plugins', () => {
  it('lists manifests, tells all of one, and writes the reference and the schema', async () => {
    const [list, one, json, reference, schema] = await Promise.all([
      ikebana('plugins'),
      ikebana('plugins', 'ping'),
      ikebana('plugins', '--json'),
      ikebana('plugins', '--reference'),
      ikebana('plugins', '--schema'),
    ]);
    expect(list.out).toMatch(/^ping +Ping {2}requires icmp, ipv4$/m);
    expect(one.out).toContain('{ at: 1s, node: laptop, ping: 10.1.0.20, count: 3 }');
    const manifests = JSON.parse(json.out) as { name: string; requires: string[] }[];
    expect(manifests.find(({ name }) => name === 'ping')).toMatchObject({ requires: ['icmp', 'ipv4'] });
    expect(manifests.map(({ name }) => name)).toContain('crypto-node');
    expect(reference.out).toContain('# Topology files');
    expect(JSON.parse(schema.out)).toHaveProperty('$schema');
  });
});

describe('the server of the page', () => {
  const seen = async (
    path: string,
    options: { method?: string; host?: string } = {},
  ): Promise<{ status: number; type: string; body: string }> => {
    const server = createStaticServer(join(folder, 'site'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // As it stands: an ordinary client would tidy the path before it asks.
    const call = request({
      host: '127.0.0.1',
      port,
      path,
      method: options.method ?? 'GET',
      agent: false,
      headers: { host: options.host ?? `localhost:${port}` },
    });
    call.end();
    const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
    let body = '';
    for await (const chunk of response) body += chunk;
    server.close();
    server.closeAllConnections();
    return { status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body };
  };

  beforeAll(() => {
    mkdirSync(join(folder, 'site/assets'), { recursive: true });
    writeFileSync(join(folder, 'site/index.html'), '<p>page</p>');
    writeFileSync(join(folder, 'site/assets/a b.js'), 'let a;');
    writeFileSync(join(folder, 'site/font.woff2'), 'font');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    symlinkSync(join(folder, 'secret.txt'), join(folder, 'site/link.txt'));
    mkdirSync(join(folder, 'site-beside'));
    writeFileSync(join(folder, 'site-beside/x.txt'), 'secret');
  });

  it('serves the files of its folder with their types', async () => {
    expect(await seen('/')).toEqual({ status: 200, type: 'text/html; charset=utf-8', body: '<p>page</p>' });
    expect(await seen('/index.html?x=1#y')).toMatchObject({ status: 200 });
    expect(await seen('/assets/a%20b.js')).toEqual({
      status: 200,
      type: 'text/javascript; charset=utf-8',
      body: 'let a;',
    });
    expect(await seen('/font.woff2')).toMatchObject({ status: 200, type: 'font/woff2' });
    expect(await seen('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..\\secret.txt',
    '/%5c..%5csecret.txt',
    '/../site-beside/x.txt',
    '/link.txt',
    '/assets',
    '/none.html',
    '/%00',
    '/%zz',
    '//secret.txt',
  ])('gives nothing at %s', async (path) => {
    const { status, body } = await seen(path);
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });

  it('answers to this machine alone, and only what reads', async () => {
    expect((await seen('/', { host: 'evil.example' })).status).toBe(403);
    expect((await seen('/', { method: 'POST' })).status).toBe(405);
  });
});

describe('text for terminals', () => {
  const written = (isTTY: boolean, env: NodeJS.ProcessEnv) => {
    const lines: string[] = [];
    const stream = { isTTY, write: (text: string) => lines.push(text) };
    const terminal = openTerminal(stream, stream, env);
    terminal.say(terminal.paint('red', 'x'));
    return lines.join('');
  };

  it('is coloured only on a terminal that wants it', () => {
    expect(written(true, {})).toBe('\u001b[31mx\u001b[39m\n');
    expect(written(true, { NO_COLOR: '1' })).toBe('x\n');
    expect(written(true, { TERM: 'dumb' })).toBe('x\n');
    expect(written(false, {})).toBe('x\n');
  });

  it('never passes on what would move a cursor', () => {
    expect(harmless('a\u001b]0;title\u0007b\u009b2J\rc\td')).toBe('a\\x1b]0;title\\x07b\\x9b2J\\x0dc\td');
  });

  it('marks the place in a long line and under tabs', () => {
    const plain = (_: unknown, text: string): string => text;
    const at = (column: number, endColumn: number): Diagnostic => ({
      ...{
        file: 'f',
        line: 1,
        column,
        endLine: 1,
        endColumn,
        from: 0,
        to: 0,
        severity: 'error',
        message: 'm',
        path: [],
      },
    });
    const source = `${'x'.repeat(200)}wrong${'y'.repeat(200)}`;
    const [, line = '', mark = ''] = diagnosticText(at(201, 206), source, plain).split('\n');
    expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('wrong');
    expect(line.length).toBeLessThan(120);
    expect(diagnosticText(at(3, 5), '\t\tab', plain)).toBe('f:1:3 error: m\n  1 | \t\tab\n    | \t\t^^');
    expect(diagnosticText(at(1, 2), undefined, plain)).toBe('f:1:1 error: m');
    expect(diagnosticText(at(6, 7), '\x1b[31m!\x9b\x07', plain)).toBe('f:1:6 error: m\n  1 | ·[31m!··\n    |      ^');
  });

  it('tells a few of a kind, and says steps that repeat once', () => {
    const teller = new StoryTeller(false);
    const one = {
      record: 1,
      time: 0,
      kind: 'note',
      node: 'a',
      plugin: 'p',
      code: 'p.x',
      text: 't',
      tone: 'plain',
    } as const;
    expect(Array.from({ length: 9 }, () => teller.tells(one))).toEqual([
      ...Array(5).fill(true),
      ...Array(4).fill(false),
    ]);
    expect(teller.held).toBe(4);
    const step = { record: 1, time: 0, node: 'a', text: 'a waits' };
    const lines = chainText({ paint: (_, text) => text }, [
      step,
      step,
      step,
      { ...step, text: 'a began', cure: 'do so' },
    ]);
    expect(lines).toEqual([
      expect.stringContaining('a waits (3 times)'),
      expect.stringContaining('because a began'),
      expect.stringContaining('cure: do so'),
    ]);
  });

  it('writes octets as digits', () => {
    expect(
      hexText(
        { paint: (_, text) => text },
        Uint8Array.from({ length: 17 }, (_, at) => 60 + at),
      )[1],
    ).toMatch(/^0010 {2}4c +L$/);
    expect(JSON.parse(toJson({ a: Uint8Array.of(1, 255), m: new Map([['k', 1]]) }))).toEqual({
      a: '01ff',
      m: { k: 1 },
    });
  });
});

async function textOf(child: ChildProcess, name: 'stdout' | 'stderr'): Promise<string> {
  let text = '';
  try {
    for await (const chunk of child[name] ?? []) text += String(chunk);
  } catch {
    // The reader was made to go away.
  }
  return text;
}

function sizeOf(path: string): number {
  try {
    return readFileSync(path).length;
  } catch {
    return 0;
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
