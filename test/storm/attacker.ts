import { nextBelow, type RandomStream } from '../../core/random/index.ts';
import { internetChecksum, read16, write16 } from '../../core/wire/index.ts';

/** Somebody on the path: sends again, bent or made up, what was seen there. */

/** A frame that enters at one of the switch's ports, towards the gateway behind it. */
export interface Forged {
  readonly port: 'p0' | 'p1';
  readonly bytes: Uint8Array;
}

export interface Seen {
  /** The link: 0 is gw-a's. */
  readonly link: number;
  /** Sent by the gateway; else it is on its way to it. */
  readonly fromGateway: boolean;
  readonly bytes: Uint8Array;
}

/** What no honest node ever sends: where it turns up behind a gateway, a forgery was let in. */
export const MARK = 'forged by the attacker on the path';

const ETHERNET = 14;
const MOST_SEEN = 300;
const UDP = 17;
const ESP = 50;

export class Attacker {
  readonly #chance: RandomStream;
  readonly #seen: Seen[] = [];

  constructor(chance: RandomStream) {
    this.#chance = chance;
  }

  see(frame: Seen): void {
    if (read16(frame.bytes, 12) !== 0x0800) return;
    if (this.#seen.length < MOST_SEEN) this.#seen.push(frame);
    else this.#seen[nextBelow(this.#chance, MOST_SEEN)] = frame;
  }

  /** A few forged frames for this moment. */
  forge(): Forged[] {
    const forged: Forged[] = [];
    if (this.#seen.length === 0) return forged;
    for (let count = nextBelow(this.#chance, 5); count > 0; count--) {
      const frame = this.#seen[nextBelow(this.#chance, this.#seen.length)] as Seen;
      const own = this.#below(4) === 0 ? reflected(frame) : frame;
      // What a gateway sent is met by the other one.
      const link = own.fromGateway ? 1 - own.link : own.link;
      forged.push({ port: link === 0 ? 'p0' : 'p1', bytes: this.#bent(own.bytes.slice(), link) });
    }
    return forged;
  }

  #below(bound: number): number {
    return nextBelow(this.#chance, Math.max(1, bound));
  }

  #bent(frame: Uint8Array, link: number): Uint8Array {
    const header = (frame[ETHERNET] as number) & 15;
    const payload = ETHERNET + header * 4;
    const protocol = frame[ETHERNET + 9];
    const body = protocol === UDP ? payload + 8 : payload;
    switch (this.#below(9)) {
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
        this.#scatter(frame, body, 8);
        frame.fill(0, body + 8, Math.min(frame.length, body + 16));
        return mended(frame);
      case 7:
        return inClear(frame, link);
      default:
        this.#scatter(frame, body, frame.length - body);
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
    this.#scatter(longer, frame.length, longer.length - frame.length);
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
    else this.#scatter(frame, ike + at, size);
    return frame;
  }

  /** A sequence number far ahead, as a forger would send it to move the window. */
  #otherNumber(frame: Uint8Array, payload: number, protocol: number | undefined): Uint8Array {
    if (protocol === ESP) this.#scatter(frame, payload + 4, 4);
    return frame;
  }

  #scatter(frame: Uint8Array, from: number, size: number): void {
    for (let at = from; at < Math.min(frame.length, from + size); at++) frame[at] = this.#below(256);
  }
}

/** A frame sent back to who sent it, stations, addresses and ports exchanged. */
function reflected({ link, fromGateway, bytes }: Seen): Seen {
  const frame = bytes.slice();
  const swap = (a: number, b: number, size: number): void => {
    frame.set(bytes.subarray(b, b + size), a);
    frame.set(bytes.subarray(a, a + size), b);
  };
  swap(0, 6, 6);
  swap(ETHERNET + 12, ETHERNET + 16, 4);
  const payload = ETHERNET + ((frame[ETHERNET] as number) & 15) * 4;
  if (frame[ETHERNET + 9] === UDP) swap(payload, payload + 2, 2);
  return { link: fromGateway ? link : 1 - link, fromGateway: false, bytes: frame };
}

/** A packet from the other protected network that nobody sealed. */
function inClear(frame: Uint8Array, link: number): Uint8Array {
  const text = new TextEncoder().encode(MARK);
  const made = new Uint8Array(ETHERNET + 20 + 8 + text.length);
  made.set(frame.subarray(0, ETHERNET + 20));
  made[ETHERNET] = 0x45;
  made[ETHERNET + 9] = 1;
  made.fill(0, ETHERNET + 6, ETHERNET + 8);
  made.set(link === 1 ? [10, 1, 0, 10, 10, 2, 0, 20] : [10, 2, 0, 20, 10, 1, 0, 10], ETHERNET + 12);
  made[ETHERNET + 20] = 8;
  made.set(text, ETHERNET + 28);
  write16(made, ETHERNET + 22, internetChecksum(made, ETHERNET + 20, made.length));
  return mended(made);
}

/** Lengths and checksums as they should be for what is there now; UDP without a checksum. */
function mended(frame: Uint8Array): Uint8Array {
  const header = ((frame[ETHERNET] as number) & 15) * 4;
  write16(frame, ETHERNET + 2, frame.length - ETHERNET);
  write16(frame, ETHERNET + 10, 0);
  write16(frame, ETHERNET + 10, internetChecksum(frame, ETHERNET, ETHERNET + header));
  const udp = ETHERNET + header;
  if (frame[ETHERNET + 9] === UDP && frame.length >= udp + 8) {
    write16(frame, udp + 4, frame.length - udp);
    write16(frame, udp + 6, 0);
  }
  return frame;
}
