import { read16 } from './bytes.ts';

/** From so many octets on a view in 32-bit words is worth making. */
const LEAST_VIEWED = 96;
/** Up to so many octets the sums of a view stay below 2^31. */
const MOST_VIEWED = 0x1_0000;
/** Typed arrays have the byte order of the machine. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words. `sumWords` gives a partial
 * sum, so that a pseudo-header and a message can be added one after the other; `foldSum` ends it.
 */
export function sumWords(bytes: Uint8Array, start: number, end: number, sum = 0): number {
  const size = end - start;
  const lead = -(bytes.byteOffset + start) & 3;
  // Words of the view must be words of the message: an odd start would take the octets of two.
  if (size < LEAST_VIEWED || size > MOST_VIEWED || (lead & 1) !== 0) return sumOctets(bytes, start, end, sum);
  const first = start + lead;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + first, (size - lead) >> 2);
  const viewed = sumView(words);
  return sumOctets(bytes, first + words.length * 4, end, sumOctets(bytes, start, first, sum + viewed));
}

/** The one's complement sum of 32-bit words taken as two 16-bit words each: in the machine's byte order, put right at the end (RFC 1071 §2 (B)). */
function sumView(words: Int32Array): number {
  const count = words.length;
  let low = 0;
  let high = 0;
  let at = 0;
  // Eight words a turn: the checks of a turn cost as much as its sums. `| 0` says that nothing overflows, so that nothing asks.
  for (const last = count - 7; at < last; at = (at + 8) | 0) {
    const a = words[at] as number;
    const b = words[(at + 1) | 0] as number;
    const c = words[(at + 2) | 0] as number;
    const d = words[(at + 3) | 0] as number;
    const e = words[(at + 4) | 0] as number;
    const f = words[(at + 5) | 0] as number;
    const g = words[(at + 6) | 0] as number;
    const h = words[(at + 7) | 0] as number;
    low = (low + (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff)) | 0;
    high = (high + (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16)) | 0;
    low = (low + (e & 0xffff) + (f & 0xffff) + (g & 0xffff) + (h & 0xffff)) | 0;
    high = (high + (e >>> 16) + (f >>> 16) + (g >>> 16) + (h >>> 16)) | 0;
  }
  for (; at < count; at = (at + 1) | 0) {
    const word = words[at] as number;
    low = (low + (word & 0xffff)) | 0;
    high = (high + (word >>> 16)) | 0;
  }
  const sum = ~foldSum(low + high) & 0xffff;
  return LITTLE_ENDIAN ? ((sum & 0xff) << 8) | (sum >>> 8) : sum;
}

function sumOctets(bytes: Uint8Array, start: number, end: number, sum: number): number {
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
