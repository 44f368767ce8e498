import type { Context, Packet } from '../../core/index.ts';
import { ICMP_TYPE, UNREACHABLE } from '../icmp/contract.ts';
import { formatIpv4, type Ipv4Address, LIMITED_BROADCAST } from './address.ts';
import { addAddress, changed, removeAddress } from './addresses.ts';
import type { Ipv4Calls, Ipv4Route, Ipv4SendOptions } from './contract.ts';
import { tell } from './forward.ts';
import { handUp } from './local.ts';
import { learnPathMtu, pathMtuTo } from './path-mtu.ts';
import { receive } from './receive.ts';
import { findRoute } from './routes.ts';
import { send, sendComplete, sourceFor } from './send.ts';
import type { Ipv4State } from './state.ts';
import { ownAddress } from './table.ts';

/** What other plugins of the node may ask of ipv4. A class, since every node has one: its methods are there once. */
export class CallsOfNode implements Ipv4Calls {
  readonly #state: Ipv4State;
  readonly #ctx: Context;

  constructor(state: Ipv4State, ctx: Context) {
    this.#state = state;
    this.#ctx = ctx;
  }

  send(packet: Packet, options: Ipv4SendOptions): void {
    send(this.#state, packet, options, this.#ctx);
  }

  sendComplete(packet: Packet): void {
    sendComplete(this.#state, packet, -1, this.#ctx);
  }

  receiveAgain(packet: Packet): void {
    receive(this.#state, packet, this.#ctx);
  }

  deliverPayload(packet: Packet, protocol: number): void {
    handUp(packet, protocol, this.#ctx);
  }

  sourceFor(destination: Ipv4Address): Ipv4Address | undefined {
    return sourceFor(this.#state, destination, this.#ctx);
  }

  isLocal(address: Ipv4Address): boolean {
    return (ownAddress(this.#state, address) ?? -1) >= 0 || address >>> 24 === 127;
  }

  isBroadcast(address: Ipv4Address): boolean {
    return address === LIMITED_BROADCAST || (ownAddress(this.#state, address) ?? 0) < 0;
  }

  addresses(): ReturnType<Ipv4Calls['addresses']> {
    return this.#state.addresses;
  }

  mtuTo(destination: Ipv4Address): number | undefined {
    const route = findRoute(this.#state, destination, this.#ctx);
    const face = route === undefined ? undefined : this.#ctx.node.interfaces[route.interface];
    return face === undefined ? undefined : Math.min(face.mtu, pathMtuTo(this.#state, destination, this.#ctx.now()));
  }

  learnPathMtu(destination: Ipv4Address, mtu: number, tried: number): void {
    if (!learnPathMtu(this.#state, destination, mtu, tried, this.#ctx.now())) return;
    const learned = pathMtuTo(this.#state, destination, this.#ctx.now());
    this.#ctx.note('ipv4.path-mtu', { destination: formatIpv4(destination), mtu: learned });
  }

  neighbourFailed(packet: Packet): void {
    tell(ICMP_TYPE.unreachable, UNREACHABLE.host, packet, this.#ctx);
  }

  addAddress(interfaceIndex: number, address: Ipv4Address, prefix: number): boolean {
    return addAddress(this.#state, interfaceIndex, address, prefix, this.#ctx);
  }

  removeAddress(interfaceIndex: number, address: Ipv4Address): boolean {
    return removeAddress(this.#state, interfaceIndex, address, this.#ctx);
  }

  addRoute(route: Ipv4Route): void {
    const state = this.#state;
    state.added = state.added.filter(
      ({ network, prefix, metric }) => network !== route.network || prefix !== route.prefix || metric !== route.metric,
    );
    state.added.push({ ...route });
    changed(state, this.#ctx);
  }

  removeRoute(network: Ipv4Address, prefix: number, interfaceIndex = -1): void {
    const state = this.#state;
    state.added = state.added.filter(
      (route) =>
        route.network !== network ||
        route.prefix !== prefix ||
        (interfaceIndex >= 0 && route.interface !== interfaceIndex),
    );
    changed(state, this.#ctx);
  }

  watchAddresses(plugin: string): void {
    const { watchers } = this.#state;
    if (!watchers.includes(plugin)) watchers.push(plugin);
  }
}
