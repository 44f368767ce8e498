import { type Context, formatInstant, HOUR, type Instant, type Packet, SECOND } from '../../core/index.ts';
import { arpContract } from '../arp/contract.ts';
import { formatMac } from '../ethernet/contract.ts';
import { formatIpv4, inIpv4Prefix, ipv4Mask } from '../ipv4/contract.ts';
import type { UdpTag } from '../udp/contract.ts';
import { addressOption, type DhcpMessage, MESSAGE, number32, OPERATION, OPTION, readMessage } from './message.ts';
import { MESSAGE_NAMES } from './option-names.ts';
import { addressesOf, type OptionToWrite, writeRoutes } from './options.ts';
import {
  bind,
  chooseAddress,
  free,
  isFree,
  liveBinding,
  type OwnNetwork,
  ownNetwork,
  poolSize,
  settingsOf,
  type Who,
  whoIs,
} from './pool.ts';
import { type DhcpState, MOST_BINDINGS, type ServedNetwork, type ServedSettings } from './state.ts';
import { transmit } from './transmit.ts';

/** The server's side of RFC 2131 §4.3. */

/** So long an address that somebody else was found to use is put aside. */
const DECLINED_TIME = HOUR;
const INFINITE = 0xffff_ffff;

/** One message under way through the server. */
interface Case {
  readonly served: ServedNetwork;
  readonly settings: ServedSettings;
  readonly own: OwnNetwork;
  readonly message: DhcpMessage;
  readonly who: Who;
  readonly packet: Packet;
  readonly ctx: Context;
}

/** What clients ask. Takes the packet. */
export function receiveRequest(state: DhcpState, packet: Packet, ctx: Context): void {
  const from = formatIpv4((packet.tags?.udp as UdpTag | undefined)?.source ?? 0);
  const served = state.networks.find((each) => each.interface === packet.ingress);
  const settings = served === undefined ? undefined : settingsOf(state, served, ctx);
  const own = served === undefined ? undefined : ownNetwork(served, ctx);
  if (served === undefined || settings === undefined || own === undefined) {
    ctx.drop(packet, 'dhcp.not-serving', { interface: ctx.node.interfaces[packet.ingress]?.name ?? '' });
    return;
  }
  const reading = readMessage(packet.buffer, packet.start, packet.end, OPERATION.request);
  if ('fault' in reading) {
    ctx.drop(packet, 'dhcp.malformed', { from, message: reading.fault.message });
    return;
  }
  const { message } = reading;
  if (message.relayAddress !== 0) {
    ctx.drop(packet, 'dhcp.relayed', { relay: formatIpv4(message.relayAddress) });
    return;
  }
  const here: Case = { served, settings, own, message, who: whoIs(message), packet, ctx };
  switch (message.type) {
    case MESSAGE.discover:
      discovered(here);
      break;
    case MESSAGE.request:
      requested(here);
      break;
    case MESSAGE.decline:
      declined(here);
      break;
    case MESSAGE.release:
      released(here);
      break;
    case MESSAGE.inform:
      informed(here);
      break;
    default:
      ctx.drop(packet, 'dhcp.unexpected', {
        message: MESSAGE_NAMES[message.type] ?? `message of type ${message.type}`,
      });
  }
}

function names({ who }: Case): { client: string; host: string } {
  return { client: formatMac(who.mac), host: who.host === '' ? 'without a name' : who.host };
}

function discovered(here: Case): void {
  const { served, settings, own, message, who, packet, ctx } = here;
  const now = ctx.now();
  const address = chooseAddress(served, settings, who, message, own, now);
  if (address === undefined || (served.bindings.size >= MOST_BINDINGS && !served.bindings.has(address))) {
    ctx.drop(packet, 'dhcp.exhausted', { client: formatMac(who.mac), size: poolSize(settings) });
    return;
  }
  const live = liveBinding(served, who, now);
  // What it has is not cut short by asking again.
  if (live?.address !== address || live.state !== 'bound') {
    bind(served, who, address, 'offered', now + settings.offerTime);
  }
  ctx.note('dhcp.offered', { address: formatIpv4(address), ...names(here) }, packet);
  answer(here, MESSAGE.offer, address);
  ctx.consume(packet);
}

/** RFC 2131 §4.3.2: what is asked for depends on what the client fills in. */
function requested(here: Case): void {
  const { served, settings, own, message, who, packet, ctx } = here;
  const server = addressOption(message, OPTION.server);
  const asked = addressOption(message, OPTION.requestedAddress);
  if (server !== undefined && server !== own.address) {
    const binding = liveBinding(served, who, ctx.now());
    if (binding?.state === 'offered') free(served, binding.address);
    ctx.drop(packet, 'dhcp.other-server', { client: formatMac(who.mac), server: formatIpv4(server) });
    return;
  }
  const address = asked ?? message.clientAddress;
  if (!inIpv4Prefix(address, own.network, own.prefix)) {
    refuse(here, address, `it is no address of ${formatIpv4(own.network)}/${own.prefix}`);
    return;
  }
  const live = liveBinding(served, who, ctx.now());
  const moved = served.reassigned.get(who.key);
  if (moved !== undefined && moved !== address && (moved !== 0 || live?.address === address) && server === undefined) {
    refuse(here, address, 'another one is meant for it');
  } else if (live !== undefined && live.address !== address) {
    refuse(here, address, `it has ${formatIpv4(live.address)}`);
  } else if (server !== undefined && live === undefined) {
    refuse(here, address, 'it was not offered');
  } else if (server === undefined && message.clientAddress === 0 && live === undefined && !settings.authoritative) {
    // INIT-REBOOT, and nothing is known of the client: another server may know it.
    ctx.drop(packet, 'dhcp.silent', { client: formatMac(who.mac), why: 'nothing is known of it' });
  } else if (live === undefined && !isFree(served, settings, who, address, own, ctx.now())) {
    refuse(here, address, 'it is not free');
  } else if (live === undefined && message.clientAddress === 0 && served.byClient.get(who.key) !== address) {
    refuse(here, address, 'nothing is known of a lease');
  } else grant(here, address);
}

function grant(here: Case, address: number): void {
  const { served, settings, who, packet, ctx } = here;
  const until: Instant = ctx.now() + settings.lease;
  served.reassigned.delete(who.key);
  bind(served, who, address, 'bound', until);
  ctx.note(
    'dhcp.granted',
    { address: formatIpv4(address), ...names(here), until: `${formatInstant(until)} s` },
    packet,
  );
  answer(here, MESSAGE.ack, address);
  ctx.consume(packet);
}

function refuse(here: Case, address: number, why: string): void {
  const { settings, who, packet, ctx } = here;
  if (!settings.authoritative) {
    ctx.drop(packet, 'dhcp.silent', { client: formatMac(who.mac), why });
    return;
  }
  ctx.note('dhcp.nak', { address: formatIpv4(address), client: formatMac(who.mac), why }, packet);
  answer(here, MESSAGE.nak, 0, why);
  ctx.consume(packet);
}

function declined(here: Case): void {
  const { served, own, message, who, packet, ctx } = here;
  const address = addressOption(message, OPTION.requestedAddress);
  const live = liveBinding(served, who, ctx.now());
  if (address === undefined || live?.address !== address || addressOption(message, OPTION.server) !== own.address) {
    ctx.drop(packet, 'dhcp.silent', { client: formatMac(who.mac), why: 'it declines what it was not given' });
    return;
  }
  live.state = 'declined';
  live.until = ctx.now() + DECLINED_TIME;
  served.byClient.delete(who.key);
  ctx.note('dhcp.declined', { address: formatIpv4(address), client: formatMac(who.mac) }, packet);
  ctx.consume(packet);
}

function released(here: Case): void {
  const { served, message, who, packet, ctx } = here;
  const live = liveBinding(served, who, ctx.now());
  if (live?.address !== message.clientAddress) {
    ctx.drop(packet, 'dhcp.silent', { client: formatMac(who.mac), why: 'it releases what it does not have' });
    return;
  }
  free(served, live.address);
  ctx.note('dhcp.released', { address: formatIpv4(live.address), client: formatMac(who.mac) }, packet);
  ctx.consume(packet);
}

/** DHCPINFORM (§4.3.5): everything but an address and its times. */
function informed(here: Case): void {
  const { message, packet, who, ctx } = here;
  if (message.clientAddress === 0) {
    ctx.drop(packet, 'dhcp.silent', { client: formatMac(who.mac), why: 'it has no address to answer to' });
    return;
  }
  answer(here, MESSAGE.ack, 0);
  ctx.consume(packet);
}

/** Sends an answer where the client can hear it (§4.1). */
function answer(here: Case, type: number, address: number, why?: string): void {
  const { served, own, message, packet, ctx } = here;
  const { transaction, broadcast, clientAddress, mac } = message;
  const toAll = type === MESSAGE.nak || (clientAddress === 0 && broadcast);
  const to = clientAddress !== 0 ? clientAddress : address;
  // A client without its address answers no ARP: its hardware address is in the message.
  if (!toAll && clientAddress === 0) ctx.sibling(arpContract)?.enter(served.interface, address, mac);
  const options: OptionToWrite[] =
    type === MESSAGE.nak ? [[OPTION.message, new TextEncoder().encode(why ?? '')]] : optionsFor(here, address !== 0);
  const way = { interface: served.interface, source: own.address, direct: true };
  const fields = { operation: OPERATION.reply, type, transaction, broadcast, mac, yourAddress: address };
  const own54: OptionToWrite = [OPTION.server, number32(own.address)];
  const kept = type === MESSAGE.ack ? { clientAddress } : {};
  transmit({ ...fields, ...kept, options: [own54, ...options] }, toAll ? way : { ...way, to }, ctx, packet);
}

function optionsFor({ settings, own }: Case, withLease: boolean): OptionToWrite[] {
  const { lease, renew, rebind, router = own.address, nameServers, domain, routes } = settings;
  const seconds = (time: number): Uint8Array => number32(Math.min(INFINITE, Math.floor(time / SECOND)));
  const options: OptionToWrite[] = [];
  if (withLease) {
    options.push([OPTION.leaseTime, seconds(lease)]);
    options.push([OPTION.renewalTime, seconds(renew ?? lease / 2)]);
    options.push([OPTION.rebindingTime, seconds(rebind ?? (lease / 8) * 7)]);
  }
  options.push([OPTION.mask, number32(ipv4Mask(own.prefix) >>> 0)]);
  if (routes.length > 0) options.push([OPTION.classlessRoutes, writeRoutes(routes)]);
  if (router !== 0) options.push([OPTION.routers, number32(router)]);
  if (nameServers.length > 0) options.push([OPTION.nameServers, addressesOf(nameServers)]);
  if (domain !== undefined) options.push([OPTION.domainName, new TextEncoder().encode(domain)]);
  return options;
}
