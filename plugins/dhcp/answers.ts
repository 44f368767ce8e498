import type { Context, Packet } from '../../core/index.ts';
import { arpContract } from '../arp/contract.ts';
import { formatMac, type MacAddress } from '../ethernet/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import type { UdpTag } from '../udp/contract.ts';
import { decline, interfaceName, macOf, refused, renew, request, rest, stop } from './client.ts';
import { textOf } from './headers.ts';
import { receiveInformation } from './inform.ts';
import { leaseOf } from './lease.ts';
import { addressOption, type DhcpMessage, MESSAGE, OPERATION, OPTION, readMessage } from './message.ts';
import { MESSAGE_NAMES } from './option-names.ts';
import type { Client, DhcpState } from './state.ts';
import { use } from './use.ts';

/** What servers answer a client (RFC 2131 §4.4). Takes the packet. */
export function receiveAnswer(state: DhcpState, packet: Packet, ctx: Context): void {
  const tag = packet.tags?.udp as UdpTag | undefined;
  const from = formatIpv4(tag?.source ?? 0);
  if (receiveInformation(state, packet, from, ctx)) return;
  const client = state.clients.find((each) => each.interface === packet.ingress);
  if (client === undefined) {
    ctx.drop(packet, 'dhcp.not-a-client', { interface: ctx.node.interfaces[packet.ingress]?.name ?? '' });
    return;
  }
  const reading = readMessage(packet.buffer, packet.start, packet.end, OPERATION.reply);
  if ('fault' in reading) {
    ctx.drop(packet, 'dhcp.malformed', { from, message: reading.fault.message });
    return;
  }
  const { message } = reading;
  const name = MESSAGE_NAMES[message.type] ?? `message of type ${message.type}`;
  if (message.mac !== macOf(client, ctx)) {
    ctx.drop(packet, 'dhcp.for-another', { message: name });
    return;
  }
  if (message.type === MESSAGE.forceRenew) {
    forceRenew(state, client, packet, from, ctx);
    return;
  }
  const expected = message.transaction === client.transaction && isExpected(client, message);
  if (!expected) {
    ctx.drop(packet, 'dhcp.not-asked', { message: name });
    return;
  }
  if (message.type === MESSAGE.offer) takeOffer(state, client, message, packet, from, ctx);
  else if (message.type === MESSAGE.ack) takeLease(state, client, message, packet, from, ctx);
  else {
    const why = textOf(message.options.get(OPTION.message) ?? new Uint8Array(0)) || 'no reason given';
    const address = formatIpv4(client.lease?.address ?? client.wanted);
    ctx.note('dhcp.refused', { address, server: from, why }, packet);
    ctx.consume(packet);
    refused(state, client, `${from} refused it`, ctx);
  }
}

/** Does the state wait for such a message? A refusal in REQUESTING comes from the server that was chosen. */
function isExpected({ state, server }: Client, message: DhcpMessage): boolean {
  if (message.type === MESSAGE.offer) return state === 'selecting';
  if (message.type !== MESSAGE.ack && message.type !== MESSAGE.nak) return false;
  if (state === 'requesting') return addressOption(message, OPTION.server) === server;
  return state === 'rebooting' || state === 'renewing' || state === 'rebinding';
}

function takeOffer(
  state: DhcpState,
  client: Client,
  message: DhcpMessage,
  packet: Packet,
  from: string,
  ctx: Context,
): void {
  const lease = leaseOf(message, ctx.now());
  if ('wrong' in lease) {
    ctx.drop(packet, 'dhcp.unusable', { address: formatIpv4(message.yourAddress), server: from, why: lease.wrong });
    return;
  }
  ctx.consume(packet);
  request(state, client, lease.address, lease.server, ctx);
}

function takeLease(
  state: DhcpState,
  client: Client,
  message: DhcpMessage,
  packet: Packet,
  from: string,
  ctx: Context,
): void {
  const lease = leaseOf(message, client.asked);
  if ('wrong' in lease) {
    ctx.drop(packet, 'dhcp.unusable', { address: formatIpv4(message.yourAddress), server: from, why: lease.wrong });
    return;
  }
  ctx.consume(packet);
  const arp = ctx.sibling(arpContract);
  const { check } = state.settings.client;
  if (check > 0 && arp !== undefined && client.lease?.address !== lease.address) {
    stop(client, ctx);
    client.state = 'checking';
    client.checked = lease;
    arp.probe(client.interface, lease.address, check, ctx.plugin);
    return;
  }
  use(client, lease, ctx);
  rest(client, ctx);
}

/** `ProbeWatcher.probed`. */
export function probed(
  state: DhcpState,
  interfaceIndex: number,
  address: number,
  holder: MacAddress,
  ctx: Context,
): void {
  const client = state.clients.find((each) => each.interface === interfaceIndex);
  const lease = client?.checked;
  if (client === undefined || client.state !== 'checking' || lease?.address !== address) return;
  if (holder >= 0) {
    ctx.note('dhcp.conflict', { address: formatIpv4(address), holder: formatMac(holder) });
    decline(state, client, ctx);
    return;
  }
  client.checked = undefined;
  use(client, lease, ctx);
  rest(client, ctx);
}

/** RFC 3203: the server wants the client to ask again now. */
function forceRenew(state: DhcpState, client: Client, packet: Packet, server: string, ctx: Context): void {
  if (!state.settings.client.forceRenew) {
    ctx.drop(packet, 'dhcp.unauthentic', { server });
    return;
  }
  if (client.state !== 'bound') {
    ctx.drop(packet, 'dhcp.not-asked', { message: `DHCPFORCERENEW on ${interfaceName(client, ctx)}` });
    return;
  }
  ctx.consume(packet);
  renew(state, client, ctx);
}
