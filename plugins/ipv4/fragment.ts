import { type Context, internetChecksum, type Packet, read16, write16 } from '../../core/index.ts';
import { AT, FRAGMENT_OFFSET, FRAGMENT_WORD_AT, ipv4HeaderSize, MORE_FRAGMENTS } from './headers.ts';
import { copiedOptions } from './options.ts';

const FIXED = 20;

/**
 * Cuts a packet into fragments of at most `mtu` octets (RFC 791 §3.2): the first has all options, the others those with the copied
 * flag. A fragment is cut further in the same way. The packet is replaced by them; `undefined`, with the packet still in hand,
 * when not even 8 octets of payload would fit.
 */
export function fragmentPacket(packet: Packet, mtu: number, ctx: Context): Packet[] | undefined {
  const { buffer, start, end } = packet;
  const headerSize = ipv4HeaderSize(buffer, start);
  const room = mtu - headerSize;
  if (room < 8) return undefined;
  const copied = copiedOptions(buffer, start + AT.options, start + headerSize);
  const word = read16(buffer, start + FRAGMENT_WORD_AT);
  const firstOffset = word & FRAGMENT_OFFSET;
  const fragments: Packet[] = [];
  let at = start + headerSize;
  while (at < end) {
    const isFirst = fragments.length === 0;
    const size = isFirst ? headerSize : FIXED + copied.length;
    const most = (mtu - size) & ~7;
    const isLast = end - at <= mtu - size;
    const take = isLast ? end - at : most;
    const fragment = isLast
      ? ctx.replacePacket(packet, 'fragment', size + take)
      : ctx.derivePacket(packet, 'fragment', size + take);
    const to = fragment.start;
    fragment.buffer.set(buffer.subarray(start, start + (isFirst ? headerSize : FIXED)), to);
    if (!isFirst) {
      fragment.buffer.set(copied, to + FIXED);
      fragment.buffer[to + AT.version] = 0x40 | (size >> 2);
    }
    fragment.buffer.set(buffer.subarray(at, at + take), to + size);
    write16(fragment.buffer, to + AT.totalLength, size + take);
    const offset = firstOffset + ((at - start - headerSize) >> 3);
    // The last piece of a fragment that was not the last still has more behind it.
    const more = isLast ? word & MORE_FRAGMENTS : MORE_FRAGMENTS;
    write16(fragment.buffer, to + FRAGMENT_WORD_AT, (word & ~(FRAGMENT_OFFSET | MORE_FRAGMENTS)) | more | offset);
    write16(fragment.buffer, to + AT.checksum, 0);
    write16(fragment.buffer, to + AT.checksum, internetChecksum(fragment.buffer, to, to + size));
    fragments.push(fragment);
    at += take;
  }
  return fragments;
}
