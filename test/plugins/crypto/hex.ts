/** Bytes of hexadecimal digits. */
export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** Hexadecimal digits of bytes. */
export function hex(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value).toString('hex');
}

/** Hexadecimal digits of a text. */
export function ascii(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `count` times the same byte. */
export function repeated(byte: string, count: number): string {
  return byte.repeat(count);
}

/** `count` bytes counting up from `first`. */
export function counting(first: number, count: number): string {
  return Array.from({ length: count }, (_, i) => (first + i).toString(16).padStart(2, '0')).join('');
}
