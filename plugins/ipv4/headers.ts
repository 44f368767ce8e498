import { flag, header, internetChecksum, octets, read16, sumWords, unsigned } from '../../core/index.ts';
import { formatIpv4 } from './address.ts';

/** Assigned protocol numbers that a lab meets (IANA protocol-numbers). */
export const IP_PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  89: 'OSPF',
  108: 'IPComp',
  112: 'VRRP',
  132: 'SCTP',
};

const LEAST_WORDS = 5;

/** The IPv4 header (RFC 791 §3.1; DSCP and ECN by RFC 2474 §3 and RFC 3168 §5). */
export const ipv4Header = header({
  name: 'ipv4',
  title: 'Internet Protocol version 4',
  source: 'RFC 791 §3.1',
  fields: {
    version: unsigned(4, {
      fill: () => 4,
      check: (value) => (value === 4 ? undefined : `the version is ${value}, not 4`),
    }),
    headerLength: unsigned(4, {
      label: 'Header length',
      format: (value) => `${value * 4} octets`,
      fill: (_, { size }) => size / 4,
      check: (value, _, { available }) => {
        if (value < LEAST_WORDS) return `the header length is ${value * 4} octets, less than ${LEAST_WORDS * 4}`;
        return value * 4 > available ? `the header has ${value * 4} octets, ${available} are there` : undefined;
      },
    }),
    dscp: unsigned(6, { label: 'Differentiated services' }),
    ecn: unsigned(2, {
      label: 'Explicit congestion notification',
      names: { 0: 'not capable', 1: 'ECT(1)', 2: 'ECT(0)', 3: 'congestion experienced' },
    }),
    totalLength: unsigned(16, {
      fill: (_, { size, payloadSize }) => size + payloadSize,
      check: (value, { headerLength }, { available }) => {
        if (value < headerLength * 4) return `the total length is ${value}, less than the header's ${headerLength * 4}`;
        return value > available ? `the total length is ${value}, but ${available} octets are there` : undefined;
      },
    }),
    identification: unsigned(16, { radix: 16 }),
    reserved: flag({ label: 'Reserved bit' }),
    dontFragment: flag({ label: "Don't fragment" }),
    moreFragments: flag({ label: 'More fragments' }),
    fragmentOffset: unsigned(13, { format: (value) => `${value * 8} octets` }),
    timeToLive: unsigned(8, { label: 'Time to live', fill: () => 64 }),
    protocol: unsigned(8, { names: IP_PROTOCOLS }),
    checksum: unsigned(16, {
      label: 'Header checksum',
      radix: 16,
      late: true,
      fill: (_, { bytes, start, size }) => internetChecksum(bytes, start, start + size),
      remark: (_, { headerLength }, bytes, start, end) => {
        const last = start + (headerLength as number) * 4;
        if (last > Math.min(end, bytes.length)) return undefined;
        return internetChecksum(bytes, start, last) === 0 ? 'correct' : 'wrong';
      },
    }),
    source: unsigned(32, { label: 'Source address', format: formatIpv4 }),
    destination: unsigned(32, { label: 'Destination address', format: formatIpv4 }),
    options: octets(({ headerLength }) => (headerLength as number) * 4 - 20),
  },
});

/** Octets of the header at `at`, as it says itself. */
export function ipv4HeaderSize(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) & 0x0f) << 2;
}

/** Offsets within the header that the path of packets uses, all from the declaration. */
export const AT = ipv4Header.offset;

/** Bits of the 16-bit word that starts with the reserved bit. */
export const DONT_FRAGMENT = 0x4000;
export const MORE_FRAGMENTS = 0x2000;
export const FRAGMENT_OFFSET = 0x1fff;
/** Octet offset of that word. */
export const FRAGMENT_WORD_AT = AT.reserved;

/**
 * Partial checksum of the pseudo-header that UDP and TCP add (RFC 768): addresses from the IPv4 header at `at`, the protocol, and the
 * length of the message. To be given to `sumWords`.
 */
export function sumPseudoHeader(bytes: Uint8Array, at: number, protocol: number, length: number): number {
  return sumWords(bytes, at + AT.source, at + AT.source + 8) + protocol + length;
}

/** A fragment: more follow, or it is not the first. */
export function isFragment(bytes: Uint8Array, at: number): boolean {
  return (read16(bytes, at + FRAGMENT_WORD_AT) & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) !== 0;
}
