import { header, octets, unsigned } from '../../core/index.ts';

/** Port 4500 carries IKE and ESP (RFC 3948 §2): the first octets tell which. */
export const NAT_T_PORT = 4500;
/** The port of IKE where nothing floats (RFC 7296 §2). */
export const IKE_PORT = 500;

/** Under these keys `isakmp` and `esp` are bound above this plugin. */
export const ABOVE = { ike: 500, esp: 50 } as const;

/** Four octets of zero where ESP has its SPI, which is never 0: what follows is IKE (RFC 3948 §2.2). */
export const nonEspMarker = header({
  name: 'nat-t',
  title: 'Non-ESP marker',
  source: 'RFC 3948 §2.2',
  fields: { marker: unsigned(32, { label: 'Non-ESP marker', radix: 16 }) },
});

/** One octet that keeps a mapping alive and means nothing else (RFC 3948 §2.3). */
export const natKeepalive = header({
  name: 'nat-t',
  title: 'NAT keepalive',
  source: 'RFC 3948 §2.3',
  fields: { keepalive: unsigned(8, { label: 'NAT keepalive', radix: 16, names: { 255: 'keepalive' } }) },
});

/** What no reader of port 4500 understands. */
export const unknownInUdp = header({
  name: 'nat-t',
  title: 'Neither IKE nor ESP',
  source: 'RFC 3948 §2',
  fields: { octets: octets('rest', { label: 'Octets' }) },
});

export const MARKER_SIZE = nonEspMarker.fixedSize;
export const KEEPALIVE = 0xff;
/** The least that a packet with an SPI or a marker has. */
export const LEAST_SIZE = 4;
