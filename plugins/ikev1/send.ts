import { FATE, type Packet, type Relation, toHex } from '../../core/index.ts';
import { type Endpoint, natTraversal } from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { udpContract } from '../udp/contract.ts';
import { lastBlock, sealMessage } from './cipher.ts';
import { logIv } from './key-log.ts';
import type { Cookies } from './keys.ts';
import { chosenSuite, type Machine } from './machine.ts';
import { firstType, type PayloadToWrite, toWriteBrief, writeMessage, writePayloads } from './message.ts';
import { exchangeName } from './names/exchanges.ts';
import type { KeyedSa } from './state.ts';

/** The port of IKE (RFC 2408 §2.5.1). */
export const IKE_PORT = 500;

/** What a message is: its place in the header's fields and what stands in it. */
export interface Outgoing {
  readonly cookies: Cookies;
  readonly exchange: number;
  readonly messageId: number;
  readonly payloads: readonly PayloadToWrite[];
}

export interface Route {
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** The packet that another one answers or repeats. */
export interface Parent {
  readonly packet: Packet;
  readonly relation: Relation;
}

function header({ cookies, exchange, messageId, payloads }: Outgoing) {
  return {
    nextPayload: firstType(payloads),
    initiatorSpi: cookies.initiator,
    responderSpi: cookies.responder,
    majorVersion: 1,
    exchangeType: exchange,
    messageId,
  };
}

/** A message in the clear. */
export function clearMessage(message: Outgoing): Uint8Array {
  return writeMessage(header(message), message.payloads);
}

/** A message sealed with the key of its ISAKMP SA, and the IV of the next one of its exchange. */
export function sealedMessage(
  machine: Machine,
  sa: Pick<KeyedSa, 'proposal' | 'key'>,
  message: Outgoing,
  iv: Uint8Array,
): { readonly bytes: Uint8Array; readonly iv: Uint8Array } {
  const suite = chosenSuite(sa.proposal);
  const bytes = sealMessage(machine.crypto, suite, sa.key, {
    header: header(message),
    inner: writePayloads(message.payloads),
    iv,
  });
  logIv(machine, message.cookies, suite, bytes, iv);
  return { bytes, iv: lastBlock(suite, bytes) };
}

/** Sends a message's octets and tells the trace what they are. Returns the packet's number. */
export function sendBytes(
  machine: Machine,
  { local, remote }: Route,
  bytes: Uint8Array,
  about: Outgoing,
  parent?: Parent,
): number {
  const { ctx } = machine;
  const packet =
    parent === undefined
      ? ctx.createPacket(bytes.length)
      : ctx.derivePacket(parent.packet, parent.relation, bytes.length);
  packet.buffer.set(bytes, packet.start);
  const { id } = packet;
  if (ctx.recording) {
    ctx.note(
      parent?.relation === 'retransmission' ? 'ikev1.message-again' : 'ikev1.message',
      {
        peer: formatIpv4(remote.address),
        exchange: exchangeName(about.exchange),
        id: about.messageId.toString(16).padStart(8, '0'),
        payloads: about.payloads.map(toWriteBrief).join(', '),
        octets: bytes.length,
        spi: toHex(about.cookies.initiator),
      },
      packet,
    );
  }
  if (local.port === IKE_PORT) {
    ctx.sibling(udpContract)?.send(packet, {
      source: local.address,
      sourcePort: local.port,
      destination: remote.address,
      destinationPort: remote.port,
    });
    return id;
  }
  const traversal = ctx.sibling(natTraversal);
  if (traversal === undefined)
    ctx.drop(packet, 'ikev1.no-traversal', { peer: formatIpv4(remote.address), port: local.port });
  else traversal.send(packet, local, remote);
  return id;
}

/** A packet that has gone, by its number: enough to say that another one repeats it. */
export function packetOf(id: number): Packet {
  return {
    id,
    buffer: new Uint8Array(0),
    start: 0,
    end: 0,
    outer: -1,
    ingress: -1,
    fate: FATE.delivered,
    hooks: 0,
    tags: undefined,
  };
}
