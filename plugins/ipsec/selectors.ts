import type { Ipv4Address } from '../ipv4/contract.ts';

/**
 * A traffic selector (RFC 7296 §3.13.1, RFC 4301 §4.4.1.1): a range of addresses, a protocol and a range of ports. `family` keeps the
 * type open for IPv6.
 *
 * For ICMP the "port" is `type << 8 | code`. Ports 65535 to 0 mean OPAQUE: traffic whose ports cannot be seen.
 */
export interface TrafficSelector {
  readonly family: 4;
  /** IP protocol; 0 stands for any. */
  readonly protocol: number;
  readonly startPort: number;
  readonly endPort: number;
  /** First and last address, both included. */
  readonly start: Ipv4Address;
  readonly end: Ipv4Address;
}

/** What a packet shows to selectors. Ports are -1 where the packet shows none: other protocols, and fragments behind the first. */
export interface PacketSelector {
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export const ANY_PROTOCOL = 0;
export const FIRST_PORT = 0;
export const LAST_PORT = 65535;
export const LAST_ADDRESS: Ipv4Address = 0xffffffff;

/** Every packet. */
export const ANY_SELECTOR: TrafficSelector = {
  family: 4,
  protocol: ANY_PROTOCOL,
  startPort: FIRST_PORT,
  endPort: LAST_PORT,
  start: 0,
  end: LAST_ADDRESS,
};

/** A selector of one address and everything on it. */
export function hostSelector(address: Ipv4Address): TrafficSelector {
  return { ...ANY_SELECTOR, start: address, end: address };
}

/** The selector of exactly one side of a packet: the very specific one that an initiator may put first (RFC 7296 §2.9). */
export function packetSide(packet: PacketSelector, side: 'source' | 'destination'): TrafficSelector {
  const address = packet[side];
  const port = side === 'source' ? packet.sourcePort : packet.destinationPort;
  return {
    family: 4,
    protocol: packet.protocol,
    startPort: port < 0 ? FIRST_PORT : port,
    endPort: port < 0 ? LAST_PORT : port,
    start: address,
    end: address,
  };
}

export function isOpaque(selector: TrafficSelector): boolean {
  return selector.startPort === LAST_PORT && selector.endPort === FIRST_PORT;
}

export function isAnyPort(selector: TrafficSelector): boolean {
  return selector.startPort === FIRST_PORT && selector.endPort === LAST_PORT;
}

/** What both selectors admit; `undefined` when that is nothing. */
export function intersectSelectors(a: TrafficSelector, b: TrafficSelector): TrafficSelector | undefined {
  if (a.protocol !== b.protocol && a.protocol !== ANY_PROTOCOL && b.protocol !== ANY_PROTOCOL) return undefined;
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  if (start > end) return undefined;
  const ports = intersectPorts(a, b);
  if (ports === undefined) return undefined;
  return { family: 4, protocol: a.protocol === ANY_PROTOCOL ? b.protocol : a.protocol, ...ports, start, end };
}

function intersectPorts(
  a: TrafficSelector,
  b: TrafficSelector,
): { readonly startPort: number; readonly endPort: number } | undefined {
  // OPAQUE meets OPAQUE and ANY (RFC 4301 §4.4.1.1: ANY includes OPAQUE).
  if (isOpaque(a)) return isOpaque(b) || isAnyPort(b) ? { startPort: LAST_PORT, endPort: FIRST_PORT } : undefined;
  if (isOpaque(b)) return isAnyPort(a) ? { startPort: LAST_PORT, endPort: FIRST_PORT } : undefined;
  const startPort = Math.max(a.startPort, b.startPort);
  const endPort = Math.min(a.endPort, b.endPort);
  return startPort <= endPort ? { startPort, endPort } : undefined;
}

export function sameSelector(a: TrafficSelector, b: TrafficSelector): boolean {
  return (
    a.protocol === b.protocol &&
    a.start === b.start &&
    a.end === b.end &&
    a.startPort === b.startPort &&
    a.endPort === b.endPort
  );
}

/** Does `outer` admit all that `inner` admits? */
export function isSubset(inner: TrafficSelector, outer: TrafficSelector): boolean {
  const both = intersectSelectors(inner, outer);
  return both !== undefined && sameSelector(both, inner);
}

/** The selectors without those that another one covers, in their order. */
export function withoutCovered(selectors: readonly TrafficSelector[]): readonly TrafficSelector[] {
  return selectors.filter(
    (each, at) =>
      !selectors.some(
        (other, place) => place !== at && isSubset(each, other) && (!isSubset(other, each) || place < at),
      ),
  );
}

/**
 * Narrowing (RFC 7296 §2.9): what of the peer's proposal the configuration admits, in the peer's order, without parts that another part
 * covers. Empty: TS_UNACCEPTABLE.
 */
export function narrowSelectors(
  configured: readonly TrafficSelector[],
  proposed: readonly TrafficSelector[],
): readonly TrafficSelector[] {
  const parts: TrafficSelector[] = [];
  for (const theirs of proposed) {
    for (const ours of configured) {
      const both = intersectSelectors(theirs, ours);
      if (both !== undefined) parts.push(both);
    }
  }
  return withoutCovered(parts);
}

/** Are the two lists equal, in any order? False after a narrowing. */
export function sameSelectors(a: readonly TrafficSelector[], b: readonly TrafficSelector[]): boolean {
  return (
    a.every((each) => b.some((other) => sameSelector(each, other))) &&
    b.every((each) => a.some((other) => sameSelector(each, other)))
  );
}

/** Does one side of a packet (its address, protocol and port) match? A port of -1 matches ANY and OPAQUE alone. */
export function selectorAdmits(
  selector: TrafficSelector,
  address: Ipv4Address,
  protocol: number,
  port: number,
): boolean {
  if (address < selector.start || address > selector.end) return false;
  if (selector.protocol !== ANY_PROTOCOL && selector.protocol !== protocol) return false;
  if (port < 0) return isAnyPort(selector) || isOpaque(selector);
  return port >= selector.startPort && port <= selector.endPort;
}
