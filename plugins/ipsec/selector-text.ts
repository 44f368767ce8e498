import { formatIpv4, type Ipv4Address, parseIpv4 } from '../ipv4/contract.ts';
import {
  ANY_PROTOCOL,
  ANY_SELECTOR,
  FIRST_PORT,
  isAnyPort,
  isOpaque,
  LAST_PORT,
  type TrafficSelector,
} from './selectors.ts';

/** A selector as swanctl.conf writes it: `dynamic` stands for the address that the node (or the peer) has in the tunnel. */
export interface SelectorPattern {
  readonly dynamic: boolean;
  readonly selector: TrafficSelector;
  /** The prefix as it was written, where it has bits behind its length: `10.1.0.5/16` means 10.1.0.0/16. */
  readonly stray?: string;
}

/** The selectors that patterns stand for when the dynamic ones mean `address`. */
export function resolveSelectors(
  patterns: readonly SelectorPattern[],
  address: Ipv4Address,
): readonly TrafficSelector[] {
  return patterns.map(({ dynamic, selector }) => (dynamic ? { ...selector, start: address, end: address } : selector));
}

const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  any: ANY_PROTOCOL,
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  sctp: 132,
};
const ICMP = 1;

const SERVICE_PORTS: Readonly<Record<string, number>> = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  tftp: 69,
  http: 80,
  ntp: 123,
  snmp: 161,
  https: 443,
  isakmp: 500,
  l2tp: 1701,
};

export type SelectorReading = { readonly pattern: SelectorPattern } | { readonly wrong: string };

/**
 * Reads swanctl's syntax: `10.1.0.0/24`, `10.1.0.7`, `10.1.0.1-10.1.0.9` or `dynamic`, each with an optional `[protocol/port]`, where the
 * port is a number, a service's name, a range `1024-2048`, `any` or `opaque`; for ICMP a type, or `type(code)`.
 */
export function parseSelector(text: string): SelectorReading {
  const parts = /^([^[\]]+)(?:\[([^[\]]*)\])?$/.exec(text.trim());
  if (parts === null)
    return { wrong: `${text} is no traffic selector: write 10.1.0.0/24, dynamic or 10.1.0.0/24[udp/53]` };
  const addressText = (parts[1] as string).trim();
  const upper = parts[2] === undefined ? ANY_SELECTOR : parseProtocolAndPort(parts[2].trim());
  if (typeof upper === 'string') return { wrong: `${text}: ${upper}` };
  const { protocol, startPort, endPort } = upper;
  if (addressText === 'dynamic') {
    return { pattern: { dynamic: true, selector: { ...ANY_SELECTOR, protocol, startPort, endPort } } };
  }
  const range = parseRange(addressText);
  if (typeof range === 'string') return { wrong: range };
  const selector = { family: 4, protocol, startPort, endPort, ...range } as const;
  const slash = addressText.indexOf('/');
  const isStray = slash >= 0 && parseIpv4(addressText.slice(0, slash)) !== range.start;
  return { pattern: { dynamic: false, selector, ...(isStray ? { stray: addressText } : {}) } };
}

function parseRange(text: string): { readonly start: Ipv4Address; readonly end: Ipv4Address } | string {
  const notOne = `${text} is no IPv4 address, prefix or range`;
  const dash = text.split('-');
  if (dash.length === 2) {
    const start = parseIpv4((dash[0] as string).trim());
    const end = parseIpv4((dash[1] as string).trim());
    if (start === undefined || end === undefined) return notOne;
    return start <= end ? { start, end } : `${text}: the range ends before it starts`;
  }
  const slash = text.split('/');
  const address = parseIpv4(slash[0] as string);
  if (address === undefined || slash.length > 2) return notOne;
  if (slash.length === 1) return { start: address, end: address };
  const prefix = Number(slash[1]);
  if (!/^\d{1,2}$/.test(slash[1] as string) || prefix > 32) return `${text}: a prefix length is from 0 to 32`;
  const size = 2 ** (32 - prefix);
  const start = Math.floor(address / size) * size;
  return { start, end: start + size - 1 };
}

type Upper = Pick<TrafficSelector, 'protocol' | 'startPort' | 'endPort'>;

function parseProtocolAndPort(text: string): Upper | string {
  const slash = text.indexOf('/');
  const protocolText = (slash < 0 ? text : text.slice(0, slash)).trim();
  const protocol = parseNumber(protocolText, 255) ?? PROTOCOL_NUMBERS[protocolText];
  if (protocol === undefined) {
    return `${protocolText} is no protocol: write a number up to 255 or one of ${Object.keys(PROTOCOL_NUMBERS).join(', ')}`;
  }
  if (slash < 0) return { protocol, startPort: FIRST_PORT, endPort: LAST_PORT };
  const portText = text.slice(slash + 1).trim();
  const ports = protocol === ICMP ? parseIcmp(portText) : parsePorts(portText);
  return typeof ports === 'string' ? ports : { protocol, ...ports };
}

type Ports = Pick<TrafficSelector, 'startPort' | 'endPort'>;

function parsePorts(text: string): Ports | string {
  if (text === 'any') return { startPort: FIRST_PORT, endPort: LAST_PORT };
  if (text === 'opaque') return { startPort: LAST_PORT, endPort: FIRST_PORT };
  const bounds = text.split('-').map((part) => parseNumber(part, LAST_PORT) ?? SERVICE_PORTS[part]);
  const [startPort, endPort = startPort] = bounds;
  if (bounds.length > 2 || startPort === undefined || endPort === undefined) {
    return `${text} is no port: write a number up to 65535, a range, any, opaque or one of ${Object.keys(SERVICE_PORTS).join(', ')}`;
  }
  return startPort <= endPort ? { startPort, endPort } : `${text}: the range ends before it starts`;
}

/** An ICMP type has the high octet of the port, its code the low one (RFC 7296 §3.13.1). */
function parseIcmp(text: string): Ports | string {
  if (text === 'any') return { startPort: FIRST_PORT, endPort: LAST_PORT };
  if (text === 'opaque') return { startPort: LAST_PORT, endPort: FIRST_PORT };
  const parts = /^(\d{1,3})(?:\((\d{1,3})\))?$/.exec(text);
  const type = Number(parts?.[1]);
  const code = parts?.[2] === undefined ? undefined : Number(parts[2]);
  if (parts === null || type > 255 || (code ?? 0) > 255) return `${text} is no ICMP type: write 8 or 3(4)`;
  return { startPort: type * 256 + (code ?? 0), endPort: type * 256 + (code ?? 255) };
}

function parseNumber(text: string, most: number): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

/** As `parseSelector` reads it: the shortest of address, prefix and range, and the protocol and port where they are not any. */
export function formatSelector(selector: TrafficSelector): string {
  const { protocol, startPort, endPort } = selector;
  const addresses = formatRange(selector.start, selector.end);
  if (protocol === ANY_PROTOCOL && isAnyPort(selector)) return addresses;
  const name = Object.entries(PROTOCOL_NUMBERS).find(([, number]) => number === protocol)?.[0] ?? String(protocol);
  if (isAnyPort(selector)) return `${addresses}[${name}]`;
  if (isOpaque(selector)) return `${addresses}[${name}/opaque]`;
  if (protocol === ICMP && startPort >> 8 === endPort >> 8) {
    const whole = (startPort & 255) === 0 && (endPort & 255) === 255;
    if (whole || startPort === endPort) {
      return `${addresses}[${name}/${startPort >> 8}${whole ? '' : `(${startPort & 255})`}]`;
    }
  }
  return `${addresses}[${name}/${startPort === endPort ? startPort : `${startPort}-${endPort}`}]`;
}

function formatRange(start: Ipv4Address, end: Ipv4Address): string {
  if (start === end) return formatIpv4(start);
  for (let prefix = 31; prefix >= 0; prefix--) {
    const size = 2 ** (32 - prefix);
    if (end - start + 1 === size && start % size === 0) return `${formatIpv4(start)}/${prefix}`;
  }
  return `${formatIpv4(start)}-${formatIpv4(end)}`;
}

export function formatSelectors(selectors: readonly TrafficSelector[]): string {
  return selectors.map(formatSelector).join(' ');
}

export function formatPattern({ dynamic, selector }: SelectorPattern): string {
  return dynamic ? formatSelector(selector).replace(/^[^[]*/, 'dynamic') : formatSelector(selector);
}
