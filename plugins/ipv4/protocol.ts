import type { Context, Protocol } from '../../core/index.ts';
import { arpContract } from '../arp/contract.ts';
import { ICMP_TYPE, UNREACHABLE } from '../icmp/contract.ts';
import { formatIpv4, type Ipv4Address, LIMITED_BROADCAST } from './address.ts';
import type { Ipv4Config, RenumberAction } from './config.ts';
import type { Ipv4Calls } from './contract.ts';
import { createState } from './create.ts';
import { tell } from './forward.ts';
import { handUp } from './local.ts';
import { learnPathMtu, pathMtuTo } from './path-mtu.ts';
import { reassemblyTimedOut } from './reassembly.ts';
import { receive } from './receive.ts';
import { findRoute, forgetTrie } from './routes.ts';
import { send, sendComplete, sourceFor, takeLooped } from './send.ts';
import type { Ipv4State } from './state.ts';
import { ownAddress, rebuildRoutes } from './table.ts';
import { tellWatchers } from './watchers.ts';

export const ipv4Protocol: Protocol<Ipv4State, Ipv4Config> = {
  create: createState,
  receive,

  timer(state, timer, ctx) {
    if (timer.name === 'looped') takeLooped(state, ctx);
    else if (timer.name === 'reassembly') reassemblyTimedOut(state, timer.data as string, timer.id, ctx);
  },

  linkChanged(_state, _interfaceIndex, _up, ctx) {
    forgetTrie(ctx);
  },

  command(state, command, ctx) {
    if (command.name === 'renumber') renumber(state, command.args as RenumberAction, ctx);
  },

  calls: (state, ctx): Ipv4Calls => ({
    send: (packet, options) => send(state, packet, options, ctx),
    sendComplete: (packet) => sendComplete(state, packet, -1, ctx),
    receiveAgain: (packet) => receive(state, packet, ctx),
    deliverPayload: (packet, protocol) => handUp(packet, protocol, ctx),
    sourceFor: (destination) => sourceFor(state, destination, ctx),
    isLocal: (address) => (ownAddress(state, address) ?? -1) >= 0 || address >>> 24 === 127,
    isBroadcast: (address) => address === LIMITED_BROADCAST || (ownAddress(state, address) ?? 0) < 0,
    addresses: () => state.addresses,
    mtuTo(destination) {
      const route = findRoute(state, destination, ctx);
      const face = route === undefined ? undefined : ctx.node.interfaces[route.interface];
      return face === undefined ? undefined : Math.min(face.mtu, pathMtuTo(state, destination, ctx.now()));
    },
    learnPathMtu(destination, mtu, tried) {
      if (!learnPathMtu(state, destination, mtu, tried, ctx.now())) return;
      const learned = pathMtuTo(state, destination, ctx.now());
      ctx.note('ipv4.path-mtu', { destination: formatIpv4(destination), mtu: learned });
    },
    neighbourFailed: (packet) => tell(ICMP_TYPE.unreachable, UNREACHABLE.host, packet, ctx),
    addAddress: (at, address, prefix) => addAddress(state, at, address, prefix, ctx),
    removeAddress: (at, address) => removeAddress(state, at, address, ctx),
    addRoute(route) {
      state.added = state.added.filter(
        ({ network, prefix, metric }) =>
          network !== route.network || prefix !== route.prefix || metric !== route.metric,
      );
      state.added.push({ ...route });
      changed(state, ctx);
    },
    removeRoute(network, prefix, interfaceIndex = -1) {
      state.added = state.added.filter(
        (route) =>
          route.network !== network ||
          route.prefix !== prefix ||
          (interfaceIndex >= 0 && route.interface !== interfaceIndex),
      );
      changed(state, ctx);
    },
    watchAddresses(plugin) {
      if (!state.watchers.includes(plugin)) state.watchers.push(plugin);
    },
  }),
};

function addAddress(state: Ipv4State, at: number, address: Ipv4Address, prefix: number, ctx: Context): boolean {
  if (state.addresses.some((own) => own.address === address)) return false;
  const next = state.addresses.findIndex((own) => own.interface > at);
  state.addresses.splice(next < 0 ? state.addresses.length : next, 0, { interface: at, address, prefix });
  changed(state, ctx);
  note('ipv4.address-added', at, address, prefix, ctx);
  ctx.sibling(arpContract)?.announce(at, address);
  tellWatchers(state, { kind: 'added', interface: at, address, prefix }, ctx);
  return true;
}

function removeAddress(state: Ipv4State, at: number, address: Ipv4Address, ctx: Context): boolean {
  const own = state.addresses.find((one) => one.interface === at && one.address === address);
  if (own === undefined) return false;
  state.addresses = state.addresses.filter((one) => one !== own);
  changed(state, ctx);
  note('ipv4.address-removed', at, address, own.prefix, ctx);
  tellWatchers(state, { kind: 'removed', interface: at, address, prefix: own.prefix }, ctx);
  return true;
}

function renumber(state: Ipv4State, { renumber: name, to, gateway }: RenumberAction, ctx: Context): void {
  const at = ctx.node.interfaces.findIndex((face) => face.name === name);
  if (at < 0) {
    ctx.note('ipv4.no-such-interface', { interface: name });
    return;
  }
  const before = state.addresses.filter((own) => own.interface === at);
  for (const own of before) removeAddress(state, at, own.address, ctx);
  if (gateway !== undefined) {
    state.added = state.added.filter((route) => route.prefix !== 0);
    state.configured = state.configured.filter((route) => route.prefix !== 0);
    state.added.push({ network: 0, prefix: 0, via: gateway, interface: -1, metric: 0 });
  }
  addAddress(state, at, to.address, to.prefix, ctx);
}

function changed(state: Ipv4State, ctx: Context): void {
  rebuildRoutes(state);
  forgetTrie(ctx);
}

function note(code: string, at: number, address: Ipv4Address, prefix: number, ctx: Context): void {
  ctx.note(code, { address: `${formatIpv4(address)}/${prefix}`, interface: ctx.node.interfaces[at]?.name ?? '' });
}
