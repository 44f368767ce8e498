import { type AddressRange, type Connection, type Identity, MATCH, matchQuality } from '../ipsec/contract.ts';
import type { Machine } from './machine.ts';
import type { Route } from './send.ts';

/** Which connection of the configuration a peer means. */

const IKEV2 = 2;
/** Addresses in all. */
const ALL_ADDRESSES = 2 ** 32;

/** Connections that these two ends may use, those that name the addresses most exactly first. */
export function candidates(machine: Machine, { local, remote }: Route): readonly Connection[] {
  const fitting: { readonly connection: Connection; readonly width: number }[] = [];
  for (const connection of machine.ipsec.connections()) {
    if (connection.version !== 0 && connection.version !== IKEV2) continue;
    const here = widthOf(connection.localAddrs, local.address);
    const there = widthOf(connection.remoteAddrs, remote.address);
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
