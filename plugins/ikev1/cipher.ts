import type { CryptoProvider } from '../crypto/contract.ts';
import { IKEV1_FLAGS, ISAKMP_HEADER_OCTETS, type IsakmpHeader, isakmpHeader } from '../isakmp/contract.ts';
import type { Suite } from './suite.ts';

/**
 * Encrypted messages (RFC 2409 App. B): everything behind the header, padded with zeros to whole blocks, the header's length counting them.
 * The IV stands nowhere: it is the last block of the message before, or follows from the message ID.
 */

/** What is to be sealed. */
export interface MessageToSeal {
  /** The header without flags and length, which are filled in. */
  readonly header: Omit<Partial<IsakmpHeader>, 'length' | 'flags'> & { readonly flags?: number };
  /** The payloads' octets. */
  readonly inner: Uint8Array;
  readonly iv: Uint8Array;
  /** Default: the least zeros that fill the last block. */
  readonly padding?: Uint8Array;
}

export function sealMessage(
  crypto: CryptoProvider,
  { encryption }: Pick<Suite, 'encryption'>,
  key: Uint8Array,
  { header, inner, iv, padding }: MessageToSeal,
): Uint8Array {
  const { block, cipher } = encryption;
  const plain = new Uint8Array(inner.length + (padding?.length ?? (block - (inner.length % block)) % block));
  plain.set(inner);
  if (padding !== undefined) plain.set(padding, inner.length);
  const flags = (header.flags ?? 0) | IKEV1_FLAGS.encryption;
  return isakmpHeader.encode(Object.assign({}, header, { flags }), crypto.encrypt(cipher, key, iv, plain));
}

/** What was behind the header of a message; `undefined` where it is no whole number of blocks. */
export function openMessage(
  crypto: CryptoProvider,
  { encryption }: Pick<Suite, 'encryption'>,
  key: Uint8Array,
  iv: Uint8Array,
  bytes: Uint8Array,
  start = ISAKMP_HEADER_OCTETS,
  end = bytes.length,
): Uint8Array | undefined {
  if (end <= start || (end - start) % encryption.block !== 0) return undefined;
  return crypto.decrypt(encryption.cipher, key, iv, bytes.subarray(start, end));
}

/** The last block of an encrypted message: the IV of the next one of its exchange. */
export function lastBlock({ encryption }: Pick<Suite, 'encryption'>, bytes: Uint8Array): Uint8Array {
  return bytes.slice(bytes.length - encryption.block);
}
