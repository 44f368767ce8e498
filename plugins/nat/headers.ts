import { header, unsigned } from '../../core/index.ts';

/** What translation reads and writes of a TCP header (RFC 9293 §3.1): the fixed part, options are passed along. */
export const tcpHeader = header({
  name: 'tcp',
  title: 'Transmission Control Protocol',
  source: 'RFC 9293 §3.1',
  fields: {
    sourcePort: unsigned(16),
    destinationPort: unsigned(16),
    sequence: unsigned(32),
    acknowledgment: unsigned(32),
    dataOffset: unsigned(4, { fill: () => 5 }),
    reserved: unsigned(4),
    flags: unsigned(8, { radix: 16 }),
    window: unsigned(16),
    checksum: unsigned(16, { radix: 16 }),
    urgent: unsigned(16),
  },
});

/** Bits of the TCP header's flags. */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;

/** How ESP begins (RFC 4303 §2): all that somebody without the keys can read. */
export const espLead = header({
  name: 'esp',
  title: 'Encapsulating Security Payload',
  source: 'RFC 4303 §2',
  fields: { spi: unsigned(32, { radix: 16 }), sequence: unsigned(32) },
});
