import { createStream, nextBelow, type RandomStream } from '../../core/random/index.ts';
import { DIRECT, GATEWAYS, TRANSLATED, type Wire } from './places.ts';
import { timeline } from './timeline.ts';

/** What the weather is like in one seed: two gateways that negotiate, a link that fails them in every way, and operators who meddle. */

export type Version = 1 | 2;

/**
 * What protects, and what is between the gateways: ESP, AH, AH around ESP; ESP through a translator; and ESP between a gateway that speaks
 * one version and one that speaks both.
 */
export const KINDS = ['esp', 'ah', 'ah-esp', 'nat', 'mixed'] as const;
export type Kind = (typeof KINDS)[number];

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
  readonly kind: Kind;
  /** The topology. */
  readonly text: string;
  readonly wires: readonly Wire[];
  /** Seconds: when the storm ends, when the last probe begins, and when the run ends. */
  readonly calm: number;
  readonly probe: number;
  readonly end: number;
  /** By gateway. */
  readonly lifetimes: Readonly<Record<string, Lifetimes>>;
  /** Whether both sides can agree: the same secret and proposals that meet. */
  readonly agrees: boolean;
}

/** Seconds for requests that are sent again, and for what waits in between. */
const GRACE = 20;

/** Proposals of IKE, ESP and AH. */
const SUITES: Readonly<Record<Version, readonly (readonly [string, string, string])[]>> = {
  1: [
    ['aes128-sha1-modp1024', 'aes128-sha1', 'sha1'],
    ['aes256-sha256-ecp256', 'aes128-sha256', 'sha256'],
    ['3des-md5-modp1024', '3des-md5', 'md5'],
    ['aes128-sha256-ecp256', 'aes256-sha256-ecp256', 'sha512-ecp256'],
  ],
  2: [
    ['aes128-sha256-x25519', 'aes128gcm16', 'sha256-esn'],
    ['aes256gcm16-prfsha256-ecp256', 'aes128-sha1', 'sha1'],
    ['aes128gcm16-prfsha256-x25519', 'aes256gcm16-x25519', 'sha512-x25519'],
    ['3des-md5-modp1024', '3des-md5', 'md5'],
    ['chacha20poly1305-prfsha256-x25519', 'chacha20poly1305-ecp256', 'sha384-ecp256'],
  ],
};

/** A translator's mapping timer, what keeps it alive, and how it deals with the flows of gw-a. */
interface Translation {
  readonly settings: string;
  /** Seconds; 0: never. */
  readonly keepAlive: number;
  /** gw-b cannot know by which address gw-a comes. */
  readonly anyAddress: boolean;
  /** Mappings end before anything keeps them alive. */
  readonly sleepy: boolean;
}

function translation(chance: RandomStream): Translation {
  const one = <T>(list: readonly T[]): T => list[nextBelow(chance, list.length)] as T;
  const sleepy = nextBelow(chance, 4) === 0;
  const timer = one([2, 3, 5, 10, 30]);
  const anyAddress = nextBelow(chance, 4) === 0;
  const independent = 'endpoint-independent';
  const dependent = 'address-and-port-dependent';
  const settings = [
    `mapping: ${one([independent, 'address-dependent', dependent])}`,
    `filtering: ${one([independent, 'address-dependent', dependent])}`,
    `ports: ${one(['preserving', 'contiguous', 'random', 'static-500'])}`,
    `refresh: ${one(['outbound', 'both'])}`,
    `other: ${one(['drop', 'address-only', 'spi-guess'])}`,
    `udp_timeout: ${timer}s`,
    `limit: ${one([8, 64, 1000])}`,
    `on_full: ${one(['refuse', 'evict-oldest'])}`,
    ...(anyAddress
      ? ['addresses: [192.0.2.1, 192.0.2.11-192.0.2.13]', `pooling: ${one(['paired', 'arbitrary'])}`]
      : []),
    ...(!anyAddress && nextBelow(chance, 3) === 0
      ? ['forwards: [{ outside_port: 500, to: 192.168.7.2 }, { outside_port: 4500, to: 192.168.7.2 }]']
      : []),
  ];
  return {
    settings: settings.join(', '),
    keepAlive: sleepy ? one([0, timer * 4]) : one([1, timer - 1]),
    anyAddress,
    sleepy,
  };
}

/** The weather of a seed. Kinds of the same seed differ in more than what their name says: each has a fate of its own. */
export function weatherOf(seed: number, version: Version, kind: Kind = 'esp'): Weather {
  const chance = createStream(seed, kind === 'esp' ? `storm/${version}` : `storm/${kind}/${version}`);
  const one = <T>(list: readonly T[]): T => list[nextBelow(chance, list.length)] as T;
  const within = (low: number, high: number): number => low + nextBelow(chance, high - low + 1);
  const often = (percent: number): boolean => nextBelow(chance, 100) < percent;

  const suites = SUITES[version];
  const suite = one(suites);
  const sameSuite = !often(4);
  const sameSecret = !often(4);
  const aggressive = version === 1 && often(50);
  const calm = within(25, 60);
  const lifetimes: Record<string, Lifetimes> = {};
  // What forbids clear text: a policy that discards it whatever becomes of the connection, or the traps of both sides alone.
  const mayTrap = often(50);
  const nat = kind === 'nat' ? translation(chance) : undefined;
  const discards = mayTrap || nat?.anyAddress === true;
  /** Who speaks one version only, where the other speaks both. */
  const fixed = kind === 'mixed' ? within(0, 1) : 0;
  const probe = calm + 110;
  const probes = nat?.sleepy === true ? 80 : 20;
  const end = probe + probes + 5;

  const gateway = (at: number): string => {
    const name = GATEWAYS[at] as string;
    const other = GATEWAYS[1 - at] as string;
    const inside = nat !== undefined && at === 0;
    const address = inside ? '192.168.7.2' : `192.0.2.${1 + at}`;
    const peer = `192.0.2.${2 - at}`;
    const anywhere = nat?.anyAddress === true && at === 1;
    // Nobody begins towards a peer that may be anywhere.
    const begin = (action: string, otherwise: string): string => (anywhere ? otherwise : action);
    const rekey = within(8, 40);
    const over = within(3, 10);
    const childRekey = within(4, 20);
    const childLife = childRekey + within(2, 12);
    lifetimes[name] = { child: childLife, ike: rekey + over + GRACE };
    const [ike, esp, ah] =
      at === 1 && !sameSuite ? (suites.find((each) => each !== suite) as (typeof suites)[number]) : suite;
    const secret = at === 1 && !sameSecret ? 'another' : 'open sesame';
    // Main Mode finds a secret by address: there the identities are addresses, as far as both know them.
    const named = version === 2 || aggressive || nat !== undefined;
    const retransmission = `retransmit_timeout: ${within(300, 1500)}ms
        retransmit_base: 1.5
        retransmit_tries: ${within(2, 4)}
        half_open_timeout: ${within(5, 15)}s`;
    const half = version === 2 ? one([0, 1, 3]) : one([0, 10, 30]);
    const spoken = kind === 'mixed' ? [1, 2] : [version];
    const ikes = spoken.map(
      (each) => `
      ikev${each}:
        ${retransmission}
        ${each === 2 ? 'cookie_threshold' : 'block_threshold'}: ${half}`,
    );
    const proposals = [
      ...(kind === 'ah' ? [] : [`esp_proposals: [${esp}]`]),
      ...(kind === 'ah' || kind === 'ah-esp' ? [`ah_proposals: [${ah}]`] : []),
    ].join(`
                `);
    return `
  ${name}:
    kind: gateway
    interfaces: { lan: 10.${1 + at}.0.1/24, wan: ${address}/24 }
    plugins:
      ipv4: { gateway: ${inside ? '192.168.7.1' : peer} }${nat === undefined ? '' : `\n      nat-t: { keep_alive: ${nat.keepAlive}s }`}${ikes.join('')}
      ipsec:
        connections:
          lab:
            version: ${kind === 'mixed' && at !== fixed ? 0 : version}
            aggressive: ${aggressive}
            remote_addrs: [${anywhere ? '"%any"' : peer}]
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
                ${proposals}
                start_action: ${begin(discards ? one(['trap', 'start', 'none']) : 'trap', 'none')}
                close_action: ${begin(one(['none', 'trap', 'start']), 'none')}
                dpd_action: ${begin(one(['clear', 'trap', 'start']), 'clear')}
                rekey_time: ${childRekey}s
                life_time: ${childLife}s
                rand_time: ${one([0, 1, 3])}s
                rekey_packets: ${one([0, 0, 25])}
        policies: ${discards ? `[{ action: discard, local_ts: 10.${1 + at}.0.0/24, remote_ts: 10.${2 - at}.0.0/24, priority: 900000 }]` : '[]'}
        secrets: { ike-lab: { secret: ${secret} } }`;
  };

  const host = (name: string, network: number, last: number): string =>
    `  ${name}: { kind: host, interfaces: { eth0: 10.${network}.0.${last}/24 }, plugins: { ipv4: { gateway: 10.${network}.0.1 } } }`;
  const home =
    nat === undefined
      ? ''
      : `
  home: { kind: nat, interfaces: { lan: 192.168.7.1/24, wan: 192.0.2.1/24 }, plugins: { nat: { ${nat.settings} } } }`;
  const wayA = nat === undefined ? ['gw-a:wan -- net:p0'] : ['home:wan -- net:p0', 'gw-a:wan -- home:lan'];
  const ways = [wayA[0] as string, 'gw-b:wan -- net:p1', ...wayA.slice(1)];
  const delays = [2, 3, 1];
  const text = `
name: Storm ${seed}
seed: ${seed}
duration: ${end}s
nodes:
${host('alice', 1, 10)}
${host('bob', 2, 20)}${gateway(0)}${gateway(1)}${home}
  net: { kind: switch, interfaces: [p0, p1] }
links:
  - alice:eth0 -- gw-a:lan
  - bob:eth0 -- gw-b:lan
${ways.map((way, at) => `  - { endpoints: [${way.replace(' -- ', ', ')}], delay: ${delays[at]}ms }`).join('\n')}
timeline:
${timeline(chance, { ways, calm, probe, probes, opener: GATEWAYS[fixed] as string, translator: nat !== undefined })
  .map((line) => `  - ${line}`)
  .join('\n')}
`;
  const agrees = sameSuite && sameSecret;
  return {
    seed,
    version,
    kind,
    text,
    wires: nat === undefined ? DIRECT : TRANSLATED,
    calm,
    probe,
    end,
    lifetimes,
    agrees,
  };
}
