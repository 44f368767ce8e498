import { fromHex } from '../../core/index.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export type OctetsReading = { readonly octets: Uint8Array } | { readonly wrong: string };

/** Keys as swanctl.conf writes them: `0x` and hexadecimal digits, or `0s` and base64. */
export function parseKey(text: string): OctetsReading {
  if (/^0x/i.test(text)) {
    const octets = fromHex(text.slice(2).replace(/[_: ]/g, ''));
    return octets === undefined ? { wrong: `behind 0x stands an even number of hexadecimal digits` } : { octets };
  }
  if (/^0s/i.test(text)) {
    const octets = fromBase64(text.slice(2));
    return octets === undefined ? { wrong: `behind 0s stands base64` } : { octets };
  }
  return { wrong: 'a key starts with 0x (hexadecimal) or 0s (base64)' };
}

/** A shared secret: as a key, or else the text itself in UTF-8. */
export function parseSecret(text: string): OctetsReading {
  return /^0[xs]/i.test(text) ? parseKey(text) : { octets: new TextEncoder().encode(text) };
}

/** RFC 4648 §4, with or without its padding. */
function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/=+$/, '');
  if (digits.length % 4 === 1) return undefined;
  const octets = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const digit of digits) {
    const value = BASE64.indexOf(digit);
    if (value < 0) return undefined;
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      octets[at++] = (word >>> bits) & 255;
    }
  }
  return octets;
}
