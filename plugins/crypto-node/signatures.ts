import {
  constants,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  sign,
  verify,
} from 'node:crypto';
import {
  type CryptoProvider,
  demand,
  ECDSA_CURVES,
  type EcdsaScheme,
  KeyCache,
  type RsaPrivateKey,
  signatureOfDer,
} from '../crypto/contract.ts';
import {
  ED25519_LENGTH,
  type RsaPowers,
  rsaFactors,
  rsaPublicPower,
  rsaSign,
  rsaVerify,
} from '../crypto-noble/contract.ts';
import { base64url, bytesOf, leftPadded, owned } from './bytes.ts';
import type { Exchange } from './exchange.ts';

/** Signing keys kept as key objects. */
const SIGNING_KEYS = 64;
/** The names of the curves in a JSON web key (RFC 7518 6.2.1.1). */
const WEB_KEY_CURVES = { p256: 'P-256', p384: 'P-384', p521: 'P-521' } as const;

type Signatures = Pick<CryptoProvider, 'sign' | 'verify' | 'signaturePublicKey' | 'rsaSign' | 'rsaVerify' | 'clear'>;

/**
 * Signatures. What OpenSSL does with randomness of its own is done by the pure provider (ECDSA, whose nonce is ours to
 * give) or around the bare power (RSASSA-PSS, whose salt is). Ed25519 is verified by the pure provider, because OpenSSL
 * checks another equation and the two would differ on signatures made to tell them apart.
 */
export function createSignatures(pure: CryptoProvider, exchange: Exchange, hash: CryptoProvider['hash']): Signatures {
  const ed25519Keys = new KeyCache(ed25519Key, SIGNING_KEYS);
  const rsa: RsaPowers = {
    hash,
    publicPower(key, value) {
      try {
        const object = createPublicKey({
          key: { kty: 'RSA', n: base64url(stripped(key.modulus)), e: base64url(stripped(key.exponent)) },
          format: 'jwk',
        });
        return leftPadded(publicDecrypt({ key: object, padding: constants.RSA_NO_PADDING }, value), value.length);
      } catch {
        // OpenSSL is choosier about keys; both providers must say the same of one from a certificate.
        return rsaPublicPower(key, value);
      }
    },
    privatePower(key, value) {
      const object = createPrivateKey({ key: rsaWebKey(key), format: 'jwk' });
      return leftPadded(privateEncrypt({ key: object, padding: constants.RSA_NO_PADDING }, value), value.length);
    },
  };

  return {
    sign(scheme, privateKey, message, random) {
      if (scheme.kind === 'ecdsa') return pure.sign(scheme, privateKey, message, random);
      checkEd25519(privateKey);
      return owned(sign(null, message, ed25519Keys.of(privateKey)));
    },
    verify: (scheme, publicKey, message, signature) =>
      scheme.kind === 'ecdsa'
        ? ecdsaVerify(scheme, publicKey, message, signature)
        : pure.verify(scheme, publicKey, message, signature),
    signaturePublicKey(kind, privateKey) {
      if (kind !== 'ed25519') return exchange.ecPublicKey(kind, privateKey);
      checkEd25519(privateKey);
      const { x } = ed25519Keys.of(privateKey).export({ format: 'jwk' });
      return owned(Buffer.from(x as string, 'base64url'));
    },
    rsaSign: (scheme, key, message, random) => rsaSign(rsa, scheme, key, message, random),
    rsaVerify: (scheme, key, message, signature) => rsaVerify(rsa, scheme, key, message, signature),
    clear: () => ed25519Keys.clear(),
  };
}

function ecdsaVerify(scheme: EcdsaScheme, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { scalar } = ECDSA_CURVES[scheme.curve];
  const raw = scheme.encoding === 'raw' ? signature : signatureOfDer(signature, scalar);
  if (raw?.length !== 2 * scalar || publicKey.length !== 2 * scalar) return false;
  try {
    const x = base64url(publicKey.subarray(0, scalar));
    const y = base64url(publicKey.subarray(scalar));
    const key = createPublicKey({ key: { kty: 'EC', crv: WEB_KEY_CURVES[scheme.curve], x, y }, format: 'jwk' });
    return verify(scheme.hash, message, { key, dsaEncoding: 'ieee-p1363' }, raw);
  } catch {
    // Not a point of the curve.
    return false;
  }
}

function checkEd25519(privateKey: Uint8Array): void {
  const { length } = privateKey;
  demand(length === ED25519_LENGTH, `ed25519: private key of ${length} bytes, not ${ED25519_LENGTH}`);
}

function ed25519Key(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: base64url(seed), x: '' }, format: 'jwk' });
}

function rsaWebKey(key: RsaPrivateKey): JsonWebKey {
  const { p, q, dp, dq, qInverse } = rsaFactors(key);
  const numbers = { p, q, dp, dq, qi: qInverse };
  const texts = Object.entries(numbers).map(([name, value]) => [name, base64url(bytesOf(value))]);
  return {
    kty: 'RSA',
    n: base64url(stripped(key.modulus)),
    e: base64url(stripped(key.exponent)),
    d: base64url(stripped(key.privateExponent)),
    ...Object.fromEntries(texts),
  };
}

function stripped(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first);
}
