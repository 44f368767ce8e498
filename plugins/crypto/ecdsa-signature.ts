/**
 * Ecdsa-Sig-Value (RFC 3279 2.2.3): SEQUENCE { INTEGER r, INTEGER s } in DER, against r | s at fixed width (RFC 4754).
 */

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** DER of r | s. */
export function derOfSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  const r = derInteger(raw.subarray(0, half));
  const s = derInteger(raw.subarray(half));
  const length = r.length + s.length;
  const head = length < 0x80 ? [SEQUENCE, length] : [SEQUENCE, 0x81, length];
  const out = new Uint8Array(head.length + length);
  out.set(head);
  out.set(r, head.length);
  out.set(s, head.length + r.length);
  return out;
}

/**
 * r | s, each `scalar` bytes, of a DER signature; `undefined` for anything but the one DER encoding: BER lengths,
 * superfluous zeros, negative or oversized integers, bytes behind the end.
 */
export function signatureOfDer(der: Uint8Array, scalar: number): Uint8Array | undefined {
  const longForm = der[1] === 0x81;
  const start = longForm ? 3 : 2;
  const length = der[start - 1];
  if (der[0] !== SEQUENCE || length === undefined || length !== der.length - start) return undefined;
  if (longForm !== length >= 0x80) return undefined;
  const raw = new Uint8Array(2 * scalar);
  const middle = readInteger(der, start, raw.subarray(0, scalar));
  if (middle === undefined || readInteger(der, middle, raw.subarray(scalar)) !== der.length) return undefined;
  return raw;
}

function derInteger(bytes: Uint8Array): Uint8Array {
  let first = 0;
  while (first < bytes.length - 1 && bytes[first] === 0) first++;
  const pad = (bytes[first] as number) >= 0x80 ? 1 : 0;
  const length = bytes.length - first + pad;
  const out = new Uint8Array(2 + length);
  out[0] = INTEGER;
  out[1] = length;
  out.set(bytes.subarray(first), 2 + pad);
  return out;
}

/** Writes the INTEGER at `at` right-aligned into `into`; returns the offset behind it. */
function readInteger(der: Uint8Array, at: number, into: Uint8Array): number | undefined {
  const length = der[at + 1];
  if (der[at] !== INTEGER || length === undefined || length === 0 || length >= 0x80) return undefined;
  const end = at + 2 + length;
  if (end > der.length) return undefined;
  const first = der[at + 2] as number;
  if (first >= 0x80) return undefined;
  if (first === 0 && length > 1 && (der[at + 3] as number) < 0x80) return undefined;
  const skip = first === 0 ? 1 : 0;
  if (length - skip > into.length) return undefined;
  into.set(der.subarray(at + 2 + skip, end), into.length - (length - skip));
  return end;
}
