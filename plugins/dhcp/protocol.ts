import {
  type Context,
  HOOK,
  type HookVerdict,
  nextFraction,
  type Packet,
  type Protocol,
  read16,
} from '../../core/index.ts';
import type { ProbeWatcher } from '../arp/contract.ts';
import { ipv4Contract, ipv4Header, ipv4HeaderSize, isFragment } from '../ipv4/contract.ts';
import { type UdpTag, udpHeader } from '../udp/contract.ts';
import { probed, receiveAnswer } from './answers.ts';
import { begin, createClient, goOn, reboot, stop } from './client.ts';
import { command } from './commands.ts';
import type { DhcpAction } from './config.ts';
import { CLIENT_PORT } from './headers.ts';
import { informDue } from './inform.ts';
import { receiveRequest } from './server.ts';
import type { Client, DhcpSettings, DhcpState, ServedNetwork } from './state.ts';
import { giveUp } from './use.ts';

const UDP = 17;
const IP_AT = ipv4Header.offset;
/** Before translation and every filter: clients hear as those with packet sockets do, address or not (RFC 2131 §4.1). */
const BEFORE_ALL = -500;

export const dhcpProtocol: Protocol<DhcpState, DhcpSettings> = {
  create(settings, ctx) {
    const clients = ctx.node.interfaces
      .filter((face) => face.addresses.some(({ syntax }) => syntax === 'dhcp'))
      .map((face) => createClient(face.index));
    const networks = settings.serve.flatMap(({ interface: name }): ServedNetwork[] => {
      const face = ctx.node.interfaces.find((each) => each.name === name);
      if (face === undefined) return [];
      const empty = { bindings: new Map(), byClient: new Map(), reassigned: new Map(), cursor: 0, fullUntil: 0 };
      return [{ interface: face.index, ...empty }];
    });
    return { settings, clients, informs: [], networks };
  },

  start(state, ctx) {
    const { startDelay } = state.settings.client;
    for (const client of state.clients) {
      if (ctx.node.interfaces[client.interface]?.up !== true) continue;
      const wait = startDelay === 0 ? 0 : Math.floor(nextFraction(ctx.random('start')) * startDelay);
      // Once every plugin of the node has started.
      client.timer = ctx.setTimer('begin', wait, client.interface);
      client.nextAt = wait;
    }
  },

  hooks: [
    { point: 'ipv4.prerouting', priority: BEFORE_ALL, run: (state, packet, ctx) => takeForClient(state, packet, ctx) },
  ],

  receive(state, packet, ctx) {
    const port = (packet.tags?.udp as UdpTag | undefined)?.destinationPort;
    if (port === CLIENT_PORT) receiveAnswer(state, packet, ctx);
    else receiveRequest(state, packet, ctx);
  },

  timer(state, timer, ctx) {
    if (timer.name === 'inform') {
      informDue(state, timer.data as number, ctx);
      return;
    }
    const client = state.clients.find((each) => each.interface === timer.data);
    if (client === undefined) return;
    if (timer.name === 'end') leaseEnded(state, client, ctx);
    else goOn(state, client, ctx);
  },

  command: (state, { args }, ctx) => command(state, args as DhcpAction, ctx),

  linkChanged(state, interfaceIndex, up, ctx) {
    const client = state.clients.find((each) => each.interface === interfaceIndex);
    if (client === undefined || client.state === 'idle') return;
    if (up) reboot(state, client, ctx);
    else stop(client, ctx);
  },

  calls: (state, ctx): ProbeWatcher => ({
    probed: (interfaceIndex, address, holder) => probed(state, interfaceIndex, address, holder, ctx),
  }),
};

/** The lease is over (§4.4.5): the address must not be used a moment longer. */
function leaseEnded(state: DhcpState, client: Client, ctx: Context): void {
  client.expiry = 0;
  giveUp(client, 'its lease has ended and nobody renewed it', ctx);
  begin(state, client, 0, ctx);
}

/** What comes to the client's port by one of its interfaces is for the client, whatever address it goes to. */
function takeForClient(state: DhcpState, packet: Packet, ctx: Context): HookVerdict {
  if (state.clients.length === 0) return HOOK.accept;
  const { buffer, start, end, ingress } = packet;
  if (buffer[start + IP_AT.protocol] !== UDP || isFragment(buffer, start)) return HOOK.accept;
  const at = start + ipv4HeaderSize(buffer, start);
  if (end - at < udpHeader.fixedSize) return HOOK.accept;
  if (read16(buffer, at + udpHeader.offset.destinationPort) !== CLIENT_PORT) return HOOK.accept;
  if (!state.clients.some((client) => client.interface === ingress)) return HOOK.accept;
  packet.outer = start;
  packet.start = at;
  ctx.sibling(ipv4Contract)?.deliverPayload(packet, UDP);
  return HOOK.stolen;
}
