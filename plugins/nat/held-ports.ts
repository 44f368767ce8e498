import type { Instant } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import { type PortUse, release } from './ports.ts';
import { PROTOCOL } from './protocols.ts';

/**
 * Ports that nobody gets for a while after their mapping ended (RFC 6888 REQ-8), so that what is still under way to the last host does not
 * reach the next. Their bits stay taken; as all are held equally long, they stand in the order in which they come free. Plain data.
 */
export interface HeldPorts {
  /** External address, protocol, port and the time of release of each, one after the other. */
  entries: number[];
  /** Where the oldest stands in `entries`: what is before it is gone. */
  first: number;
}

const ENTRY = 4;
/** So much room that nothing uses is given back at once. */
const MOST_SPENT = 4096;

export function createHeldPorts(): HeldPorts {
  return { entries: [], first: 0 };
}

export function heldCount(held: HeldPorts): number {
  return (held.entries.length - held.first) / ENTRY;
}

/** Keeps a port until `until`. False when so many are held already: then it is free at once (RFC 6888 REQ-8 wants their number bounded). */
export function holdPort(
  held: HeldPorts,
  address: Ipv4Address,
  protocol: number,
  port: number,
  until: Instant,
  most: number,
): boolean {
  if (heldCount(held) >= most) return false;
  held.entries.push(address, protocol, port, until);
  return true;
}

/** Gives back the ports whose time is over. */
export function releaseHeld(
  held: HeldPorts,
  now: Instant,
  useOf: (address: Ipv4Address, protocol: number) => PortUse,
): void {
  const { entries } = held;
  while (held.first < entries.length && (entries[held.first + 3] as number) <= now) {
    const [address, protocol, port] = entries.slice(held.first, held.first + 3) as [number, number, number];
    release(useOf(address, protocol), port);
    held.first += ENTRY;
  }
  if (held.first === entries.length || held.first >= MOST_SPENT * ENTRY) {
    entries.splice(0, held.first);
    held.first = 0;
  }
}

/** TCP connections are followed to their end, so that their ports may go on at once (RFC 6888 REQ-8A). */
export function isHeld(protocol: number): boolean {
  return protocol !== PROTOCOL.tcp;
}
