import { read32, write16, write32 } from '../../core/index.ts';
import { type Ipv4Option, ipv4Header, OPTION, readOptions } from '../ipv4/contract.ts';

/** Which parts of an IPv4 header the ICV covers (RFC 4302 §3.3.3.1.1 and App. A1). */

const AT = ipv4Header.offset;
/** Octets of a header without options. */
const FIXED = 20;
const ADDRESS = 4;

/**
 * Options that stay as they are on their way (App. A1): end of list, no operation, security, extended security, commercial security, router
 * alert, sender directed multi-destination delivery.
 */
const IMMUTABLE_OPTIONS: ReadonlySet<number> = new Set([0, 1, 130, 133, 134, 148, 149]);

/**
 * Options that change on their way, and those that are experimental and superseded (App. A1), by their names. Whatever else there may be is
 * taken as mutable, too: "unknown options" are zeroed as a whole.
 */
export const MUTABLE_OPTIONS: Readonly<Record<number, string>> = {
  7: 'record route',
  10: 'experimental measurement',
  11: 'MTU probe',
  12: 'MTU reply',
  15: 'option 15',
  68: 'timestamp',
  82: 'traceroute',
  131: 'loose source route',
  136: 'stream identifier',
  137: 'strict source route',
  142: 'experimental access control',
  144: 'IMI traffic descriptor',
  145: 'extended internet protocol',
  147: 'address extension',
  205: 'experimental flow control',
};

/** Is an option covered with its value? The whole option is zeroed where not, type and length included (App. A1). */
export function isImmutableOption(type: number): boolean {
  return IMMUTABLE_OPTIONS.has(type);
}

/**
 * The IPv4 header as the ICV covers it: a copy of `bytes[at, at + size)` whose mutable fields are zero: DSCP and ECN, flags and fragment
 * offset, time to live, header checksum, and each mutable option as a whole. The destination, which a source route changes in a
 * predictable way, is the last one of the route (§3.3.3.1.1.2).
 */
export function coveredHeader(bytes: Uint8Array, at: number, size: number): Uint8Array {
  const covered = bytes.slice(at, at + size);
  covered[AT.dscp] = 0;
  write16(covered, AT.reserved, 0);
  covered[AT.timeToLive] = 0;
  write16(covered, AT.checksum, 0);
  if (size === FIXED) return covered;
  // What makes no sense behind them is covered as it is: nobody on the way may touch it.
  const { options } = readOptions(covered, FIXED, size);
  for (const option of options) {
    const final = finalDestination(covered, option);
    if (final !== undefined) write32(covered, AT.destination, final);
    if (!isImmutableOption(option.type)) covered.fill(0, option.at, option.at + option.size);
  }
  return covered;
}

/** The address at the end of a source route that is not used up; `undefined` for every other option. */
function finalDestination(bytes: Uint8Array, { type, at, size }: Ipv4Option): number | undefined {
  if (type !== OPTION.looseSourceRoute && type !== OPTION.strictSourceRoute) return undefined;
  // Type, length, pointer, then addresses; the pointer counts from 1 (RFC 791 §3.1).
  const pointer = bytes[at + 2] ?? 0;
  return size >= 3 + ADDRESS && pointer <= size ? read32(bytes, at + size - ADDRESS) : undefined;
}
