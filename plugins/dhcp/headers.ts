import { flag, header, octets, toHex, unsigned } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';

/** Ports of server and client (RFC 2131 §4.1). */
export const SERVER_PORT = 67;
export const CLIENT_PORT = 68;

export const OPERATION = { request: 1, reply: 2 } as const;
/** Hardware type Ethernet, whose addresses have 6 octets. */
export const ETHERNET = 1;
export const ETHERNET_SIZE = 6;

/** The first four octets of the options (RFC 2131 §3). */
export const MAGIC_COOKIE = 0x6382_5363;

/** Everything before the options (RFC 2131 §2, figure 1). `sname` and `file` may carry options as well. */
export const dhcpHeader = header({
  name: 'dhcp',
  title: 'Dynamic Host Configuration Protocol',
  source: 'RFC 2131 §2',
  fields: {
    operation: unsigned(8, { label: 'Operation', names: { 1: 'request', 2: 'reply' } }),
    hardwareType: unsigned(8, { label: 'Hardware type', names: { 1: 'Ethernet' }, fill: () => ETHERNET }),
    hardwareSize: unsigned(8, { label: 'Hardware address length', fill: () => ETHERNET_SIZE }),
    hops: unsigned(8, { label: 'Relays passed', fill: () => 0 }),
    transaction: unsigned(32, { label: 'Transaction identifier', radix: 16 }),
    seconds: unsigned(16, { label: 'Seconds since the client began', fill: () => 0 }),
    broadcast: flag({ label: 'Answer by broadcast' }),
    reserved: unsigned(15, { label: 'Reserved flags', radix: 16, fill: () => 0 }),
    clientAddress: unsigned(32, { label: "Client's address (ciaddr)", format: formatIpv4, fill: () => 0 }),
    yourAddress: unsigned(32, { label: 'Your address (yiaddr)', format: formatIpv4, fill: () => 0 }),
    serverAddress: unsigned(32, { label: 'Next server (siaddr)', format: formatIpv4, fill: () => 0 }),
    relayAddress: unsigned(32, { label: 'Relay agent (giaddr)', format: formatIpv4, fill: () => 0 }),
    hardware: octets(16, { label: "Client's hardware address", format: toHex }),
    serverName: octets(64, { label: 'Server name (sname)', format: textOf }),
    file: octets(128, { label: 'Boot file (file)', format: textOf }),
    cookie: unsigned(32, {
      label: 'Magic cookie',
      radix: 16,
      fill: () => MAGIC_COOKIE,
      check: (value) => (value === MAGIC_COOKIE ? undefined : 'these are no DHCP options: the magic cookie is missing'),
    }),
  },
});

/** Octets before the options, and the least of a whole message (RFC 2131 §2: 312 of options with the cookie; BOOTP's 300). */
export const HEADER_SIZE = dhcpHeader.fixedSize;
export const LEAST_MESSAGE = 300;

/** Octets as text, up to the first zero; what cannot be printed as dots. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Array.from(end < 0 ? bytes : bytes.subarray(0, end), (octet) =>
    octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.',
  ).join('');
}
