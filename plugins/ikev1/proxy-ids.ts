import { read32, write32 } from '../../core/index.ts';
import { formatSelector, hostSelector, isAnyPort, sameSelector, type TrafficSelector } from '../ipsec/contract.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import { ID_TYPE } from './names/identifiers.ts';
import type { PayloadGiven, PayloadValue } from './payloads/index.ts';

/** Between traffic selectors and the ID payloads of Quick Mode, IDci and IDcr (RFC 2409 §5.5, RFC 2407 §4.6.2): one of each side. */

type IdToWrite = PayloadGiven<'ID'>;
type Id = PayloadValue<'ID'>;

/** A selector as an ID payload; `undefined` where it has a range of ports, which IKEv1 cannot say. */
export function proxyIdOf(selector: TrafficSelector): IdToWrite | undefined {
  const { start, end, protocol, startPort, endPort } = selector;
  if (!isAnyPort(selector) && startPort !== endPort) return undefined;
  const port = isAnyPort(selector) ? 0 : startPort;
  if (start === end) return { type: ID_TYPE.IPV4_ADDR, protocol, port, octets: addressOctets(start) };
  const mask = maskOf(start, end);
  if (mask === undefined) return { type: ID_TYPE.IPV4_ADDR_RANGE, protocol, port, octets: addressOctets(start, end) };
  return { type: ID_TYPE.IPV4_ADDR_SUBNET, protocol, port, octets: addressOctets(start, mask) };
}

/** The mask of a range that is a network. */
function maskOf(start: Ipv4Address, end: Ipv4Address): number | undefined {
  const size = end - start + 1;
  for (let prefix = 0; prefix <= 32; prefix++) {
    if (size === 2 ** (32 - prefix)) return start % size === 0 ? 2 ** 32 - size : undefined;
  }
  return undefined;
}

function addressOctets(...addresses: readonly number[]): Uint8Array {
  const octets = new Uint8Array(4 * addresses.length);
  for (const [at, address] of addresses.entries()) write32(octets, 4 * at, address);
  return octets;
}

/** The selector that an ID payload of Quick Mode names; `undefined` for what is none of IPv4 addresses, or a mask that is none. */
export function selectorOfId({ type, protocol, port, octets }: Id): TrafficSelector | undefined {
  const between = (start: number, end: number) =>
    ({ family: 4, protocol, startPort: port, endPort: port === 0 ? 0xffff : port, start, end }) as const;
  const first = octets.length >= 4 ? read32(octets, 0) : 0;
  const second = octets.length >= 8 ? read32(octets, 4) : 0;
  switch (type) {
    case ID_TYPE.IPV4_ADDR:
      return between(first, first);
    case ID_TYPE.IPV4_ADDR_RANGE:
      return first <= second ? between(first, second) : undefined;
    case ID_TYPE.IPV4_ADDR_SUBNET: {
      const size = 2 ** 32 - second;
      // A mask has its ones before its zeros.
      if ((size & (size - 1)) !== 0 && size !== 2 ** 32) return undefined;
      const start = Math.floor(first / size) * size;
      return between(start, start + size - 1);
    }
    default:
      return undefined;
  }
}

/** Two sides' selectors. */
export interface ProxyIds {
  readonly local: TrafficSelector;
  readonly remote: TrafficSelector;
}

/** Where no ID payload stands, the SAs are for the two ends themselves (RFC 2409 §5.5). */
export function proxyIdsOfEnds(local: Ipv4Address, remote: Ipv4Address): ProxyIds {
  return { local: hostSelector(local), remote: hostSelector(remote) };
}

/** What of a configured pair is not the mirror of what the peer asked for, in a sentence; `undefined`: they mirror each other. */
export function mirrorDifference(mine: ProxyIds, asked: ProxyIds, me: string, peer: string): string | undefined {
  const parts: string[] = [];
  const part = (side: string, own: TrafficSelector, wanted: TrafficSelector): void => {
    if (sameSelector(own, wanted)) return;
    parts.push(`${side} ${me}: ${me} has ${formatSelector(own)}, ${peer} asked for ${formatSelector(wanted)}`);
  };
  part('behind', mine.local, asked.local);
  part('on the far side of', mine.remote, asked.remote);
  return parts.length === 0 ? undefined : parts.join('; ');
}
