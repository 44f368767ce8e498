import type { Story } from '../../core/index.ts';

/** What ipv4 says of packets that it drops or holds, and of changes. */
export const ipv4Codes: Readonly<Record<string, Story>> = {
  'ipv4.malformed': {
    text: '{node} dropped a packet with a bad IPv4 header: {message} (octet {at})',
    source: 'RFC 1812 §5.2.2',
    cure: 'was the frame damaged on a link, or does its sender write wrong headers?',
  },
  'ipv4.martian': {
    text: '{node} dropped a packet from {source} to {destination}: {wrong}',
    source: 'RFC 1812 §5.3.7',
  },
  'ipv4.multicast': {
    text: '{node} dropped a packet to the group {destination}: it forwards and joins no groups',
    source: 'RFC 1122 §3.2.3',
  },
  'ipv4.directed-broadcast': {
    text: '{node} does not pass on broadcasts to {destination} from another link',
    source: 'RFC 2644 §2',
  },
  'ipv4.link-broadcast': {
    text: '{node} does not forward a packet to {destination} that came in a frame to everybody',
    source: 'RFC 1812 §5.3.4',
  },
  'ipv4.not-forwarding': {
    text: '{node} got a packet for {destination} and forwards for nobody',
    source: 'RFC 1122 §3.2.1.3',
    cure: 'set ipv4.forwarding, or correct the route or gateway that led here',
  },
  'ipv4.ttl-exceeded': {
    text: '{node} dropped a packet to {destination}: its time to live is over',
    source: 'RFC 1812 §5.3.1',
    cure: 'look for a loop of routes, or raise ttl',
  },
  'ipv4.no-route': {
    text: '{node} has no route to {destination}',
    source: 'RFC 1812 §5.2.4.3',
    cure: 'add a route or a gateway to this node',
  },
  'ipv4.route-down': {
    text: '{node} has a route to {destination} by {interface} only, which is down',
    source: 'RFC 1812 §5.2.4.3',
    cure: 'bring the interface or its link up, or add another route',
  },
  'ipv4.bad-option': {
    text: '{node} dropped a packet with a malformed option {type} at octet {at} of its header',
    source: 'RFC 1812 §5.2.4',
  },
  'ipv4.source-route': {
    text: '{node} refused a packet of {source} with the option {option}',
    source: 'RFC 7126 §4.3',
  },
  'ipv4.needs-fragmentation': {
    text: '{node} dropped a packet of {size} octets to {destination}: {interface} takes {mtu}, and it may not be fragmented',
    source: 'RFC 1191 §4',
    cure: 'send smaller packets, allow fragments, or see why the sender does not hear the ICMP error',
  },
  'ipv4.mtu-too-small': {
    text: '{node} cannot fragment for the MTU of {mtu} on {interface}',
    source: 'RFC 791 §3.2',
  },
  'ipv4.no-interface': { text: '{node} has no interface {interface}' },
  'ipv4.no-link-layer': {
    text: '{node} cannot reach {nextHop}: nothing here finds neighbours',
    cure: 'give the node the plugin arp',
  },
  'ipv4.no-protocol': {
    text: '{node} has no protocol {protocol}',
    source: 'RFC 1122 §3.2.2.1',
    cure: 'give the node the plugin that reads this protocol',
  },
  'ipv4.too-long': {
    text: '{node} cannot send {size} octets to {destination}: a packet has at most 65535',
    source: 'RFC 791 §3.1',
  },
  'ipv4.looped': { text: '{node} sends a packet to itself ({destination})', source: 'RFC 1122 §3.3.1.1' },
  'ipv4.too-many-looped': { text: '{node} dropped a packet to itself: {limit} are on their way already' },
  'ipv4.fragment-waits': {
    text: '{node} keeps the fragment at octet {offset} of a datagram of {source}',
    source: 'RFC 791 §3.2',
  },
  'ipv4.bad-fragment': {
    text: '{node} dropped a fragment of {source}: {size} octets at {offset} cannot be',
    source: 'RFC 791 §3.2',
  },
  'ipv4.duplicate-fragment': {
    text: '{node} has the fragment of {source} at octet {offset} already',
    source: 'RFC 791 §3.2',
  },
  'ipv4.overlapping-fragment': {
    text: '{node} dropped a datagram of {source}: its fragments overlap at octet {offset}',
    source: 'RFC 5722 §4',
  },
  'ipv4.too-many-fragments': { text: '{node} dropped a datagram of {source}: it has too many fragments' },
  'ipv4.reassembly-timeout': {
    text: '{node} dropped the fragment at octet {offset} of {source}: the others did not come in time',
    source: 'RFC 1122 §3.3.2',
    cure: 'a fragment was lost or filtered on the way',
  },
  'ipv4.reassembly-full': {
    text: '{node} dropped the fragment at octet {offset} of {source}: too many datagrams wait for fragments',
    source: 'RFC 1122 §3.3.2',
  },
  'ipv4.path-mtu': { text: '{node} learned that the path to {destination} takes {mtu} octets', source: 'RFC 1191 §3' },
  'ipv4.address-added': { text: '{node} has the address {address} on {interface}' },
  'ipv4.address-removed': { text: '{node} no longer has the address {address} on {interface}' },
  'ipv4.no-such-interface': { text: '{node} has no interface {interface}' },
};
