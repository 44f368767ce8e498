import { header, octets, toHex, unsigned } from '../../core/index.ts';

/** EtherTypes that have names here (IEEE 802 numbers). */
export const ETHER_TYPES: Readonly<Record<number, string>> = {
  ...{ 2048: 'IPv4', 2054: 'ARP', 33024: '802.1Q', 34525: 'IPv6', 34915: 'PPPoE discovery' },
  ...{ 34916: 'PPPoE session', 34984: '802.1ad', 35020: 'LLDP', 37120: 'QinQ' },
};

/** A VLAN tag behind the EtherType that announced it (IEEE 802.1Q §9.6). */
export const vlanTag = header({
  name: 'vlan',
  title: 'VLAN tag',
  source: 'IEEE 802.1Q §9.6',
  fields: {
    priority: unsigned(3),
    dropEligible: unsigned(1, { label: 'Drop eligible' }),
    identifier: unsigned(12, { label: 'VLAN identifier' }),
    etherType: unsigned(16, { label: 'Type', radix: 16, names: ETHER_TYPES }),
  },
});

const PACKET_TYPES: Readonly<Record<number, string>> = {
  ...{ 0: 'to us', 1: 'broadcast', 2: 'multicast', 3: 'to somebody else', 4: 'from us' },
};
const address = (octetsOfIt: Uint8Array): string => toHex(octetsOfIt).replace(/..(?=.)/g, '$&:');

/** Linux's cooked capture, 16 octets (LINKTYPE_LINUX_SLL, 113). */
export const linuxCooked = header({
  name: 'linux-cooked',
  title: 'Linux cooked capture',
  source: 'LINKTYPE_LINUX_SLL',
  fields: {
    packetType: unsigned(16, { label: 'Packet type', names: PACKET_TYPES }),
    hardwareType: unsigned(16, { label: 'Hardware type' }),
    addressLength: unsigned(16, { label: 'Address length' }),
    address: octets(8, { label: 'Sender, padded', format: address }),
    protocol: unsigned(16, { radix: 16, names: ETHER_TYPES }),
  },
});

/** Its second version, 20 octets (LINKTYPE_LINUX_SLL2, 276). */
export const linuxCooked2 = header({
  name: 'linux-cooked-2',
  title: 'Linux cooked capture, version 2',
  source: 'LINKTYPE_LINUX_SLL2',
  fields: {
    protocol: unsigned(16, { radix: 16, names: ETHER_TYPES }),
    reserved: unsigned(16),
    interfaceIndex: unsigned(32, { label: 'Interface' }),
    hardwareType: unsigned(16, { label: 'Hardware type' }),
    packetType: unsigned(8, { label: 'Packet type', names: PACKET_TYPES }),
    addressLength: unsigned(8, { label: 'Address length' }),
    address: octets(8, { label: 'Sender, padded', format: address }),
  },
});

/** PPP with the address and control octets of HDLC or without them (RFC 1661 §2, RFC 1662 §3.1); the protocol in two octets. */
export const pppProtocol = header({
  name: 'ppp',
  title: 'PPP',
  source: 'RFC 1661 §2',
  fields: {
    protocol: unsigned(16, {
      radix: 16,
      names: { 33: 'IPv4', 87: 'IPv6', 49185: 'LCP', 32801: 'IPCP', 32855: 'IPV6CP' },
    }),
  },
});

/** The address family before packets of BSD's loopback, in the byte order of the recording host (LINKTYPE_NULL) or big endian (LOOP). */
export const familyOctets = header({
  name: 'loopback',
  title: 'BSD loopback',
  source: 'LINKTYPE_NULL, LINKTYPE_LOOP',
  fields: { family: octets(4, { label: 'Address family' }) },
});
