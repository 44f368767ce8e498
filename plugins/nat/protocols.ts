import { IP_PROTOCOLS } from '../ipv4/contract.ts';

/** Assigned protocol numbers that translation treats in a way of their own (IANA protocol-numbers). */
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, gre: 47, esp: 50, ah: 51 } as const;

/** Under this number stands a mapping of the address alone, whatever the protocol: 0 is the hop-by-hop option, never an IPv4 payload. */
export const ANY_PROTOCOL = 0;

/** `UDP`, `ESP`, `protocol 200`; a mapping of an address alone is for `any` protocol. */
export function protocolName(protocol: number): string {
  return protocol === ANY_PROTOCOL ? 'any' : (IP_PROTOCOLS[protocol] ?? `protocol ${protocol}`);
}

/** The number of a protocol given by name in any case, or by number; `undefined` when there is none. */
export function protocolNumber(written: string | number): number | undefined {
  if (typeof written === 'number' || /^[0-9]+$/.test(written)) {
    const number = Number(written);
    return Number.isInteger(number) && number > 0 && number < 256 ? number : undefined;
  }
  const lower = written.toLowerCase();
  const found = Object.entries(IP_PROTOCOLS).find(([, name]) => name.toLowerCase() === lower);
  return found === undefined ? undefined : Number(found[0]);
}

/** Protocols whose mappings have a port, or an identifier in its place. */
export function hasPorts(protocol: number): boolean {
  return protocol === PROTOCOL.udp || protocol === PROTOCOL.tcp || protocol === PROTOCOL.icmp;
}
