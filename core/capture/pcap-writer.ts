import { type CaptureTime, secondsAndNanoseconds } from './capture-time.ts';
import { MAX_PACKET_BYTES } from './limits.ts';
import { put16, put32 } from './little-endian.ts';
import { PCAP_HEADER_BYTES, PCAP_MAGIC, PCAP_RECORD_BYTES, PCAP_VERSION } from './pcap-format.ts';

/**
 * Writing classic pcap (draft-ietf-opsawg-pcap), little endian, with nanoseconds: for programs that read no pcapng. One link type
 * a file, no interfaces, comments or keys. A wrong argument throws a RangeError.
 */

/** The header, which begins the file. `snapLength` in octets. */
export function pcapHeader(file: { readonly linkType: number; readonly snapLength?: number }): Uint8Array {
  const { linkType, snapLength = MAX_PACKET_BYTES } = file;
  if (!(Number.isInteger(linkType) && linkType >= 0 && linkType <= 0xffff))
    throw new RangeError(`not a link type: ${linkType}`);
  if (!(Number.isInteger(snapLength) && snapLength >= 0 && snapLength <= 0xffff_ffff)) {
    throw new RangeError(`not a snapshot length: ${snapLength}`);
  }
  const bytes = new Uint8Array(PCAP_HEADER_BYTES);
  put32(bytes, 0, PCAP_MAGIC.nanoseconds);
  put16(bytes, 4, PCAP_VERSION.major);
  put16(bytes, 6, PCAP_VERSION.minor);
  put32(bytes, 16, snapLength);
  put32(bytes, 20, linkType);
  return bytes;
}

export interface PcapRecord {
  /** Integer nanoseconds, or seconds and nanoseconds, since 1970. The format holds 32 bits of seconds. */
  readonly time: number | CaptureTime;
  readonly bytes: Uint8Array;
  readonly originalLength?: number;
}

/** A record: header and packet. */
export function pcapRecord(packet: PcapRecord): Uint8Array {
  const time = secondsAndNanoseconds(packet.time);
  if (time.seconds < 0 || time.seconds > 0xffff_ffff) throw new RangeError(`a time outside 32 bits: ${time.seconds} s`);
  const { bytes: content, originalLength = content.length } = packet;
  if (content.length > MAX_PACKET_BYTES) throw new RangeError(`a packet of ${content.length} octets is too long`);
  if (!(Number.isInteger(originalLength) && originalLength >= content.length && originalLength <= 0xffff_ffff)) {
    throw new RangeError(`not the original length of ${content.length} octets: ${originalLength}`);
  }
  const bytes = new Uint8Array(PCAP_RECORD_BYTES + content.length);
  put32(bytes, 0, time.seconds);
  put32(bytes, 4, time.nanoseconds);
  put32(bytes, 8, content.length);
  put32(bytes, 12, originalLength);
  bytes.set(content, PCAP_RECORD_BYTES);
  return bytes;
}
