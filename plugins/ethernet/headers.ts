import { type Codec, header, type Layer, unsigned } from '../../core/index.ts';
import { BROADCAST_MAC, formatMac, isGroupMac } from './mac.ts';

/** Names of EtherTypes for people (IEEE 802 numbers). */
const ETHER_TYPES: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  2054: 'ARP',
  33024: 'VLAN tag',
  34525: 'IPv6',
  34915: 'PPPoE discovery',
  34916: 'PPPoE session',
  35020: 'LLDP',
};

/** Up to this value the type field is the length of an IEEE 802.3 frame (IEEE 802.3 §3.2.6). */
export const MOST_LENGTH = 1500;
/** From this value on it is an EtherType. */
export const LEAST_ETHER_TYPE = 1536;
/** Octets of the least frame, without its check sequence, which a simulated wire does not carry (IEEE 802.3 §4A.4.2: 64 with it). */
export const LEAST_FRAME = 60;

const station = (mac: number): string => (mac === BROADCAST_MAC ? `${formatMac(mac)} (broadcast)` : formatMac(mac));

/** The header of an Ethernet II frame (IEEE 802.3 §3.2.3 to §3.2.6; RFC 894). */
export const ethernetHeader = header({
  name: 'ethernet',
  title: 'Ethernet II',
  source: 'IEEE 802.3 §3.2',
  fields: {
    destination: unsigned(48, { label: 'Destination', format: station }),
    source: unsigned(48, {
      label: 'Source',
      format: formatMac,
      remark: (value) => (isGroupMac(value) ? 'a group address cannot be a source' : undefined),
    }),
    etherType: unsigned(16, { label: 'Type', radix: 16, names: ETHER_TYPES }),
  },
});

export const ethernetCodec: Codec = {
  name: 'ethernet',
  title: 'Ethernet',
  varies: ['ethernet.source', 'ethernet.destination'],
  dissect(bytes, start, end): Layer {
    const { fields, size, fault } = ethernetHeader.dissect(bytes, start, end);
    const layer = { name: 'ethernet', source: ethernetHeader.source, start, end: start + size, fields };
    const type = fields[2]?.number;
    if (fault !== undefined || type === undefined) {
      const summary = 'a frame cut within its header';
      return { ...layer, title: ethernetHeader.title, summary, ...(fault === undefined ? {} : { fault }) };
    }
    const stations = `${fields[1]?.value ?? ''} → ${fields[0]?.value ?? ''}`;
    if (type < LEAST_ETHER_TYPE) {
      const what = type <= MOST_LENGTH ? `IEEE 802.3, length ${type}` : `type ${type} is neither length nor EtherType`;
      return { ...layer, title: 'IEEE 802.3', summary: `${stations}, ${what}`, end };
    }
    return {
      ...layer,
      title: ethernetHeader.title,
      summary: `${stations}, ${ETHER_TYPES[type] ?? `type 0x${type.toString(16).padStart(4, '0')}`}`,
      payload: { start: start + size, end, by: { below: 'ethernet', key: type } },
    };
  },
};
