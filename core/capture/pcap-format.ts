/** The numbers of the classic pcap format (draft-ietf-opsawg-pcap), once for the writer and the reader. */

/** First four octets of the file, as a number in the byte order of the file. */
export const PCAP_MAGIC = {
  microseconds: 0xa1b2c3d4,
  nanoseconds: 0xa1b23c4d,
} as const;

export const PCAP_VERSION = { major: 2, minor: 4 } as const;

/** `magic(4) major(2) minor(2) reserved(4) reserved(4) snapLength(4) linkType(4)` */
export const PCAP_HEADER_BYTES = 24;
/** `seconds(4) fraction(4) capturedLength(4) originalLength(4)` */
export const PCAP_RECORD_BYTES = 16;

/** The upper half of the link type field tells of frame check sequences; the type is the lower. */
export const PCAP_LINK_TYPE_MASK = 0xffff;
