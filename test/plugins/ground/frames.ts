import { foldSum, sumWords } from '../../../core/index.ts';
import { arpHeader } from '../../../plugins/arp/headers.ts';
import { parseMac } from '../../../plugins/ethernet/contract.ts';
import { ethernetHeader } from '../../../plugins/ethernet/headers.ts';
import { icmpHeader } from '../../../plugins/icmp/headers.ts';
import { ipv4Header, parseIpv4, sumPseudoHeader } from '../../../plugins/ipv4/contract.ts';
import { udpHeader } from '../../../plugins/udp/headers.ts';

/** Frames from the declarations, for strangers to send. */

export const BROADCAST = 'ff:ff:ff:ff:ff:ff';

export function ip(text: string): number {
  const address = parseIpv4(text);
  if (address === undefined) throw new Error(text);
  return address;
}

export function mac(text: string): number {
  const address = parseMac(text);
  if (address === undefined) throw new Error(text);
  return address;
}

export function frame(destination: string, source: string, etherType: number, payload: Uint8Array): Uint8Array {
  return ethernetHeader.encode({ destination: mac(destination), source: mac(source), etherType }, payload);
}

type Ipv4Values = Parameters<typeof ipv4Header.encode>[0];

export function packet(from: string, to: string, values: Ipv4Values, payload: Uint8Array): Uint8Array {
  return ipv4Header.encode({ source: ip(from), destination: ip(to), ...values }, payload);
}

export function datagram(
  from: string,
  to: string,
  ports: [number, number],
  data: Uint8Array,
  more: Ipv4Values = {},
): Uint8Array {
  const [sourcePort, destinationPort] = ports;
  const bare = udpHeader.encode({ sourcePort, destinationPort }, data);
  const whole = packet(from, to, { protocol: 17, ...more }, bare);
  const at = whole.length - bare.length;
  const sum = foldSum(sumWords(whole, at, whole.length, sumPseudoHeader(whole, 0, 17, bare.length)));
  return packet(
    from,
    to,
    { protocol: 17, ...more },
    udpHeader.encode({ sourcePort, destinationPort, checksum: sum || 0xffff }, data),
  );
}

export function echo(from: string, to: string, type: number, data: Uint8Array, more: Ipv4Values = {}): Uint8Array {
  return packet(from, to, { protocol: 1, ...more }, icmpHeader.encode({ type, rest: 0x12340001 }, data));
}

export function arpMessage(operation: number, sender: [string, string], target: [string, string]): Uint8Array {
  return arpHeader.encode({
    operation,
    senderHardware: mac(sender[0]),
    senderProtocol: ip(sender[1]),
    targetHardware: mac(target[0]),
    targetProtocol: ip(target[1]),
  });
}

/** A payload that differs at every octet. */
export function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 13 + seed) & 255);
}
