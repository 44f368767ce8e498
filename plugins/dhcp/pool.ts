import type { Context } from '../../core/index.ts';
import { formatMac, type MacAddress } from '../ethernet/contract.ts';
import { inIpv4Prefix, ipv4Contract, ipv4Mask } from '../ipv4/contract.ts';
import { textOf } from './headers.ts';
import { addressOption, clientKey, type DhcpMessage, OPTION } from './message.ts';
import type { Binding, DhcpState, ServedNetwork, ServedSettings } from './state.ts';

/** Which address a client gets (RFC 2131 §4.3.1), and what is known of each. */

/** The server's own address and network on an interface; `undefined` while it has none. */
export interface OwnNetwork {
  readonly address: number;
  readonly network: number;
  readonly prefix: number;
}

export function ownNetwork(served: ServedNetwork, ctx: Context): OwnNetwork | undefined {
  const own = ctx
    .sibling(ipv4Contract)
    ?.addresses()
    .find((each) => each.interface === served.interface);
  if (own === undefined) return undefined;
  return { address: own.address, prefix: own.prefix, network: (own.address & ipv4Mask(own.prefix)) >>> 0 };
}

export function settingsOf(state: DhcpState, served: ServedNetwork, ctx: Context): ServedSettings | undefined {
  const name = ctx.node.interfaces[served.interface]?.name;
  return state.settings.serve.find((each) => each.interface === name)?.settings;
}

export function poolSize({ ranges }: Pick<ServedSettings, 'ranges'>): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
}

/** The address at a place of the pool. */
function addressAt({ ranges }: ServedSettings, place: number): number {
  let left = place;
  for (const { start, end } of ranges) {
    const size = end - start + 1;
    if (left < size) return start + left;
    left -= size;
  }
  return 0;
}

export function inPool({ ranges }: ServedSettings, address: number): boolean {
  return ranges.some(({ start, end }) => address >= start && address <= end);
}

/** Who a client is, in what the server keeps. */
export interface Who {
  readonly key: string;
  readonly mac: MacAddress;
  readonly host: string;
}

export function whoIs(message: DhcpMessage): Who {
  return {
    key: clientKey(message),
    mac: message.mac,
    host: textOf(message.options.get(OPTION.hostName) ?? new Uint8Array(0)).slice(0, 63),
  };
}

/** The address that is kept for a client, by host name or hardware address. */
export function reservedFor({ reserved }: ServedSettings, { host, mac }: Who): number | undefined {
  const text = formatMac(mac);
  return reserved.find(({ who }) => who === text || (host !== '' && who === host.toLowerCase()))?.address;
}

/** May this client have the address now: of the pool or kept for it, and not in another's hands? */
export function isFree(
  served: ServedNetwork,
  settings: ServedSettings,
  who: Who,
  address: number,
  own: OwnNetwork,
  now: number,
): boolean {
  const reserved = reservedFor(settings, who);
  if (address === own.address || !inIpv4Prefix(address, own.network, own.prefix)) return false;
  if (reserved !== address) {
    if (!inPool(settings, address)) return false;
    if (settings.reserved.some((each) => each.address === address)) return false;
  }
  const binding = served.bindings.get(address);
  if (binding === undefined || binding.until <= now) return true;
  return binding.state === 'free' || (binding.client === who.key && binding.state !== 'declined');
}

/** The address that a client is to be offered; `undefined` where the pool has none. */
export function chooseAddress(
  served: ServedNetwork,
  settings: ServedSettings,
  who: Who,
  message: DhcpMessage,
  own: OwnNetwork,
  now: number,
): number | undefined {
  const present = served.byClient.get(who.key);
  const moved = served.reassigned.get(who.key);
  const isOpen = (address: number | undefined): address is number =>
    address !== undefined && address !== 0 && isFree(served, settings, who, address, own, now);
  if (moved !== undefined && isOpen(moved)) return moved;
  // Whoever is to have another address does not get its own again, asked for or not.
  const avoided = moved === undefined ? undefined : present;
  for (const address of [reservedFor(settings, who), present, addressOption(message, OPTION.requestedAddress)]) {
    if (isOpen(address) && address !== avoided) return address;
  }
  return unused(served, settings, who, own, avoided, now);
}

/** An address that nobody had, from where the search ended last, else the one that was given up longest ago. */
function unused(
  served: ServedNetwork,
  settings: ServedSettings,
  who: Who,
  own: OwnNetwork,
  avoided: number | undefined,
  now: number,
): number | undefined {
  // A flood of clients that find nothing costs no search each: nothing is free before the first lease ends.
  if (now < served.fullUntil) return undefined;
  const size = poolSize(settings);
  for (let step = 0; step < size; step++) {
    const place = (served.cursor + step) % size;
    const address = addressAt(settings, place);
    if (served.bindings.has(address) || !isFree(served, settings, who, address, own, now)) continue;
    served.cursor = (place + 1) % size;
    return address;
  }
  let earliest = Number.POSITIVE_INFINITY;
  for (const { address, until, state } of served.bindings.values()) {
    if (address !== avoided && isFree(served, settings, who, address, own, now)) return address;
    if (state !== 'free') earliest = Math.min(earliest, until);
  }
  served.fullUntil = avoided === undefined ? earliest : now;
  return undefined;
}

/** Enters what was given or promised. A client has one address on a network: what it had before is free. */
export function bind(
  served: ServedNetwork,
  who: Who,
  address: number,
  state: 'offered' | 'bound',
  until: number,
): void {
  const before = served.byClient.get(who.key);
  if (before !== undefined && before !== address) free(served, before);
  const other = served.bindings.get(address);
  if (other !== undefined && other.client !== who.key && served.byClient.get(other.client) === address) {
    served.byClient.delete(other.client);
  }
  // Taken out and put in again: the map is in the order of last use.
  served.bindings.delete(address);
  served.bindings.set(address, { address, client: who.key, mac: who.mac, host: who.host, state, until });
  served.byClient.set(who.key, address);
}

/** The address may be given to anybody; its last client gets it back where it can. */
export function free(served: ServedNetwork, address: number): void {
  const binding = served.bindings.get(address);
  if (binding === undefined) return;
  binding.state = 'free';
  served.fullUntil = 0;
}

/** The binding of a client that holds, if it has one. */
export function liveBinding(served: ServedNetwork, { key }: Who, now: number): Binding | undefined {
  const address = served.byClient.get(key);
  const binding = address === undefined ? undefined : served.bindings.get(address);
  return binding !== undefined && binding.client === key && binding.until > now && binding.state !== 'free'
    ? binding
    : undefined;
}
