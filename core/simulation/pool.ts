import { FATE, type Packet } from '../packet/index.ts';

/** What a packet that met its end holds: reading it gives nothing. */
const NO_BUFFER = new Uint8Array(0);

/** Buffers longer than this are not kept. */
const LONGEST_KEPT = 2048;
/** Of each length so many are kept. */
const MOST_OF_A_LENGTH = 512;
/** So many lengths have a place. */
const MOST_LENGTHS = 64;

/** Buffers by length. */
class BufferPool {
  #byLength = new Map<number, Uint8Array[]>();
  #lastLength = -1;
  #last: Uint8Array[] | undefined;

  /** A buffer of zeros. */
  take(length: number): Uint8Array {
    if (length !== this.#lastLength) this.#look(length);
    const kept = this.#last?.pop();
    if (kept === undefined) return new Uint8Array(length);
    kept.fill(0);
    return kept;
  }

  /** Nobody may hold the buffer any more. */
  give(buffer: Uint8Array): void {
    const { length } = buffer;
    if (length > LONGEST_KEPT || length === 0) return;
    if (length !== this.#lastLength) this.#look(length);
    if (this.#last === undefined) {
      if (this.#byLength.size >= MOST_LENGTHS) return;
      this.#last = [];
      this.#byLength.set(length, this.#last);
    }
    if (this.#last.length < MOST_OF_A_LENGTH) this.#last.push(buffer);
  }

  clear(): void {
    this.#byLength = new Map();
    this.#lastLength = -1;
    this.#last = undefined;
  }

  #look(length: number): void {
    this.#lastLength = length;
    this.#last = this.#byLength.get(length);
  }
}

/** Octets that a buffer has at least behind its headroom: what a link pads a short frame to fits, and short packets share one length. */
const LEAST_ROOM = 64;
/** The most packets kept. */
const MOST_PACKETS = 4096;

/**
 * Packets that met their end, to be used again with their buffers: making them costs more than a hop, and old ones stay where they are in
 * memory. Not part of the run's state.
 */
export class PacketPool {
  readonly #buffers = new BufferPool();
  #packets: Packet[] = [];

  /** A packet in hand with `size` octets of zeros behind `headroom` more. */
  take(id: number, headroom: number, size: number, ingress: number): Packet {
    const buffer = this.#buffers.take(headroom + (size < LEAST_ROOM ? LEAST_ROOM : size));
    const packet = this.#packets.pop();
    const end = headroom + size;
    if (packet === undefined) {
      return {
        id,
        buffer,
        start: headroom,
        end,
        outer: -1,
        ingress,
        fate: FATE.inHand,
        hooks: 0,
        tags: undefined,
      };
    }
    packet.id = id;
    packet.buffer = buffer;
    packet.start = headroom;
    packet.end = end;
    packet.outer = -1;
    packet.ingress = ingress;
    packet.fate = FATE.inHand;
    packet.hooks = 0;
    packet.tags = undefined;
    return packet;
  }

  /** Nobody may hold the packet any more. */
  give(packet: Packet): void {
    this.#buffers.give(packet.buffer);
    packet.buffer = NO_BUFFER;
    packet.tags = undefined;
    if (this.#packets.length < MOST_PACKETS) this.#packets.push(packet);
  }

  clear(): void {
    this.#buffers.clear();
    this.#packets = [];
  }
}
