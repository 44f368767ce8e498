import {
  type Context,
  createStream,
  formatDuration,
  nextBelow,
  nextFraction,
  nextUint32,
  type PlainValues,
} from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { forgetAbsence, keepAbsence } from './absence.ts';
import {
  type ChildInstallation,
  type ChildView,
  type ExpiryReason,
  protection,
  type SaInstallation,
  type SecurityAssociation,
} from './calls.ts';
import { type ChildConfiguration, type Connection, type Lifetimes, NO_LIFETIMES } from './connection.ts';
import { keyingFor } from './keying.ts';
import { addPolicy, forgetDecisions, priorityOf, removePolicies } from './policies.ts';
import { IP_PROTOCOL, SECURITY_PROTOCOL, transformOf } from './proposal.ts';
import { formatSelectors } from './selector-text.ts';
import { FIRST_SPI, formatSpi } from './spi.ts';
import { type ChildSa, childSa, type IpsecState, MOST_CHILDREN } from './state.ts';
import { TRANSFORM } from './transforms.ts';
import { releaseWaiting } from './waiting.ts';
import { proposalInStory } from './weakness.ts';

/** The SAD: pairs of SAs come, are used up, and go. */

/** The sequence number that asks for a new SA, well before the last one (RFC 4303 §3.3.3). */
const SOFT_SEQUENCE = 2 ** 32 - 2 ** 20;

export function labelOf(child: { readonly connection: string; readonly child: string; readonly id: number }): string {
  return `${child.connection === '' ? '' : `${child.connection}/`}${child.child}{${child.id}}`;
}

export function connectionOf(state: IpsecState, name: string): Connection | undefined {
  return state.config.connections.find((connection) => connection.name === name);
}

export function childConfiguration(
  state: IpsecState,
  connection: string,
  child: string,
): ChildConfiguration | undefined {
  return connectionOf(state, connection)?.children.find(({ name }) => name === child);
}

/** A random SPI that no SA of this node and no negotiation under way receives on. */
export function allocateSpi(state: IpsecState, ctx: Context): number {
  const stream = ctx.random('spi');
  for (;;) {
    const spi = FIRST_SPI + nextBelow(stream, 2 ** 32 - FIRST_SPI);
    if (state.byInboundSpi.has(spi) || state.reservedSpis.includes(spi)) continue;
    state.reservedSpis.push(spi);
    return spi;
  }
}

export function releaseSpi(state: IpsecState, spi: number): void {
  const at = state.reservedSpis.indexOf(spi);
  if (at >= 0) state.reservedSpis.splice(at, 1);
}

/** What an installation has beyond the contract: the settings of manual SAs stand in their own part of the configuration. */
export interface InstallationSettings {
  readonly replayWindow: number;
  readonly copyDf: boolean;
  readonly policies: boolean;
  readonly priority: number;
  readonly lifetimes: Lifetimes;
  readonly firstSequences?: { readonly inbound: number; readonly outbound: number };
}

const DEFAULT_WINDOW = 32;

function settingsOf(state: IpsecState, installation: ChildInstallation): InstallationSettings {
  const configured = childConfiguration(state, installation.connection, installation.child);
  return {
    replayWindow: configured?.replayWindow ?? DEFAULT_WINDOW,
    copyDf: configured?.copyDf ?? true,
    policies: configured?.policies ?? true,
    priority: configured?.priority ?? 0,
    lifetimes: installation.lifetimes ?? configured?.lifetimes ?? NO_LIFETIMES,
  };
}

export function installChild(
  state: IpsecState,
  installation: ChildInstallation,
  ctx: Context,
  settings: InstallationSettings = settingsOf(state, installation),
): number {
  const { connection, child, mode, local, remote, proposal, localTs, remoteTs } = installation;
  const id = state.nextChild;
  const label = labelOf({ connection, child, id });
  releaseSpi(state, installation.inbound.spi);
  const refuse = (why: string): number => {
    ctx.note('ipsec.cannot-install', { sa: label, why });
    keepAbsence(state, connection, child, `its SA could not be installed: ${why}`);
    return 0;
  };
  if (state.children.size >= MOST_CHILDREN) return refuse(`there are ${MOST_CHILDREN} already`);
  if (state.byInboundSpi.has(installation.inbound.spi)) {
    return refuse(`another SA receives on ${formatSpi(installation.inbound.spi)}`);
  }
  const protocol = proposal.protocol === SECURITY_PROTOCOL.ah ? IP_PROTOCOL.ah : IP_PROTOCOL.esp;
  // AH covers the addresses that a NAT changes: UDP around it would cure nothing, and none is defined.
  const encapsulation = protocol === IP_PROTOCOL.ah ? undefined : installation.encapsulation;
  const protector = ctx.sibling(protection[protocol]);
  if (protector === undefined) return refuse(`no plugin of this node does ${protocolName(protocol)}`);
  const association = (direction: 'in' | 'out', half: SaInstallation): SecurityAssociation => ({
    child: id,
    direction,
    protocol,
    spi: half.spi,
    mode,
    source: direction === 'out' ? local : remote,
    destination: direction === 'out' ? remote : local,
    encapsulation,
    encryption: transformOf(proposal, TRANSFORM.encryption),
    integrity: transformOf(proposal, TRANSFORM.integrity),
    // Copies: what keying hands over may be cut from one buffer.
    keys: { encryption: half.keys.encryption.slice(), integrity: half.keys.integrity.slice() },
    esn: transformOf(proposal, TRANSFORM.sequenceNumbers)?.id === 1,
    sequence: settings.firstSequences?.[direction === 'in' ? 'inbound' : 'outbound'] ?? 0,
    window: new Uint32Array(direction === 'in' ? Math.ceil(settings.replayWindow / 32) : 0),
    ivs: createStream(nextUint32(ctx.random('iv')), direction),
    packets: 0,
    bytes: 0,
    lastUse: -1,
    refused: 0,
  });
  const inbound = association('in', installation.inbound);
  const outbound = association('out', installation.outbound);
  const wrong = protector.install(inbound) ?? protector.install(outbound);
  if (wrong !== undefined) return refuse(wrong);
  state.nextChild++;
  const limits = drawnLimits(settings.lifetimes, ctx);
  const entry: ChildSa = {
    id,
    connection,
    child,
    by: installation.by,
    mode,
    protocol,
    local,
    remote,
    proposal,
    inbound,
    outbound,
    outboundActive: installation.inboundOnly !== true,
    localTs,
    remoteTs,
    installedAt: ctx.now(),
    softAt: limits.softAt,
    hardAt: limits.hardAt,
    softBytes: limits.softBytes,
    hardBytes: limits.hardBytes,
    softPackets: limits.softPackets,
    hardPackets: limits.hardPackets,
    original: installation.original,
    softTold: false,
    timers: [],
    copyDf: settings.copyDf,
  };
  if (limits.softAt > 0) entry.timers.push(ctx.setTimer('soft', limits.softAt - ctx.now(), { child: id }));
  if (limits.hardAt > 0) entry.timers.push(ctx.setTimer('hard', limits.hardAt - ctx.now(), { child: id }));
  state.children.set(id, entry);
  state.byInboundSpi.set(inbound.spi, id);
  state.counters.installed++;
  forgetAbsence(state, connection, child);
  if (settings.policies) addChildPolicy(state, entry, settings.priority, ctx);
  const installed = (): PlainValues => ({
    sa: label,
    protocol: protocolName(protocol),
    mode: encapsulation === undefined ? mode : `${mode} (in UDP)`,
    local: formatIpv4(local),
    remote: formatIpv4(remote),
    in: formatSpi(inbound.spi),
    out: formatSpi(outbound.spi),
    proposal: proposalInStory(proposal),
    localTs: formatSelectors(localTs),
    remoteTs: formatSelectors(remoteTs),
    ...(limits.hardAt > 0 ? { lifetime: formatDuration(limits.hardAt - ctx.now()) } : {}),
  });
  if (ctx.recording) ctx.note('ipsec.sa-installed', installed());
  if (protocol === IP_PROTOCOL.ah && installation.encapsulation !== undefined) {
    ctx.note('ipsec.ah-through-nat', { sa: label, remote: formatIpv4(remote) });
  }
  if (entry.outboundActive) releaseWaiting(state, connection, child, ctx);
  return id;
}

export function protocolName(protocol: number): string {
  return protocol === IP_PROTOCOL.ah ? 'AH' : 'ESP';
}

/** Manual SAs keep their policy when they have expired; it then has nothing to protect with. */
function addChildPolicy(state: IpsecState, child: ChildSa, priority: number, ctx: Context): void {
  const { localTs, remoteTs } = child;
  addPolicy(
    state,
    {
      name: child.connection === '' ? child.child : `${child.connection}/${child.child}`,
      action: 'protect',
      origin: child.by.keying === 'manual' ? 'configured' : 'installed',
      priority: priority > 0 ? priority : priorityOf('installed', localTs, remoteTs),
      direction: 'both',
      localTs,
      remoteTs,
      mode: child.mode,
      connection: child.connection,
      child: child.child,
      owner: child.id,
      sa: child.outboundActive ? child.id : 0,
    },
    ctx,
  );
}

function drawnLimits(
  lifetimes: Lifetimes,
  ctx: Context,
): Pick<ChildSa, 'softAt' | 'hardAt' | 'softBytes' | 'hardBytes' | 'softPackets' | 'hardPackets'> {
  const earlier = (limit: number, spread: number): number => {
    if (limit === 0 || spread === 0) return limit;
    return Math.max(1, limit - Math.floor(nextFraction(ctx.random('lifetimes')) * Math.min(spread, limit)));
  };
  const soft = earlier(lifetimes.rekeyTime, lifetimes.randTime);
  return {
    softAt: soft === 0 ? 0 : ctx.now() + soft,
    hardAt: lifetimes.lifeTime === 0 ? 0 : ctx.now() + lifetimes.lifeTime,
    softBytes: earlier(lifetimes.rekeyBytes, lifetimes.randBytes),
    hardBytes: lifetimes.lifeBytes,
    softPackets: earlier(lifetimes.rekeyPackets, lifetimes.randPackets),
    hardPackets: lifetimes.lifePackets,
  };
}

export function activateOutbound(state: IpsecState, id: number, ctx: Context): void {
  const child = childSa(state, id);
  if (child === undefined || child.outboundActive) return;
  child.outboundActive = true;
  for (const policy of state.policies) {
    if (policy.owner === id) policy.sa = id;
  }
  forgetDecisions(ctx);
  ctx.note('ipsec.outbound-active', { sa: labelOf(child), out: formatSpi(child.outbound.spi) });
  releaseWaiting(state, child.connection, child.child, ctx);
}

export function removeChild(state: IpsecState, id: number, why: string, ctx: Context): ChildSa | undefined {
  const child = childSa(state, id);
  if (child === undefined) return undefined;
  state.children.delete(id);
  state.byInboundSpi.delete(child.inbound.spi);
  for (const timer of child.timers) ctx.cancelTimer(timer);
  for (const policy of state.policies) {
    if (policy.origin === 'configured' && policy.owner === id) policy.sa = 0;
  }
  removePolicies(state, (policy) => policy.origin === 'installed' && policy.owner === id, ctx);
  state.counters.removed++;
  keepAbsence(state, child.connection, child.child, `its SA was removed: ${why}`);
  if (ctx.recording) {
    ctx.note('ipsec.sa-removed', {
      sa: labelOf(child),
      connection: child.connection,
      child: child.child,
      why,
      in: formatSpi(child.inbound.spi),
      out: formatSpi(child.outbound.spi),
      sent: child.outbound.packets,
      received: child.inbound.packets,
    });
  }
  return child;
}

/** To be called after a packet went through an SA: ends it or asks for a new one where a limit was reached. */
export function spendLifetime(state: IpsecState, child: ChildSa, sa: SecurityAssociation, ctx: Context): void {
  if (child.hardBytes > 0 && sa.bytes >= child.hardBytes) expireHard(state, child.id, 'bytes', ctx);
  else if (child.hardPackets > 0 && sa.packets >= child.hardPackets) expireHard(state, child.id, 'packets', ctx);
  else if (child.softTold) return;
  else if (child.softBytes > 0 && sa.bytes >= child.softBytes) expireSoft(state, child.id, 'bytes', ctx);
  else if (child.softPackets > 0 && sa.packets >= child.softPackets) expireSoft(state, child.id, 'packets', ctx);
  else if (sa.direction === 'out' && !sa.esn && sa.sequence >= SOFT_SEQUENCE) {
    expireSoft(state, child.id, 'sequence', ctx);
  }
}

export function expireSoft(state: IpsecState, id: number, reason: ExpiryReason, ctx: Context): void {
  const child = childSa(state, id);
  if (child === undefined || child.softTold) return;
  child.softTold = true;
  ctx.note('ipsec.sa-expiring', { sa: labelOf(child), limit: reason });
  keyingFor(state, child.connection, ctx, child.by.keying)?.childExpired(id, 'soft', reason);
}

export function expireHard(state: IpsecState, id: number, reason: ExpiryReason, ctx: Context): void {
  const child = removeChild(state, id, `its lifetime in ${LIMIT_NAMES[reason]} ended`, ctx);
  if (child !== undefined) keyingFor(state, child.connection, ctx, child.by.keying)?.childExpired(id, 'hard', reason);
}

const LIMIT_NAMES: Readonly<Record<ExpiryReason, string>> = {
  time: 'seconds',
  bytes: 'octets',
  packets: 'packets',
  sequence: 'sequence numbers',
};

export function viewOf(child: ChildSa): ChildView {
  const { id, connection, by, mode, protocol, local, remote, proposal, localTs, remoteTs, installedAt } = child;
  return {
    id,
    connection,
    child: child.child,
    by,
    mode,
    protocol,
    local,
    remote,
    proposal,
    localTs,
    remoteTs,
    encapsulation: child.outbound.encapsulation,
    inboundSpi: child.inbound.spi,
    outboundSpi: child.outbound.spi,
    installedAt,
  };
}
