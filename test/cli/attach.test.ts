import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOG_FORMAT, readInputLog } from '../../cli/attach/input-log.ts';
import { Lateness } from '../../cli/attach/lateness.ts';
import { Refused } from '../../cli/refused.ts';
import { readCapture } from '../../core/capture/index.ts';
import { repositoryRoot } from '../skip.ts';

const PROGRAM = join(repositoryRoot, 'cli/ikebana.mjs');
const LIMIT = 55_000;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until its cables are there. */
  joined(): Promise<void>;
}

let folder = '';
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ikebana-attach-'));
  await ikebana('--version');
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env: { ...process.env, NO_COLOR: '1' } });
  running.add(child);
  let out = '';
  let err = '';
  let tell = (): void => {};
  const awaited = new Promise<void>((resolve) => {
    tell = resolve;
  });
  child.stdout?.on('data', (text) => {
    out += text;
  });
  child.stderr?.on('data', (text) => {
    err += text;
    if (err.includes('Ctrl-C ends')) tell();
  });
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    tell();
    return { code: code as number | null, out, err };
  });
  return { child, ended, joined: () => awaited };
}

const ikebana = (...args: readonly string[]): Promise<Ended> => start(...args).ended;
const path = (name: string): string => join(folder, name);

/** Two ports of loopback that nobody has now. */
async function freePorts(): Promise<[number, number]> {
  const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
  for (const socket of sockets) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  const ports = sockets.map((socket) => socket.address().port);
  for (const socket of sockets) socket.close();
  return ports as [number, number];
}

/** A host on a cable. Its station address follows from its name: hosts on one cable have different ones. */
function edge(own: string, asks: string, local: number, remote: number): string {
  const name = `h${own.slice(-1)}`;
  return `
name: Edge ${own}
nodes:
  ${name}: { kind: host, interfaces: { eth0: ${own}/24 } }
  world: { kind: outside, interfaces: [eth0], plugins: { outside: { local: ${local}, remote: ${remote} } } }
links: ['${name}:eth0 -- world:eth0']
timeline: [{ at: 2s, node: ${name}, ping: ${asks}, count: 60, interval: 100ms }]
expect: [{ ping: ${name} -> ${asks}, answered: { at_least: 3 } }]
`;
}

describe('ikebana attach', () => {
  it(
    'joins two runs of two programs; each of them happens again from its log, to the byte',
    async () => {
      const [one, other] = await freePorts();
      writeFileSync(path('one.yaml'), edge('192.0.2.1', '192.0.2.2', one, other));
      writeFileSync(path('other.yaml'), edge('192.0.2.2', '192.0.2.1', other, one));
      const ofCable = ['--pcap-link', 'world'];
      const files = (name: string) => [
        ...['--log', `${name}.log`, '--pcap', `${name}.pcapng`, '--for', '9s', '--json', ...ofCable],
      ];
      // Both at once: on a busy machine a program takes seconds to start, and only while both run do they hear each other.
      const first = start('attach', 'one.yaml', ...files('one'));
      const second = start('attach', 'other.yaml', ...files('other'));
      const ends = await Promise.all([first.ended, second.ended]);
      for (const [at, { code, out, err }] of ends.entries()) {
        expect(err).not.toMatch(/^\s+at /m);
        const outcome = JSON.parse(out);
        expect(outcome).toMatchObject({ held: true, logFull: false, run: { now: 9_000_000_000, ended: true } });
        const [cable] = outcome.outside;
        expect(cable).toMatchObject({ short: 0, large: 0, foreign: 0, flooded: 0, node: 'world' });
        expect(cable.in).toBeGreaterThan(6);
        expect(outcome.lateness.frames).toBe(cable.out + cable.unsent);
        expect(code).toBe(0);
        const name = at === 0 ? 'one' : 'other';
        const written = ['--pcap', `${name}-2.pcapng`, ...ofCable];
        const again = await ikebana('run', `${name}.yaml`, '--inputs', `${name}.log`, ...written);
        expect([again.code, again.err]).toEqual([0, '']);
        expect(Buffer.compare(readFileSync(path(`${name}-2.pcapng`)), readFileSync(path(`${name}.pcapng`)))).toBe(0);
      }
      // With another setting it is another run, and says so.
      const explained = await ikebana('explain', 'one.yaml', '--inputs', 'one.log', '--set', 'timeline[0].count=59');
      expect(explained.code).toBe(0);
      expect(explained.err).toContain('not that run, but what might have been');
    },
    LIMIT,
  );

  it(
    'bounds and counts hostile datagrams; Ctrl-C keeps a log that is whole',
    async () => {
      const [local, remote] = await freePorts();
      writeFileSync(path('hostile.yaml'), edge('192.0.2.1', '192.0.2.2', local, remote));
      const flags = ['--log', 'hostile.log', '--pcap', 'hostile.pcapng', '--json', '--seed', '77'];
      const attached = start('attach', 'hostile.yaml', ...flags);
      await attached.joined();
      const peer = createSocket('udp4');
      const stranger = createSocket('udp4');
      peer.bind(remote, '127.0.0.1');
      await once(peer, 'listening');
      const send = (socket: Socket, bytes: Buffer) =>
        new Promise<void>((resolve) => socket.send(bytes, local, '127.0.0.1', () => resolve()));
      for (let size = 0; size < 14; size++) await send(peer, Buffer.alloc(size, 0xff));
      for (const size of [1523, 9000, 60_000]) await send(peer, Buffer.alloc(size, 1));
      for (let at = 0; at < 10; at++) await send(stranger, Buffer.alloc(60, 2));
      let state = 1;
      const chance = (): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state >>> 24;
      };
      // Garbage, and garbage that says it is for everybody and of a type that is read.
      for (let at = 0; at < 300; at++) {
        const bytes = Buffer.from(Array.from({ length: 14 + ((at * 37) % 1500) }, chance));
        if (at % 2 === 0) bytes.set([255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 9, 8, at % 4 === 0 ? 0 : 6], 0);
        await send(peer, bytes);
      }
      const flood = Buffer.alloc(1514, 0xff);
      await Promise.all(Array.from({ length: 20_000 }, () => send(peer, flood)));
      await sleep(700);
      attached.child.kill('SIGINT');
      const { code, out, err } = await attached.ended;
      peer.close();
      stranger.close();
      expect(err).not.toMatch(/^\s+at /m);
      expect(code).toBe(130);
      const outcome = JSON.parse(out);
      expect(outcome.run).toMatchObject({ interrupted: true, stopped: null });
      const [cable] = outcome.outside;
      expect(cable).toMatchObject({ short: 14, large: 3, foreign: 10 });
      expect(cable.in).toBeGreaterThan(300);
      const lines = readFileSync(path('hostile.log'), 'utf8').trimEnd().split('\n');
      expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ end: outcome.run.now });
      expect(lines.length).toBeLessThanOrEqual(2 + cable.in);
      const again = await ikebana(
        'run',
        'hostile.yaml',
        '--inputs',
        'hostile.log',
        '--pcap',
        'hostile-2.pcapng',
        '--quiet',
      );
      expect(again.err).toBe('');
      expect(Buffer.compare(readFileSync(path('hostile-2.pcapng')), readFileSync(path('hostile.pcapng')))).toBe(0);
      expect(readCapture(readFileSync(path('hostile.pcapng'))).packets.length).toBe(outcome.run.frames);
    },
    LIMIT,
  );

  it(
    'refuses, with what to do',
    async () => {
      const [local, remote] = await freePorts();
      writeFileSync(path('edge.yaml'), edge('192.0.2.1', '192.0.2.2', local, remote));
      const taken = createSocket('udp4');
      taken.bind(local, '127.0.0.1');
      await once(taken, 'listening');
      const log = (name: string, ...lines: readonly unknown[]): string => {
        const first = { format: LOG_FORMAT, lab: 'x', seed: 1, topology: '' };
        writeFileSync(path(name), [first, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
        return name;
      };
      const frame = { at: 5, node: 'world', interface: 'eth0', frame: '00'.repeat(20) };
      const cases: readonly (readonly [readonly string[], string])[] = [
        [['attach', 'edge.yaml'], 'another program listens there'],
        [['attach', 'edge.yaml', '--speed', '0'], 'no number from 0.01 to 100'],
        [['attach', 'edge.yaml', '--for', '3parsec'], '3parsec'],
        [['attach', 'routed'], 'has no outside to join'],
        [['attach', 'edge.yaml', '--log', './edge.yaml'], 'it is not written over'],
        [['run', 'edge.yaml'], 'ikebana attach edge.yaml'],
        [['explain', 'edge.yaml'], 'ikebana attach edge.yaml'],
        [['run', 'edge.yaml', '--inputs', 'edge.yaml'], 'is no input log'],
        [
          ['run', 'edge.yaml', '--inputs', log('d.log', { ...frame, node: 'moon' })],
          'moon:eth0, which this topology lacks',
        ],
      ];
      const ends = await Promise.all(cases.map(([args]) => ikebana(...args)));
      taken.close();
      for (const [at, [args, message]] of cases.entries()) {
        const { code, out, err } = ends[at] as Ended;
        expect([args, err]).toEqual([args, expect.stringContaining(message)]);
        expect([code, out]).toEqual([2, '']);
        expect(err).not.toMatch(/^\s+at /m);
      }
      const wrong = (name: string, ...lines: readonly unknown[]) => {
        expect(() => readInputLog(path(log(name, ...lines)))).toThrow(Refused);
        return expect(() => readInputLog(path(name)));
      };
      wrong('a.log', { ...frame, frame: '0' }).toThrow('a.log:2: neither');
      wrong('b.log', frame, { ...frame, at: 4 }).toThrow('b.log:3: this came in before');
      wrong('c.log', { end: 9 }, frame).toThrow('c.log:3: something stands behind');
      wrong('e.log', { ...frame, at: -1 }).toThrow('e.log:2: neither');
      wrong('f.log', frame, { end: 4 }).toThrow('f.log:3: neither');
      expect(() => readInputLog(path('none.log'))).toThrow('none.log cannot be read');
      // A log that was cut off in the middle of a line is that of a run that was killed: what is whole of it counts.
      const whole = readFileSync(path(log('cut.log', frame, frame)), 'utf8');
      writeFileSync(path('cut.log'), whole.slice(0, -9));
      const cut = await ikebana('run', 'edge.yaml', '--inputs', 'cut.log', '--json');
      expect(cut.err).toContain('cut.log has no end');
      const story: readonly { code: string }[] = JSON.parse(cut.out).story;
      expect(story.filter(({ code }) => code === 'core.frame-entered')).toHaveLength(1);
    },
    LIMIT,
  );

  it('teaches', async () => {
    const { code, out } = await ikebana('attach', '--help');
    expect(code).toBe(0);
    for (const word of ['Examples:', 'socat', 'QEMU', 'GNS3', 'ip netns', 'Exit codes:']) expect(out).toContain(word);
  });
});

describe('lateness', () => {
  it('has the median to a step and the worst as it was', () => {
    const lateness = new Lateness();
    expect([lateness.median, lateness.worst]).toEqual([0, 0]);
    for (let at = 0; at <= 1000; at++) lateness.add(((at * 619) % 1001) * 10_000);
    lateness.add(-5);
    lateness.add(7e12);
    expect(Math.abs(lateness.median - 5_000_000)).toBeLessThanOrEqual(20_000);
    expect([lateness.worst, lateness.count]).toEqual([7e12, 1003]);
  });
});
