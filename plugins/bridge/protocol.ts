import { type Context, type Packet, type Protocol, packetLength } from '../../core/index.ts';
import { formatMac, isGroupMac, type MacAddress, readMac } from '../ethernet/contract.ts';
import type { BridgeConfig } from './config.ts';
import {
  type BridgeState,
  createState,
  forgetPort,
  learnStation,
  MOVE_NOTE_INTERVAL,
  mayFlood,
  portOf,
} from './state.ts';

/** Destination and source: all that a bridge reads of a frame. */
const ADDRESSES_SIZE = 12;
/** Addresses that no bridge forwards: 01:80:c2:00:00:00 to 0f (IEEE 802.1D §7.12.6). */
const FIRST_RESERVED: MacAddress = 0x0180_c200_0000;
const LAST_RESERVED: MacAddress = 0x0180_c200_000f;

export const bridgeProtocol: Protocol<BridgeState, BridgeConfig> = {
  create: createState,

  receive(state, packet, ctx) {
    const { buffer, start, ingress } = packet;
    if (packetLength(packet) < ADDRESSES_SIZE) {
      ctx.drop(packet, 'bridge.malformed', { size: packetLength(packet) });
      return;
    }
    const destination = readMac(buffer, start);
    const source = readMac(buffer, start + 6);
    const now = ctx.now();
    if (isGroupMac(source) || source === 0) {
      ctx.drop(packet, 'bridge.impossible-source', { source: formatMac(source) });
      return;
    }
    const before = learnStation(state, source, ingress, now);
    if (before >= 0) tellMove(state, source, before, ingress, ctx);
    if (destination >= FIRST_RESERVED && destination <= LAST_RESERVED) {
      ctx.drop(packet, 'bridge.reserved', { destination: formatMac(destination) });
      return;
    }
    const port = isGroupMac(destination) ? -1 : portOf(state, destination, now);
    if (port < 0) flood(state, packet, destination, ctx);
    else if (port === ingress) {
      ctx.drop(packet, 'bridge.same-port', { destination: formatMac(destination), interface: portName(port, ctx) });
    } else ctx.transmit(packet, port);
  },

  linkChanged(state, port, up) {
    if (!up) forgetPort(state, port);
  },
};

/** Sends a frame out of every other port: copies of it, and itself out of the last. */
function flood(state: BridgeState, packet: Packet, destination: MacAddress, ctx: Context): void {
  let last = -1;
  for (const face of ctx.node.interfaces) if (face.index !== packet.ingress && face.up) last = face.index;
  if (last < 0) {
    ctx.drop(packet, 'bridge.no-other-port', { destination: formatMac(destination) });
    return;
  }
  if (!mayFlood(state, ctx.now())) {
    ctx.drop(packet, 'bridge.storm', { rate: state.config.flood_rate });
    return;
  }
  for (const face of ctx.node.interfaces) {
    if (face.index === packet.ingress || face.index === last || !face.up) continue;
    const copy = ctx.derivePacket(packet, 'copy', packetLength(packet));
    copy.buffer.set(packet.buffer.subarray(packet.start, packet.end), copy.start);
    ctx.transmit(copy, face.index);
  }
  ctx.transmit(packet, last);
}

function tellMove(state: BridgeState, mac: MacAddress, from: number, to: number, ctx: Context): void {
  const now = ctx.now();
  if (state.moveTold >= 0 && now - state.moveTold < MOVE_NOTE_INTERVAL) return;
  state.moveTold = now;
  ctx.note('bridge.moved', { station: formatMac(mac), before: portName(from, ctx), interface: portName(to, ctx) });
}

function portName(port: number, ctx: Context): string {
  return ctx.node.interfaces[port]?.name ?? '';
}
