import type { Story } from '../../core/index.ts';

/** What the trace says of policies and SAs. */
export const IPSEC_CODES: Readonly<Record<string, Story>> = {
  'ipsec.sa-installed': {
    text: '{node} installed {protocol} SA {sa} in {mode} mode, {local} to {remote}, {proposal}: in {in}, out {out}, for {localTs} and {remoteTs}',
    life: { of: 'IPsec SA', by: ['in', 'out'], begins: 'protected' },
    source: 'RFC 4301 §4.4.2',
  },
  'ipsec.sa-removed': {
    text: '{node} removed SA {sa}: {why} ({sent} packets sent, {received} received)',
    life: { of: 'IPsec SA', by: ['in', 'out'], ends: 'same' },
    source: 'RFC 4301 §4.4.2',
  },
  'ipsec.sa-expiring': {
    text: '{node}: SA {sa} comes to its soft limit in {limit}: it is time for a new one',
    source: 'RFC 4301 §4.4.2.1',
  },
  'ipsec.cannot-install': {
    text: '{node} could not install SA {sa}: {why}',
    cure: 'give the node the plugin (esp or ah), or other proposals',
  },
  'ipsec.outbound-active': { text: '{node} sends by SA {sa} from now on (SPI {out})', source: 'RFC 7296 §2.8' },
  'ipsec.sa-moved': { text: '{node}: SA {sa} now goes from {local} to {remote}', source: 'RFC 4555 §3.5' },
  'ipsec.tunnel-conflict': {
    text: '{node} refuses {peer}: its traffic {remote} is also that of {other} ({sa}), and packets from {local} could not be told apart',
    source: 'RFC 3948 §5.1',
    cure: 'give peers behind NATs inner addresses of their own: virtual IPs, or other private networks',
  },
  'ipsec.transport-conflict': {
    text: '{node} refuses {peer}: in transport mode {other} ({sa}) has the same public address, {remote}, and packets from {local} could not be told apart',
    source: 'RFC 3948 §5.2',
    cure: 'use tunnel mode, or selectors of different ports',
  },
  'ipsec.ah-through-nat': {
    text: '{node}: SA {sa} is of AH, which covers the addresses that the NAT on the way to {remote} changes: no packet of it will pass',
    source: 'RFC 3715 §2.1(a), RFC 3948 §1',
    cure: 'use ESP, which NAT traversal puts in UDP',
  },
  'ipsec.policy-hit': {
    text: '{node}: the first packet {direction} that policy {policy} ({action}) decides on: {source} to {destination}, protocol {protocol}',
    source: 'RFC 4301 §4.4.1',
  },
  'ipsec.trap-without-address': {
    text: '{node} cannot set a trap for {policy}: it does not know {what}',
    cure: 'name local_addrs and remote_addrs as addresses, or write selectors that are not dynamic',
  },
  'ipsec.waits-for-address': {
    text: '{node} begins {connection} as soon as it has an address towards {peer}',
  },
  'ipsec.address-gone': {
    text: '{node} no longer has {address}, the local end of SA {sa}: what it protects has no way any more',
    source: 'RFC 4301 §4.4.2',
    cure: 'negotiate the SA (ikev2, ikev1) where addresses may change, or give the address back',
  },
  'ipsec.not-initiated': {
    text: '{node} cannot initiate {what}: {why}',
    cure: 'look at the connections of the node and at its plugins (ikev2, ikev1)',
  },
  'ipsec.waiting': { text: '{node} keeps the packet until there are keys for {policy}', source: 'RFC 4301 §5.1' },
  'ipsec.not-made': {
    text: '{node} has no SA for child {child} of connection {connection}: {why}',
    source: 'RFC 4301 §4.4.2',
    cure: 'the key exchange failed: its own story says why',
    behind: { by: ['connection', 'child'] },
  },
  'ipsec.went-in-clear': {
    flow: ['source', 'destination'],
    text: '{node} let {source} to {destination} go in clear: child {child} of connection {connection} is meant for it and is not installed ({why})',
    source: 'RFC 4301 §5.1, §4.4.1',
    cure: 'see to it that {connection}/{child} comes up, or let nothing pass without it: `start_action: trap`, or `otherwise: discard`',
    behind: { by: ['connection', 'child'], codes: ['ipsec.sa-removed'], begun: ['ikev2.begun', 'ikev1.begun'] },
  },
  'ipsec.source-outside': {
    flow: ['source', 'destination'],
    text: '{node} let {source} to {destination} go in clear: {destination} is in remote_ts of {connection}/{child}, but {source} is not in its local_ts, {localTs}',
    source: 'RFC 4301 §5.1, §4.4.1.1',
    cure: 'add {source} to local_ts here and to remote_ts of the peer, or keep its address from being translated before it is sealed',
    aside: true,
  },
  'ipsec.destination-outside': {
    flow: ['source', 'destination'],
    text: '{node} let {source} to {destination} go in clear: {source} is in local_ts of {connection}/{child}, but {destination} is not in its remote_ts, {remoteTs}',
    source: 'RFC 4301 §5.1, §4.4.1.1',
    cure: 'if {destination} is behind the peer, add it to remote_ts here and to local_ts there',
    aside: true,
  },
  'ipsec.keys-failed': {
    text: '{node}: no keys came to be for {policy}: {why}',
    source: 'RFC 4301 §5.1',
    cure: 'the key exchange failed: its own story says why',
  },
  'ipsec.wait-over': {
    text: '{node}: no keys came to be for {policy} in time',
    cure: 'is the peer reachable on UDP 500?',
  },
  'ipsec.not-covered': {
    text: '{node}: the keys that were made for {policy} do not cover {source} to {destination}',
    source: 'RFC 7296 §2.9',
    cure: 'the peer narrowed the traffic selectors: make both sides name the same networks',
  },
  'ipsec.too-many-waiting': { text: '{node}: {limit} packets wait for keys of {policy} already' },
  'ipsec.nobody-negotiates': {
    text: '{node} has a trap for {policy} and no plugin that negotiates keys for it',
    cure: 'give the node ikev2 (version: 2) or ikev1 (version: 1)',
  },
  'ipsec.cannot-protect': {
    text: '{node} has SA {sa} and no plugin that does {protocol}',
    cure: 'give the node the plugin esp or ah',
  },
  'ipsec.discarded': {
    text: '{node}: policy {policy} discards {source} to {destination}, protocol {protocol}',
    source: 'RFC 4301 §4.4.1',
  },
  'ipsec.no-policy': {
    text: '{node}: no policy names {source} to {destination}, protocol {protocol}',
    source: 'RFC 4301 §5.1 step 2',
    cure: 'add a policy, or let what no policy names pass with `otherwise: bypass`',
  },
  'ipsec.no-sa': {
    text: '{node}: policy {policy} protects {source} to {destination}, and there is no SA for it',
    source: 'RFC 4301 §4.4.1.2',
    cure: 'the SA has expired or was never made: rekey in time, or set a trap with `start_action: trap`',
  },
  'ipsec.clear-text-refused': {
    text: '{node}: {source} to {destination}, protocol {protocol}, came in clear where policy {policy} wants it protected',
    source: 'RFC 4301 §5.2 step 3b',
    cure: 'the peer has no policy or no SA for it: compare the selectors of both sides',
  },
  'ipsec.selector-mismatch': {
    text: '{node}: inside SA {sa} came {source} to {destination}, protocol {protocol}; the SA is for {from} to {to}',
    source: 'RFC 4301 §5.2 step 4',
    cure: 'the peer sends more into the tunnel than was agreed, or an address was translated before it was sealed',
  },
  'ipsec.mode-mismatch': {
    text: '{node}: SA {sa} is in {mode} mode, and inside came protocol {protocol}',
    source: 'RFC 4301 §5.2',
    cure: 'one side uses tunnel mode, the other transport mode',
  },
  'ipsec.inner-malformed': { text: '{node}: what SA {sa} opened is no IPv4 packet: {wrong}', source: 'RFC 4301 §5.2' },
  'ipsec.congestion-lost': {
    text: '{node}: a packet met congestion inside the tunnel {sa}, and its sender does not understand the mark',
    source: 'RFC 6040 §4.2',
  },
  'ipsec.fragment-opaque': {
    text: '{node}: a fragment from {source} to {destination} shows no ports, and a policy goes by them',
    source: 'RFC 4301 §7.4',
    cure: 'make the policy one of addresses, or keep packets below the MTU',
  },
  'ipsec.transport-fragment': {
    text: '{node}: a fragment cannot be protected by SA {sa} in transport mode',
    source: 'RFC 4301 §4.1, RFC 4303 §3.3.4',
  },
  'ipsec.too-many-layers': {
    text: '{node}: the packet is sealed {limit} times over already',
    source: 'RFC 4301 App. E',
    cure: 'policies that name ESP or AH catch what they made themselves: let them name the one protocol that they are around',
  },
  'ipsec.too-large': {
    text: '{node}: {size} octets that must not be fragmented do not fit SA {sa}: {room} would, with an MTU of {mtu} on the way{around}',
    source: 'RFC 4301 §8.2.1',
    cure: 'the sender was told; where ICMP is filtered on the way back, lower its MTU',
  },
};
