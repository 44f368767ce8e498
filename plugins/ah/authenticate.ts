import { write32 } from '../../core/index.ts';
import { type CryptoProvider, equal } from '../crypto/contract.ts';
import { IP_PROTOCOL, integrityValue, rewriteHeader } from '../ipsec/contract.ts';
import { AH_FIXED_SIZE, AT, ahHeaderSize, payloadLengthOf } from './headers.ts';
import type { AhMaterial } from './material.ts';
import { coveredHeader } from './mutable.ts';

/** Octets of the high half of an extended number, which is covered and on no wire (RFC 4302 §3.3.3.2.2). */
const HIGH_HALF = 4;

/** What one packet is authenticated with. */
export interface AhSealing {
  readonly spi: number;
  /** The low half of the sequence number, which goes on the wire. */
  readonly sequence: number;
  /** Its high half, where it is extended; default 0. */
  readonly sequenceHigh?: number;
  readonly nextHeader: number;
  /** What stands behind the ICV to fill the header up; default: nothing, which suits IPv4 with all transforms here. */
  readonly padding?: Uint8Array;
}

/**
 * The ICV of the packet `bytes[start, end)`, whose IPv4 header of `headerSize` octets stands before its AH: over the header without what is
 * mutable, AH with a zero ICV, what follows, and with ESN the high half of the number (RFC 4302 §3.3.3).
 */
export function ahIcv(
  crypto: CryptoProvider,
  material: AhMaterial,
  bytes: Uint8Array,
  start: number,
  headerSize: number,
  end: number,
  high: number,
): Uint8Array {
  const size = end - start;
  const covered = new Uint8Array(size + (material.esn ? HIGH_HALF : 0));
  covered.set(bytes.subarray(start + headerSize, end), headerSize);
  covered.set(coveredHeader(bytes, start, headerSize));
  covered.fill(0, headerSize + AT.icv, headerSize + AT.icv + material.icv);
  if (material.esn) write32(covered, size, high);
  return integrityValue(crypto, material.integrity, material.key, covered);
}

/**
 * Writes AH where it stands: `bytes[start, end)` has the IPv4 header, room for AH of `size` octets, and the payload. Protocol, length and
 * checksum of the IPv4 header are made right, for they are covered.
 */
export function authenticateInPlace(
  crypto: CryptoProvider,
  material: AhMaterial,
  bytes: Uint8Array,
  start: number,
  headerSize: number,
  end: number,
  { spi, sequence, sequenceHigh = 0, nextHeader }: AhSealing,
  size: number = material.size,
): void {
  const at = start + headerSize;
  rewriteHeader(bytes, start, headerSize, end - start, IP_PROTOCOL.ah);
  bytes[at + AT.nextHeader] = nextHeader;
  bytes[at + AT.payloadLength] = payloadLengthOf(size);
  bytes[at + AT.reserved] = 0;
  bytes[at + AT.reserved + 1] = 0;
  write32(bytes, at + AT.spi, spi);
  write32(bytes, at + AT.sequence, sequence);
  bytes.set(ahIcv(crypto, material, bytes, start, headerSize, end, sequenceHigh), at + AT.icv);
}

/** Puts AH between the header and the payload of a whole IPv4 packet (RFC 4302 §3.1): a packet of its own. */
export function authenticate(
  crypto: CryptoProvider,
  material: AhMaterial,
  sealing: AhSealing,
  packet: Uint8Array,
  headerSize: number,
): Uint8Array {
  const padding = sealing.padding ?? new Uint8Array(material.size - AH_FIXED_SIZE - material.icv);
  const size = AH_FIXED_SIZE + material.icv + padding.length;
  const out = new Uint8Array(packet.length + size);
  out.set(packet.subarray(0, headerSize));
  out.set(padding, headerSize + AH_FIXED_SIZE + material.icv);
  out.set(packet.subarray(headerSize), headerSize + size);
  authenticateInPlace(crypto, material, out, 0, headerSize, out.length, sealing, size);
  return out;
}

/** Why a packet was not verified: AH is cut or has no room for its ICV, or the ICV is wrong. */
export type AhRefusal = 'length' | 'icv';

export type AhVerdict =
  | {
      readonly ok: true;
      readonly nextHeader: number;
      /** Octets of AH, its ICV and padding included. */
      readonly size: number;
    }
  | { readonly ok: false; readonly refusal: AhRefusal };

/**
 * Verifies the packet `bytes[start, end)`, whose IPv4 header of `headerSize` octets stands before its AH (RFC 4302 §3.4.4). Padding behind
 * the ICV may be anything, and is covered. `high` is the high half of its number, 0 without ESN. Never throws.
 */
export function verifyAh(
  crypto: CryptoProvider,
  material: AhMaterial,
  bytes: Uint8Array,
  start: number,
  headerSize: number,
  end: number,
  high = 0,
): AhVerdict {
  const at = start + headerSize;
  if (end - at < AH_FIXED_SIZE) return { ok: false, refusal: 'length' };
  const size = ahHeaderSize(bytes, at);
  if (size > end - at || size < material.size) return { ok: false, refusal: 'length' };
  const there = bytes.subarray(at + AT.icv, at + AT.icv + material.icv);
  const right = equal(ahIcv(crypto, material, bytes, start, headerSize, end, high), there);
  return right ? { ok: true, nextHeader: bytes[at + AT.nextHeader] as number, size } : { ok: false, refusal: 'icv' };
}
