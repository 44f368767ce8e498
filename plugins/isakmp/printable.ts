import { toHex } from '../../core/index.ts';

/** `192.0.2.1` for 4 octets, eight groups of hexadecimal digits for 16 (RFC 5952 without the shortening of zeros), else digits. */
export function addressText(address: Uint8Array): string {
  if (address.length === 4) return address.join('.');
  if (address.length !== 16) return toHex(address);
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) {
    groups.push((((address[at] as number) << 8) | (address[at + 1] as number)).toString(16));
  }
  return groups.join(':');
}

/** Printable ASCII as it is, all else as `\xHH`: names come from peers. */
export function printableText(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) {
    text += octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`;
  }
  return text;
}
