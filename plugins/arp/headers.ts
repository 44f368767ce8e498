import { type Codec, header, type Layer, unsigned } from '../../core/index.ts';
import { formatMac } from '../ethernet/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

/** An ARP message for IPv4 over Ethernet (RFC 826; hardware type 1, RFC 5342). */
export const arpHeader = header({
  name: 'arp',
  title: 'Address Resolution Protocol',
  source: 'RFC 826',
  fields: {
    hardwareType: unsigned(16, {
      names: { 1: 'Ethernet' },
      fill: () => 1,
      check: (value) => (value === 1 ? undefined : `the hardware type is ${value}, not 1 (Ethernet)`),
    }),
    protocolType: unsigned(16, {
      radix: 16,
      names: { 2048: 'IPv4' },
      fill: () => 0x0800,
      check: (value) =>
        value === 0x0800 ? undefined : `the protocol type is 0x${value.toString(16)}, not 0x0800 (IPv4)`,
    }),
    hardwareLength: unsigned(8, {
      fill: () => 6,
      check: (value) => (value === 6 ? undefined : `hardware addresses have ${value} octets, not 6`),
    }),
    protocolLength: unsigned(8, {
      fill: () => 4,
      check: (value) => (value === 4 ? undefined : `protocol addresses have ${value} octets, not 4`),
    }),
    operation: unsigned(16, {
      names: { [ARP_REQUEST]: 'request', [ARP_REPLY]: 'reply' },
    }),
    senderHardware: unsigned(48, { label: 'Sender hardware address', format: formatMac }),
    senderProtocol: unsigned(32, { label: 'Sender protocol address', format: formatIpv4 }),
    targetHardware: unsigned(48, { label: 'Target hardware address', format: formatMac }),
    targetProtocol: unsigned(32, { label: 'Target protocol address', format: formatIpv4 }),
  },
});

export const arpCodec: Codec = {
  name: 'arp',
  title: 'ARP',
  dissect(bytes, start, end): Layer {
    const { fields, size, fault } = arpHeader.dissect(bytes, start, end);
    const decoded = arpHeader.decode(bytes, start, end);
    return {
      name: 'arp',
      title: arpHeader.title,
      source: arpHeader.source,
      summary: decoded.ok ? summaryOf(decoded.value) : 'an ARP message that cannot be read',
      start,
      end: start + size,
      fields,
      ...(fault === undefined ? {} : { fault }),
    };
  },
};

interface ArpMessage {
  readonly operation: number;
  readonly senderHardware: number;
  readonly senderProtocol: number;
  readonly targetProtocol: number;
}

function summaryOf({ operation, senderHardware, senderProtocol, targetProtocol }: ArpMessage): string {
  const sender = formatIpv4(senderProtocol);
  if (operation === ARP_REQUEST) {
    if (senderProtocol === targetProtocol) return `${sender} announces itself at ${formatMac(senderHardware)}`;
    if (senderProtocol === 0) return `is ${formatIpv4(targetProtocol)} in use?`;
    return `who has ${formatIpv4(targetProtocol)}? tell ${sender}`;
  }
  if (operation === ARP_REPLY) return `${sender} is at ${formatMac(senderHardware)}`;
  return `operation ${operation} from ${sender}`;
}
