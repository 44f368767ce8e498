import { header, octets, toHex, unsigned } from '../../core/index.ts';
import { IP_PROTOCOLS } from '../ipv4/contract.ts';

/** Octets before the ICV. */
const FIXED = 12;
/** The length field counts words of 4 octets, less 2 (RFC 4302 §2.2). */
const WORD = 4;
const UNCOUNTED_WORDS = 2;

/**
 * The header (RFC 4302 §2): next header (1) | payload length (1) | reserved (2) | SPI (4) | sequence number (4) | ICV with its padding.
 */
export const ahHeader = header({
  name: 'ah',
  title: 'Authentication Header',
  source: 'RFC 4302 §2',
  fields: {
    nextHeader: unsigned(8, { label: 'Next header', names: IP_PROTOCOLS }),
    payloadLength: unsigned(8, {
      label: 'Payload length',
      format: (value) => `${(value + UNCOUNTED_WORDS) * WORD} octets`,
      fill: (_, { size }) => size / WORD - UNCOUNTED_WORDS,
      check: (value, _, { available }) => {
        const size = (value + UNCOUNTED_WORDS) * WORD;
        if (size < FIXED) return `the header has ${size} octets, less than ${FIXED}`;
        return size > available ? `the header has ${size} octets, ${available} are there` : undefined;
      },
    }),
    reserved: unsigned(16, { radix: 16 }),
    spi: unsigned(32, { label: 'Security parameters index', radix: 16 }),
    sequence: unsigned(32, { label: 'Sequence number' }),
    icv: octets(({ payloadLength }) => ((payloadLength as number) + UNCOUNTED_WORDS) * WORD - FIXED, {
      label: 'Integrity check value',
      format: toHex,
    }),
  },
});

/** Octets before the ICV, and offsets, from the declaration. */
export const AH_FIXED_SIZE = ahHeader.fixedSize;
export const AT = ahHeader.offset;

/** Octets of the header at `at` as it says itself. */
export function ahHeaderSize(bytes: Uint8Array, at: number): number {
  return ((bytes[at + AT.payloadLength] as number) + UNCOUNTED_WORDS) * WORD;
}

/** What the length field says of a header of `size` octets. */
export function payloadLengthOf(size: number): number {
  return size / WORD - UNCOUNTED_WORDS;
}
