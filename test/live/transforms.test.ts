import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import { itWith, netns, root, socat, strongswan, tshark, tun } from '../skip.ts';
import { Attached } from './attached.ts';
import { Charon, type Connection, SECRET } from './charon.ts';
import { freePorts, Namespace } from './namespace.ts';

/** What a real daemon and our gateway can agree on: many connections at once, each with other transforms, and an echo through each. */

/** Milliseconds: a bound, not what it takes. */
const LIMIT = 58_000;
const STEP = 300;
const OURS = '192.0.2.1';
const THEIRS = '192.0.2.10';

interface Way {
  readonly version: 1 | 2;
  readonly proposals: string;
  readonly esp: string;
}

const WAYS: readonly Way[] = [
  { version: 2, proposals: 'aes128-sha1-modp1536', esp: 'aes128-sha1' },
  { version: 2, proposals: 'aes192-sha384-ecp256', esp: 'aes192-sha384' },
  { version: 2, proposals: 'aes256-sha512-ecp521', esp: 'aes256-sha512' },
  { version: 2, proposals: '3des-md5-modp1024', esp: '3des-md5' },
  { version: 2, proposals: 'aes128ctr-sha256-x25519', esp: 'aes128ctr-sha256' },
  { version: 2, proposals: 'aes128gcm8-prfsha256-ecp384', esp: 'aes128gcm8' },
  { version: 2, proposals: 'aes192gcm12-prfsha512-modp3072', esp: 'aes192gcm12' },
  { version: 2, proposals: 'aes256gcm16-prfsha1-x448', esp: 'aes256gcm16-x448' },
  { version: 2, proposals: 'aes128ccm8-prfsha256-modp2048', esp: 'aes128ccm16' },
  { version: 2, proposals: 'aes256ccm16-prfsha384-x25519', esp: 'aes256ccm12' },
  { version: 2, proposals: 'chacha20poly1305-prfsha256-x25519', esp: 'chacha20poly1305' },
  { version: 2, proposals: 'aes128-aesxcbc-prfaesxcbc-modp2048', esp: 'aes128-aesxcbc' },
  { version: 2, proposals: 'aes128-aescmac-prfaescmac-x25519', esp: 'aes128-aescmac' },
  { version: 2, proposals: 'aes256-sha256-modp4096', esp: 'null-sha256' },
  { version: 1, proposals: 'aes256-sha256-x25519', esp: 'aes256-sha256-x25519' },
];

/** IKEv1 in Main Mode tells who a peer is by its address: it has one of its own. */
const addressOf = (version: 1 | 2): string => (version === 1 ? '192.0.2.11' : THEIRS);
const nameOf = (at: number): string => `t${at}`;
const networkOf = (at: number): string => `10.${20 + at}.0`;

/** Networks whose packets nobody can read on the way. */
const SEALED = WAYS.flatMap(({ esp }, at) => (esp.startsWith('null') ? [] : [`${networkOf(at)}.0/24`])).join(', ');

let folder = '';
let namespace: Namespace | undefined;
let attached: Attached | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ikebana-transforms-'));
});
afterEach(async () => {
  attached?.kill();
  await namespace?.close();
  rmSync(folder, { recursive: true, force: true });
});

function lab(local: number, remote: number): string {
  const connection = ({ version, proposals, esp }: Way, at: number): string => `
          ${nameOf(at)}:
            version: ${version}
            remote_addrs: [${addressOf(version)}]
            local: { auth: psk, id: gw-${nameOf(at)}.example }
            remote: { auth: psk, id: peer-${nameOf(at)}.example }
            proposals: [${proposals}]
            children:
              net: { local_ts: [10.1.0.0/24], remote_ts: [${networkOf(at)}.0/24], esp_proposals: [${esp}], start_action: start }`;
  return `
name: A gateway and a daemon with many transforms
nodes:
  alice: { kind: host, interfaces: { eth0: 10.1.0.10/24 }, plugins: { ipv4: { gateway: 10.1.0.1 } } }
  gw:
    kind: gateway
    interfaces: { lan: 10.1.0.1/24, wan: ${OURS}/24 }
    plugins:
      ipv4: { gateway: ${THEIRS} }
      ipsec:
        connections:${WAYS.map(connection).join('')}
        policies: [{ action: discard, local_ts: 10.1.0.0/24, remote_ts: 10.0.0.0/8, priority: 900000 }]
        secrets: { ike-one: { secret: ${SECRET} } }
  peer: { kind: outside, interfaces: [eth0], plugins: { outside: { local: ${local}, remote: ${remote} } } }
links:
  - alice:eth0 -- gw:lan
  - gw:wan -- peer:eth0
timeline:
${WAYS.map((_, at) => `  - { at: 2s, node: alice, ping: ${networkOf(at)}.1, count: 100, interval: 500ms }`).join('\n')}
expect:
${WAYS.map((_, at) => `  - { ping: alice -> ${networkOf(at)}.1, answered: { at_least: 1 } }`).join('\n')}
${WAYS.map((_, at) => `  - { node: gw, child: ${nameOf(at)}/net, state: installed }`).join('\n')}
  - { link: 'gw:wan -- peer:eth0', never: cleartext, inner: [${SEALED}] }
`;
}

describe('our gateway and a real daemon agree on', () => {
  itWith(
    [root, netns, socat, strongswan, tun, tshark],
    `${WAYS.map(({ proposals }) => proposals).join(', ')}`,
    async () => {
      const [here, there] = (await freePorts(2)) as [number, number];
      const outside = await Namespace.open();
      namespace = outside;
      for (const at of WAYS.keys()) await outside.must('ip', 'addr', 'add', `${networkOf(at)}.1/24`, 'dev', 'lo');
      await outside.cable('eth0', `${THEIRS}/24`, there, here);
      await outside.must('ip', 'addr', 'add', `${addressOf(1)}/24`, 'dev', 'eth0');
      await outside.must('ip', 'route', 'add', 'blackhole', '10.1.0.0/24');
      const connections = WAYS.map(({ version, proposals, esp }, at): Connection => {
        const local = {
          address: addressOf(version),
          id: `peer-${nameOf(at)}.example`,
          networks: `${networkOf(at)}.0/24`,
        };
        const remote = { address: OURS, id: `gw-${nameOf(at)}.example`, networks: '10.1.0.0/24' };
        return { name: nameOf(at), version, local, remote, proposals, esp };
      });
      const charon = await Charon.start(outside, join(folder, 'peer'), connections);
      attached = new Attached(folder, lab(here, there));
      await attached.joined();
      const used = async (): Promise<number> =>
        [...(await charon.associations()).matchAll(/^ +out .* (\d+) packets/gm)].filter(([, count]) => count !== '0')
          .length;
      for (const ends = Date.now() + LIMIT / 2; (await used()) < WAYS.length && Date.now() < ends; ) await sleep(STEP);
      const outcome = await attached.end();
      expect(outcome.run.stopped).toBeNull();
      expect(
        outcome.expectations.filter(({ held }) => !held).map(({ expectation, evidence }) => [expectation, evidence]),
      ).toEqual([]);
      attached.judge({ warned: true });
    },
    LIMIT,
  );
});
