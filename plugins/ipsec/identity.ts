import { fromHex, toHex } from '../../core/index.ts';
import { formatIpv4, parseIpv4 } from '../ipv4/contract.ts';

/** Identification types (IANA ikev2-parameters, RFC 7296 §3.5). */
export const ID_TYPE = { any: 0, ipv4: 1, fqdn: 2, rfc822: 3, ipv6: 5, der_asn1_dn: 9, key_id: 11 } as const;

/** Who somebody says to be: plain data, as it stands in an identification payload. */
export interface Identity {
  /** One of `ID_TYPE`, or what a peer sent. 0 (`%any`) stands for anybody and is never on the wire. */
  readonly type: number;
  readonly octets: Uint8Array;
}

export const ANYBODY: Identity = { type: ID_TYPE.any, octets: new Uint8Array(0) };

/**
 * Reads an identity as swanctl.conf writes it: an address, `vpn.example.jp`, `@vpn.example.jp`, `taro@example.jp`, `@#0a1b` (a key ID in
 * hexadecimal), `%any`; or with its type in front: `fqdn:`, `email:`, `keyid:`, `ipv4:`.
 */
export function parseIdentity(text: string): { readonly identity: Identity } | { readonly wrong: string } {
  const trimmed = text.trim();
  const typed = /^(fqdn|email|rfc822|userfqdn|keyid|ipv4):(.*)$/s.exec(trimmed);
  if (typed !== null) {
    const value = typed[2] as string;
    if (typed[1] === 'ipv4') {
      const address = parseIpv4(value);
      return address === undefined ? { wrong: `${value} is no IPv4 address` } : { identity: addressIdentity(address) };
    }
    if (typed[1] === 'fqdn') return { identity: textIdentity(ID_TYPE.fqdn, value) };
    if (typed[1] === 'keyid') {
      const octets = value.startsWith('0x') ? fromHex(value.slice(2)) : new TextEncoder().encode(value);
      return octets === undefined ? { wrong: `${value}: not octets in hexadecimal` } : keyIdentity(octets);
    }
    return { identity: textIdentity(ID_TYPE.rfc822, value) };
  }
  if (trimmed === '') return { wrong: 'an identity is empty' };
  if (trimmed === '%any') return { identity: ANYBODY };
  const address = parseIpv4(trimmed);
  if (address !== undefined) return { identity: addressIdentity(address) };
  if (trimmed.startsWith('@#')) {
    const octets = fromHex(trimmed.slice(2));
    return octets === undefined ? { wrong: `${trimmed}: behind @# stand octets in hexadecimal` } : keyIdentity(octets);
  }
  if (trimmed.startsWith('@')) return { identity: textIdentity(ID_TYPE.fqdn, trimmed.slice(1)) };
  if (trimmed.includes('=')) return { wrong: `${trimmed}: distinguished names need certificates, which are not there` };
  return { identity: textIdentity(trimmed.includes('@') ? ID_TYPE.rfc822 : ID_TYPE.fqdn, trimmed) };
}

/** An address as an identity: what a side that names none is known by. */
export function addressIdentity(address: number): Identity {
  return {
    type: ID_TYPE.ipv4,
    octets: Uint8Array.of(address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255),
  };
}

function textIdentity(type: number, text: string): Identity {
  return { type, octets: new TextEncoder().encode(text) };
}

function keyIdentity(octets: Uint8Array): { readonly identity: Identity } {
  return { identity: { type: ID_TYPE.key_id, octets } };
}

/** As people write it. Octets that are no printable text stand in hexadecimal. */
export function formatIdentity({ type, octets }: Identity): string {
  if (type === ID_TYPE.any) return '%any';
  if (type === ID_TYPE.ipv4 && octets.length === 4) {
    const [a, b, c, d] = octets as unknown as [number, number, number, number];
    return formatIpv4(((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
  }
  const text = new TextDecoder().decode(octets);
  const printable = /^[\x20-\x7e]+$/.test(text);
  if ((type === ID_TYPE.fqdn || type === ID_TYPE.rfc822) && printable) return text;
  if (type === ID_TYPE.key_id) return printable ? `keyid:${text}` : `@#${toHex(octets)}`;
  return `type ${type} ${printable ? text : toHex(octets)}`;
}

export function sameIdentity(a: Identity, b: Identity): boolean {
  return matchQuality(b, a) === MATCH.exact;
}

/** How well an identity fits a pattern, the higher the better; 0: not at all. */
export const MATCH = { none: 0, any: 1, wildcard: 2, exact: 20 } as const;

/** `%any` fits anybody, `*.example.jp` and `*@example.jp` what ends so. Names compare without regard to case (RFC 7296 §3.5 and RFC 5280 §7.2). */
export function matchQuality(identity: Identity, pattern: Identity): number {
  if (pattern.type === ID_TYPE.any) return MATCH.any;
  if (identity.type !== pattern.type) return MATCH.none;
  const name = pattern.type === ID_TYPE.fqdn || pattern.type === ID_TYPE.rfc822;
  const mine = name ? new TextDecoder().decode(identity.octets).toLowerCase() : toHex(identity.octets);
  const wanted = name ? new TextDecoder().decode(pattern.octets).toLowerCase() : toHex(pattern.octets);
  if (mine === wanted) return MATCH.exact;
  if (name && wanted.startsWith('*') && mine.endsWith(wanted.slice(1))) return MATCH.wildcard;
  return MATCH.none;
}
