import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import { itWith, netns, pingCommand, root, socat, strongswan, tshark, tun } from '../skip.ts';
import { Attached } from './attached.ts';
import { Charon, type Connection, SECRET } from './charon.ts';
import { freePorts, Namespace } from './namespace.ts';

/** Our gateway behind our own translator, a real daemon on the other side. */

/** Milliseconds: a bound, not what it takes. */
const LIMIT = 55_000;
const PING = ['ping', '-n', '-c', '3', '-i', '0.2', '-W', '3'];
/** Seconds after which the translator gives every flow another port. */
const REBIND = 15;
/** Milliseconds between two looks. */
const STEP = 200;
const PEER = /@ 198\.51\.100\.1\[(\d+)\]/g;

/** By version: the connection (each with identities of its own: the daemon keeps one IKE SA for a pair of them), the daemon's address for it, and the network behind that. */
const WAYS = [
  { name: 'two', version: 2, address: '198.51.100.10', network: '10.2.0', esp: 'aes256gcm16' },
  { name: 'main', version: 1, address: '198.51.100.11', network: '10.3.0', esp: 'aes256-sha256' },
] as const;
const PROPOSALS = 'aes256-sha256-modp2048';

let folder = '';
let namespace: Namespace | undefined;
let attached: Attached | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ikebana-behind-'));
});
afterEach(async () => {
  attached?.kill();
  await namespace?.close();
  rmSync(folder, { recursive: true, force: true });
});

function lab(local: number, remote: number): string {
  const connection = ({ name, version, address, network, esp }: (typeof WAYS)[number]): string => `
          ${name}:
            version: ${version}
            remote_addrs: [${address}]
            local: { auth: psk, id: gw-${name}.example }
            remote: { auth: psk, id: peer-${name}.example }
            proposals: [${PROPOSALS}]
            dpd_delay: 1s
            children:
              net: { local_ts: [10.1.0.0/24], remote_ts: [${network}.0/24], esp_proposals: [${esp}], start_action: start }`;
  return `
name: A gateway behind a translator, and a daemon
nodes:
  alice: { kind: host, interfaces: { eth0: 10.1.0.10/24 }, plugins: { ipv4: { gateway: 10.1.0.1 } } }
  gw:
    kind: gateway
    interfaces: { lan: 10.1.0.1/24, wan: 192.168.1.2/24 }
    plugins:
      ipv4: { gateway: 192.168.1.1 }
      nat-t: { keep_alive: 2s }
      ikev1: { retransmit_timeout: 500ms }
      ipsec:
        connections:${WAYS.map(connection).join('')}
        policies: [{ action: discard, local_ts: 10.1.0.0/24, remote_ts: 10.0.0.0/8, priority: 900000 }]
        secrets: { ike-one: { secret: ${SECRET} } }
  home:
    kind: nat
    interfaces: { lan: 192.168.1.1/24, wan: 198.51.100.1/24 }
    plugins: { nat: { preset: carrier } }
  peer: { kind: outside, interfaces: [eth0], plugins: { outside: { local: ${local}, remote: ${remote} } } }
links:
  - alice:eth0 -- gw:lan
  - gw:wan -- home:lan
  - { endpoints: [home:wan, peer:eth0], delay: 3ms }
timeline:
  - { at: 1500ms, node: alice, ping: 10.2.0.1, count: 20, interval: 200ms }
  - { at: 1500ms, node: alice, ping: 10.3.0.1, count: 20, interval: 200ms }
  - { at: ${REBIND}s, node: home, nat: rebind }
expect:
  - { ping: alice -> 10.2.0.1, answered: { at_least: 1 } }
  - { ping: alice -> 10.3.0.1, answered: { at_least: 1 } }
  - { node: gw, child: two/net, state: installed }
  - { node: gw, child: main/net, state: installed }
  - { node: gw, noted: nat-t.detected, count: 2 }
  - { node: home, mapping: { protocol: udp, inside: '192.168.1.2:500' }, state: made }
  - { node: home, mapping: { protocol: udp, inside: '192.168.1.2:4500' }, state: rebound }
  - { link: home:wan -- peer:eth0, never: cleartext, inner: [10.0.0.0/8] }
`;
}

describe('our gateway behind our NAPT with a real daemon', () => {
  itWith(
    [root, netns, socat, strongswan, pingCommand, tun, tshark],
    'as initiator of IKEv2 and of IKEv1 Main Mode: pings cross both ways, and again when the mapping has changed',
    async () => {
      const [here, there] = (await freePorts(2)) as [number, number];
      const outside = await Namespace.open();
      namespace = outside;
      for (const { network } of WAYS) await outside.must('ip', 'addr', 'add', `${network}.1/24`, 'dev', 'lo');
      await outside.cable('eth0', '198.51.100.10/24', there, here);
      await outside.must('ip', 'addr', 'add', '198.51.100.11/24', 'dev', 'eth0');
      await outside.must('ip', 'route', 'add', 'default', 'via', '198.51.100.1');
      // Before the daemon has routes into its tunnels, and after, nothing for the network behind the gateway leaves the peer in clear.
      await outside.must('ip', 'route', 'add', 'blackhole', '10.1.0.0/24');
      const connections = WAYS.map(({ name, version, address, network, esp }): Connection => {
        const local = { address, id: `peer-${name}.example`, networks: `${network}.0/24` };
        const remote = { address: '%any', id: `gw-${name}.example`, networks: '10.1.0.0/24' };
        return { name, version, local, remote, proposals: PROPOSALS, esp };
      });
      const charon = await Charon.start(outside, join(folder, 'peer'), connections);
      attached = new Attached(folder, lab(here, there));
      await attached.joined();
      // The peer sees the translator's address, and ports that it chose.
      const ports = async (): Promise<string[]> =>
        [...(await charon.associations()).matchAll(PEER)].map(([, port]) => port as string);
      const cross = async (): Promise<void> => {
        for (const { network } of WAYS) {
          const crosses = async (): Promise<boolean> =>
            (await outside.say(...PING, '-I', `${network}.1`, '10.1.0.10')).out.includes(' 0% packet loss');
          await untilSo(`pings cross from ${network}.1`, crosses);
        }
      };
      await untilSo('both connections are there', async () => (await ports()).length === WAYS.length);
      // Only when pings cross is each on its port: both begin on the one of 500, and go on to the one of 4500.
      await cross();
      const first = await ports();
      for (const port of first) expect(['500', '4500']).not.toContain(port);
      await untilSo('the peer has followed both', async () => (await ports()).every((port) => !first.includes(port)));
      await cross();
      const outcome = await attached.end();
      expect(outcome.run.stopped).toBeNull();
      expect(outcome.expectations.filter(({ held }) => !held)).toEqual([]);
      attached.judge();
    },
    LIMIT,
  );
});

/** Waits for something that another program says; an error after a while. */
async function untilSo(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const ends = Date.now() + LIMIT / 2; !(await holds()); ) {
    if (Date.now() > ends) throw new Error(`${what}: not in time`);
    await sleep(STEP);
  }
}
