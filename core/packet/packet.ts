/**
 * A packet: bytes with headroom, and where in them the present layer lies. It has one owner at a time and is changed in place;
 * only where two would hold it (a broadcast, the trace) is it copied. Plain data: it rides in snapshots as it is.
 */
export interface Packet {
  /** The packet's number in the run: what lineage refers to. */
  id: number;
  /** An array of its own, never a view into a larger buffer. */
  buffer: Uint8Array;
  /** First octet of the present layer. Headers are prepended below it, into headroom. */
  start: number;
  /** One past the last octet. */
  end: number;
  /** First octet of the layer below (outside) the present one; -1 when there is none. Set on the way up. */
  outer: number;
  /** Index of the interface of this node that it came in by; -1 for a packet made here. */
  ingress: number;
  /** Who answers for it now. The engine drops, with a reason, what a protocol left in hand. */
  fate: Fate;
  /** Hooks passed on this node; bounded by `MOST_HOOKS`. */
  hooks: number;
  /** Remarks of this node's protocols to each other, by plugin name. They end at the interface. */
  tags: Tags | undefined;
}

/** Plain data under the name of the plugin that owns it. */
export type Tags = { [plugin: string]: unknown };

/** What became of a packet. */
export const FATE = {
  /** A protocol has it and must decide. */
  inHand: 0,
  /** On a link or in a link's queue. */
  onLink: 1,
  /** Kept in a protocol's state, to be taken up again. */
  held: 2,
  /** Arrived where it was going. */
  delivered: 3,
  /** Dropped; the trace says why. */
  dropped: 4,
  /** Became another packet: sealed, opened, fragmented, reassembled. */
  replaced: 5,
} as const;
export type Fate = (typeof FATE)[keyof typeof FATE];

/** How a packet came from another. */
export const RELATIONS = [
  'encapsulated',
  'decapsulated',
  'encrypted',
  'decrypted',
  'authenticated',
  'verified',
  'translated',
  'fragment',
  'reassembled',
  'copy',
  'retransmission',
  'answer',
  'quoted',
] as const;
export type Relation = (typeof RELATIONS)[number];

/** Octets left free before a new packet's payload: enough for a link header, two network headers with options, a transport and a security header. */
export const HEADROOM = 128;

export function packetLength(packet: Packet): number {
  return packet.end - packet.start;
}

/** A copy of the present layer's octets. */
export function packetBytes(packet: Packet): Uint8Array {
  return packet.buffer.slice(packet.start, packet.end);
}

/** Moves the start down by `size` octets for a header to be written there; grows the buffer where headroom is short. */
export function prepend(packet: Packet, size: number): void {
  if (packet.start < size) {
    const extra = size - packet.start + HEADROOM;
    const wider = new Uint8Array(packet.buffer.length + extra);
    wider.set(packet.buffer, extra);
    packet.buffer = wider;
    packet.start += extra;
    packet.end += extra;
    if (packet.outer >= 0) packet.outer += extra;
  }
  packet.start -= size;
}
