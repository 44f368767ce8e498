import type { Context } from '../../core/index.ts';
import { type Ipv4Address, ipv4Contract } from '../ipv4/contract.ts';
import type { AddressRange, Connection } from './connection.ts';
import { type Identity, MATCH, matchQuality } from './identity.ts';

/** Which connection of the configuration a peer means, and between which addresses one is begun. */

/** Addresses in all. */
const ALL_ADDRESSES = 2 ** 32;

/** Connections of an IKE version that these two ends may use, those that name the addresses most exactly first. */
export function connectionsBetween(
  connections: readonly Connection[],
  version: 1 | 2,
  local: Ipv4Address,
  remote: Ipv4Address,
): readonly Connection[] {
  const fitting: { readonly connection: Connection; readonly width: number }[] = [];
  for (const connection of connections) {
    if (connection.version !== 0 && connection.version !== version) continue;
    const here = widthOf(connection.localAddrs, local);
    const there = widthOf(connection.remoteAddrs, remote);
    if (here === undefined || there === undefined) continue;
    fitting.push({ connection, width: there + here / (2 * ALL_ADDRESSES) });
  }
  return fitting.sort((a, b) => a.width - b.width).map(({ connection }) => connection);
}

/** Addresses of the narrowest range that has the address; `undefined` when none has it. No ranges: all addresses. */
function widthOf(ranges: readonly AddressRange[], address: number): number | undefined {
  if (ranges.length === 0) return ALL_ADDRESSES;
  let width: number | undefined;
  for (const { start, end } of ranges) {
    if (address < start || address > end) continue;
    const here = end - start + 1;
    if (width === undefined || here < width) width = here;
  }
  return width;
}

/** Of connections those that admit the peer's identity and, where it asked for one, this side's; the best fit first. */
export function admitting(
  connections: readonly Connection[],
  peer: Identity,
  wanted: Identity | undefined,
  own: (connection: Connection) => Identity,
): readonly Connection[] {
  const fitting: { readonly connection: Connection; readonly quality: number }[] = [];
  for (const connection of connections) {
    const theirs = connection.remote.id === undefined ? MATCH.any : matchQuality(peer, connection.remote.id);
    const ours = wanted === undefined ? MATCH.any : matchQuality(own(connection), wanted);
    if (theirs > MATCH.none && ours > MATCH.none) fitting.push({ connection, quality: theirs * 100 + ours });
  }
  // The sort is stable: among equals the one with the more exact addresses stays first.
  return fitting.sort((a, b) => b.quality - a.quality).map(({ connection }) => connection);
}

/** The peer's address, where the configuration names a single one. */
export function peerAddress({ remoteAddrs }: Connection): Ipv4Address | undefined {
  const [first] = remoteAddrs;
  return first !== undefined && first.start === first.end ? first.start : undefined;
}

/** This side's address towards a peer, as far as the configuration admits it. */
export function ownAddress(ctx: Context, { localAddrs }: Connection, remote: Ipv4Address): Ipv4Address | undefined {
  const ipv4 = ctx.sibling(ipv4Contract);
  const source = ipv4?.sourceFor(remote);
  for (const { start, end } of localAddrs) {
    if (source !== undefined && source >= start && source <= end) return source;
    if (start === end && ipv4?.isLocal(start) === true) return start;
  }
  return localAddrs.length === 0 ? source : undefined;
}
