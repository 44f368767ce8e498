import type { Story } from '../../core/index.ts';

const MAPPING = { of: 'NAT mapping', by: ['protocol', 'inside', 'outside'] } as const;

/** The address of `10.0.0.2:500` or `10.0.0.2 id 7`. */
const hostOf = (end: unknown): string => String(end).split(/[ :]/)[0] as string;

/** What a translator says of mappings, and of packets that it changes, holds or drops. */
export const natCodes: Readonly<Record<string, Story>> = {
  'nat.mapped': {
    life: { ...MAPPING, begins: 'translation' },
    text: '{node} maps {inside} to {outside} ({protocol}, towards {remote})',
    source: 'RFC 4787 §4.1',
  },
  'nat.block': { text: '{node} gives {host} the ports {low} to {high} of {outside}', source: 'RFC 6888 REQ-14' },
  'nat.expired': {
    life: { ...MAPPING, ends: 'same' },
    text: '{node} forgot the mapping of {inside} to {outside} ({protocol}): nothing kept it alive for {idle} s',
    source: 'RFC 4787 §4.3',
    cure: 'send keepalives more often than that, or give the translator a longer timer',
  },
  'nat.evicted': {
    life: { ...MAPPING, ends: 'same' },
    text: '{node} gave up the mapping of {inside} to {outside}, idle for longest, to make room: {limit} is the limit',
    source: 'RFC 6888 REQ-4',
  },
  'nat.translated': { text: '{node} wrote the {end} {to} in place of {from}', source: 'RFC 3022 §2.2' },
  'nat.guessed': {
    text: '{node} guesses that ESP for {outside} answers {inside}, which has waited longest',
    source: 'RFC 3715 §2.1(f)',
  },
  'nat.flushed': {
    life: { ...MAPPING, ends: ({ of }, { inside }) => of === 'everybody' || of === hostOf(inside) },
    text: '{node} was made to forget the mappings of {of} ({lost})',
  },
  'nat.rebooted': {
    life: { ...MAPPING, ends: () => true },
    text: '{node} starts anew and forgets its mappings ({lost}); nothing passes for {down} s',
  },
  'nat.rebound': {
    life: {
      ...MAPPING,
      begins: 'translation',
      ends: (gone, born) =>
        gone.before === born.outside && gone.inside === born.inside && gone.protocol === born.protocol,
    },
    text: '{node} now maps {inside} to {outside} in place of {before}',
    source: 'RFC 3947 §7',
  },
  'nat.address-changed': {
    life: { ...MAPPING, ends: () => true },
    text: '{node} has another external address, {after} in place of {before}: the mappings of the old one are lost ({lost})',
    source: 'RFC 4787 §4.1',
  },
  'nat.filtered': {
    text: '{node} dropped a packet from {source} to {destination}: {inside} sent nothing there lately, only towards {towards}, and filtering is {filtering}',
    source: 'RFC 4787 §5',
    cure: 'let the host inside send there first, forward the port, or filter less',
  },
  'nat.no-mapping': {
    text: '{node} dropped a {protocol} packet from {source} to {destination}: no mapping leads inside from there',
    source: 'RFC 3022 §2.2',
    cure: 'let the host inside send first and keep the mapping alive, or forward the port',
  },
  'nat.unknown-spi': {
    text: '{node} dropped ESP from {source} to {destination}: it has no ports, and nobody inside is known to wait for it',
    source: 'RFC 3715 §2.1(f)',
    cure: 'encapsulate ESP in UDP (NAT traversal), or forward the protocol to one host',
  },
  'nat.no-hairpinning': {
    text: '{node} does not turn packets back: {source} cannot reach {inside} by {outside}',
    source: 'RFC 4787 REQ-9',
    cure: 'use the internal address, or set hairpinning',
  },
  'nat.protocol-dropped': {
    text: '{node} dropped a packet from {source} to {destination}: it does not translate {protocol}',
    source: 'RFC 3715 §2.2(j)',
    cure: 'encapsulate ESP in UDP (NAT traversal)',
  },
  'nat.other-client': {
    text: '{node} dropped {protocol} from {source} to {destination}: another host has {outside} for it already, and there is no port to tell them apart',
    source: 'RFC 3715 §2.3(o)',
    cure: 'encapsulate ESP in UDP (NAT traversal)',
  },
  'nat.unasked-reply': {
    text: '{node} dropped a reply from {source} to {destination} that nobody outside asked for',
    source: 'RFC 5508 REQ-1',
  },
  'nat.link-only': {
    text: '{node} dropped an ICMP message from {source} to {destination} that concerns one link only',
    source: 'RFC 5508 REQ-11',
  },
  'nat.not-mapped': {
    text: '{node} dropped a packet of {host}, which has no external address',
    source: 'RFC 3022 §2.1',
    cure: 'add it to the map, or let the translator share an address (type napt)',
  },
  'nat.pool-exhausted': {
    text: '{node} dropped a packet from {source}: other hosts have all {addresses} addresses of the pool',
    source: 'RFC 3022 §2.1',
    cure: 'give the pool more addresses, or share them by ports (type napt)',
  },
  'nat.no-address': {
    text: '{node} dropped a packet from {source} to {destination}: it has no external address now',
    cure: 'wait until the outside interface gets one',
  },
  'nat.no-port': {
    text: '{node} dropped a packet from {source}: no port of {outside} is free ({mode})',
    source: 'RFC 4787 §4.2.1',
    cure: 'give more addresses or a wider range, or allow overloading',
  },
  'nat.port-taken': {
    text: '{node} dropped a packet from {source} to {destination}: it keeps port {port}, which another host uses towards there',
    source: 'RFC 3715 §2.3(o)',
    cure: 'let the translator choose ports, or let one of the hosts use another',
  },
  'nat.table-full': {
    text: '{node} refused a new mapping for {source}: it has {limit}, which is the limit',
    source: 'RFC 5508 REQ-8',
    cure: 'raise the limit, shorten the timers, or set on_full',
  },
  'nat.client-limit': {
    text: '{node} refused a new mapping for {host}: one host may have {limit}',
    source: 'RFC 6888 REQ-4',
  },
  'nat.port-zero': {
    text: '{node} dropped a packet from {source} to {destination}: {message}',
    source: 'IANA service-names-port-numbers: port 0 is reserved',
  },
  'nat.malformed': {
    text: '{node} cannot translate a packet from {source} to {destination}: {message}',
    source: 'RFC 3022 §4.1',
  },
  'nat.rebooting': { text: '{node} dropped a packet from {source} to {destination}: it is up again in {left} s' },
  'nat.fragment-waits': {
    text: '{node} keeps the fragment at octet {offset} from {source} until the first one tells the ports',
    source: 'RFC 4787 REQ-14',
  },
  'nat.fragment-dropped': {
    text: '{node} drops fragments, here the one at octet {offset} from {source} to {destination}',
    source: 'RFC 3715 §2.2(m)',
    cure: 'send smaller packets: a smaller MTU, or IKE fragmentation',
  },
  'nat.fragment-out-of-order': {
    text: '{node} dropped the fragment at octet {offset} from {source}: the first one, with the ports, had not come',
    source: 'RFC 4787 REQ-14',
    cure: 'set fragments to any-order',
  },
  'nat.fragment-overlap': {
    text: '{node} dropped a fragment from {source} that lies over the TCP header',
    source: 'RFC 1858 §4',
  },
  'nat.fragment-timeout': {
    text: '{node} dropped the fragment at octet {offset} from {source}: the first one never came',
    source: 'RFC 4787 §11',
  },
  'nat.fragments-full': {
    text: '{node} dropped the fragment at octet {offset} from {source}: too many wait already',
    source: 'RFC 4787 REQ-14a',
  },
  'nat.icmp-checksum': {
    text: '{node} dropped an ICMP error from {source}: its checksum is wrong',
    source: 'RFC 5508 REQ-3',
  },
  'nat.icmp-quote': {
    text: '{node} dropped an ICMP error from {source} to {destination}: {message}',
    source: 'RFC 5508 REQ-3',
  },
  'nat.icmp-unmatched': {
    text: '{node} dropped an ICMP error from {from}: no mapping fits the {protocol} packet that it quotes ({destination}, {source})',
    source: 'RFC 5508 REQ-4',
  },
  'nat.icmp-dropped': {
    text: '{node} drops ICMP errors, here one from {source}',
    source: 'RFC 4787 REQ-12',
    cure: 'set icmp_errors to translate: without errors the path MTU is not found',
  },
};
