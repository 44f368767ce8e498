import type { OriginalAddresses, TrafficSelector } from '../../ipsec/contract.ts';
import type { Established } from '../state.ts';

/** Transport mode through a NAT: the addresses in the peer's traffic selectors are not those of the packets (RFC 7296 §2.23.1). */

export interface SelectorsOfBoth {
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
}

export interface Substituted extends SelectorsOfBoth {
  /** What the peer counts its checksums with; `undefined` without a NAT. */
  readonly original: OriginalAddresses | undefined;
}

/**
 * The peer's selectors with the addresses that its packets have here: of the side that is behind a NAT the address of the IKE SA stands in
 * for its own. Selectors that are not all of one address are left as they are.
 */
export function substituted(
  { nat, local, remote }: Pick<Established, 'nat' | 'local' | 'remote'>,
  { localTs, remoteTs }: SelectorsOfBoth,
): Substituted {
  const source = soleAddress(remoteTs);
  const destination = soleAddress(localTs);
  if (nat === undefined || source === undefined || destination === undefined || (!nat.local && !nat.remote)) {
    return { localTs, remoteTs, original: undefined };
  }
  return {
    localTs: nat.local ? localTs.map((selector) => at(selector, local.address)) : localTs,
    remoteTs: nat.remote ? remoteTs.map((selector) => at(selector, remote.address)) : remoteTs,
    original: { source, destination },
  };
}

function at(selector: TrafficSelector, address: number): TrafficSelector {
  return { ...selector, start: address, end: address };
}

function soleAddress(selectors: readonly TrafficSelector[]): number | undefined {
  const first = selectors[0]?.start;
  return selectors.every(({ start, end }) => start === first && end === first) ? first : undefined;
}
