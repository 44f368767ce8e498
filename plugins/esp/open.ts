import type { AeadName, CipherName, CryptoProvider } from '../crypto/contract.ts';
import { equal } from '../crypto/contract.ts';
import { additionalOctets, cipherIv, gmacCheck, integrityCheck } from './crypt.ts';
import { ESP_HEADER_SIZE, TRAILER_SIZE } from './headers.ts';
import type { EspMaterial } from './material.ts';

/** Why a packet did not open. */
export type EspRefusal =
  /** Too short for its transform, or its ciphertext is no whole number of blocks. */
  | 'length'
  /** The ICV is wrong: another key, another packet, or a changed bit. */
  | 'icv'
  /** Authentic, but the padding is not 1, 2, 3 and so on, or longer than what is there. */
  | 'padding';

export type EspOpening =
  | {
      readonly ok: true;
      /** What was encrypted: the payload, the padding and the two octets of the trailer, in an array of its own. */
      readonly text: Uint8Array;
      /** Octets of the payload at its front. */
      readonly payload: number;
      readonly nextHeader: number;
    }
  | { readonly ok: false; readonly refusal: EspRefusal };

const TOO_SHORT: EspOpening = { ok: false, refusal: 'length' };
const WRONG_ICV: EspOpening = { ok: false, refusal: 'icv' };
const WRONG_PADDING: EspOpening = { ok: false, refusal: 'padding' };

/**
 * Opens the ESP packet `bytes[start, end)` (RFC 4303 §3.4.4): the ICV first, then the text. `high` is the high half of its sequence number,
 * 0 without ESN. Never throws.
 */
export function openEsp(
  crypto: CryptoProvider,
  material: EspMaterial,
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
  high = 0,
): EspOpening {
  const { encryption, icv } = material;
  const ivAt = start + ESP_HEADER_SIZE;
  const textAt = ivAt + encryption.iv;
  const icvAt = end - icv;
  const size = icvAt - textAt;
  if (size < TRAILER_SIZE || size % encryption.block !== 0) return TOO_SHORT;
  const text = opened(crypto, material, bytes, start, textAt, icvAt, end, high);
  if (text === undefined) return WRONG_ICV;
  const padLength = text[size - 2] as number;
  const payload = size - TRAILER_SIZE - padLength;
  if (payload < 0) return WRONG_PADDING;
  for (let octet = 0; octet < padLength; octet++) if (text[payload + octet] !== octet + 1) return WRONG_PADDING;
  return { ok: true, text, payload, nextHeader: text[size - 1] as number };
}

/** The text, or `undefined` where the ICV is wrong. */
function opened(
  crypto: CryptoProvider,
  material: EspMaterial,
  bytes: Uint8Array,
  start: number,
  textAt: number,
  icvAt: number,
  end: number,
  high: number,
): Uint8Array | undefined {
  const { encryption, icv } = material;
  const ivAt = start + ESP_HEADER_SIZE;
  if (encryption.cipher === 'gmac') {
    const right = gmacCheck(crypto, material, bytes, start, icvAt, high);
    return equal(right, bytes.subarray(icvAt, end)) ? bytes.slice(textAt, icvAt) : undefined;
  }
  if (encryption.kind === 'combined') {
    return crypto.open(
      encryption.cipher as AeadName,
      material.key,
      cipherIv(material, bytes, ivAt),
      additionalOctets(material, bytes, start, high),
      bytes.subarray(textAt, end),
      icv,
    );
  }
  if (icv > 0) {
    const right = integrityCheck(crypto, material, bytes, start, icvAt, high);
    if (!equal(right, bytes.subarray(icvAt, end))) return undefined;
  }
  if (encryption.cipher === 'null') return bytes.slice(textAt, icvAt);
  const cipher = encryption.cipher as CipherName;
  return crypto.decrypt(cipher, material.key, cipherIv(material, bytes, ivAt), bytes.subarray(textAt, icvAt));
}
