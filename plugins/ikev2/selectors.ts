import { read32, write32 } from '../../core/index.ts';
import type { TrafficSelector } from '../ipsec/contract.ts';
import { TS_TYPE } from './names/identifiers.ts';
import type { SelectorOnWire } from './payloads/traffic-selectors.ts';

/** Between the traffic selectors of the policies and those of TSi and TSr payloads (RFC 7296 §3.13.1). */

export function selectorsToWire(selectors: readonly TrafficSelector[]): readonly Partial<SelectorOnWire>[] {
  return selectors.map(({ protocol, startPort, endPort, start, end }) => ({
    type: TS_TYPE.IPV4_ADDR_RANGE,
    protocol,
    startPort,
    endPort,
    startAddress: octets(start),
    endAddress: octets(end),
  }));
}

/** Those of types that are understood; the others do not narrow anything (RFC 7296 §2.9). */
export function selectorsFromWire(selectors: readonly SelectorOnWire[]): readonly TrafficSelector[] {
  return selectors
    .filter(({ type }) => type === TS_TYPE.IPV4_ADDR_RANGE)
    .map(({ protocol, startPort, endPort, startAddress, endAddress }) => ({
      family: 4,
      protocol,
      startPort,
      endPort,
      start: read32(startAddress, 0),
      end: read32(endAddress, 0),
    }));
}

function octets(address: number): Uint8Array {
  const bytes = new Uint8Array(4);
  write32(bytes, 0, address);
  return bytes;
}
