import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { fieldsOf } from '../core/capture/tshark-frames.ts';
import { repositoryRoot } from '../skip.ts';
import { until } from './namespace.ts';

const PROGRAM = join(repositoryRoot, 'cli/ikebana.mjs');
const STRICT = ['ip.check_checksum', 'udp.check_checksum', 'tcp.check_checksum'].flatMap((name) => [
  '-o',
  `${name}:TRUE`,
]);
const BAD =
  '_ws.malformed || _ws.expert.severity == error || ip.checksum.status == "Bad" || udp.checksum.status == "Bad"';

/** What `ikebana attach --json` says at the end, as far as tests read it. */
export interface LiveOutcome {
  readonly run: {
    readonly now: number;
    readonly frames: number;
    readonly drops: number;
    readonly stopped: string | null;
  };
  readonly expectations: readonly { readonly expectation: string; readonly held: boolean; readonly evidence: string }[];
  readonly story: readonly {
    readonly code: string;
    readonly node: string;
    readonly text: string;
    readonly kind: string;
  }[];
  readonly outside: readonly {
    readonly node: string;
    readonly in: number;
    readonly out: number;
    readonly unsent: number;
  }[];
  readonly lateness: { readonly median: number; readonly worst: number };
}

/** `ikebana attach` over a topology, in a folder of its own with its log, its capture and its keys. */
export class Attached {
  readonly #folder: string;
  readonly #child: ChildProcess;
  #out = '';
  #err = '';

  constructor(folder: string, topology: string) {
    this.#folder = folder;
    writeFileSync(join(folder, 'lab.yaml'), topology);
    const flags = ['--log', 'lab.log', '--pcap', 'live.pcapng', '--keys', 'keys', '--json'];
    this.#child = spawn(process.execPath, [PROGRAM, 'attach', 'lab.yaml', ...flags], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (text) => {
      this.#out += text;
    });
    this.#child.stderr?.on('data', (text) => {
      this.#err += text;
    });
  }

  /** Waits until its cables are there. */
  joined(): Promise<void> {
    return until('the lab is joined', () => {
      if (this.#child.exitCode !== null) throw new Error(`it ended with ${this.#child.exitCode}: ${this.#err}`);
      return this.#err.includes('Ctrl-C ends');
    });
  }

  /** Ends the live run as a user would. */
  async end(): Promise<LiveOutcome> {
    if (this.#child.exitCode === null) {
      const gone = once(this.#child, 'close');
      this.#child.kill('SIGINT');
      await gone;
    }
    expect(this.#err).not.toMatch(/^\s+at /m);
    expect([this.#child.exitCode, this.#err]).toEqual([130, expect.stringContaining('Ctrl-C ends')]);
    return JSON.parse(this.#out) as LiveOutcome;
  }

  /** Ends it at once, for a test that failed. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** The same run again, offline: its capture is that of the live one, octet for octet, and tshark has nothing against it. */
  judge({ warned = false } = {}): void {
    const again = spawnSync(
      process.execPath,
      [PROGRAM, 'run', 'lab.yaml', '--inputs', 'lab.log', '--pcap', 'again.pcapng', '--quiet'],
      { cwd: this.#folder, encoding: 'utf8', timeout: 60_000 },
    );
    // Topologies may use what `check` warns of; nothing else is said.
    if (warned) expect(again.stderr).toMatch(/^lab\.yaml:\d+:\d+ warning: /);
    else expect(again.stderr).toBe('');
    expect(again.stderr).not.toMatch(/ error: |^\s+at /m);
    const live = readFileSync(join(this.#folder, 'live.pcapng'));
    expect(Buffer.compare(readFileSync(join(this.#folder, 'again.pcapng')), live)).toBe(0);
    const fields = ['frame.number', 'frame.protocols', '_ws.expert.message'];
    expect(fieldsOf(join(this.#folder, 'live.pcapng'), fields, [...STRICT, '-Y', BAD])).toEqual([]);
  }
}
