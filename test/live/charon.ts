import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, type Namespace, type Said, say, until } from './namespace.ts';

/** strongSwan's IKE daemon, run by itself in a namespace: with a /run of its own, its ESP in user space by the plugin kernel-libipsec. */

const CHARON = '/usr/lib/ipsec/charon';
/** What PSK, classic and AEAD ciphers, MODP and elliptic groups, ESP in user space and control by vici take. */
const PLUGINS =
  'random nonce openssl aes sha1 sha2 md5 gmp curve25519 hmac kdf gcm ccm ctr xcbc cmac chapoly kernel-libipsec kernel-netlink socket-default vici updown';
/** Milliseconds. */
const RECEIVED_LIMIT = 15_000;
export const SECRET = 'correct horse battery staple';

export interface Connection {
  readonly name: string;
  readonly version: 1 | 2;
  readonly aggressive?: boolean;
  readonly local: { readonly address: string; readonly id: string; readonly networks: string };
  readonly remote: { readonly address: string; readonly id: string; readonly networks: string };
  readonly proposals: string;
  readonly esp: string;
}

function connectionText({ name, version, aggressive, local, remote, proposals, esp }: Connection): string {
  return `
  ${name} {
    version = ${version}
    aggressive = ${aggressive === true ? 'yes' : 'no'}
    mobike = no
    local_addrs = ${local.address}
    remote_addrs = ${remote.address}
    proposals = ${proposals}
    local { auth = psk
      id = ${local.id} }
    remote { auth = psk
      id = ${remote.id} }
    children { ${name} {
      local_ts = ${local.networks}
      remote_ts = ${remote.networks}
      esp_proposals = ${esp}
    } }
  }`;
}

export class Charon {
  readonly #folder: string;
  readonly #env: Record<string, string>;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#env = { STRONGSWAN_CONF: join(folder, 'strongswan.conf'), SWANCTL_DIR: folder };
  }

  /** Starts it in the namespace and waits until it has taken its connections. It ends with the namespace. */
  static async start(
    namespace: Namespace,
    folder: string,
    connections: readonly Connection[],
    { fragmentSize }: { readonly fragmentSize?: number } = {},
  ): Promise<Charon> {
    const charon = new Charon(folder);
    const socket = join(folder, 'vici');
    mkdirSync(join(folder, 'run'), { recursive: true });
    writeFileSync(
      join(folder, 'strongswan.conf'),
      `charon {
  load_modular = no
  load = ${PLUGINS}
  filelog { main {
    path = ${join(folder, 'log')}
    default = 1
    ike = 2
    flush_line = yes
  } }
${
  fragmentSize === undefined
    ? ''
    : `  fragment_size = ${fragmentSize}
`
}  retransmit_tries = 3
  retransmit_timeout = 1.0
  retransmit_base = 1.5
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  plugins { vici { socket = unix://${socket} } }
}
swanctl { socket = unix://${socket} }
`,
    );
    writeFileSync(
      join(folder, 'swanctl.conf'),
      `connections {${connections.map(connectionText).join('')}\n}\nsecrets { ike-all { secret = "${SECRET}" } }\n`,
    );
    const [program, args] = namespace.enter(
      'sh',
      '-c',
      'mount --bind "$1" /run && exec "$2"',
      'sh',
      join(folder, 'run'),
      CHARON,
    );
    const child: ChildProcess = spawn(program, args, { env: { ...process.env, ...charon.#env }, stdio: 'ignore' });
    await until('charon listens', () => {
      if (child.exitCode !== null) throw new Error(`charon ended with ${child.exitCode}:\n${charon.log()}`);
      return existsSync(socket);
    });
    await must('swanctl', ['--load-all', '--noprompt'], charon.#env);
    return charon;
  }

  swanctl(...args: readonly string[]): Promise<Said> {
    return say('swanctl', args, this.#env);
  }

  initiate(name: string): Promise<Said> {
    return this.swanctl('--initiate', '--child', name, '--timeout', '10');
  }

  terminate(name: string): Promise<Said> {
    return this.swanctl('--terminate', '--ike', name, '--timeout', '5');
  }

  /** Waits until so many packets came to it through its child. */
  async received(count: number): Promise<void> {
    for (const ends = Date.now() + RECEIVED_LIMIT; ; ) {
      const present = await this.associations();
      const [, packets] = /^ +in .* (\d+) packets/m.exec(present) ?? [];
      if (Number(packets ?? 0) >= count) return;
      if (Date.now() > ends) throw new Error(`not ${count} packets:\n${present}\n${this.log()}`);
      await sleep(200);
    }
  }

  async associations(): Promise<string> {
    return (await this.swanctl('--list-sas')).out;
  }

  log(): string {
    const path = join(this.#folder, 'log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
}
