import { type CryptoProvider, demand, equal, HASHES, type HashName } from '../crypto/contract.ts';

/** The encodings of RFC 8017 section 9, over any provider's hash functions. */
type Digests = Pick<CryptoProvider, 'hash'>;

/** DER of the DigestInfo up to the digest (RFC 8017 9.2 note 1; MD5: RFC 2313). */
const DIGEST_PREFIXES: Readonly<Record<HashName, string>> = {
  md5: '3020300c06082a864886f70d020505000410',
  sha1: '3021300906052b0e03021a05000414',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** The least number of ff bytes in the padding. */
const LEAST_PADDING = 8;

/** EMSA-PKCS1-v1_5 (RFC 8017 9.2), `length` bytes; `undefined` where that is too short. */
export function encodePkcs1(
  digests: Digests,
  hash: HashName | 'none',
  message: Uint8Array,
  length: number,
): Uint8Array | undefined {
  const prefix = hash === 'none' ? new Uint8Array(0) : fromHex(DIGEST_PREFIXES[hash]);
  const digest = hash === 'none' ? message : digests.hash(hash, message);
  const padding = length - 3 - prefix.length - digest.length;
  if (padding < LEAST_PADDING) return undefined;
  const out = new Uint8Array(length).fill(0xff);
  out[0] = 0;
  out[1] = 1;
  out[2 + padding] = 0;
  out.set(prefix, 3 + padding);
  out.set(digest, 3 + padding + prefix.length);
  return out;
}

/** EMSA-PSS (RFC 8017 9.1.1) for `bits` bits; `undefined` where they are too few. */
export function encodePss(
  digests: Digests,
  hash: HashName,
  message: Uint8Array,
  salt: Uint8Array,
  bits: number,
): Uint8Array | undefined {
  const length = Math.ceil(bits / 8);
  const digestLength = HASHES[hash].digest;
  const blockLength = length - digestLength - 1;
  if (blockLength < salt.length + 1) return undefined;
  const digest = pssDigest(digests, hash, message, salt);
  const out = new Uint8Array(length);
  out[blockLength - salt.length - 1] = 1;
  out.set(salt, blockLength - salt.length);
  mask(digests, hash, digest, out.subarray(0, blockLength));
  out[0] = (out[0] as number) & (0xff >> (8 * length - bits));
  out.set(digest, blockLength);
  out[length - 1] = 0xbc;
  return out;
}

/** EMSA-PSS verification (RFC 8017 9.1.2). */
export function verifyPss(
  digests: Digests,
  hash: HashName,
  message: Uint8Array,
  saltLength: number,
  bits: number,
  encoded: Uint8Array,
): boolean {
  const length = Math.ceil(bits / 8);
  const digestLength = HASHES[hash].digest;
  const blockLength = length - digestLength - 1;
  if (encoded.length !== length || blockLength < saltLength + 1 || encoded[length - 1] !== 0xbc) return false;
  const topBits = 0xff >> (8 * length - bits);
  if (((encoded[0] as number) & ~topBits) !== 0) return false;
  const block = encoded.slice(0, blockLength);
  const digest = encoded.subarray(blockLength, length - 1);
  mask(digests, hash, digest, block);
  block[0] = (block[0] as number) & topBits;
  const separator = blockLength - saltLength - 1;
  for (let i = 0; i < separator; i++) if (block[i] !== 0) return false;
  if (block[separator] !== 1) return false;
  return equal(digest, pssDigest(digests, hash, message, block.subarray(separator + 1)));
}

/** Hash of eight zeros, the message's hash and the salt. */
function pssDigest(digests: Digests, hash: HashName, message: Uint8Array, salt: Uint8Array): Uint8Array {
  const digest = digests.hash(hash, message);
  const input = new Uint8Array(8 + digest.length + salt.length);
  input.set(digest, 8);
  input.set(salt, 8 + digest.length);
  return digests.hash(hash, input);
}

/** Adds MGF1 of the seed (RFC 8017 B.2.1) to `block`. */
function mask(digests: Digests, hash: HashName, seed: Uint8Array, block: Uint8Array): void {
  const input = new Uint8Array(seed.length + 4);
  input.set(seed);
  const counter = new DataView(input.buffer);
  const step = HASHES[hash].digest;
  for (let at = 0, count = 0; at < block.length; at += step, count++) {
    counter.setUint32(seed.length, count);
    const digest = digests.hash(hash, input);
    for (let i = 0; i < step && at + i < block.length; i++) {
      block[at + i] = (block[at + i] as number) ^ (digest[i] as number);
    }
  }
}

function fromHex(text: string): Uint8Array {
  demand(text.length % 2 === 0, 'an odd number of hexadecimal digits');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}
