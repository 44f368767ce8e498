import { nextBelow, type RandomStream } from '../../core/random/index.ts';
import { internetChecksum, read16, write16, write32 } from '../../core/wire/index.ts';

/** Frames that nobody sent: how one is put together from another, and IKE messages made up from nothing but what can be read on the path. */

export const ETHERNET = 14;
export const UDP = 17;
const IKE_HEADER = 28;
const NON_ESP_MARKER = 4;
const FLOAT_PORT = 4500;

/** What no honest node ever sends: where it turns up behind a gateway, a forgery was let in. */
export const MARK = 'forged by the attacker on the path';

/** Where the payload of an IPv4 packet begins in its frame. */
export function payloadOf(frame: Uint8Array): number {
  return ETHERNET + ((frame[ETHERNET] as number) & 15) * 4;
}

/** Where an IKE message begins in a frame; `undefined`: there is none. */
export function ikeOf(frame: Uint8Array): number | undefined {
  const udp = payloadOf(frame);
  if (frame[ETHERNET + 9] !== UDP || frame.length < udp + 8 + IKE_HEADER) return undefined;
  const ports = [read16(frame, udp), read16(frame, udp + 2)];
  if (!ports.includes(FLOAT_PORT)) return ports.includes(500) ? udp + 8 : undefined;
  const marked = frame.subarray(udp + 8, udp + 8 + NON_ESP_MARKER).every((octet) => octet === 0);
  return marked && frame.length >= udp + 8 + NON_ESP_MARKER + IKE_HEADER ? udp + 8 + NON_ESP_MARKER : undefined;
}

/** A message that begins an IKE SA: the responder's SPI, or cookie, is zeros. */
export function isFirst(frame: Uint8Array): boolean {
  const ike = ikeOf(frame);
  return ike !== undefined && frame.subarray(ike + 8, ike + 16).every((octet) => octet === 0);
}

export function scatter(chance: RandomStream, frame: Uint8Array, from: number, size: number): void {
  for (let at = from; at < Math.min(frame.length, from + size); at++) frame[at] = nextBelow(chance, 256);
}

/** Lengths and checksums as they should be for what is there now; UDP without a checksum. */
export function mended(frame: Uint8Array): Uint8Array {
  const udp = payloadOf(frame);
  write16(frame, ETHERNET + 2, frame.length - ETHERNET);
  write16(frame, ETHERNET + 10, 0);
  write16(frame, ETHERNET + 10, internetChecksum(frame, ETHERNET, udp));
  if (frame[ETHERNET + 9] === UDP && frame.length >= udp + 8) {
    write16(frame, udp + 4, frame.length - udp);
    write16(frame, udp + 6, 0);
  }
  return frame;
}

/** A packet from the other protected network that nobody sealed. */
export function inClear(frame: Uint8Array, towardsB: boolean): Uint8Array {
  const text = new TextEncoder().encode(MARK);
  const made = new Uint8Array(ETHERNET + 20 + 8 + text.length);
  made.set(frame.subarray(0, ETHERNET + 20));
  made[ETHERNET] = 0x45;
  made[ETHERNET + 9] = 1;
  made.fill(0, ETHERNET + 6, ETHERNET + 8);
  made.set(towardsB ? [10, 1, 0, 10, 10, 2, 0, 20] : [10, 2, 0, 20, 10, 1, 0, 10], ETHERNET + 12);
  made[ETHERNET + 20] = 8;
  made.set(text, ETHERNET + 28);
  write16(made, ETHERNET + 22, internetChecksum(made, ETHERNET + 20, made.length));
  return mended(made);
}

/** First messages that begin ever new IKE SAs, from the peer's address or from anywhere in its network. */
export function cookieStorm(chance: RandomStream, first: Uint8Array, count: number): Uint8Array[] {
  const ike = ikeOf(first) ?? first.length;
  return Array.from({ length: count }, () => {
    const frame = first.slice();
    scatter(chance, frame, ike, 8);
    if (nextBelow(chance, 2) === 0) frame[ETHERNET + 15] = 3 + nextBelow(chance, 250);
    if (nextBelow(chance, 2) === 0) write16(frame, payloadOf(frame), 1024 + nextBelow(chance, 60_000));
    return mended(frame);
  });
}

const one = <T>(chance: RandomStream, list: readonly T[]): T => list[nextBelow(chance, list.length)] as T;

/** Notify types that an answer to a first message may have, and others (RFC 7296 §3.10.1; RFC 2408 §3.14.1). */
const TOLD: Readonly<Record<1 | 2, readonly number[]>> = {
  1: [1, 4, 11, 14, 16, 17, 18, 23, 24, 24_576, 24_578, 36_136, 36_137],
  2: [1, 4, 5, 7, 11, 14, 17, 24, 38, 16_384, 16_390, 16_393, 16_388],
};

/** What an unsealed message says: a Notify or a Delete payload, as each version has it. */
function saying(chance: RandomStream, version: 1 | 2, spis: Uint8Array): { readonly type: number; body: Uint8Array } {
  const type = one(chance, TOLD[version]);
  if (nextBelow(chance, 3) > 0) {
    const told = new Uint8Array(one(chance, [0, 2, 4, 16, 20]));
    scatter(chance, told, 0, told.length);
    const fixed =
      version === 1 ? [0, 0, 0, 0, 0, 0, 0, 1, 1, 0, type >> 8, type & 255] : [0, 0, 0, 0, 0, 0, type >> 8, type & 255];
    return { type: version === 1 ? 11 : 41, body: Uint8Array.from([...fixed, ...told]) };
  }
  if (version === 1) return { type: 12, body: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 1, 1, 16, 0, 1, ...spis]) };
  return { type: 42, body: Uint8Array.from([0, 0, 0, 0, 1, 0, 0, 0]) };
}

/** An unsealed informational message, or an answer to a first message, about the IKE SA of `frame`, a neighbour of it or none at all. */
export function unsealed(chance: RandomStream, frame: Uint8Array): Uint8Array | undefined {
  const ike = ikeOf(frame);
  if (ike === undefined) return undefined;
  const version = ((frame[ike + 17] as number) >> 4 === 1 ? 1 : 2) as 1 | 2;
  const made = new Uint8Array(ike + IKE_HEADER + 64);
  made.set(frame.subarray(0, ike + IKE_HEADER));
  if (nextBelow(chance, 3) === 0) scatter(chance, made, ike + one(chance, [0, 8]), 8);
  const { type, body } = saying(chance, version, made.subarray(ike, ike + 16));
  write16(body, 2, body.length);
  made[ike + 16] = type;
  const informational = version === 1 ? 5 : 37;
  made[ike + 18] = nextBelow(chance, 3) === 0 ? (frame[ike + 18] as number) : informational;
  made[ike + 19] = version === 1 ? one(chance, [0, 0, 1]) : one(chance, [0x08, 0x20, 0x28, 0x00]);
  if (nextBelow(chance, 2) === 0) scatter(chance, made, ike + 20, 4);
  made.set(body, ike + IKE_HEADER);
  write32(made, ike + 24, IKE_HEADER + body.length);
  return mended(made.subarray(0, ike + IKE_HEADER + body.length).slice());
}

/** On the way through UDP: what port 4500 may be sent that is no IKE message; `undefined` where `frame` has no ports. */
export function onFloat(chance: RandomStream, frame: Uint8Array): Uint8Array | undefined {
  const udp = payloadOf(frame);
  if (frame[ETHERNET + 9] !== UDP || frame.length < udp + 8) return undefined;
  // A keepalive, less than a header, or ESP of no SA.
  const made = new Uint8Array(udp + 8 + one(chance, [1, 1, 3, 7, 60]));
  made.set(frame.subarray(0, udp + 8));
  scatter(chance, made, udp + 8, made.length);
  if (made.length === udp + 9) made[udp + 8] = 0xff;
  write16(made, udp + 2, FLOAT_PORT);
  if (nextBelow(chance, 2) === 0) write16(made, udp, 1024 + nextBelow(chance, 60_000));
  return mended(made);
}
