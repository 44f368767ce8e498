import type { Codec } from '../../core/index.ts';

/** All octets of a datagram are its message; printable ones are shown as text. */
export const echoCodec: Codec = {
  name: 'echo',
  title: 'Echo',
  dissect(bytes, start, end) {
    const text = Array.from(bytes.subarray(start, Math.min(end, start + MOST_SHOWN)), (octet) =>
      octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.',
    ).join('');
    return {
      name: 'echo',
      title: 'Echo',
      source: 'RFC 862',
      summary: `${end - start} octets to be returned as they are`,
      start,
      end,
      fields: [{ name: 'echo.message', label: 'Message', value: text, bit: start * 8, bits: (end - start) * 8 }],
    };
  },
};

/** The most octets of a message that are shown. */
const MOST_SHOWN = 256;
