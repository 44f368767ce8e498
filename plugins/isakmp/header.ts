import { type HeaderValues, header, octets, unsigned } from '../../core/index.ts';
import { LONGEST_MESSAGE } from './limits.ts';
import { EXCHANGE_TYPES, PAYLOAD_TYPES } from './names.ts';

/**
 * The header that starts every ISAKMP and IKE message, 28 octets (RFC 7296 §3.1, RFC 2408 §3.1):
 *
 *     initiator's SPI or cookie (8) | responder's SPI or cookie (8) |
 *     next payload (1) | major, minor version (4 + 4 bits) | exchange type (1) | flags (1) | message ID (4) | length (4)
 *
 * The length counts the header and everything behind it.
 */
export const isakmpHeader = header({
  name: 'isakmp',
  title: 'ISAKMP header',
  source: 'RFC 7296 §3.1',
  fields: {
    initiatorSpi: octets(8, { label: 'Initiator SPI' }),
    responderSpi: octets(8, { label: 'Responder SPI' }),
    nextPayload: unsigned(8, { names: PAYLOAD_TYPES }),
    majorVersion: unsigned(4),
    minorVersion: unsigned(4),
    exchangeType: unsigned(8, { names: EXCHANGE_TYPES }),
    flags: unsigned(8, { radix: 16, remark: (flags, header) => flagWords(flags, header.majorVersion) }),
    messageId: unsigned(32, { label: 'Message ID', radix: 16 }),
    length: unsigned(32, {
      fill: (_, context) => context.size + context.payloadSize,
      check: (length, _, { available }) => {
        if (length < ISAKMP_HEADER_OCTETS) return `a length of ${length} octets is less than the header's 28`;
        if (length > LONGEST_MESSAGE) return `a length of ${length} octets is more than ${LONGEST_MESSAGE}`;
        return length > available ? `a length of ${length} octets, and ${available} are there` : undefined;
      },
    }),
  },
});

export type IsakmpHeader = HeaderValues<typeof isakmpHeader.fields>;

export const ISAKMP_HEADER_OCTETS = 28;

/** Flags of IKEv2 (RFC 7296 §3.1) and of ISAKMP (RFC 2408 §3.1). */
export const IKEV2_FLAGS = { initiator: 0x08, version: 0x10, response: 0x20 } as const;
export const IKEV1_FLAGS = { encryption: 0x01, commit: 0x02, authenticationOnly: 0x04 } as const;

function flagWords(flags: number, majorVersion: number): string | undefined {
  const words: string[] = [];
  if (majorVersion >= 2) {
    words.push((flags & IKEV2_FLAGS.initiator) !== 0 ? 'from the original initiator' : 'from the original responder');
    words.push((flags & IKEV2_FLAGS.response) !== 0 ? 'response' : 'request');
    if ((flags & IKEV2_FLAGS.version) !== 0) words.push('could speak a higher version');
  } else {
    if ((flags & IKEV1_FLAGS.encryption) !== 0) words.push('encrypted');
    if ((flags & IKEV1_FLAGS.commit) !== 0) words.push('commit');
    if ((flags & IKEV1_FLAGS.authenticationOnly) !== 0) words.push('authentication only');
  }
  return words.length === 0 ? undefined : words.join(', ');
}

/** The major version of a message whose header starts at `start`; -1 where it is too short to have one. */
export function majorVersionAt(bytes: Uint8Array, start: number, end: number): number {
  const at = start + isakmpHeader.offset.majorVersion;
  return at < end ? (bytes[at] as number) >> 4 : -1;
}
