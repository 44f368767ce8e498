import { definePlugin, formatInstant } from '../../core/index.ts';
import { formatMac } from '../ethernet/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { type ArpConfig, arpConfig } from './config.ts';
import { arpCodec } from './headers.ts';
import { arpProtocol } from './protocol.ts';
import type { ArpState } from './state.ts';

export const arp = definePlugin<ArpState, ArpConfig>({
  name: 'arp',
  title: 'ARP',
  about: 'Finds the Ethernet address of an IPv4 neighbour, and says where this node is.',
  sources: ['RFC 826', 'RFC 1122 §2.3.2', 'RFC 5227 §2.1.1, §2.3 to §2.4'],
  requires: ['ethernet'],
  extends: ['ipv4'],
  config: arpConfig,
  protocol: arpProtocol,
  binds: [{ below: 'ethernet', key: 0x0806 }],
  codecs: [arpCodec],
  codes: {
    'arp.waiting': { text: '{node} keeps the packet until {address} has answered', source: 'RFC 1122 §2.3.2.2' },
    'arp.resolved': { text: '{node} learned that {address} is at {mac}', source: 'RFC 826' },
    'arp.moved': { text: '{node} learned that {address} moved from {before} to {mac}', source: 'RFC 826' },
    'arp.unanswered': {
      text: '{node} asked {requests} times for {address} on {interface}: nobody answered',
      source: 'RFC 1122 §2.3.2.1',
      cure: 'is the address right, the neighbour up and on this link, and the prefix length the same at both ends?',
    },
    'arp.unresolved': {
      text: '{node} dropped the packet: {address} did not answer',
      source: 'RFC 1122 §2.3.2.2',
      cure: 'is the address right, the neighbour up and on this link?',
    },
    'arp.queue-full': {
      text: '{node} dropped the oldest of more than {limit} packets that wait for {address}',
      source: 'RFC 1122 §2.3.2.2',
    },
    'arp.table-full': { text: '{node} dropped the packet: its neighbour table is full, {address} had to go' },
    'arp.interface-down': { text: '{node} dropped the packet for {address}: {interface} is down or not linked' },
    'arp.malformed': { text: '{node} dropped an ARP message: {message} (octet {at})', source: 'RFC 826' },
    'arp.unknown-operation': {
      text: '{node} dropped an ARP message of {sender}: operation {operation}',
      source: 'RFC 826',
    },
    'arp.impossible-sender': {
      text: '{node} dropped an ARP message: {sender} at {mac} cannot be a station',
      source: 'RFC 1812 §3.3.2',
    },
    'arp.own-echo': {
      text: '{node} heard its own ARP message for {sender} again',
      cure: 'is there a loop of switches?',
    },
    'arp.conflict': {
      text: '{node}: {mac} also claims {address}',
      source: 'RFC 5227 §2.4',
      cure: 'two stations have one address: change one of them',
    },
    'arp.unsolicited': {
      text: '{node} ignored a reply it had not asked for: {sender} at {mac}',
      source: 'RFC 1122 §2.3.2.1',
    },
  },
  tables: [
    {
      name: 'neighbours',
      title: 'ARP table',
      columns: [
        { key: 'address', title: 'Address' },
        { key: 'interface', title: 'Interface' },
        { key: 'mac', title: 'Ethernet address' },
        { key: 'state', title: 'State' },
        { key: 'confirmed', title: 'Last heard' },
      ],
      rows: (state, view) =>
        state.neighbours.flatMap((table) =>
          [...(table?.values() ?? [])].map((neighbour) => ({
            address: formatIpv4(neighbour.address),
            interface: view.interfaces[neighbour.interface] ?? '',
            mac: neighbour.mac < 0 ? '' : formatMac(neighbour.mac),
            state:
              neighbour.mac < 0
                ? 'asking'
                : view.now - neighbour.confirmed > state.config.timeout
                  ? 'stale'
                  : 'reachable',
            confirmed: neighbour.mac < 0 ? '' : formatInstant(neighbour.confirmed),
          })),
        ),
    },
  ],
});
