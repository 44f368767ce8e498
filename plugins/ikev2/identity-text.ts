import { toHex } from '../../core/index.ts';
import { ID_TYPE, ID_TYPE_NAMES } from './names/identifiers.ts';

/** How an identity of an ID payload reads: `vpn.example.jp`, `taro@example.jp`, `192.0.2.1`, `keyid:0a0b`. */
export function identityText(type: number, octets: Uint8Array): string {
  switch (type) {
    case ID_TYPE.IPV4_ADDR:
      return octets.length === 4 ? addressText(octets) : toHex(octets);
    case ID_TYPE.IPV6_ADDR:
      return octets.length === 16 ? addressText(octets) : toHex(octets);
    case ID_TYPE.FQDN:
    case ID_TYPE.RFC822_ADDR:
      return printable(octets);
    case ID_TYPE.KEY_ID:
      return `keyid:${toHex(octets)}`;
    default:
      return `${ID_TYPE_NAMES[type] ?? `ID type ${type}`}:${toHex(octets)}`;
  }
}

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
function printable(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) {
    text += octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`;
  }
  return text;
}
