/**
 * The bounds on reading a capture file. A file is hostile input: without them a few lying octets would ask for gigabytes.
 * Reaching one is a located fault, never a hang.
 */
export interface CaptureLimits {
  /** Octets of one packet. */
  readonly packetBytes: number;
  /** Octets of one pcapng block, of any type. */
  readonly blockBytes: number;
  /** Packets that `readCapture` collects. The readers that hand out records one by one keep none, so they count none. */
  readonly packets: number;
  /** Sections of one pcapng file. */
  readonly sections: number;
  /** Interfaces of one file, over all its sections. */
  readonly interfaces: number;
  /** Options looked at in one block. */
  readonly options: number;
  /** Names in all name resolution blocks of one file. */
  readonly names: number;
  /** Decryption secrets blocks kept from one file. */
  readonly secrets: number;
  /** Faults listed. Those beyond are counted. */
  readonly faults: number;
}

/** 256 KiB: the snapshot length that capture programs write for "the whole packet". */
export const MAX_PACKET_BYTES = 262_144;
export const MAX_BLOCK_BYTES = 16 * 1_048_576;
export const MAX_PACKETS = 1_000_000;
export const MAX_SECTIONS = 65_536;
export const MAX_INTERFACES = 65_536;
export const MAX_OPTIONS = 1_024;
export const MAX_NAMES = 65_536;
export const MAX_SECRETS = 4_096;
export const MAX_FAULTS = 1_000;

export const CAPTURE_LIMITS: CaptureLimits = {
  packetBytes: MAX_PACKET_BYTES,
  blockBytes: MAX_BLOCK_BYTES,
  packets: MAX_PACKETS,
  sections: MAX_SECTIONS,
  interfaces: MAX_INTERFACES,
  options: MAX_OPTIONS,
  names: MAX_NAMES,
  secrets: MAX_SECRETS,
  faults: MAX_FAULTS,
};
