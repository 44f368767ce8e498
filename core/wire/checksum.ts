import { read16 } from './bytes.ts';

/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words. `sumWords` gives a partial
 * sum, so that a pseudo-header and a message can be added one after the other; `foldSum` ends it.
 */
export function sumWords(bytes: Uint8Array, start: number, end: number, sum = 0): number {
  let high = 0;
  let low = 0;
  let at = start;
  // High and low octets apart, four words a turn: quicker than one word after the other.
  for (const last = end - 7; at < last; at += 8) {
    high += (bytes[at] as number) + (bytes[at + 2] as number) + (bytes[at + 4] as number) + (bytes[at + 6] as number);
    low +=
      (bytes[at + 1] as number) + (bytes[at + 3] as number) + (bytes[at + 5] as number) + (bytes[at + 7] as number);
  }
  for (; at + 1 < end; at += 2) {
    high += bytes[at] as number;
    low += bytes[at + 1] as number;
  }
  // An odd last octet counts as the high half of a word (RFC 1071 §1).
  if (at < end) high += bytes[at] as number;
  return sum + high * 256 + low;
}

/** Folds a partial sum (below 2^48) to 16 bits and complements it: the value for the checksum field. */
export function foldSum(sum: number): number {
  let total = sum;
  // Beyond 32 bits only where more than 128 KiB were summed.
  if (total > 0xffff_ffff) total = (total % 0x1_0000_0000) + Math.floor(total / 0x1_0000_0000);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return ~total & 0xffff;
}

/** The checksum over `bytes[start, end)`. Over data that holds a right checksum the result is 0. */
export function internetChecksum(bytes: Uint8Array, start: number, end: number): number {
  return foldSum(sumWords(bytes, start, end));
}

/** RFC 1624 equation 3: the checksum after one 16-bit word changed from `before` to `after`. */
export function adjustChecksum(checksum: number, before: number, after: number): number {
  let sum = (~checksum & 0xffff) + (~before & 0xffff) + after;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** RFC 1624 for a stretch of even length that is replaced: the checksum after `before` became `after`. */
export function adjustChecksumBytes(checksum: number, before: Uint8Array, after: Uint8Array): number {
  let result = checksum;
  for (let at = 0; at + 1 < before.length; at += 2) {
    result = adjustChecksum(result, read16(before, at), read16(after, at));
  }
  return result;
}
