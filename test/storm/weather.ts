import { createStream, nextBelow, type RandomStream } from '../../core/random/index.ts';

/** What the weather is like in one seed: two gateways that negotiate, a link that fails them in every way, and operators who meddle. */

export type Version = 1 | 2;

/** Seconds. */
export interface Lifetimes {
  /** How old a Child SA may get. */
  readonly child: number;
  /** How old an IKE SA may get that nobody renewed. */
  readonly ike: number;
}

export interface Weather {
  readonly seed: number;
  readonly version: Version;
  /** The topology. */
  readonly text: string;
  /** Seconds: when the storm ends, when the last probe begins, and when the run ends. */
  readonly calm: number;
  readonly probe: number;
  readonly end: number;
  /** By gateway. */
  readonly lifetimes: Readonly<Record<string, Lifetimes>>;
  /** Whether both sides can agree: the same secret and proposals that meet. */
  readonly agrees: boolean;
}

export const GATEWAYS = ['gw-a', 'gw-b'] as const;
export const OUTER = { 'gw-a': '192.0.2.1', 'gw-b': '192.0.2.2' } as const;
/** Seconds for requests that are sent again, and for what waits in between. */
const GRACE = 20;

const SUITES: Readonly<Record<Version, readonly (readonly [string, string])[]>> = {
  1: [
    ['aes128-sha1-modp1024', 'aes128-sha1'],
    ['aes256-sha256-ecp256', 'aes128-sha256'],
    ['3des-md5-modp1024', '3des-md5'],
    ['aes128-sha256-ecp256', 'aes256-sha256-ecp256'],
  ],
  2: [
    ['aes128-sha256-x25519', 'aes128gcm16'],
    ['aes256gcm16-prfsha256-ecp256', 'aes128-sha1'],
    ['aes128gcm16-prfsha256-x25519', 'aes256gcm16-x25519'],
    ['3des-md5-modp1024', '3des-md5'],
    ['chacha20poly1305-prfsha256-x25519', 'chacha20poly1305-ecp256'],
  ],
};

export function weatherOf(seed: number, version: Version): Weather {
  const chance = createStream(seed, `storm/${version}`);
  const one = <T>(list: readonly T[]): T => list[nextBelow(chance, list.length)] as T;
  const within = (low: number, high: number): number => low + nextBelow(chance, high - low + 1);
  const often = (percent: number): boolean => nextBelow(chance, 100) < percent;

  const suites = SUITES[version];
  const suite = one(suites);
  const sameSuite = !often(4);
  const sameSecret = !often(4);
  const aggressive = version === 1 && often(50);
  const calm = within(25, 60);
  const probe = calm + 110;
  const end = probe + 25;
  const lifetimes: Record<string, Lifetimes> = {};
  // What forbids clear text: a policy that discards it whatever becomes of the connection, or the traps of both sides alone.
  const discards = often(50);

  const gateway = (at: number): string => {
    const name = GATEWAYS[at] as string;
    const other = GATEWAYS[1 - at] as string;
    const address = `192.0.2.${1 + at}`;
    const peer = `192.0.2.${2 - at}`;
    const rekey = within(8, 40);
    const over = within(3, 10);
    const childRekey = within(4, 20);
    const childLife = childRekey + within(2, 12);
    lifetimes[name] = { child: childLife, ike: rekey + over + GRACE };
    const [ike, esp] =
      at === 1 && !sameSuite ? (suites.find((each) => each !== suite) as readonly [string, string]) : suite;
    const secret = at === 1 && !sameSecret ? 'another' : 'open sesame';
    // Main Mode finds a secret by address: there the identities are addresses.
    const named = version === 2 || aggressive;
    return `
  ${name}:
    kind: gateway
    interfaces: { lan: 10.${1 + at}.0.1/24, wan: ${address}/24 }
    plugins:
      ipv4: { gateway: ${peer} }
      ikev${version}:
        retransmit_timeout: ${within(300, 1500)}ms
        retransmit_base: 1.5
        retransmit_tries: ${within(2, 4)}
        half_open_timeout: ${within(5, 15)}s
        ${version === 2 ? 'cookie_threshold' : 'block_threshold'}: ${version === 2 ? one([0, 1, 3]) : one([0, 10, 30])}
      ipsec:
        connections:
          lab:
            version: ${version}
            aggressive: ${aggressive}
            remote_addrs: [${peer}]
            local: { auth: psk, id: ${named ? `${name}.example` : address} }
            remote: { auth: psk, id: ${named ? `${other}.example` : peer} }
            proposals: [${ike}]
            rekey_time: ${rekey}s
            over_time: ${over}s
            rand_time: ${one([0, 1, 5])}s
            dpd_delay: ${one([0, 2, 5])}s
            keyingtries: ${one([1, 1, 2])}
            unique: ${one(['no', 'replace', 'keep', 'never'])}
            children:
              net:
                local_ts: [10.${1 + at}.0.0/24]
                remote_ts: [10.${2 - at}.0.0/24]
                esp_proposals: [${esp}]
                start_action: ${discards ? one(['trap', 'start', 'none']) : 'trap'}
                close_action: ${one(['none', 'trap', 'start'])}
                dpd_action: ${one(['clear', 'trap', 'start'])}
                rekey_time: ${childRekey}s
                life_time: ${childLife}s
                rand_time: ${one([0, 1, 3])}s
                rekey_packets: ${one([0, 0, 25])}
        policies: ${discards ? `[{ action: discard, local_ts: 10.${1 + at}.0.0/24, remote_ts: 10.${2 - at}.0.0/24, priority: 900000 }]` : '[]'}
        secrets: { ike-lab: { secret: ${secret} } }`;
  };

  const host = (name: string, network: number, last: number): string =>
    `  ${name}: { kind: host, interfaces: { eth0: 10.${network}.0.${last}/24 }, plugins: { ipv4: { gateway: 10.${network}.0.1 } } }`;
  const wires = ['gw-a:wan -- net:p0', 'gw-b:wan -- net:p1'];
  const text = `
name: Storm ${seed}
seed: ${seed}
duration: ${end}s
nodes:
${host('alice', 1, 10)}
${host('bob', 2, 20)}${gateway(0)}${gateway(1)}
  net: { kind: switch, interfaces: [p0, p1] }
links:
  - alice:eth0 -- gw-a:lan
  - bob:eth0 -- gw-b:lan
  - { endpoints: [gw-a:wan, net:p0], delay: 2ms }
  - { endpoints: [gw-b:wan, net:p1], delay: 3ms }
timeline:
${timeline(chance, wires, calm, probe)
  .map((line) => `  - ${line}`)
  .join('\n')}
`;
  return { seed, version, text, calm, probe, end, lifetimes, agrees: sameSuite && sameSecret };
}

function timeline(chance: RandomStream, wires: readonly string[], calm: number, probe: number): string[] {
  const within = (low: number, high: number): number => low + nextBelow(chance, high - low + 1);
  const milliseconds = (): string => `${within(100, calm * 1000 - 100)}ms`;
  const lines = [
    `{ at: 500ms, node: alice, ping: 10.2.0.20, count: ${calm * 3}, interval: 333ms }`,
    `{ at: 700ms, node: bob, ping: 10.1.0.10, count: ${calm * 2}, interval: 500ms }`,
  ];
  for (let spell = within(4, 10); spell > 0; spell--) {
    const wire = wires[nextBelow(chance, wires.length)] as string;
    // Now and then nothing comes through at all.
    const loss = nextBelow(chance, 8) === 0 ? 100 : nextBelow(chance, 60);
    const set = [
      `loss: ${loss}%`,
      `duplicate: ${nextBelow(chance, 40)}%`,
      `reorder: ${nextBelow(chance, 40)}%`,
      `corrupt: ${nextBelow(chance, 10)}%`,
      `jitter: ${nextBelow(chance, 400)}ms`,
      `delay: ${within(1, 900)}ms`,
    ];
    lines.push(`{ at: ${milliseconds()}, link: '${wire}', set: { ${set.join(', ')} } }`);
  }
  for (let cut = within(0, 3); cut > 0; cut--) {
    const wire = wires[nextBelow(chance, wires.length)] as string;
    lines.push(
      `{ at: ${within(100, calm * 800)}ms, link: '${wire}', set: { up: no }, for: ${within(50, calm * 150)}ms }`,
    );
  }
  for (let meddling = within(0, 8); meddling > 0; meddling--) {
    const node = GATEWAYS[nextBelow(chance, 2)] as string;
    const what = ['terminate: lab', 'terminate: lab/net', 'initiate: lab', 'initiate: lab/net'][nextBelow(chance, 4)];
    lines.push(`{ at: ${milliseconds()}, node: ${node}, ${what} }`);
  }
  for (const wire of wires) {
    const fair = 'loss: 0, duplicate: 0, reorder: 0, corrupt: 0, jitter: 0, delay: 2ms, up: yes';
    lines.push(`{ at: ${calm}s, link: '${wire}', set: { ${fair} } }`);
  }
  // Connections that wait for somebody to begin are begun once more, and the probe asks both ways.
  lines.push(
    `{ at: ${probe - 3}s, node: gw-a, initiate: lab/net }`,
    `{ at: ${probe}s, node: alice, ping: 10.2.0.20, count: 20, interval: 1s }`,
    `{ at: ${probe}s, node: bob, ping: 10.1.0.10, count: 20, interval: 1s }`,
  );
  return lines;
}
