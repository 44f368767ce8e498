import { type Context, nextUint32, type Packet, SECOND } from '../../core/index.ts';
import { ethernetContract } from '../ethernet/contract.ts';
import { formatIpv4, ipv4Contract } from '../ipv4/contract.ts';
import { parametersOf, spread } from './client.ts';
import { textOf } from './headers.ts';
import { addressOption, clientOctets, MESSAGE, OPERATION, OPTION, readMessage } from './message.ts';
import { many32, type OptionToWrite } from './options.ts';
import type { DhcpState, Inform } from './state.ts';
import { transmit } from './transmit.ts';

/**
 * Settings for a host that has its address already (RFC 2131 §3.4, §4.4.3): DHCPINFORM to everybody, with the own address in `ciaddr`; any
 * server's DHCPACK answers it, to that address. It gives no address and no times, and nothing of it changes addresses or routes.
 */

/** So often it is sent before the host goes on without (§4.4.3 leaves the number open). */
const MOST_TRIES = 4;

/** Asks on an interface, anew where it is asking already. False where it has no address to ask with. */
export function inform(state: DhcpState, interfaceIndex: number, ctx: Context): boolean {
  const own = ctx
    .sibling(ipv4Contract)
    ?.addresses()
    .find((each) => each.interface === interfaceIndex);
  if (own === undefined) return false;
  const asking = state.informs.findIndex((each) => each.interface === interfaceIndex);
  if (asking >= 0) {
    ctx.cancelTimer((state.informs[asking] as Inform).timer);
    state.informs.splice(asking, 1);
  }
  const transaction = nextUint32(ctx.random('transaction'));
  const each = { interface: interfaceIndex, address: own.address, transaction, began: ctx.now(), tries: 0, timer: 0 };
  state.informs.push(each);
  send(each, ctx);
  return true;
}

function send(each: Inform, ctx: Context): void {
  each.tries++;
  each.timer = ctx.setTimer('inform', spread(each.tries, ctx), each.interface);
  const mac = ctx.sibling(ethernetContract)?.macOf(each.interface) ?? 0;
  if (ctx.recording) {
    const about = `settings for ${formatIpv4(each.address)}`;
    ctx.note('dhcp.sent', { message: 'DHCPINFORM', interface: nameOf(each, ctx), about });
  }
  const { transaction, address: clientAddress } = each;
  const options: OptionToWrite[] = [[OPTION.client, clientOctets(mac)], ...parametersOf(ctx.node.name)];
  const seconds = Math.min(0xffff, Math.floor((ctx.now() - each.began) / SECOND));
  transmit(
    { operation: OPERATION.request, type: MESSAGE.inform, transaction, seconds, mac, clientAddress, options },
    { interface: each.interface, source: clientAddress },
    ctx,
  );
}

/** Nobody answered in time: once more, or it goes on without. */
export function informDue(state: DhcpState, interfaceIndex: number, ctx: Context): void {
  const each = state.informs.find((one) => one.interface === interfaceIndex);
  if (each === undefined) return;
  if (each.tries < MOST_TRIES) {
    send(each, ctx);
    return;
  }
  state.informs.splice(state.informs.indexOf(each), 1);
  ctx.note('dhcp.not-informed', { interface: nameOf(each, ctx), tries: each.tries });
}

/** Takes the packet where it is the answer to a DHCPINFORM; false where it is something else. */
export function receiveInformation(state: DhcpState, packet: Packet, from: string, ctx: Context): boolean {
  if (state.informs.length === 0) return false;
  const reading = readMessage(packet.buffer, packet.start, packet.end, OPERATION.reply);
  if ('fault' in reading) return false;
  const { message } = reading;
  const each = state.informs.find((one) => one.interface === packet.ingress && one.transaction === message.transaction);
  if (each === undefined || message.type !== MESSAGE.ack || message.clientAddress !== each.address) return false;
  if (message.mac !== (ctx.sibling(ethernetContract)?.macOf(each.interface) ?? 0)) return false;
  ctx.cancelTimer(each.timer);
  state.informs.splice(state.informs.indexOf(each), 1);
  const servers = many32(message.options.get(OPTION.nameServers));
  const router = addressOption(message, OPTION.routers);
  ctx.note(
    'dhcp.informed',
    {
      interface: nameOf(each, ctx),
      server: from,
      dns: servers.slice(0, MOST_SHOWN).map(formatIpv4).join(', ') || 'none',
      domain: textOf(message.options.get(OPTION.domainName) ?? new Uint8Array(0)) || 'none',
      router: router === undefined ? 'none' : formatIpv4(router),
    },
    packet,
  );
  ctx.consume(packet);
  return true;
}

/** Name servers that the note names. */
const MOST_SHOWN = 8;

function nameOf(each: Inform, ctx: Context): string {
  return ctx.node.interfaces[each.interface]?.name ?? '';
}
