import type { Fault } from '../../core/index.ts';
import { type AeadName, type CipherName, type CryptoProvider, equal } from '../crypto/contract.ts';
import {
  GENERIC_HEADER_OCTETS,
  genericHeader,
  ISAKMP_HEADER_OCTETS,
  type IsakmpHeader,
  isakmpHeader,
} from '../isakmp/contract.ts';
import { PAYLOADS } from './payloads/index.ts';
import { checksum, type Protection } from './suite.ts';

/**
 * The Encrypted payload (RFC 7296 §3.14; combined encryption RFC 5282 §3):
 *
 *     IV | encrypted: (inner payloads | padding | pad length (1)) | integrity checksum
 *
 * The checksum covers the message from the header's first octet to the ciphertext's last; with combined encryption the additional data is
 * the message up to the end of the payload's generic header, and the nonce is the salt with the IV behind it.
 */
export interface DirectionKeys {
  /** SK_e of the sender, with the salt at its end for combined encryption. */
  readonly encryption: Uint8Array;
  /** SK_a of the sender; empty with combined encryption. */
  readonly integrity: Uint8Array;
}

/** What is to be sealed. */
export interface MessageToSeal {
  /** The header without next payload and length, which are filled in. */
  readonly header: Omit<Partial<IsakmpHeader>, 'length'>;
  /** The inner payloads' octets, and the type of the first; 0 and none for an empty message. */
  readonly inner: Uint8Array;
  readonly first: number;
  /** As many octets as the encryption's IV has. */
  readonly iv: Uint8Array;
  /** The padding without the pad length; default: the least zeros that fill the last block. */
  readonly padding?: Uint8Array;
  /** For one fragment of a message (RFC 7383 §2.5): its number from 1, and how many there are. */
  readonly fragment?: { readonly number: number; readonly total: number };
}

/** The whole message: header, Encrypted payload (or Encrypted Fragment). */
export function sealMessage(
  crypto: CryptoProvider,
  protection: Protection,
  keys: DirectionKeys,
  { header, inner, first, iv, padding, fragment }: MessageToSeal,
): Uint8Array {
  const { encryption, integrity } = protection;
  const padLength = padding?.length ?? leastPadding(inner.length, encryption.block);
  const plain = new Uint8Array(inner.length + padLength + 1);
  plain.set(inner);
  if (padding !== undefined) plain.set(padding, inner.length);
  plain[plain.length - 1] = padLength;
  const icv = encryption.kind === 'combined' ? encryption.icv : (integrity?.icv ?? 0);
  const { type, prefix } =
    fragment === undefined
      ? { type: PAYLOADS.SK.type, prefix: NOTHING }
      : { type: PAYLOADS.SKF.type, prefix: PAYLOADS.SKF.body.encode(fragment) };
  const start = GENERIC_HEADER_OCTETS + prefix.length;
  const payload = new Uint8Array(start + iv.length + plain.length + icv);
  payload[genericHeader.offset.nextPayload] = first;
  payload[genericHeader.offset.length] = payload.length >>> 8;
  payload[genericHeader.offset.length + 1] = payload.length;
  payload.set(prefix, GENERIC_HEADER_OCTETS);
  payload.set(iv, start);
  const message = isakmpHeader.encode({ ...header, nextPayload: type }, payload);
  const body = ISAKMP_HEADER_OCTETS + start;
  if (encryption.kind === 'combined') {
    const { key, nonce } = cipherArguments(protection, keys, iv);
    const sealed = crypto.seal(encryption.cipher as AeadName, key, nonce, message.subarray(0, body), plain, icv);
    message.set(sealed, body + iv.length);
    return message;
  }
  const { key, nonce } = cipherArguments(protection, keys, iv);
  message.set(crypto.encrypt(encryption.cipher as CipherName, key, nonce, plain), body + iv.length);
  if (integrity !== undefined) {
    message.set(
      checksum(crypto, integrity, keys.integrity, message.subarray(0, message.length - icv)),
      message.length - icv,
    );
  }
  return message;
}

function leastPadding(length: number, block: number): number {
  return (block - ((length + 1) % block)) % block;
}

/** An Encrypted payload opened. `plain` holds the inner payloads with padding and pad length behind them. */
export interface Opened {
  readonly iv: Uint8Array;
  readonly plain: Uint8Array;
  /** Octets of the inner payloads. */
  readonly length: number;
  readonly padding: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** Where the parts of an Encrypted payload's body lie. */
export interface SealedParts {
  readonly iv: number;
  readonly cipher: number;
  readonly icv: number;
  readonly end: number;
}

/** Finds the parts of the body `bytes[start, end)`; a fault where it is too short or no whole number of blocks. */
export function sealedParts(
  { encryption, integrity }: Protection,
  start: number,
  end: number,
): SealedParts | { readonly fault: Fault } {
  const icv = encryption.kind === 'combined' ? encryption.icv : (integrity?.icv ?? 0);
  const cipher = start + encryption.iv;
  const text = end - icv - cipher;
  if (text < 1 || text % encryption.block !== 0) {
    const message = `${end - start} octets are not an IV of ${encryption.iv}, blocks of ${encryption.block} and a checksum of ${icv}`;
    return { fault: { at: start, header: PAYLOADS.SK.body.name, field: 'content', message } };
  }
  return { iv: start, cipher, icv: end - icv, end };
}

/**
 * Opens the Encrypted payload whose body is `bytes[start, end)` of the message that begins at `message`. `undefined`: the checksum is wrong,
 * or something is not as long as it must be; nothing of it may be believed.
 */
export function openPayload(
  crypto: CryptoProvider,
  protection: Protection,
  keys: DirectionKeys,
  bytes: Uint8Array,
  message: number,
  start: number,
  end: number,
): Opened | undefined {
  const parts = sealedParts(protection, start, end);
  if ('fault' in parts) return undefined;
  const { encryption, integrity } = protection;
  const iv = bytes.slice(parts.iv, parts.cipher);
  const { key, nonce } = cipherArguments(protection, keys, iv);
  let plain: Uint8Array | undefined;
  if (encryption.kind === 'combined') {
    const sealed = bytes.subarray(parts.cipher, parts.end);
    plain = crypto.open(
      encryption.cipher as AeadName,
      key,
      nonce,
      bytes.subarray(message, start),
      sealed,
      encryption.icv,
    );
  } else if (integrity !== undefined) {
    const right = checksum(crypto, integrity, keys.integrity, bytes.subarray(message, parts.icv));
    if (!equal(right, bytes.subarray(parts.icv, parts.end))) return undefined;
    plain = crypto.decrypt(encryption.cipher as CipherName, key, nonce, bytes.subarray(parts.cipher, parts.icv));
  }
  if (plain === undefined || plain.length === 0) return undefined;
  const padLength = plain[plain.length - 1] as number;
  const length = plain.length - 1 - padLength;
  if (length < 0) return undefined;
  return { iv, plain, length, padding: plain.slice(length, plain.length - 1) };
}

/**
 * The key proper, and what goes with it: the IV as it is, the salt and the IV as a nonce (RFC 5282 §4), or for counter mode the first
 * counter block of salt, IV and the number 1 (RFC 5930 §2, RFC 3686 §4).
 */
function cipherArguments(
  { encryption }: Protection,
  keys: DirectionKeys,
  iv: Uint8Array,
): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  if (encryption.salt === 0) return { key: keys.encryption, nonce: iv };
  const counter = encryption.cipher === 'aes-ctr' ? COUNTER_OCTETS : 0;
  const nonce = new Uint8Array(encryption.salt + iv.length + counter);
  nonce.set(keys.encryption.subarray(encryption.key));
  nonce.set(iv, encryption.salt);
  if (counter > 0) nonce[nonce.length - 1] = 1;
  return { key: keys.encryption.subarray(0, encryption.key), nonce };
}

const COUNTER_OCTETS = 4;
