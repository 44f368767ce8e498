import { type Context, type Packet, type Protocol, prepend, read16, write16 } from '../../core/index.ts';
import type { EthernetConfig } from './config.ts';
import type { EthernetCalls, EthernetTag } from './contract.ts';
import { ethernetHeader, LEAST_ETHER_TYPE, MOST_LENGTH } from './headers.ts';
import { BROADCAST_MAC, formatMac, isGroupMac, readMac, writeMac } from './mac.ts';
import { createState, type EthernetState, padFrame } from './state.ts';

const HEADER_SIZE = ethernetHeader.fixedSize;
const { destination: DESTINATION_AT, source: SOURCE_AT, etherType: TYPE_AT } = ethernetHeader.offset;

export const ethernetProtocol: Protocol<EthernetState, EthernetConfig> = {
  create: createState,
  receive,
  calls: (state, ctx): EthernetCalls => ({
    send(packet, interfaceIndex, destination, etherType) {
      prepend(packet, HEADER_SIZE);
      const { buffer, start } = packet;
      writeMac(buffer, start + DESTINATION_AT, destination);
      writeMac(buffer, start + SOURCE_AT, state.macs[interfaceIndex] as number);
      write16(buffer, start + TYPE_AT, etherType);
      padFrame(packet);
      ctx.transmit(packet, interfaceIndex);
    },
    macOf: (interfaceIndex) => state.macs[interfaceIndex] as number,
  }),
};

function receive(state: EthernetState, packet: Packet, ctx: Context): void {
  const { buffer, start } = packet;
  if (packet.end - start < HEADER_SIZE) {
    const decoded = ethernetHeader.decode(buffer, start, packet.end);
    const message = decoded.ok ? '' : decoded.fault.message;
    ctx.drop(packet, 'ethernet.malformed', { at: packet.end - start, message });
    return;
  }
  const destination = readMac(buffer, start + DESTINATION_AT);
  if (destination !== state.macs[packet.ingress]) {
    if (destination !== BROADCAST_MAC) {
      const code = isGroupMac(destination) ? 'ethernet.other-group' : 'ethernet.not-for-us';
      ctx.drop(packet, code, { destination: formatMac(destination) });
      return;
    }
    packet.tags = { ethernet: { group: true } satisfies EthernetTag };
  }
  const etherType = read16(buffer, start + TYPE_AT);
  packet.outer = start;
  packet.start = start + HEADER_SIZE;
  if (ctx.deliver(packet, etherType)) return;
  const type = `0x${etherType.toString(16).padStart(4, '0')}`;
  if (etherType >= LEAST_ETHER_TYPE) ctx.drop(packet, 'ethernet.unknown-type', { type });
  else if (etherType <= MOST_LENGTH) ctx.drop(packet, 'ethernet.length-frame', { length: etherType });
  else ctx.drop(packet, 'ethernet.undefined-type', { type });
}
