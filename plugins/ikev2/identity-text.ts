import { toHex } from '../../core/index.ts';
import { addressText, printableText } from '../isakmp/contract.ts';
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
      return printableText(octets);
    case ID_TYPE.KEY_ID:
      return `keyid:${toHex(octets)}`;
    default:
      return `${ID_TYPE_NAMES[type] ?? `ID type ${type}`}:${toHex(octets)}`;
  }
}
