import { type Context, nextUint32 } from '../../core/index.ts';
import { formatMac } from '../ethernet/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { begin, release, renew } from './client.ts';
import type { DhcpAction } from './config.ts';
import { inform } from './inform.ts';
import { MESSAGE, number32, OPERATION, OPTION } from './message.ts';
import { free, ownNetwork } from './pool.ts';
import type { Binding, Client, DhcpState, ServedNetwork } from './state.ts';
import { transmit } from './transmit.ts';
import { giveUp } from './use.ts';

/** What the timeline and operators have clients and servers do. */
export function command(state: DhcpState, action: DhcpAction, ctx: Context): void {
  if (action.dhcp === 'renew' || action.dhcp === 'release' || action.dhcp === 'acquire') {
    clientCommand(state, action, ctx);
  } else if (action.dhcp === 'inform') informCommand(state, action, ctx);
  else serverCommand(state, action, ctx);
}

function clientCommand(state: DhcpState, { dhcp, interface: name }: DhcpAction, ctx: Context): void {
  const clients = state.clients.filter(
    (client) => name === undefined || ctx.node.interfaces[client.interface]?.name === name,
  );
  if (clients.length === 0) ctx.note('dhcp.not-a-client', { interface: name ?? 'at all' });
  for (const client of clients) {
    if (dhcp === 'release') release(client, ctx);
    else if (dhcp === 'renew' && client.lease !== undefined) renew(state, client, ctx);
    else acquire(state, client, ctx);
  }
}

/** Asks on the interface that is named, else on all with an address. */
function informCommand(state: DhcpState, { interface: name }: DhcpAction, ctx: Context): void {
  const faces = ctx.node.interfaces.filter((face) => name === undefined || face.name === name);
  const asked = faces.filter((face) => inform(state, face.index, ctx));
  if (asked.length === 0) ctx.note('dhcp.not-a-client', { interface: name ?? 'at all' });
}

function acquire(state: DhcpState, client: Client, ctx: Context): void {
  if (client.lease !== undefined) giveUp(client, 'it is asked for anew', ctx);
  begin(state, client, 0, ctx);
}

function serverCommand(state: DhcpState, { dhcp, client: name, to }: DhcpAction, ctx: Context): void {
  let met = 0;
  for (const served of state.networks) {
    const bindings = [...served.bindings.values()].filter((binding) => isMeant(binding, name));
    met += bindings.length;
    for (const binding of bindings) {
      if (dhcp === 'reassign') {
        served.reassigned.set(binding.client, to ?? 0);
        const values = { client: formatMac(binding.mac), address: formatIpv4(binding.address) };
        ctx.note('dhcp.reassigned', values);
      } else if (dhcp === 'forget') forget(served, binding);
      else sendForceRenew(served, binding, ctx);
    }
  }
  if (met === 0 && name !== undefined) ctx.note('dhcp.nobody', { who: name });
  else if (dhcp === 'forget') ctx.note('dhcp.forgotten', { who: name ?? 'everybody', count: met });
}

/** Only what a client has counts: not what was given up or put aside. */
function isMeant({ state, host, mac }: Binding, name: string | undefined): boolean {
  if (state !== 'bound' && state !== 'offered') return false;
  return name === undefined || host.toLowerCase() === name.toLowerCase() || formatMac(mac) === name.toLowerCase();
}

function forget(served: ServedNetwork, { address, client }: Binding): void {
  free(served, address);
  served.bindings.delete(address);
  served.byClient.delete(client);
}

/** RFC 3203 §4: a message to the client alone, with a transaction of the server's. */
function sendForceRenew(served: ServedNetwork, { address, mac }: Binding, ctx: Context): void {
  const own = ownNetwork(served, ctx);
  if (own === undefined) return;
  const transaction = nextUint32(ctx.random('transaction'));
  const fields = { operation: OPERATION.reply, type: MESSAGE.forceRenew, transaction, mac, clientAddress: address };
  const way = { interface: served.interface, source: own.address, to: address, direct: true };
  transmit({ ...fields, options: [[OPTION.server, number32(own.address)]] }, way, ctx);
}
