import { type Context, HOOK, type Packet, type PlainValue, type Protocol } from '../../core/index.ts';
import { ipv4Contract } from '../ipv4/contract.ts';
import { keepAbsence } from './absence.ts';
import { addressChanged, startConnections } from './addresses.ts';
import type { IpsecCalls } from './calls.ts';
import {
  activateOutbound,
  allocateSpi,
  connectionOf,
  expireHard,
  expireSoft,
  installChild,
  releaseSpi,
  removeChild,
  viewOf,
} from './children.ts';
import type { InitiateAction, TerminateAction } from './config.ts';
import { checkInbound, takeOpened } from './inbound.ts';
import { initiate, terminate } from './initiate.ts';
import { moveChild } from './move-child.ts';
import { decideOutbound, protectOutbound } from './outbound.ts';
import { refusesPeer } from './rivals.ts';
import { secretFor } from './secrets.ts';
import { setUp, trapLater } from './set-up.ts';
import { childSa, createState, type IpsecConfig, type IpsecState } from './state.ts';
import { dropWaiting, takeWaiting } from './waiting.ts';

/**
 * Where in netfilter's order the policies stand: outbound behind source translation (priority 100), as xfrm; inbound clear text before any
 * filter, so that nothing else sees what is refused.
 */
const BEHIND_TRANSLATION = 300;
const BEFORE_FILTERS = -300;

export const ipsecProtocol: Protocol<IpsecState, IpsecConfig> = {
  create: createState,

  start(state, ctx) {
    setUp(state, ctx);
    ctx.sibling(ipv4Contract)?.watchAddresses(ctx.plugin);
    // Keying begins once every plugin of the node has started.
    if (state.config.connections.length > 0) ctx.setTimer('start', 0);
  },

  hooks: [
    {
      point: 'ipv4.postrouting',
      priority: BEHIND_TRANSLATION,
      // A packet from the node to itself leaves by no interface and meets no policy.
      run: (state, packet, ctx, egress) => (egress < 0 ? HOOK.accept : protectOutbound(state, packet, ctx)),
    },
    {
      point: 'ipv4.input',
      priority: BEFORE_FILTERS,
      run: (state, packet, ctx) => checkInbound(state, packet, ctx),
    },
    {
      point: 'ipv4.forward',
      priority: BEFORE_FILTERS,
      run: (state, packet, ctx) => checkInbound(state, packet, ctx),
    },
  ],

  timer(state, timer, ctx) {
    const data = (timer.data ?? {}) as { readonly [key: string]: PlainValue };
    switch (timer.name) {
      case 'start':
        startConnections(state, ctx);
        break;
      case 'soft':
        expireSoft(state, data.child as number, 'time', ctx);
        break;
      case 'hard':
        expireHard(state, data.child as number, 'time', ctx);
        break;
      case 'waiting':
        dropWaiting(state, data.connection as string, data.child as string, 'ipsec.wait-over', 'time is over', ctx);
        break;
      case 'release':
        release(state, data.connection as string, data.child as string, ctx);
        break;
    }
  },

  command(state, command, ctx) {
    if (command.name === 'initiate') initiate(state, (command.args as InitiateAction).initiate, 'asked for', ctx);
    else if (command.name === 'terminate') terminate(state, (command.args as TerminateAction).terminate, ctx);
  },

  calls: (state, ctx): IpsecCalls => ({
    connections: () => state.config.connections,
    connection: (name) => connectionOf(state, name),
    secretFor: (local, remote) =>
      secretFor(state.config.secrets, 'type' in local ? [local] : local, 'type' in remote ? [remote] : remote),
    allocateSpi: () => allocateSpi(state, ctx),
    releaseSpi: (spi) => releaseSpi(state, spi),
    installChild: (child) => installChild(state, child, ctx),
    refusesPeer: (newcomer) => refusesPeer(state, newcomer, ctx),
    activateOutbound: (id) => activateOutbound(state, id, ctx),
    removeChild: (id, why) => void removeChild(state, id, why, ctx),
    moveChild: (id, local, remote, encapsulation) => moveChild(state, id, local, remote, encapsulation, ctx),
    child(id) {
      const child = childSa(state, id);
      return child === undefined ? undefined : viewOf(child);
    },
    children: () => [...state.children.values()].map(viewOf),
    childByInboundSpi(protocol, spi) {
      const child = childSa(state, state.byInboundSpi.get(spi) ?? 0);
      return child?.protocol === protocol ? viewOf(child) : undefined;
    },
    childByOutboundSpi(protocol, spi, remote) {
      const child = [...state.children.values()].find(
        (each) => each.protocol === protocol && each.outbound.spi === spi && each.remote === remote,
      );
      return child === undefined ? undefined : viewOf(child);
    },
    usage(id) {
      const child = childSa(state, id);
      if (child === undefined) return undefined;
      const { inbound, outbound } = child;
      return {
        inbound: { bytes: inbound.bytes, packets: inbound.packets, lastUse: inbound.lastUse },
        outbound: { bytes: outbound.bytes, packets: outbound.packets, lastUse: outbound.lastUse },
      };
    },
    trap(connection, child) {
      const configured = connectionOf(state, connection);
      const wanted = configured?.children.find(({ name }) => name === child);
      if (configured !== undefined && wanted !== undefined) trapLater(state, configured, wanted, ctx);
    },
    acquireFailed(connection, child, why) {
      keepAbsence(state, connection, child, `the negotiation failed: ${why}`);
      const waited = dropWaiting(state, connection, child, 'ipsec.keys-failed', why, ctx);
      if (waited === 0) ctx.note('ipsec.not-made', { connection, child, why });
    },
    inboundSa(protocol, spi, destination) {
      const child = childSa(state, state.byInboundSpi.get(spi) ?? 0);
      if (child?.protocol !== protocol || child.inbound.destination !== destination) return undefined;
      return child.inbound;
    },
    inbound: (packet, headerSize, sa, from) => takeOpened(state, packet, headerSize, sa, from, ctx),
    refuse(sa) {
      sa.refused++;
      state.counters.refused++;
    },
    addressChanged: (change) => addressChanged(state, change, ctx),
    sequenceOver: (sa) => expireHard(state, sa.child, 'sequence', ctx),
  }),
};

/** Packets that waited for keys go on: sealed, or where the policies have changed meanwhile on their way in clear. */
function release(state: IpsecState, connection: string, child: string, ctx: Context): void {
  const waiting = takeWaiting(state, connection, child, ctx);
  for (const packet of waiting?.packets ?? []) {
    ctx.takeUp(packet);
    if (decideOutbound(state, packet, false, ctx) === HOOK.accept) goOnInClear(packet, ctx);
  }
}

function goOnInClear(packet: Packet, ctx: Context): void {
  ctx.sibling(ipv4Contract)?.sendComplete(packet);
}
