import { type Context, nextBytes, type Packet } from '../../core/index.ts';
import type { EthernetConfig } from './config.ts';
import { LEAST_FRAME } from './headers.ts';
import { type MacAddress, readMac } from './mac.ts';

export interface EthernetState {
  /** By interface index. */
  readonly macs: MacAddress[];
}

export function createState(config: EthernetConfig, ctx: Context): EthernetState {
  const given = new Map(Object.entries(config.macs));
  return { macs: ctx.node.interfaces.map((face) => given.get(face.name) ?? inventMac(face.name, ctx)) };
}

/** A locally administered individual address that depends on the seed and on the names of node and interface alone. */
function inventMac(interfaceName: string, ctx: Context): MacAddress {
  const octets = nextBytes(ctx.randomOnce(`mac/${interfaceName}`), 6);
  octets[0] = ((octets[0] as number) & 0xfc) | 0x02;
  return readMac(octets, 0);
}

/** Fills a frame up with zeros to the least size (RFC 894: the padding is no part of the packet). */
export function padFrame(packet: Packet): void {
  const end = packet.start + LEAST_FRAME;
  const present = packet.end;
  if (end <= present) return;
  if (end > packet.buffer.length) {
    const longer = new Uint8Array(end);
    longer.set(packet.buffer.subarray(0, present));
    packet.buffer = longer;
  } else packet.buffer.fill(0, present, end);
  packet.end = end;
}
