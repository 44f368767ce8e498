import type { Context, Packet } from '../../core/index.ts';
import { LIMITED_BROADCAST } from '../ipv4/contract.ts';
import { udpContract } from '../udp/contract.ts';
import { CLIENT_PORT, SERVER_PORT } from './headers.ts';
import { type MessageToWrite, OPERATION, writeMessage } from './message.ts';

/** Where a message goes: to everybody on a link, or to one address. */
export interface Way {
  readonly interface: number;
  /** Default: everybody. */
  readonly to?: number;
  /** The own address; 0 for none. */
  readonly source: number;
  /** Leave by the interface whatever the routes say: the receiver has no address yet. */
  readonly direct?: boolean;
}

/** Sends a message; `request` is what it answers. */
export function transmit(message: MessageToWrite, way: Way, ctx: Context, request?: Packet): void {
  const bytes = writeMessage(message);
  const packet =
    request === undefined ? ctx.createPacket(bytes.length) : ctx.derivePacket(request, 'answer', bytes.length);
  packet.buffer.set(bytes, packet.start);
  const fromServer = message.operation === OPERATION.reply;
  const destination = way.to ?? LIMITED_BROADCAST;
  const udp = ctx.sibling(udpContract);
  if (udp === undefined) {
    ctx.drop(packet, 'dhcp.no-udp');
    return;
  }
  udp.send(packet, {
    destination,
    source: way.source,
    sourcePort: fromServer ? SERVER_PORT : CLIENT_PORT,
    destinationPort: fromServer ? CLIENT_PORT : SERVER_PORT,
    ...(way.to === undefined || way.direct === true ? { egress: way.interface } : {}),
  });
}
