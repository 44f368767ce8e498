import { header, octets, unsigned } from '../../core/index.ts';
import { formatIpv6 } from './address.ts';

/** Next headers that have names here (IANA, Assigned Internet Protocol Numbers). */
export const NEXT_HEADERS: Readonly<Record<number, string>> = {
  ...{ 0: 'hop-by-hop options', 1: 'ICMP', 4: 'IPv4', 6: 'TCP', 17: 'UDP', 41: 'IPv6', 43: 'routing', 44: 'fragment' },
  ...{ 50: 'ESP', 51: 'AH', 58: 'ICMPv6', 59: 'nothing', 60: 'destination options', 108: 'IPComp', 135: 'mobility' },
};

/** The fixed header, 40 octets (RFC 8200 §3). What is behind it is as long as its payload length says; 0 is a jumbogram's (RFC 2675). */
export const ipv6Header = header({
  name: 'ipv6',
  title: 'IPv6',
  source: 'RFC 8200 §3',
  fields: {
    version: unsigned(4, { check: (version) => (version === 6 ? undefined : `version ${version} is not 6`) }),
    trafficClass: unsigned(8, { label: 'Traffic class', radix: 16 }),
    flowLabel: unsigned(20, { label: 'Flow label', radix: 16 }),
    payloadLength: unsigned(16, { label: 'Payload length' }),
    nextHeader: unsigned(8, { label: 'Next header', names: NEXT_HEADERS }),
    hopLimit: unsigned(8, { label: 'Hop limit' }),
    source: octets(16, { label: 'Source', format: formatIpv6 }),
    destination: octets(16, { label: 'Destination', format: formatIpv6 }),
  },
});

/** An extension header whose length counts units of 8 octets beyond the first (RFC 8200 §4.3, §4.4, §4.6). */
export const extensionHeader = header({
  name: 'ipv6.extension',
  title: 'IPv6 extension header',
  source: 'RFC 8200 §4',
  fields: {
    nextHeader: unsigned(8, { label: 'Next header', names: NEXT_HEADERS }),
    length: unsigned(8, {
      label: 'Length beyond 8 octets, in 8 octets',
      check: (length, _, { available }) => {
        const size = (length + 1) * 8;
        return size > available ? `an extension header of ${size} octets, and ${available} are there` : undefined;
      },
    }),
    content: octets(({ length }) => (length + 1) * 8 - 2, { label: 'Content' }),
  },
});

/** Octets of the fragment header (RFC 8200 §4.5). */
export const fragmentHeader = header({
  name: 'ipv6.fragment',
  title: 'IPv6 fragment header',
  source: 'RFC 8200 §4.5',
  fields: {
    nextHeader: unsigned(8, { label: 'Next header', names: NEXT_HEADERS }),
    reserved: unsigned(8),
    fragmentOffset: unsigned(13, { label: 'Fragment offset' }),
    reservedBits: unsigned(2, { label: 'Reserved' }),
    moreFragments: unsigned(1, { label: 'More fragments' }),
    identification: unsigned(32, { radix: 16 }),
  },
});
