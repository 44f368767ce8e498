/**
 * The numbers of the pcapng format (draft-ietf-opsawg-pcapng), once for the writer and the reader. A block is
 * `type(4) length(4) body length(4)`; its length counts all of it and is a multiple of 4; a body's options follow its fixed part.
 */

/** Block types (section 11.1 of the draft). */
export const BLOCK_TYPE = {
  /** The same in both byte orders. */
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete, still found in old files. */
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  enhancedPacket: 6,
  decryptionSecrets: 10,
} as const;

/** Type and length before the body. */
export const BLOCK_HEADER_BYTES = 8;
/** A block with an empty body. */
export const BLOCK_BYTES_LEAST = 12;
/** Block header and byte-order magic: what must be there before a section's byte order is known. */
export const SECTION_START_BYTES = 12;

/** First field of a section header block's body. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Fixed parts of the bodies, in octets. */
export const SECTION_BODY_BYTES = 16;
export const INTERFACE_BODY_BYTES = 8;
export const PACKET_BODY_BYTES = 20;
export const SIMPLE_PACKET_BODY_BYTES = 4;
export const SECRETS_BODY_BYTES = 8;

/** Option codes. Each kind of block has its own numbers from 2 on. */
export const OPTION = {
  end: 0,
  comment: 1,
  sectionHardware: 2,
  sectionOperatingSystem: 3,
  sectionApplication: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  interfaceResolution: 9,
  interfaceOffset: 14,
  packetFlags: 2,
} as const;

/** Bits 0 and 1 of a packet's flags. */
export const DIRECTION_MASK = 3;
export const DIRECTION_INBOUND = 1;
export const DIRECTION_OUTBOUND = 2;

/** Top bit of if_tsresol: the exponent is of 2, not of 10. */
export const RESOLUTION_OF_TWO = 0x80;
/** Microseconds, where an interface does not say. */
export const RESOLUTION_DEFAULT = 6;

/** Octets of the address in a name resolution record, by record type; a record of another type cannot be split. */
export const NAME_ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 16, 3: 6, 4: 8 };
export const NAME_RECORD_END = 0;

/** Fields and options begin on 32-bit boundaries. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}
