import { write32 } from '../../core/index.ts';
import type { AeadName, CipherName, CryptoProvider } from '../crypto/contract.ts';
import { additionalOctets, cipherIv, gmacCheck, integrityCheck } from './crypt.ts';
import { AT, ESP_HEADER_SIZE, TRAILER_SIZE } from './headers.ts';
import type { EspMaterial } from './material.ts';

/** What one packet is sealed with. */
export interface EspSealing {
  readonly spi: number;
  /** The low half of the sequence number, which goes on the wire. */
  readonly sequence: number;
  /** Its high half, where it is extended; default 0. */
  readonly sequenceHigh?: number;
  /** Octets of the length that the transform wants. Never twice the same under one key (RFC 4106 §3.1, RFC 7634 §2). */
  readonly iv: Uint8Array;
  readonly nextHeader: number;
  /** Octets of padding; default: as few as the alignment wants, 1, 2, 3 and so on (RFC 4303 §2.4). */
  readonly padding?: Uint8Array;
}

/** Octets of the whole ESP packet around a payload of `size` octets with the least padding. */
export function sealedSize(material: EspMaterial, size: number): number {
  const encrypted = size + TRAILER_SIZE + leastPadding(material, size);
  return ESP_HEADER_SIZE + material.encryption.iv + encrypted + material.icv;
}

/** The most octets of payload whose ESP packet has at most `size` octets; 0 where not even an empty one fits. */
export function payloadRoom(material: EspMaterial, size: number): number {
  const room = size - ESP_HEADER_SIZE - material.encryption.iv - material.icv;
  return Math.max(0, room - (room % material.alignment) - TRAILER_SIZE);
}

export function leastPadding(material: EspMaterial, size: number): number {
  const over = (size + TRAILER_SIZE) % material.alignment;
  return over === 0 ? 0 : material.alignment - over;
}

/** Seals a payload into an ESP packet of its own (RFC 4303 §3.3). */
export function sealEsp(
  crypto: CryptoProvider,
  material: EspMaterial,
  sealing: EspSealing,
  payload: Uint8Array,
): Uint8Array {
  const padding = sealing.padding?.length ?? leastPadding(material, payload.length);
  const size = ESP_HEADER_SIZE + material.encryption.iv + payload.length + padding + TRAILER_SIZE + material.icv;
  const out = new Uint8Array(size);
  const textAt = ESP_HEADER_SIZE + material.encryption.iv;
  out.set(sealing.iv, ESP_HEADER_SIZE);
  out.set(payload, textAt);
  if (sealing.padding !== undefined) out.set(sealing.padding, textAt + payload.length);
  else writePadding(out, textAt + payload.length, padding);
  out[textAt + payload.length + padding] = padding;
  out[textAt + payload.length + padding + 1] = sealing.nextHeader;
  sealInPlace(crypto, material, out, 0, size, sealing.spi, sealing.sequence, sealing.sequenceHigh ?? 0);
  return out;
}

/** RFC 4303 §2.4: the octets 1, 2, 3 and so on. */
export function writePadding(bytes: Uint8Array, at: number, size: number): void {
  for (let octet = 0; octet < size; octet++) bytes[at + octet] = octet + 1;
}

/**
 * Seals where it stands: `bytes[at, end)` has room for the header, then the IV, the payload with its trailer in clear, and room for the
 * ICV. Header, ciphertext and ICV are written.
 */
export function sealInPlace(
  crypto: CryptoProvider,
  material: EspMaterial,
  bytes: Uint8Array,
  at: number,
  end: number,
  spi: number,
  sequence: number,
  high: number,
): void {
  const { encryption } = material;
  const ivAt = at + ESP_HEADER_SIZE;
  const textAt = ivAt + encryption.iv;
  const icvAt = end - material.icv;
  write32(bytes, at + AT.spi, spi);
  write32(bytes, at + AT.sequence, sequence);
  if (encryption.cipher === 'gmac') {
    bytes.set(gmacCheck(crypto, material, bytes, at, icvAt, high), icvAt);
    return;
  }
  if (encryption.kind === 'combined') {
    const sealed = crypto.seal(
      encryption.cipher as AeadName,
      material.key,
      cipherIv(material, bytes, ivAt),
      additionalOctets(material, bytes, at, high),
      bytes.subarray(textAt, icvAt),
      encryption.icv,
    );
    bytes.set(sealed, textAt);
    return;
  }
  if (encryption.cipher !== 'null') {
    const text = bytes.subarray(textAt, icvAt);
    bytes.set(
      crypto.encrypt(encryption.cipher as CipherName, material.key, cipherIv(material, bytes, ivAt), text),
      textAt,
    );
  }
  if (material.icv > 0) bytes.set(integrityCheck(crypto, material, bytes, at, icvAt, high), icvAt);
}
