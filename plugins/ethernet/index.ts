import { definePlugin } from '../../core/index.ts';
import { duplicateMacs } from './check.ts';
import { type EthernetConfig, ethernetConfig } from './config.ts';
import { ethernetCodec } from './headers.ts';
import { formatMac } from './mac.ts';
import { ethernetProtocol } from './protocol.ts';
import type { EthernetState } from './state.ts';

export const ethernet = definePlugin<EthernetState, EthernetConfig>({
  name: 'ethernet',
  title: 'Ethernet',
  about: 'Frames on links: Ethernet II headers, station addresses, padding to the least frame size.',
  sources: ['IEEE 802.3 §3', 'RFC 894', 'RFC 1122 §2.3.3'],
  config: ethernetConfig,
  protocol: ethernetProtocol,
  binds: [{ below: 'link', key: 1 }],
  codecs: [ethernetCodec],
  linkTypes: { 1: 'ethernet' },
  codes: {
    'ethernet.malformed': {
      text: '{node} dropped a frame that ends after {at} octets: {message}',
      source: 'IEEE 802.3 §3.4',
    },
    'ethernet.not-for-us': {
      text: '{node} ignored a frame for the station {destination}',
      source: 'IEEE 802.3 §4.2.9',
    },
    'ethernet.other-group': {
      text: '{node} ignored a frame for the group {destination}, which it has not joined',
      source: 'IEEE 802.3 §4.2.9',
    },
    'ethernet.unknown-type': {
      text: '{node} has no protocol for EtherType {type}',
      source: 'RFC 1122 §2.3.3',
      cure: 'give the node the plugin that reads this type',
    },
    'ethernet.length-frame': {
      text: '{node} dropped an IEEE 802.3 frame (length {length} where an EtherType would be)',
      source: 'RFC 1122 §2.3.3',
    },
    'ethernet.undefined-type': {
      text: '{node} dropped a frame whose type {type} is neither a length nor an EtherType',
      source: 'IEEE 802.3 §3.2.6',
    },
  },
  tables: [
    {
      name: 'stations',
      title: 'Interfaces',
      columns: [
        { key: 'interface', title: 'Interface' },
        { key: 'mac', title: 'Ethernet address' },
      ],
      rows: (state, view) =>
        state.macs.map((mac, index) => ({ interface: view.interfaces[index] ?? '', mac: formatMac(mac) })),
    },
  ],
  checkTopology: duplicateMacs,
});
