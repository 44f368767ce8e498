import { toHex } from '../../core/index.ts';
import { addressText, printableText } from '../isakmp/contract.ts';
import { ID_TYPE, ID_TYPE_NAMES } from './names/identifiers.ts';

/** How an ID payload reads: `vpn.example.jp`, `taro@example.jp`, `192.0.2.1`, `10.1.0.0/255.255.255.0`, `10.1.0.1-10.1.0.9`. */
export function identificationText(type: number, octets: Uint8Array): string {
  const half = octets.length / 2;
  switch (type) {
    case ID_TYPE.IPV4_ADDR:
    case ID_TYPE.IPV6_ADDR:
      return addressText(octets);
    case ID_TYPE.IPV4_ADDR_SUBNET:
    case ID_TYPE.IPV6_ADDR_SUBNET:
      return `${addressText(octets.slice(0, half))}/${addressText(octets.slice(half))}`;
    case ID_TYPE.IPV4_ADDR_RANGE:
    case ID_TYPE.IPV6_ADDR_RANGE:
      return `${addressText(octets.slice(0, half))}-${addressText(octets.slice(half))}`;
    case ID_TYPE.FQDN:
    case ID_TYPE.USER_FQDN:
      return printableText(octets);
    case ID_TYPE.KEY_ID:
      return `keyid:${toHex(octets)}`;
    default:
      return `${ID_TYPE_NAMES[type] ?? `ID type ${type}`}:${toHex(octets)}`;
  }
}
