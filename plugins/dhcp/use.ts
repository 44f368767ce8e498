import { type Context, formatDuration } from '../../core/index.ts';
import { formatIpv4, ipv4Contract } from '../ipv4/contract.ts';
import type { Client, Lease } from './state.ts';

/** What a lease means for the node: its address and routes come and go with it. */

/** Takes up a lease in place of the one before it. Routes first, so that who hears of the address finds its way. */
export function use(client: Client, lease: Lease, ctx: Context): void {
  const ipv4 = ctx.sibling(ipv4Contract);
  const { lease: before, interface: at } = client;
  const name = ctx.node.interfaces[at]?.name ?? '';
  const same = before?.address === lease.address && before.prefix === lease.prefix;
  if (before !== undefined && !same) giveUp(client, `it has ${formatIpv4(lease.address)} now`, ctx);
  else if (before !== undefined) removeRoutes(client, before, ctx);
  client.lease = lease;
  client.refusals = 0;
  for (const { network, prefix, via } of lease.routes) {
    ipv4?.addRoute({ network, prefix, via, interface: at, metric: at });
  }
  setEnd(client, lease, ctx);
  const span = (until: number): string => (until < 0 ? 'ever' : formatDuration(until - lease.since));
  const values = {
    address: `${formatIpv4(lease.address)}/${lease.prefix}`,
    interface: name,
    server: formatIpv4(lease.server),
  };
  const times = { lease: span(lease.endAt), renew: span(lease.renewAt), rebind: span(lease.rebindAt) };
  ctx.note(same ? 'dhcp.renewed' : 'dhcp.bound', { ...values, ...times });
  if (!same) ipv4?.addAddress(at, lease.address, lease.prefix);
}

/** The address is this node's no longer. */
export function giveUp(client: Client, why: string, ctx: Context): void {
  const { lease } = client;
  if (lease === undefined) return;
  client.lease = undefined;
  if (client.expiry !== 0) ctx.cancelTimer(client.expiry);
  client.expiry = 0;
  const name = ctx.node.interfaces[client.interface]?.name ?? '';
  ctx.note('dhcp.unbound', { address: formatIpv4(lease.address), interface: name, why });
  removeRoutes(client, lease, ctx);
  ctx.sibling(ipv4Contract)?.removeAddress(client.interface, lease.address);
}

function removeRoutes(client: Client, lease: Lease, ctx: Context): void {
  for (const { network, prefix } of lease.routes) {
    ctx.sibling(ipv4Contract)?.removeRoute(network, prefix, client.interface);
  }
}

function setEnd(client: Client, { endAt }: Lease, ctx: Context): void {
  if (client.expiry !== 0) ctx.cancelTimer(client.expiry);
  client.expiry = endAt < 0 ? 0 : ctx.setTimer('end', Math.max(0, endAt - ctx.now()), client.interface);
}
