import { header, unsigned } from '../../core/index.ts';

/** Ports whose protocols a lab meets (IANA service-names-port-numbers). */
export const PORT_NAMES: Readonly<Record<number, string>> = {
  9: 'discard',
  53: 'DNS',
  67: 'DHCP server',
  68: 'DHCP client',
  69: 'TFTP',
  123: 'NTP',
  161: 'SNMP',
  500: 'ISAKMP',
  514: 'syslog',
  1701: 'L2TP',
  1812: 'RADIUS',
  1813: 'RADIUS accounting',
  3478: 'STUN',
  3799: 'RADIUS dynamic authorization',
  4500: 'IPsec NAT traversal',
  5001: 'traffic',
};

/** Octets of the header: the least length that a datagram can say. */
const LEAST_LENGTH = 8;

/** The UDP header (RFC 768). Its checksum needs the addresses of the layer below, so it is given by whoever knows them. */
export const udpHeader = header({
  name: 'udp',
  title: 'User Datagram Protocol',
  source: 'RFC 768',
  fields: {
    sourcePort: unsigned(16, { names: PORT_NAMES }),
    destinationPort: unsigned(16, { names: PORT_NAMES }),
    length: unsigned(16, {
      fill: (_, { size, payloadSize }) => size + payloadSize,
      check: (value, _, { available }) => {
        if (value < LEAST_LENGTH) return `the length is ${value}, less than the header's ${LEAST_LENGTH} octets`;
        return value > available ? `the length is ${value}, but ${available} octets are there` : undefined;
      },
    }),
    checksum: unsigned(16, { radix: 16 }),
  },
});
