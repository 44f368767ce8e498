/**
 * A plain array that owns its memory. Node's buffers are of another class, and small ones are views of a pool, which a
 * structured clone would copy whole.
 */
export function owned(buffer: Uint8Array): Uint8Array {
  return buffer.byteLength === buffer.buffer.byteLength ? new Uint8Array(buffer.buffer) : new Uint8Array(buffer);
}

/** The text form of a number or key in a JSON web key (RFC 7515 section 2). */
export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/** Big-endian bytes of a number, without leading zeros. */
export function bytesOf(value: bigint): Uint8Array {
  const digits = value.toString(16);
  return owned(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'));
}

/** `bytes` with zeros on the left up to `length`. */
export function leftPadded(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length === length) return owned(bytes);
  const out = new Uint8Array(length);
  out.set(bytes, length - bytes.length);
  return out;
}

/** 04 | x | y (SEC 1 2.3.3). */
export function uncompressed(value: Uint8Array): Uint8Array {
  return leftPadded(value, value.length + 1).fill(4, 0, 1);
}
