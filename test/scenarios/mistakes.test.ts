import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createNodeHost } from '../../workers/node-host.ts';
import { readTopology } from '../../workers/topology-text.ts';

/** What a network engineer who is new to the format writes: one change of a good file, and what is said of it. */

const read = (path: string): string => readFileSync(new URL(`../../topologies/${path}`, import.meta.url), 'utf8');
const host = createNodeHost();
const kinds = read('kinds.yaml');
const GOOD = read('site-to-site/topology.yaml');

function told(text: string): readonly string[] {
  const { diagnostics, topology } = readTopology(host, text, { fileName: 'lab.yaml', kinds });
  const refused = diagnostics.some(({ severity }) => severity === 'error');
  expect(topology === undefined).toBe(refused);
  return diagnostics.map(({ severity, line, column, message, suggestion }) => {
    return `${severity} ${line}:${column} ${message}${suggestion === undefined ? '' : ` => ${suggestion}`}`;
  });
}

/** What is written, what is written in its place, and a part of the first thing that is told. */
const MISTAKES: readonly (readonly [string, string, string])[] = [
  // Words of other products.
  [
    'gateway: 10.1.0.1',
    'default_gateway: 10.1.0.1',
    'error 11:24 unknown key `default_gateway`, did you mean `gateway`?',
  ],
  ['children:', 'childs:', 'error 25:13 unknown key `childs`, did you mean `children`? => children'],
  ['remote_addrs: [198', 'right: [198', 'error 21:13 unknown key `right`, did you mean `remote_addrs`?'],
  ['secret: correct', 'psk: correct', 'error 32:11 `secret` is missing'],
  ['delay: 5ms', 'latency: 5ms', 'error 60:42 unknown key `latency`, did you mean `delay`?'],
  ['rate: 100Mbit/s', 'bandwidth: 100Mbit/s', 'error 60:54 unknown key `bandwidth`, did you mean `rate`?'],
  [
    '{ gateway: 10.1.0.1 }',
    '{ routes: [{ to: default, next_hop: 10.1.0.1 }] }',
    'unknown key `next_hop`, did you mean `via`?',
  ],
  // Units.
  ['delay: 5ms', 'delay: 5', 'warning 60:49 `5` without a unit is in seconds, did you mean `5ms`? => 5ms'],
  ['delay: 5ms', 'delay: 5KiB', 'error 60:49 `5KiB` is a size; a duration is written'],
  [
    'rate: 100Mbit/s',
    'rate: 100',
    'warning 60:60 `100` without a unit is in bits per second, did you mean `100Mbit/s`?',
  ],
  ['rate: 100Mbit/s', 'rate: 100M', 'error 60:60 `100M`: unknown unit, did you mean `Mbit/s`? => 100Mbit/s'],
  ['rate: 100Mbit/s', 'rate: 100MB/s', 'error 60:60 `100MB/s`: unknown unit: a rate is written'],
  ['rate: 100Mbit/s', 'mtu: 1500ms', 'error 60:59 `1500ms` is a duration; a size is written'],
  ['rate: 100Mbit/s', 'queue: 5', 'warning 60:61 a queue of 5 octets has no room for a packet'],
  ['seed: 1', 'duration: 3s', 'warning 66:11 this never happens: the run ends at 3 s'],
  // Addresses.
  ['eth0: 10.1.0.10/24', 'eth0: 10.1.0.10/255.255.255.0', 'not a mask, did you mean `10.1.0.10/24`?'],
  ['eth0: 10.1.0.10/24', 'eth0: 10.1.0.10 255.255.255.0', 'not a mask, did you mean `10.1.0.10/24`?'],
  ['gateway: 10.1.0.1 ', 'gateway: 10.1.0.0 ', "error 11:33 10.1.0.0 is the network's own address"],
  ['gateway: 10.1.0.1 ', 'gateway: 10.1.0.255 ', 'error 11:33 10.1.0.255 is the broadcast address'],
  // Proposals and secrets.
  [
    'aes256-sha256-x25519',
    'aes256-sha265-x25519',
    'error 24:24 aes256-sha265-x25519: there is no transform sha265, did you mean sha256?',
  ],
  ['aes256-sha256-x25519', 'AES-256-SHA-256-DH14', '=> aes256-sha256-modp2048'],
  ['aes256-sha256-x25519', 'aes256/sha256/group19', '=> aes256-sha256-ecp256'],
  ['correct horse battery staple', '""', 'error 32:53 the secret is empty'],
  ['id: [gw-b.example]', 'id: [gw-c.example]', 'warning 23:21 gw-a has no secret for gw-b.example'],
  // Names of connections and plugins.
  [
    'terminate: branch',
    'terminate: brnach',
    'error 67:39 gw-a has no connection called `brnach`, did you mean `branch`? => branch',
  ],
  [
    'terminate: branch',
    'initiate: branch/nat',
    'error 67:38 gw-a has no child of branch called `nat`, did you mean `branch/net`? => branch/net',
  ],
  [
    'ike: branch',
    'ike: brunch',
    'error 72:24 gw-a has no connection called `brunch`, did you mean `branch`? => branch',
  ],
  [
    'child: headquarters/net',
    'child: net',
    'error 73:26 gw-b has no child called `net`, did you mean `headquarters/net`?',
  ],
  ['proposal: aes256gcm16', 'proposal: aes265gcm16', 'there is no transform `aes265gcm16`'],
  [
    'node: gw-a, terminate: branch',
    'node: bob, plugin: nat-t, set: out',
    'error 67:35 there is no plugin on `bob` called `nat-t`: gw-a, gw-b have it',
  ],
  ['node: gw-a, terminate: branch', 'node: gw-a, plugin: natt, set: out', 'did you mean `nat-t`? => nat-t'],
  [
    'node: gw-a, terminate: branch',
    'node: bob, plugin: wireguard, set: out',
    'called `wireguard`: it has ethernet, arp, ipv4',
  ],
  ['node: gw-a, terminate: branch', 'node: gw-a, interface: eth9, set: down', 'called `eth9`; it has lan, wan'],
];

describe('a mistake in a topology', () => {
  it.each(MISTAKES)('%s as %s', (right, wrong, part) => {
    expect(GOOD).toContain(right);
    expect(told(GOOD.replace(right, wrong)).join('\n')).toContain(part);
  });

  it('is none in the good file', () => expect(told(GOOD)).toEqual([]));

  it('is told with all the others', () => {
    const wrong = GOOD.replace('kind: host', 'kind: hots')
      .replace('delay: 5ms', 'delay: 5KiB')
      .replace('seed: 1', 'seed: x');
    expect(told(wrong.replace('ike: branch', 'ike: brunch')).map((line) => line.split(' ')[1])).toEqual([
      '5:7',
      '9:11',
      '60:49',
      '72:24',
    ]);
  });
});
