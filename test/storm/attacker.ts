import { nextBelow, type RandomStream } from '../../core/random/index.ts';
import { read16, write16 } from '../../core/wire/index.ts';
import {
  cookieStorm,
  ETHERNET,
  inClear,
  isFirst,
  mended,
  onFloat,
  payloadOf,
  scatter,
  UDP,
  unsealed,
} from './forgery.ts';
import type { Door, Wire } from './places.ts';

/** Somebody on the path: sends again, bent or made up, what was seen there. */

/** A frame that enters where it goes towards a gateway. */
export interface Forged extends Door {
  readonly bytes: Uint8Array;
}

export interface Seen {
  /** The wire, by its place in the list. */
  readonly wire: number;
  /** Sent by the node at the wire's own end; else it is on its way to it. */
  readonly outward: boolean;
  readonly bytes: Uint8Array;
}

const MOST_SEEN = 300;
const MOST_FIRST = 20;
const ESP = 50;
const AH = 51;

export class Attacker {
  readonly #chance: RandomStream;
  readonly #wires: readonly Wire[];
  readonly #seen: Seen[] = [];
  /** First messages of IKE SAs are kept apart: there are few. */
  readonly #first: Seen[] = [];

  constructor(chance: RandomStream, wires: readonly Wire[]) {
    this.#chance = chance;
    this.#wires = wires;
  }

  see(frame: Seen): void {
    if (read16(frame.bytes, 12) !== 0x0800) return;
    this.#keep(this.#seen, frame, MOST_SEEN);
    // What is on its way to a gateway may be a forgery.
    if (frame.outward && isFirst(frame.bytes)) this.#keep(this.#first, frame, MOST_FIRST);
  }

  /** A few forged frames for this moment, and now and then very many. */
  forge(): Forged[] {
    const forged: Forged[] = [];
    if (this.#seen.length === 0) return forged;
    for (let count = this.#below(5); count > 0; count--) {
      const { frame, wire } = this.#aimed(this.#one(this.#seen));
      const towards = this.#wires[wire] as Wire;
      forged.push({ ...towards.door, bytes: this.#bent(frame, towards.gateway === 'gw-b') });
    }
    if (this.#first.length > 0 && this.#below(6) === 0) {
      const { frame, wire } = this.#aimed(this.#one(this.#first));
      const again = this.#below(3) === 0 ? cookieStorm(this.#chance, frame, 5 + this.#below(36)) : [frame];
      for (const bytes of again) forged.push({ ...(this.#wires[wire] as Wire).door, bytes });
    }
    return forged;
  }

  #keep(list: Seen[], frame: Seen, most: number): void {
    if (list.length < most) list.push(frame);
    else list[this.#below(most)] = frame;
  }

  #below(bound: number): number {
    return nextBelow(this.#chance, Math.max(1, bound));
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  /** Where a frame goes on to, and the copy of it that is sent there: now and then back to who sent it. */
  #aimed({ wire, outward, bytes }: Seen): { readonly frame: Uint8Array; readonly wire: number } {
    const { across } = this.#wires[wire] as Wire;
    if (outward && (across === undefined || this.#below(4) === 0)) return { frame: reflected(bytes), wire };
    if (!outward && across !== undefined && this.#below(4) === 0) return { frame: reflected(bytes), wire: across };
    return { frame: bytes.slice(), wire: outward ? (across as number) : wire };
  }

  #bent(frame: Uint8Array, towardsB: boolean): Uint8Array {
    const payload = payloadOf(frame);
    const protocol = frame[ETHERNET + 9];
    const body = protocol === UDP ? payload + 8 : payload;
    switch (this.#below(12)) {
      case 0:
      case 1:
        return frame;
      case 2:
        return mended(this.#flipped(frame, body));
      case 3:
        return mended(frame.slice(0, Math.max(body, frame.length - 1 - this.#below(frame.length - body))));
      case 4:
        return mended(this.#lengthened(frame));
      case 5:
        return protocol === UDP
          ? mended(this.#otherHeader(frame, body))
          : mended(this.#otherNumber(frame, payload, protocol));
      case 6:
        // A first message that begins an IKE SA again and again.
        scatter(this.#chance, frame, body, 8);
        frame.fill(0, body + 8, Math.min(frame.length, body + 16));
        return mended(frame);
      case 7:
        return inClear(frame, towardsB);
      case 8:
        return unsealed(this.#chance, frame) ?? frame;
      case 9:
        return onFloat(this.#chance, frame) ?? frame;
      case 10:
        // An authentic message from a port that its sender never had.
        if (protocol === UDP) write16(frame, payload, 1024 + this.#below(60_000));
        return mended(frame);
      default:
        scatter(this.#chance, frame, body, frame.length - body);
        return mended(frame);
    }
  }

  #flipped(frame: Uint8Array, from: number): Uint8Array {
    for (let count = 1 + this.#below(3); count > 0 && from < frame.length; count--) {
      const at = from + this.#below(frame.length - from);
      frame[at] = (frame[at] as number) ^ (1 << this.#below(8));
    }
    return frame;
  }

  #lengthened(frame: Uint8Array): Uint8Array {
    const longer = new Uint8Array(Math.min(1514, frame.length + 1 + this.#below(400)));
    longer.set(frame.subarray(0, longer.length));
    scatter(this.#chance, longer, frame.length, longer.length - frame.length);
    return longer;
  }

  /** An IKE header that says something else: SPIs, the next payload, version, exchange, flags, message ID, length. */
  #otherHeader(frame: Uint8Array, ike: number): Uint8Array {
    const [at, size] = [
      [0, 8],
      [8, 8],
      [16, 1],
      [17, 1],
      [18, 1],
      [19, 1],
      [20, 4],
      [23, 1],
      [24, 4],
    ][this.#below(9)] as [number, number];
    if (this.#below(3) === 0) frame.fill(0, ike + at, Math.min(frame.length, ike + at + size));
    else scatter(this.#chance, frame, ike + at, size);
    return frame;
  }

  /** A sequence number far ahead, as a forger would send it to move the window. */
  #otherNumber(frame: Uint8Array, payload: number, protocol: number | undefined): Uint8Array {
    if (protocol === ESP) scatter(this.#chance, frame, payload + 4, 4);
    if (protocol === AH) scatter(this.#chance, frame, payload + 8, 4);
    return frame;
  }
}

/** A frame sent back to who sent it, stations, addresses and ports exchanged. */
function reflected(bytes: Uint8Array): Uint8Array {
  const frame = bytes.slice();
  const swap = (a: number, b: number, size: number): void => {
    frame.set(bytes.subarray(b, b + size), a);
    frame.set(bytes.subarray(a, a + size), b);
  };
  swap(0, 6, 6);
  swap(ETHERNET + 12, ETHERNET + 16, 4);
  const payload = payloadOf(frame);
  if (frame[ETHERNET + 9] === UDP) swap(payload, payload + 2, 2);
  return frame;
}
