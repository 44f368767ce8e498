import { type Context, nextBelow } from '../../core/index.ts';
import { formatIpv4, type Ipv4Address } from '../ipv4/contract.ts';
import { portUseOf } from './addresses.ts';
import { choosePort, type PortWish } from './ports.ts';
import type { Client, NatState } from './state.ts';

/**
 * Blocks of ports (RFC 6888 REQ-14, RFC 7422): a host gets so many ports in a row at once, and further blocks when it needs them, so that one line in
 * a log tells whose a port was. A block is its host's while that has any mapping.
 */

/** Ports below are never in a block. */
const LOWEST = 1024;
const HIGHEST = 65_535;

/** A free port in one of the host's blocks on this address, or in a new one; -1 when it may have no more, or none is left. */
export function portInBlocks(
  state: NatState,
  host: Ipv4Address,
  address: Ipv4Address,
  wish: PortWish,
  ctx: Context,
): number {
  const { settings, clients } = state;
  const size = settings.portBlock;
  const client: Client = clients.get(host) ?? { outside: address, mappings: 0 };
  const choose = (low: number): number =>
    choosePort(portUseOf(state, address, wish.protocol), settings, { ...wish, range: [low, low + size - 1] }, () =>
      ctx.random('ports'),
    );
  for (const low of client.blocks ?? []) {
    const port = choose(low);
    if (port >= 0) return port;
  }
  if ((client.blocks?.length ?? 0) >= settings.blocksPerClient) return -1;
  const low = freeBlock(state, address, ctx);
  if (low < 0) return -1;
  const port = choose(low);
  if (port < 0) return -1;
  client.blocks = [...(client.blocks ?? []), low];
  clients.set(host, client);
  const lent = state.blocks.get(address);
  if (lent === undefined) state.blocks.set(address, new Set([low]));
  else lent.add(low);
  if (ctx.recording) {
    ctx.note('nat.block', { host: formatIpv4(host), outside: formatIpv4(address), low, high: low + size - 1 });
  }
  return port;
}

/** The host has no mapping any more: others may have its blocks. */
export function returnBlocks(state: NatState, client: Client): void {
  const lent = state.blocks.get(client.outside);
  for (const low of client.blocks ?? []) lent?.delete(low);
}

/** The lowest port of a block that nobody has: any, from a random one on (RFC 6888 REQ-15). */
function freeBlock({ settings, blocks }: NatState, address: Ipv4Address, ctx: Context): number {
  const size = settings.portBlock;
  const lowest = Math.max(1, settings.range?.low ?? LOWEST);
  const count = Math.floor(((settings.range?.high ?? HIGHEST) - lowest + 1) / size);
  if (count < 1) return -1;
  const lent = blocks.get(address);
  const from = nextBelow(ctx.random('blocks'), count);
  for (let at = 0; at < count; at++) {
    const low = lowest + ((from + at) % count) * size;
    if (lent?.has(low) !== true) return low;
  }
  return -1;
}
