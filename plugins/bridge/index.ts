import { definePlugin, formatInstant } from '../../core/index.ts';
import { formatMac } from '../ethernet/contract.ts';
import { addressedPorts } from './check.ts';
import { type BridgeConfig, bridgeConfig } from './config.ts';
import { bridgeProtocol } from './protocol.ts';
import type { BridgeState } from './state.ts';

export const bridge = definePlugin<BridgeState, BridgeConfig>({
  name: 'bridge',
  title: 'Learning bridge',
  about: 'Joins the links of a node: learns where stations are, sends frames only there, floods the rest.',
  sources: ['IEEE 802.1D §7.7 to §7.9'],
  extends: ['ethernet'],
  config: bridgeConfig,
  protocol: bridgeProtocol,
  binds: [{ below: 'link', key: 1 }],
  codes: {
    'bridge.malformed': { text: '{node} dropped a frame of {size} octets, too short for two addresses' },
    'bridge.impossible-source': {
      text: '{node} dropped a frame from {source}, which cannot be a station',
      source: 'IEEE 802.1D §7.8',
    },
    'bridge.reserved': {
      text: '{node} does not forward frames to {destination}: they are for the next bridge only',
      source: 'IEEE 802.1D §7.12.6',
    },
    'bridge.same-port': {
      text: '{node} filtered a frame: {destination} is on {interface}, where it came from',
      source: 'IEEE 802.1D §7.7.1',
    },
    'bridge.no-other-port': { text: '{node} has no other port for a frame to {destination}' },
    'bridge.storm': {
      text: '{node} dropped a frame: more than {rate} a second are to be flooded',
      cure: 'is there a loop of bridges? There is no spanning tree here: open the loop, or raise flood_rate',
    },
    'bridge.moved': {
      text: '{node} saw {station} move from {before} to {interface}',
      source: 'IEEE 802.1D §7.8',
      cure: 'if it moves to and fro, there is a loop of bridges or an address twice',
    },
  },
  tables: [
    {
      name: 'stations',
      title: 'Bridge table',
      columns: [
        { key: 'mac', title: 'Station' },
        { key: 'interface', title: 'Port' },
        { key: 'seen', title: 'Last seen' },
      ],
      rows: (state, view) =>
        [...state.stations]
          .filter(([, station]) => view.now - station.seen <= state.config.ageing)
          .map(([mac, station]) => ({
            mac: formatMac(mac),
            interface: view.interfaces[station.port] ?? '',
            seen: formatInstant(station.seen),
          })),
    },
  ],
  checkTopology: addressedPorts,
});
