/** How an option's value reads. */
export type OptionForm =
  | 'address'
  | 'addresses'
  | 'pairs'
  | 'number'
  | 'seconds'
  | 'flag'
  | 'text'
  | 'octets'
  | 'type'
  | 'codes'
  | 'overload'
  | 'client'
  | 'routes'
  | 'names'
  | 'empty';

/** Codes of options that this plugin itself reads or writes. */
export const OPTION = {
  pad: 0,
  mask: 1,
  routers: 3,
  nameServers: 6,
  hostName: 12,
  domainName: 15,
  mtu: 26,
  broadcast: 28,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  server: 54,
  parameters: 55,
  message: 56,
  largestMessage: 57,
  renewalTime: 58,
  rebindingTime: 59,
  client: 61,
  classlessRoutes: 121,
  end: 255,
} as const;

/** Options by code (RFC 2132; others with their document), and the form of their values. */
export const OPTIONS: Readonly<Record<number, readonly [name: string, form: OptionForm]>> = {
  0: ['pad', 'empty'],
  1: ['subnet mask', 'address'],
  2: ['time offset', 'number'],
  3: ['routers', 'addresses'],
  4: ['time servers', 'addresses'],
  5: ['IEN 116 name servers', 'addresses'],
  6: ['domain name servers', 'addresses'],
  7: ['log servers', 'addresses'],
  8: ['quote servers', 'addresses'],
  9: ['LPR servers', 'addresses'],
  10: ['Impress servers', 'addresses'],
  11: ['resource location servers', 'addresses'],
  12: ['host name', 'text'],
  13: ['boot file size', 'number'],
  14: ['merit dump file', 'text'],
  15: ['domain name', 'text'],
  16: ['swap server', 'address'],
  17: ['root path', 'text'],
  18: ['extensions path', 'text'],
  19: ['IP forwarding', 'flag'],
  20: ['non-local source routing', 'flag'],
  21: ['policy filters', 'pairs'],
  22: ['maximum datagram reassembly size', 'number'],
  23: ['default time to live', 'number'],
  24: ['path MTU ageing timeout', 'seconds'],
  25: ['path MTU plateau table', 'octets'],
  26: ['interface MTU', 'number'],
  27: ['all subnets are local', 'flag'],
  28: ['broadcast address', 'address'],
  29: ['perform mask discovery', 'flag'],
  30: ['mask supplier', 'flag'],
  31: ['perform router discovery', 'flag'],
  32: ['router solicitation address', 'address'],
  33: ['static routes', 'pairs'],
  34: ['trailer encapsulation', 'flag'],
  35: ['ARP cache timeout', 'seconds'],
  36: ['Ethernet encapsulation', 'flag'],
  37: ['TCP default time to live', 'number'],
  38: ['TCP keepalive interval', 'seconds'],
  39: ['TCP keepalive garbage', 'flag'],
  40: ['NIS domain', 'text'],
  41: ['NIS servers', 'addresses'],
  42: ['NTP servers', 'addresses'],
  43: ['vendor-specific information', 'octets'],
  44: ['NetBIOS name servers', 'addresses'],
  45: ['NetBIOS datagram distribution servers', 'addresses'],
  46: ['NetBIOS node type', 'number'],
  47: ['NetBIOS scope', 'text'],
  48: ['X font servers', 'addresses'],
  49: ['X display managers', 'addresses'],
  50: ['requested address', 'address'],
  51: ['lease time', 'seconds'],
  52: ['option overload', 'overload'],
  53: ['message type', 'type'],
  54: ['server identifier', 'address'],
  55: ['parameter request list', 'codes'],
  56: ['message', 'text'],
  57: ['maximum message size', 'number'],
  58: ['renewal time (T1)', 'seconds'],
  59: ['rebinding time (T2)', 'seconds'],
  60: ['vendor class', 'text'],
  61: ['client identifier', 'client'],
  62: ['NetWare domain', 'text'],
  63: ['NetWare information', 'octets'],
  64: ['NIS+ domain', 'text'],
  65: ['NIS+ servers', 'addresses'],
  66: ['TFTP server name', 'text'],
  67: ['boot file name', 'text'],
  68: ['mobile IP home agents', 'addresses'],
  69: ['SMTP servers', 'addresses'],
  70: ['POP3 servers', 'addresses'],
  71: ['NNTP servers', 'addresses'],
  72: ['WWW servers', 'addresses'],
  73: ['finger servers', 'addresses'],
  74: ['IRC servers', 'addresses'],
  77: ['user class (RFC 3004)', 'octets'],
  80: ['rapid commit (RFC 4039)', 'empty'],
  81: ['client domain name (RFC 4702)', 'octets'],
  82: ['relay agent information (RFC 3046)', 'octets'],
  90: ['authentication (RFC 3118)', 'octets'],
  93: ['client architecture (RFC 4578)', 'octets'],
  94: ['client network interface (RFC 4578)', 'octets'],
  97: ['client machine (RFC 4578)', 'octets'],
  100: ['time zone, POSIX (RFC 4833)', 'text'],
  101: ['time zone, name (RFC 4833)', 'text'],
  108: ['IPv6-only preferred (RFC 8925)', 'seconds'],
  114: ['captive portal (RFC 8910)', 'text'],
  116: ['auto-configure (RFC 2563)', 'flag'],
  118: ['subnet selection (RFC 3011)', 'address'],
  119: ['domain search (RFC 3397)', 'names'],
  120: ['SIP servers (RFC 3361)', 'octets'],
  121: ['classless static routes (RFC 3442)', 'routes'],
  124: ['vendor-identifying class (RFC 3925)', 'octets'],
  125: ['vendor-identifying information (RFC 3925)', 'octets'],
  138: ['CAPWAP controllers (RFC 5417)', 'addresses'],
  145: ['forcerenew nonce capable (RFC 6704)', 'octets'],
  150: ['TFTP server addresses (RFC 5859)', 'addresses'],
  249: ['classless static routes (Microsoft)', 'routes'],
  252: ['proxy configuration (WPAD)', 'text'],
  255: ['end', 'empty'],
};

/** Message types (RFC 2132 §9.6, RFC 3203 §4). */
export const MESSAGE = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
  forceRenew: 9,
} as const;

export const MESSAGE_NAMES: Readonly<Record<number, string>> = {
  1: 'DHCPDISCOVER',
  2: 'DHCPOFFER',
  3: 'DHCPREQUEST',
  4: 'DHCPDECLINE',
  5: 'DHCPACK',
  6: 'DHCPNAK',
  7: 'DHCPRELEASE',
  8: 'DHCPINFORM',
  9: 'DHCPFORCERENEW',
};

export function optionName(code: number): string {
  return OPTIONS[code]?.[0] ?? `option ${code}`;
}
