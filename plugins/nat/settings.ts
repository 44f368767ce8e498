import { type Duration, HOUR, MINUTE, SECOND } from '../../core/index.ts';
import { type Ipv4Address, ipv4Mask } from '../ipv4/contract.ts';
import { type NatConfig, portRange } from './config.ts';
import { PRESETS } from './presets.ts';

/** How much of the remote end something depends on. */
export const DEPENDS = { nothing: 0, address: 1, addressAndPort: 2 } as const;
export type Depends = (typeof DEPENDS)[keyof typeof DEPENDS];

const DEPENDENCE: Readonly<Record<NonNullable<NatConfig['mapping']>, Depends>> = {
  'endpoint-independent': DEPENDS.nothing,
  'address-dependent': DEPENDS.address,
  'address-and-port-dependent': DEPENDS.addressAndPort,
};

/** The lists of timers; those of destination ports come behind. */
export const LIST = { udp: 0, udpFirst: 1, icmp: 2, tcp: 3, tcpTransitory: 4, other: 5 } as const;
const PORT_LISTS = 6;
/** Ports held down at once, unless set otherwise: a quarter of those of one address. */
const DEFAULT_HELD = 16_384;

/** Addresses that share their first bits, as signed 32-bit numbers: a match is one `&` and one comparison. */
export interface Match {
  readonly mask: number;
  readonly bits: number;
}

/** A static map of addresses: `inside | host` to `outside | host`. */
export interface StaticMap {
  readonly inside: Match;
  readonly outside: Match;
}

export interface Forward {
  readonly protocol: number;
  /** 0 for protocols without ports. */
  readonly outsidePort: number;
  readonly to: Ipv4Address;
  readonly toPort: number;
}

/** A translator's settings with the preset's and the defaults filled in, as numbers where packets ask for them. Plain data. */
export interface NatSettings {
  readonly preset: NatConfig['preset'];
  readonly type: NonNullable<NatConfig['type']>;
  readonly mapping: Depends;
  readonly filtering: Depends;
  readonly ports: NonNullable<NatConfig['ports']>;
  /** Absent: by the internal port's own range. */
  readonly range: { readonly low: number; readonly high: number } | undefined;
  readonly overloading: boolean;
  readonly pooling: NonNullable<NatConfig['pooling']>;
  readonly hairpinning: NonNullable<NatConfig['hairpinning']>;
  readonly refreshOutbound: boolean;
  readonly refreshInbound: boolean;
  /** Spans by timer list. */
  readonly spans: readonly Duration[];
  readonly portTimers: readonly { readonly low: number; readonly high: number; readonly list: number }[];
  readonly streamAfter: Duration;
  readonly other: NonNullable<NatConfig['other']>;
  readonly icmpErrors: NonNullable<NatConfig['icmp_errors']>;
  readonly fragments: NonNullable<NatConfig['fragments']>;
  readonly limit: number;
  readonly limitPerClient: number;
  /** 0: none. */
  readonly holdDown: Duration;
  readonly holdDownPorts: number;
  /** Ports of a block; 0: hosts have none. */
  readonly portBlock: number;
  readonly blocksPerClient: number;
  readonly onFull: NonNullable<NatConfig['on_full']>;
  readonly unsolicited: NonNullable<NatConfig['unsolicited']>;
  readonly maps: readonly StaticMap[];
  readonly forwards: readonly Forward[];
  readonly sources: readonly Match[];
  readonly except: readonly Match[];
}

export function resolveSettings(config: NatConfig): NatSettings {
  const given = { ...(config.preset === undefined ? {} : PRESETS[config.preset].sets), ...present(config) };
  const udp = given.udp_timeout ?? 5 * MINUTE;
  const ranges = Object.entries(given.timeouts ?? {});
  const refresh = given.refresh ?? 'outbound';
  return {
    preset: config.preset,
    type: given.type ?? 'napt',
    mapping: DEPENDENCE[given.mapping ?? 'endpoint-independent'],
    filtering: DEPENDENCE[given.filtering ?? 'address-and-port-dependent'],
    ports: given.ports ?? 'preserving',
    range: given.range,
    overloading: given.overloading ?? false,
    pooling: given.pooling ?? 'paired',
    hairpinning: given.hairpinning ?? 'external',
    refreshOutbound: refresh !== 'inbound',
    refreshInbound: refresh !== 'outbound',
    spans: [
      udp,
      given.udp_first_timeout ?? udp,
      given.icmp_timeout ?? 60 * SECOND,
      given.tcp_timeout ?? 2 * HOUR + 4 * MINUTE,
      given.tcp_transitory_timeout ?? 4 * MINUTE,
      given.other_timeout ?? 10 * MINUTE,
      ...ranges.map(([, span]) => span),
    ],
    portTimers: ranges.map(([ports], index) => ({ ...portRange(ports), list: PORT_LISTS + index })),
    streamAfter: given.udp_stream_after ?? 0,
    other: given.other ?? 'address-only',
    icmpErrors: given.icmp_errors ?? 'translate',
    fragments: given.fragments ?? 'any-order',
    limit: given.limit ?? 65_536,
    limitPerClient: given.limit_per_client ?? Number.MAX_SAFE_INTEGER,
    holdDown: given.hold_down ?? 0,
    holdDownPorts: given.hold_down_ports ?? DEFAULT_HELD,
    portBlock: given.port_block ?? 0,
    blocksPerClient: given.blocks_per_client ?? 1,
    onFull: given.on_full ?? 'refuse',
    unsolicited: given.unsolicited ?? 'local',
    maps: (config.map ?? []).map(({ inside, outside }) => ({ inside: matchOf(inside), outside: matchOf(outside) })),
    forwards: (config.forwards ?? []).map(({ protocol, outside_port = 0, to, to_port }) => ({
      protocol,
      outsidePort: outside_port,
      to,
      toPort: to_port ?? outside_port,
    })),
    sources: (config.sources ?? []).map(matchOf),
    except: (config.except ?? []).map(matchOf),
  };
}

/** Keys that were given: `undefined` must not hide what a preset says. */
function present(config: NatConfig): Partial<NatConfig> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

function matchOf({ network, prefix }: { readonly network: Ipv4Address; readonly prefix: number }): Match {
  return { mask: ipv4Mask(prefix) | 0, bits: network | 0 };
}

export function matchesAny(list: readonly Match[], address: Ipv4Address): boolean {
  for (let at = 0; at < list.length; at++) {
    const { mask, bits } = list[at] as Match;
    if ((address & mask) === bits) return true;
  }
  return false;
}

/** The external address of an internal one by the static maps; -1 when there is none. */
export function mapOutward(maps: readonly StaticMap[], address: Ipv4Address): number {
  for (let at = 0; at < maps.length; at++) {
    const { inside, outside } = maps[at] as StaticMap;
    if ((address & inside.mask) === inside.bits) return (outside.bits | (address & ~inside.mask)) >>> 0;
  }
  return -1;
}

/** The internal address of an external one by the static maps; -1 when there is none. */
export function mapInward(maps: readonly StaticMap[], address: Ipv4Address): number {
  for (let at = 0; at < maps.length; at++) {
    const { inside, outside } = maps[at] as StaticMap;
    if ((address & outside.mask) === outside.bits) return (inside.bits | (address & ~outside.mask)) >>> 0;
  }
  return -1;
}

/** What is wrong with settings that do not go together, or nothing. */
export function conflictOf(config: NatConfig): { readonly key: keyof NatConfig; readonly message: string } | undefined {
  const settings = resolveSettings(config);
  if (settings.type === 'one-to-one' && settings.maps.length === 0) {
    return {
      key: 'map',
      message: 'a one-to-one translator needs `map`: which internal address is which external one?',
    };
  }
  if (settings.type === 'pool' && config.addresses === undefined) {
    return { key: 'addresses', message: 'a pool needs `addresses`: the external addresses that hosts get' };
  }
  if (settings.type !== 'napt' && settings.forwards.length > 0) {
    return { key: 'forwards', message: `ports are forwarded by type napt, not by ${settings.type}` };
  }
  if (settings.overloading && settings.mapping === DEPENDS.nothing) {
    return {
      key: 'overloading',
      message: 'with endpoint-independent mapping nobody could tell whose an overloaded port is',
    };
  }
  if (settings.portBlock > 0) {
    const wrong =
      settings.type !== 'napt'
        ? 'blocks of ports are for type napt'
        : settings.pooling === 'arbitrary'
          ? 'a host with blocks of ports keeps one external address: `pooling: paired`'
          : settings.overloading || settings.ports === 'static' || settings.ports === 'static-500'
            ? "in blocks every port is one host's alone, and is chosen: neither `overloading` nor static ports go with them"
            : settings.range !== undefined && settings.range.high - settings.range.low + 1 < settings.portBlock
              ? 'one block has more ports than `range`'
              : undefined;
    if (wrong !== undefined) return { key: 'port_block', message: wrong };
  }
  return undefined;
}
