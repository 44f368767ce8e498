import { header, octets, unsigned } from '../../core/index.ts';

/** What stands in clear at the front of every packet (RFC 4303 §2.1, §2.2). */
export const espHeader = header({
  name: 'esp',
  title: 'Encapsulating Security Payload',
  source: 'RFC 4303 §2',
  fields: {
    spi: unsigned(32, { label: 'Security parameters index', radix: 16 }),
    sequence: unsigned(32, { label: 'Sequence number' }),
  },
});

/** What stands behind the padding once it is opened (RFC 4303 §2.4 to §2.6). */
export const espTrailer = header({
  name: 'esp',
  title: 'ESP trailer',
  source: 'RFC 4303 §2.5',
  fields: {
    padLength: unsigned(8, { label: 'Pad length' }),
    nextHeader: unsigned(8, { label: 'Next header' }),
  },
});

/** The rest of a packet that no key opens. */
export const espSealed = header({
  name: 'esp',
  title: 'Encrypted payload',
  source: 'RFC 4303 §2.3',
  fields: {
    spi: unsigned(32, { label: 'Security parameters index', radix: 16 }),
    sequence: unsigned(32, { label: 'Sequence number' }),
    sealed: octets('rest', { label: 'Encrypted data', format: (value) => `${value.length} octets` }),
  },
});

export const ESP_HEADER_SIZE = espHeader.fixedSize;
export const TRAILER_SIZE = espTrailer.fixedSize;
export const AT = espHeader.offset;

/** Next header of a dummy packet, which a receiver discards (RFC 4303 §2.6). */
export const NO_NEXT_HEADER = 59;
/** Next header of a tunnelled IPv4 packet. */
export const IPV4_NEXT_HEADER = 4;
