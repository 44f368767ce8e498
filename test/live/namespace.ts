import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
/** Milliseconds that anything here may take at most: preparing a namespace, a command in it. */
const LIMIT = 20_000;
const STEP = 20;
/** Characters of what socat tells that are kept. */
const MOST_TOLD = 10_000;

export interface Said {
  readonly code: number;
  readonly out: string;
}

/** Runs a program to its end; what it says on both streams. */
export async function say(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Said> {
  const options = { timeout: LIMIT, env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 };
  try {
    const { stdout, stderr } = await execute(program, args, options);
    return { code: 0, out: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, out: `${stdout ?? ''}${stderr ?? String(error)}` };
  }
}

/** The same for a program that must end well. */
export async function must(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, out } = await say(program, args, env);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${out}`);
  return out;
}

/** Waits for something that another program does; an error after a while. */
export async function until(what: string, holds: () => boolean, limit: number = LIMIT): Promise<void> {
  for (const ends = Date.now() + limit; !holds(); ) {
    if (Date.now() > ends) throw new Error(`${what}: not within ${limit} ms`);
    await sleep(STEP);
  }
}

/** Ports of loopback that nobody has now. */
export async function freePorts(count: number): Promise<number[]> {
  const sockets = Array.from({ length: count }, () => createSocket('udp4'));
  for (const socket of sockets) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  const ports = sockets.map((socket) => socket.address().port);
  for (const socket of sockets) socket.close();
  return ports;
}

/**
 * Namespaces of their own for network, mounts and processes. They live as long as their first process, which waits for the end of its
 * input: when this program ends, however it does, all that was started in them ends and they are gone.
 */
export class Namespace {
  readonly #holder: ChildProcess;
  readonly #first: number;
  readonly #cables: ChildProcess[] = [];

  private constructor(holder: ChildProcess, first: number) {
    this.#holder = holder;
    this.#first = first;
  }

  static async open(): Promise<Namespace> {
    const args = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'cat'];
    const holder = spawn('unshare', args, { stdio: ['pipe', 'ignore', 'ignore'] });
    const children = (): string => {
      const path = `/proc/${holder.pid}/task/${holder.pid}/children`;
      return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
    };
    await until('a namespace is made', () => children() !== '');
    const namespace = new Namespace(holder, Number(children()));
    // The first process becomes what it is to be once its mounts are made.
    await until('the namespace is ready', () => readFileSync(`/proc/${namespace.#first}/comm`, 'utf8') === 'cat\n');
    await namespace.must('ip', 'link', 'set', 'lo', 'up');
    return namespace;
  }

  /** The words of a command line that runs a program in it. */
  enter(...words: readonly string[]): [string, string[]] {
    return ['nsenter', ['--target', String(this.#first), '--net', '--mount', '--pid', '--', ...words]];
  }

  must(...words: readonly string[]): Promise<string> {
    return must(...this.enter(...words));
  }

  say(...words: readonly string[]): Promise<Said> {
    return say(...this.enter(...words));
  }

  /** Gives it an interface whose frames are datagrams between two ports of loopback. */
  async cable(name: string, address: string, own: number, peer: number): Promise<void> {
    const tap = `ik${own}x${this.#first % 100_000}`;
    const ends = [
      `UDP4-DATAGRAM:127.0.0.1:${peer},bind=127.0.0.1:${own}`,
      `TUN,tun-type=tap,tun-name=${tap},iff-no-pi`,
    ];
    const socat = spawn('socat', ['-d', '-d', '-b', '65536', ...ends], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#cables.push(socat);
    let told = '';
    socat.stderr.on('data', (text) => {
      told = `${told}${text}`.slice(0, MOST_TOLD);
    });
    // It still asks for its interface by name after it made it: moved away before that, it would end.
    await until('socat passes frames', () => {
      if (socat.exitCode !== null) throw new Error(`socat ended: ${told}`);
      return told.includes('starting data transfer loop');
    });
    await must('ip', ['link', 'set', tap, 'netns', String(this.#first), 'name', name]);
    await this.say('sysctl', '-qw', `net.ipv6.conf.${name}.disable_ipv6=1`);
    await this.must('ip', 'addr', 'add', address, 'dev', name);
    await this.must('ip', 'link', 'set', name, 'up');
  }

  /** Ends all that runs in it, and itself. */
  async close(): Promise<void> {
    for (const cable of this.#cables) await ended(cable, () => cable.kill());
    await ended(this.#holder, () => this.#holder.stdin?.end());
  }
}

/** Ends a process that was started here, and waits for it. */
export async function ended(child: ChildProcess, end: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  end();
  const late = setTimeout(() => child.kill('SIGKILL'), LIMIT / 4);
  await gone;
  clearTimeout(late);
}
