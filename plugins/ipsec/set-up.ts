import type { Context } from '../../core/index.ts';
import { ipv4Contract } from '../ipv4/contract.ts';
import { installChild } from './children.ts';
import type { ChildConfiguration, Connection } from './connection.ts';
import { addPolicy, priorityOf, removePolicies } from './policies.ts';
import { resolveSelectors, type SelectorPattern } from './selector-text.ts';
import type { TrafficSelector } from './selectors.ts';
import type { IpsecState, ManualChild, Policy } from './state.ts';

/** What stands before the first packet: policies of the configuration, SAs with manual keys, traps. */
export function setUp(state: IpsecState, ctx: Context): void {
  for (const policy of state.config.policies) {
    const { name, action, direction, localTs, remoteTs } = policy;
    addPolicy(
      state,
      {
        ...{ name, action, direction, localTs, remoteTs, origin: 'configured', mode: undefined },
        ...{ connection: '', child: '', owner: 0, sa: 0 },
        priority: policy.priority > 0 ? policy.priority : priorityOf('shunt', localTs, remoteTs),
      },
      ctx,
    );
  }
  for (const manual of state.config.manual) installManual(state, manual, ctx);
  for (const connection of state.config.connections) {
    for (const child of connection.children) {
      if (child.mode === 'pass' || child.mode === 'drop') setShunt(state, connection, child, ctx);
      else if (child.startAction === 'trap') setTrap(state, connection, child, ctx);
    }
  }
}

function installManual(state: IpsecState, manual: ManualChild, ctx: Context): void {
  installChild(
    state,
    {
      connection: '',
      child: manual.name,
      by: { keying: 'manual', ikeSa: 0 },
      mode: manual.mode,
      local: manual.local,
      remote: manual.remote,
      proposal: manual.proposal,
      inbound: {
        spi: manual.inbound.spi,
        keys: { encryption: manual.inbound.encryptionKey, integrity: manual.inbound.integrityKey },
      },
      outbound: {
        spi: manual.outbound.spi,
        keys: { encryption: manual.outbound.encryptionKey, integrity: manual.outbound.integrityKey },
      },
      localTs: manual.localTs,
      remoteTs: manual.remoteTs,
    },
    ctx,
    {
      replayWindow: manual.replayWindow,
      copyDf: manual.copyDf,
      policies: true,
      priority: manual.priority,
      lifetimes: manual.lifetimes,
      firstSequences: { inbound: manual.inbound.sequence, outbound: manual.outbound.sequence },
    },
  );
}

/** A child that lets its traffic pass in clear, or drops it (swanctl's modes `pass` and `drop`). */
function setShunt(state: IpsecState, connection: Connection, child: ChildConfiguration, ctx: Context): void {
  const ends = resolvedEnds(connection, child, ctx);
  if (ends === undefined) return;
  addPolicy(
    state,
    {
      ...{ name: `${connection.name}/${child.name}`, action: child.mode === 'pass' ? 'bypass' : 'discard' },
      ...{ direction: 'both', origin: 'configured', mode: undefined, connection: '', child: '', owner: 0, sa: 0 },
      ...ends,
      priority: child.priority > 0 ? child.priority : priorityOf('shunt', ends.localTs, ends.remoteTs),
    },
    ctx,
  );
}

/** `IpsecCalls.trap`. */
export function trapLater(state: IpsecState, connection: Connection, child: ChildConfiguration, ctx: Context): void {
  const isIt = (policy: IpsecState['policies'][number]): boolean =>
    policy.origin === 'trap' && policy.connection === connection.name && policy.child === child.name;
  if (!state.policies.some(isIt)) setTrap(state, connection, child, ctx);
}

function setTrap(state: IpsecState, connection: Connection, child: ChildConfiguration, ctx: Context): void {
  const ends = resolvedEnds(connection, child, ctx);
  if (ends === undefined) return;
  addPolicy(
    state,
    {
      ...{ name: `${connection.name}/${child.name}`, action: 'protect', direction: 'both', origin: 'trap' },
      ...{ connection: connection.name, child: child.name, owner: 0, sa: 0 },
      ...ends,
      mode: child.mode === 'transport' ? 'transport' : 'tunnel',
      priority: priorityOf('trap', ends.localTs, ends.remoteTs),
    },
    ctx,
  );
}

interface Ends {
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
}

/** This node's addresses have changed: policies that speak of its own address towards a peer are set anew. */
export function resetTraps(state: IpsecState, ctx: Context): void {
  for (const connection of state.config.connections) {
    for (const child of connection.children) {
      if (!hasDynamic(child.localTs)) continue;
      const name = `${connection.name}/${child.name}`;
      const isShunt = child.mode === 'pass' || child.mode === 'drop';
      if (!isShunt && child.startAction !== 'trap') continue;
      const old = (policy: Policy): boolean =>
        policy.name === name && policy.origin === (isShunt ? 'configured' : 'trap') && policy.owner === 0;
      removePolicies(state, old, ctx);
      if (isShunt) setShunt(state, connection, child, ctx);
      else setTrap(state, connection, child, ctx);
    }
  }
}

/** The selectors with `dynamic` replaced by the connection's addresses; `undefined`, noted, where one is not known. */
function resolvedEnds(connection: Connection, child: ChildConfiguration, ctx: Context): Ends | undefined {
  const remote = single(connection.remoteAddrs);
  const local = single(connection.localAddrs) ?? (remote && ctx.sibling(ipv4Contract)?.sourceFor(remote));
  const missing =
    (local ?? 0) === 0 && hasDynamic(child.localTs)
      ? 'its own address towards the peer'
      : remote === undefined && hasDynamic(child.remoteTs)
        ? "the peer's address"
        : undefined;
  if (missing !== undefined) {
    ctx.note('ipsec.trap-without-address', { policy: `${connection.name}/${child.name}`, what: missing });
    return undefined;
  }
  return {
    localTs: resolveSelectors(child.localTs, local ?? 0),
    remoteTs: resolveSelectors(child.remoteTs, remote ?? 0),
  };
}

function hasDynamic(patterns: readonly SelectorPattern[]): boolean {
  return patterns.some(({ dynamic }) => dynamic);
}

function single(ranges: Connection['remoteAddrs']): number | undefined {
  const only = ranges.find(({ start, end }) => start === end);
  return only?.start;
}
