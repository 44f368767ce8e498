import type { Duration } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import type { AddressRange, ChildConfiguration, Connection, Lifetimes } from './connection.ts';
import { ID_TYPE, type Identity } from './identity.ts';
import { defaultProposals } from './keywords.ts';
import { IP_PROTOCOL, type Proposal, SECURITY_PROTOCOL, transformOf, transformsOf } from './proposal.ts';
import { formatSelector, resolveSelectors, type SelectorPattern } from './selector-text.ts';
import { ANY_SELECTOR } from './selectors.ts';
import type { ConfiguredPolicy, IpsecConfig, ManualChild, StrayBits } from './state.ts';
import { encryptionOf, integrityOf, TRANSFORM } from './transforms.ts';

/** From the settings as the schema reads them to what the plugin works with: defaults that follow from others, everything in order of names. */

interface SideSettings {
  readonly auth: 'psk';
  readonly id?: Identity | undefined;
}

interface ChildSettings {
  readonly local_ts: readonly SelectorPattern[];
  readonly remote_ts: readonly SelectorPattern[];
  readonly esp_proposals?: readonly Proposal[] | undefined;
  readonly ah_proposals?: readonly Proposal[] | undefined;
  readonly mode: ChildConfiguration['mode'];
  readonly start_action: ChildConfiguration['startAction'];
  readonly close_action: ChildConfiguration['closeAction'];
  readonly dpd_action: 'clear' | 'trap' | 'start' | 'restart';
  readonly rekey_time: Duration;
  readonly life_time?: Duration | undefined;
  readonly rand_time?: Duration | undefined;
  readonly rekey_bytes: number;
  readonly life_bytes?: number | undefined;
  readonly rand_bytes?: number | undefined;
  readonly rekey_packets: number;
  readonly life_packets?: number | undefined;
  readonly rand_packets?: number | undefined;
  readonly replay_window: number;
  readonly policies: boolean;
  readonly priority: number;
  readonly copy_df: boolean;
}

interface ConnectionSettings {
  readonly version: 0 | 1 | 2;
  readonly aggressive: boolean;
  readonly local_addrs: readonly AddressRange[];
  readonly remote_addrs: readonly AddressRange[];
  readonly local: SideSettings;
  readonly remote: SideSettings;
  readonly proposals: readonly Proposal[];
  readonly dpd_delay: Duration;
  readonly dpd_timeout: Duration;
  readonly rekey_time: Duration;
  readonly reauth_time: Duration;
  readonly over_time?: Duration | undefined;
  readonly rand_time?: Duration | undefined;
  readonly encap: boolean;
  readonly fragmentation: Connection['fragmentation'];
  readonly keyingtries: number;
  readonly unique: Connection['unique'];
  readonly children: Readonly<Record<string, ChildSettings>>;
}

interface ManualSaSettings {
  readonly spi: number;
  readonly encryption_key?: Uint8Array | undefined;
  readonly integrity_key?: Uint8Array | undefined;
  readonly sequence: number;
}

interface ManualSettings {
  readonly mode: ManualChild['mode'];
  readonly local: Ipv4Address;
  readonly remote: Ipv4Address;
  readonly local_ts: readonly SelectorPattern[];
  readonly remote_ts: readonly SelectorPattern[];
  readonly esp_proposal?: readonly Proposal[] | undefined;
  readonly ah_proposal?: readonly Proposal[] | undefined;
  readonly in: ManualSaSettings;
  readonly out: ManualSaSettings;
  readonly replay_window: number;
  readonly life_time: Duration;
  readonly life_bytes: number;
  readonly life_packets: number;
  readonly priority: number;
  readonly copy_df: boolean;
}

interface PolicySettings {
  readonly name?: string | undefined;
  readonly action: ConfiguredPolicy['action'];
  readonly direction: ConfiguredPolicy['direction'];
  readonly local_ts: readonly SelectorPattern[];
  readonly remote_ts: readonly SelectorPattern[];
  readonly priority: number;
}

export interface IpsecSettings {
  readonly connections: Readonly<Record<string, ConnectionSettings>>;
  readonly secrets: Readonly<Record<string, { readonly id: readonly Identity[]; readonly secret: Uint8Array }>>;
  readonly manual: Readonly<Record<string, ManualSettings>>;
  readonly policies: readonly PolicySettings[];
  readonly otherwise: 'bypass' | 'discard';
}

export function configuredBy(settings: IpsecSettings): IpsecConfig {
  return {
    connections: byName(settings.connections).map(([name, each]) => connectionBy(name, each)),
    secrets: byName(settings.secrets).map(([name, { id, secret }]) => ({ name, identities: id, secret })),
    manual: byName(settings.manual).map(([name, each]) => manualBy(name, each)),
    policies: settings.policies.map(policyBy),
    otherwise: settings.otherwise,
    strayBits: strayBitsIn(settings),
  };
}

/** Selectors whose prefixes have bits behind their length, wherever they stand. */
function strayBitsIn({ connections, manual, policies }: IpsecSettings): readonly StrayBits[] {
  const within = (path: readonly (string | number)[], sides: SelectorSides): readonly StrayBits[] =>
    (['local_ts', 'remote_ts'] as const).flatMap((side) =>
      sides[side].flatMap(({ stray, selector }) =>
        stray === undefined ? [] : [{ path: [...path, side], written: stray, meant: formatSelector(selector) }],
      ),
    );
  return [
    ...byName(connections).flatMap(([name, { children }]) =>
      byName(children).flatMap(([child, each]) => within(['connections', name, 'children', child], each)),
    ),
    ...byName(manual).flatMap(([name, each]) => within(['manual', name], each)),
    ...policies.flatMap((each, at) => within(['policies', at], each)),
  ];
}

interface SelectorSides {
  readonly local_ts: readonly SelectorPattern[];
  readonly remote_ts: readonly SelectorPattern[];
}

/** In the order of names, so that the order in the file changes nothing. */
function byName<T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

function connectionBy(name: string, settings: ConnectionSettings): Connection {
  const due = Math.max(settings.rekey_time, settings.reauth_time);
  const overTime = settings.over_time ?? tenthOf(due);
  return {
    name,
    version: settings.version,
    aggressive: settings.aggressive,
    localAddrs: settings.local_addrs,
    remoteAddrs: settings.remote_addrs.filter(({ start, end }) => !(start === 0 && end === 0xffffffff)),
    local: sideBy(settings.local),
    remote: sideBy(settings.remote),
    proposals: settings.proposals,
    dpdDelay: settings.dpd_delay,
    dpdTimeout: settings.dpd_timeout,
    rekeyTime: settings.rekey_time,
    reauthTime: settings.reauth_time,
    overTime,
    randTime: settings.rand_time ?? overTime,
    encap: settings.encap,
    fragmentation: settings.fragmentation,
    keyingTries: settings.keyingtries,
    unique: settings.unique,
    children: byName(settings.children).flatMap(([child, each]) => childrenBy(child, each)),
  };
}

function sideBy({ auth, id }: SideSettings): Connection['local'] {
  return id === undefined || id.type === ID_TYPE.any ? { auth } : { auth, id };
}

/** What the Child SA with AH around the ESP of another is called. */
function aroundOf(name: string): string {
  return `${name}-ah`;
}

/** What is wrong with children together, each at its place. */
export function childrenWrong(
  children: Readonly<Record<string, Pick<ChildSettings, 'esp_proposals' | 'ah_proposals'>>>,
): readonly { readonly path: readonly string[]; readonly message: string }[] {
  return Object.entries(children)
    .filter(([name, each]) => hasBoth(each) && Object.hasOwn(children, aroundOf(name)))
    .map(([name]) => ({
      path: [name, 'ah_proposals'],
      message: `AH around ESP makes a second Child SA called ${aroundOf(name)}, and there is such a child already`,
    }));
}

function hasBoth({ esp_proposals, ah_proposals }: Pick<ChildSettings, 'esp_proposals' | 'ah_proposals'>): boolean {
  return esp_proposals !== undefined && ah_proposals !== undefined;
}

/**
 * One child, or two: AH around ESP is a Child SA of AH in transport mode for the ESP packets between the same ends (RFC 4301 App. E; no
 * proposal has both, RFC 7296 §1.7). It is a trap, so that no ESP packet goes out without it.
 */
function childrenBy(name: string, settings: ChildSettings): readonly ChildConfiguration[] {
  const inner = childBy(name, settings);
  if (!hasBoth(settings) || settings.ah_proposals === undefined) return [inner];
  const ends: readonly SelectorPattern[] = [
    { dynamic: true, selector: { ...ANY_SELECTOR, protocol: IP_PROTOCOL.esp } },
  ];
  return [
    inner,
    {
      ...inner,
      name: aroundOf(name),
      mode: 'transport',
      ...{ localTs: ends, remoteTs: ends, proposals: settings.ah_proposals, startAction: 'trap', priority: 0 },
    },
  ];
}

function childBy(name: string, settings: ChildSettings): ChildConfiguration {
  return {
    name,
    mode: settings.mode,
    localTs: settings.local_ts,
    remoteTs: settings.remote_ts,
    proposals: settings.esp_proposals ?? settings.ah_proposals ?? defaultProposals(SECURITY_PROTOCOL.esp),
    startAction: settings.start_action,
    closeAction: settings.close_action,
    dpdAction: settings.dpd_action === 'restart' ? 'start' : settings.dpd_action,
    lifetimes: lifetimesBy(settings),
    replayWindow: settings.replay_window,
    policies: settings.policies,
    priority: settings.priority,
    copyDf: settings.copy_df,
  };
}

/** As swanctl does it: the hard limit is a tenth above the soft one, and the share of chance is what lies between. */
function lifetimesBy(settings: ChildSettings): Lifetimes {
  const limit = (soft: number, hard: number | undefined, spread: number | undefined): readonly [number, number] => {
    const life = hard ?? (soft === 0 ? 0 : soft + tenthOf(soft));
    return [life, spread ?? Math.max(0, soft === 0 ? 0 : life - soft)];
  };
  const [lifeTime, randTime] = limit(settings.rekey_time, settings.life_time, settings.rand_time);
  const [lifeBytes, randBytes] = limit(settings.rekey_bytes, settings.life_bytes, settings.rand_bytes);
  const [lifePackets, randPackets] = limit(settings.rekey_packets, settings.life_packets, settings.rand_packets);
  return {
    ...{ rekeyTime: settings.rekey_time, lifeTime, randTime },
    ...{ rekeyBytes: settings.rekey_bytes, lifeBytes, randBytes },
    ...{ rekeyPackets: settings.rekey_packets, lifePackets, randPackets },
  };
}

function tenthOf(value: number): number {
  return Math.floor(value / 10);
}

const NO_KEY = new Uint8Array(0);

function manualBy(name: string, settings: ManualSettings): ManualChild {
  const [proposal] = manualProposals(settings);
  const sa = ({ spi, encryption_key, integrity_key, sequence }: ManualSaSettings) => ({
    spi,
    encryptionKey: encryption_key ?? NO_KEY,
    integrityKey: integrity_key ?? NO_KEY,
    sequence,
  });
  return {
    name,
    mode: settings.mode,
    protocol: settings.ah_proposal === undefined ? IP_PROTOCOL.esp : IP_PROTOCOL.ah,
    local: settings.local,
    remote: settings.remote,
    localTs: resolveSelectors(settings.local_ts, settings.local),
    remoteTs: resolveSelectors(settings.remote_ts, settings.remote),
    proposal: proposal as Proposal,
    inbound: sa(settings.in),
    outbound: sa(settings.out),
    replayWindow: settings.replay_window,
    lifetimes: {
      ...{ rekeyTime: 0, lifeTime: settings.life_time, randTime: 0 },
      ...{ rekeyBytes: 0, lifeBytes: settings.life_bytes, randBytes: 0 },
      ...{ rekeyPackets: 0, lifePackets: settings.life_packets, randPackets: 0 },
    },
    priority: settings.priority,
    copyDf: settings.copy_df,
  };
}

function manualProposals(settings: ManualSettings): readonly Proposal[] {
  return settings.ah_proposal ?? settings.esp_proposal ?? [];
}

/** What is wrong with a pair of SAs of the configuration, each at its place. */
export function manualWrong(
  settings: ManualSettings,
): readonly { readonly path: readonly string[]; readonly message: string }[] {
  const place = settings.ah_proposal === undefined ? 'esp_proposal' : 'ah_proposal';
  const [proposal, ...more] = manualProposals(settings);
  if (settings.esp_proposal !== undefined && settings.ah_proposal !== undefined) {
    return [{ path: ['ah_proposal'], message: 'SAs have an esp_proposal or an ah_proposal, not both' }];
  }
  if (proposal === undefined) return [{ path: [place], message: 'a proposal is missing, such as aes256-sha256' }];
  const several = [TRANSFORM.encryption, TRANSFORM.integrity, TRANSFORM.sequenceNumbers].some(
    (type) => transformsOf(proposal, type).length > 1,
  );
  if (more.length > 0 || several)
    return [{ path: [place], message: 'nothing is negotiated: name one transform of each type' }];
  if (transformOf(proposal, TRANSFORM.keyExchange) !== undefined) {
    return [{ path: [place], message: 'nothing is negotiated: a key exchange has no place here' }];
  }
  const cipher = encryptionOf(transformOf(proposal, TRANSFORM.encryption));
  const mac = integrityOf(transformOf(proposal, TRANSFORM.integrity));
  const wrong: { path: readonly string[]; message: string }[] = [];
  const check = (
    direction: 'in' | 'out',
    key: 'encryption_key' | 'integrity_key',
    wanted: number,
    of: string,
  ): void => {
    const there = settings[direction][key]?.length ?? 0;
    if (there === wanted) return;
    wrong.push({ path: [direction, key], message: `${of} wants a key of ${wanted} octets, ${there} are there` });
  };
  for (const direction of ['in', 'out'] as const) {
    check(direction, 'encryption_key', cipher === undefined ? 0 : cipher.key + cipher.salt, cipher?.keyword ?? 'AH');
    check(direction, 'integrity_key', mac?.key ?? 0, mac?.keyword ?? cipher?.keyword ?? 'AH');
  }
  return wrong;
}

/** Before every policy of a child, in the order of the list. */
const FIRST_PLACE = 1000;

function policyBy(settings: PolicySettings, index: number): ConfiguredPolicy {
  return {
    name: settings.name ?? `policy ${index + 1}`,
    action: settings.action,
    direction: settings.direction,
    localTs: settings.local_ts.map(({ selector }) => selector),
    remoteTs: settings.remote_ts.map(({ selector }) => selector),
    priority: settings.priority > 0 ? settings.priority : FIRST_PLACE + index,
  };
}
