import { FATE, nextBytes, type Packet, type Relation, toHex } from '../../core/index.ts';
import { type Endpoint, natTraversal } from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { EXCHANGE_TYPES, IKEV2_FLAGS } from '../isakmp/contract.ts';
import { udpContract } from '../udp/contract.ts';
import { longestWhole, octetsOfFragment, sealedLength } from './fragmentation.ts';
import type { IkeSpis } from './keys.ts';
import { chosenSuite, directionKeys, type Machine } from './machine.ts';
import { firstType, type PayloadToWrite, toWriteBrief, writeMessage, writePayloads } from './message.ts';
import { sealMessage } from './sk.ts';
import type { Datagrams, KeyedSa } from './state.ts';

/** The port of IKE (RFC 7296 §2). */
export const IKE_PORT = 500;

/** What a message is: its place in the header's fields and what stands in it. */
export interface Outgoing {
  readonly spis: IkeSpis;
  readonly exchange: number;
  readonly messageId: number;
  readonly response: boolean;
  /** From the original initiator of the IKE SA. */
  readonly fromInitiator: boolean;
  readonly payloads: readonly PayloadToWrite[];
}

/** Which of how many fragments. */
export interface FragmentNumber {
  readonly number: number;
  readonly total: number;
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

function header(message: Outgoing) {
  return {
    initiatorSpi: message.spis.initiator,
    responderSpi: message.spis.responder,
    majorVersion: 2,
    exchangeType: message.exchange,
    flags: (message.fromInitiator ? IKEV2_FLAGS.initiator : 0) | (message.response ? IKEV2_FLAGS.response : 0),
    messageId: message.messageId,
  };
}

/** A message in the clear: those of IKE_SA_INIT, and errors outside of any SA. */
export function clearMessage(message: Outgoing): Uint8Array {
  return writeMessage(header(message), message.payloads);
}

/** A message sealed with the keys of its IKE SA: whole, or where that is too long and the peer takes them, in fragments. */
export function sealedDatagrams(machine: Machine, sa: KeyedSa, message: Outgoing): Datagrams {
  const inner = writePayloads(message.payloads);
  const first = firstType(message.payloads);
  const longest = longestOf(machine, sa);
  const suite = chosenSuite(sa.proposal);
  if (!sa.fragmentation || sealedLength(suite, inner.length) <= longest) {
    return [sealed(machine, sa, message, inner, first)];
  }
  const size = octetsOfFragment(suite, longest);
  const total = Math.ceil(inner.length / size);
  return Array.from({ length: total }, (_, at) => {
    const part = inner.subarray(at * size, (at + 1) * size);
    return sealed(machine, sa, message, part, at === 0 ? first : 0, { number: at + 1, total });
  });
}

/** Octets of the longest message that goes whole where IKE messages can be fragmented. */
export function longestOf({ state }: Machine, { local }: Route): number {
  return longestWhole(state.settings.fragment_size, local.port !== IKE_PORT);
}

function sealed(
  machine: Machine,
  sa: KeyedSa,
  message: Outgoing,
  inner: Uint8Array,
  first: number,
  fragment?: FragmentNumber,
): Uint8Array {
  const suite = chosenSuite(sa.proposal);
  const { encryption } = suite;
  // Where an IV may only not come twice, it counts (RFC 5282 §4); where it must not be guessed, it is drawn (RFC 3602 §2).
  const counts = encryption.salt > 0;
  const iv = counts ? counter(sa.sealed++, encryption.iv) : nextBytes(machine.ctx.random('iv'), encryption.iv);
  return sealMessage(machine.crypto, suite, directionKeys(sa, message.fromInitiator), {
    header: header(message),
    ...{ inner, first, iv },
    ...(fragment === undefined ? {} : { fragment }),
  });
}

function counter(count: number, octets: number): Uint8Array {
  const iv = new Uint8Array(octets);
  for (let at = octets - 1, rest = count; at >= 0 && rest > 0; at--, rest = Math.floor(rest / 256)) iv[at] = rest % 256;
  return iv;
}

/** Sends a message, whole or in fragments. Returns its packets' numbers; `repeats` are those that carried it before. */
export function sendMessage(
  machine: Machine,
  route: Route,
  datagrams: Datagrams,
  about: Outgoing,
  parent?: Parent,
  repeats?: readonly number[],
): readonly number[] {
  const total = datagrams.length;
  return datagrams.map((bytes, at) => {
    const before = repeats?.[at];
    const own: Parent | undefined =
      before === undefined ? parent : { packet: packetOf(before), relation: 'retransmission' };
    return sendBytes(machine, route, bytes, about, own, total === 1 ? undefined : { number: at + 1, total });
  });
}

/** Sends a message's octets and tells the trace what they are. Returns the packet's number. */
function sendBytes(
  machine: Machine,
  { local, remote }: Route,
  bytes: Uint8Array,
  about: Outgoing,
  parent?: Parent,
  fragment?: FragmentNumber,
): number {
  const { ctx } = machine;
  const packet =
    parent === undefined
      ? ctx.createPacket(bytes.length)
      : ctx.derivePacket(parent.packet, parent.relation, bytes.length);
  packet.buffer.set(bytes, packet.start);
  const { id } = packet;
  if (ctx.recording) {
    const kind = about.response ? 'response' : 'request';
    const code = fragment === undefined ? 'ikev2.message' : 'ikev2.fragment';
    ctx.note(
      parent?.relation === 'retransmission' ? `${code}-again` : code,
      {
        peer: formatIpv4(remote.address),
        exchange: EXCHANGE_TYPES[about.exchange] ?? String(about.exchange),
        kind,
        id: about.messageId,
        payloads: about.payloads.map(toWriteBrief).join(', '),
        octets: bytes.length,
        spi: toHex(about.spis.initiator),
        ...fragment,
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
    ctx.drop(packet, 'ikev2.no-traversal', { peer: formatIpv4(remote.address), port: local.port });
  else traversal.send(packet, local, remote);
  return id;
}

/** A packet that has gone, by its number: enough to say that another one repeats it. */
function packetOf(id: number): Packet {
  return {
    ...{ id, buffer: new Uint8Array(0), start: 0, end: 0, outer: -1, ingress: -1 },
    ...{ fate: FATE.delivered, hooks: 0, tags: undefined },
  };
}
