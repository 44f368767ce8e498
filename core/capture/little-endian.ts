/** Capture files are written in little endian, as nearly every program writes them. No bounds are checked here. */

export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function put32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** A signed integer that a double holds exactly, in two's complement. */
export function put64(bytes: Uint8Array, at: number, value: number): void {
  put32(bytes, at, value % 4_294_967_296);
  put32(bytes, at + 4, Math.floor(value / 4_294_967_296));
}
