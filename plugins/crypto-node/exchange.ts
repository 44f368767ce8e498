import {
  createDiffieHellman,
  createECDH,
  createPrivateKey,
  createPublicKey,
  type DiffieHellman,
  diffieHellman,
  type ECDH,
  type KeyObject,
} from 'node:crypto';
import {
  type CryptoProvider,
  demand,
  type EcdsaCurve,
  GROUPS,
  type GroupName,
  KeyCache,
  type ModpName,
  modpPrime,
} from '../crypto/contract.ts';
import {
  CURVE_OF_GROUP,
  checkEcScalar,
  checkPrivateKey,
  isModp,
  isModpPublic,
  privateKeyOf,
} from '../crypto-noble/contract.ts';
import { base64url, bytesOf, leftPadded, owned, uncompressed } from './bytes.ts';

/** OpenSSL's names of the curves. */
export const CURVE_NAMES = { p256: 'prime256v1', p384: 'secp384r1', p521: 'secp521r1' } as const;
/** Private keys kept as key objects: those of exchanges under way. */
const PRIVATE_KEYS = 64;

interface MontgomeryKey {
  readonly object: KeyObject;
  readonly publicKey: Uint8Array;
}

interface Modp {
  readonly prime: bigint;
  readonly object: DiffieHellman;
}

export interface Exchange extends Pick<CryptoProvider, 'keyPair' | 'publicKey' | 'sharedSecret' | 'clear'> {
  /** x | y of a scalar of a curve. */
  ecPublicKey(curve: EcdsaCurve, privateKey: Uint8Array): Uint8Array;
}

/** Key exchange. Key objects are kept per private key, groups from their first use. */
export function createExchange(): Exchange {
  const montgomery = {
    x25519: new KeyCache((key) => montgomeryKey('X25519', key), PRIVATE_KEYS),
    x448: new KeyCache((key) => montgomeryKey('X448', key), PRIVATE_KEYS),
  } as const;
  const curves = {
    p256: new KeyCache((key) => curveKey('p256', key), PRIVATE_KEYS),
    p384: new KeyCache((key) => curveKey('p384', key), PRIVATE_KEYS),
    p521: new KeyCache((key) => curveKey('p521', key), PRIVATE_KEYS),
  } as const;
  const modpGroups = new Map<ModpName, Modp>();

  const modpWith = (name: ModpName, privateKey: Uint8Array): Modp => {
    const longest = GROUPS[name].public;
    const { length } = privateKey;
    demand(length > 0 && length <= longest, `${name}: exponent of ${length} bytes, not 1 to ${longest}`);
    let group = modpGroups.get(name);
    if (group === undefined) {
      const prime = modpPrime(name);
      group = { prime, object: createDiffieHellman(Buffer.from(bytesOf(prime)), 2) };
      modpGroups.set(name, group);
    }
    group.object.setPrivateKey(privateKey);
    return group;
  };
  const ecPublicKey = (curve: EcdsaCurve, privateKey: Uint8Array): Uint8Array => {
    checkEcScalar(curve, privateKey);
    return owned(curves[curve].of(privateKey).getPublicKey().subarray(1));
  };
  const publicKey = (group: GroupName, privateKey: Uint8Array): Uint8Array => {
    if (isModp(group)) return leftPadded(modpWith(group, privateKey).object.generateKeys(), GROUPS[group].public);
    checkPrivateKey(group, privateKey);
    if (group === 'x25519' || group === 'x448') return montgomery[group].of(privateKey).publicKey.slice();
    return ecPublicKey(CURVE_OF_GROUP[group], privateKey);
  };

  return {
    ecPublicKey,
    keyPair(group, random) {
      const privateKey = privateKeyOf(group, random);
      return { privateKey, publicKey: publicKey(group, privateKey) };
    },
    publicKey,
    sharedSecret(group, privateKey, peerPublic) {
      if (isModp(group)) {
        const { prime, object } = modpWith(group, privateKey);
        if (!isModpPublic(group, prime, peerPublic)) return undefined;
        return leftPadded(object.computeSecret(peerPublic), GROUPS[group].secret);
      }
      checkPrivateKey(group, privateKey);
      if (peerPublic.length !== GROUPS[group].public) return undefined;
      if (group === 'x25519' || group === 'x448') {
        return montgomerySecret(group === 'x25519' ? 'X25519' : 'X448', montgomery[group].of(privateKey), peerPublic);
      }
      const curve = CURVE_OF_GROUP[group];
      checkEcScalar(curve, privateKey);
      const own = curves[curve].of(privateKey);
      try {
        return leftPadded(own.computeSecret(uncompressed(peerPublic)), GROUPS[group].secret);
      } catch {
        // Not a point of the curve: the lengths and our own scalar were checked before.
        return undefined;
      }
    },
    clear() {
      for (const cache of [...Object.values(montgomery), ...Object.values(curves)]) cache.clear();
      modpGroups.clear();
    },
  };
}

/** Made of the private value alone: OpenSSL derives the public one and ignores what the web key says of it. */
function montgomeryKey(curve: 'X25519' | 'X448', privateKey: Uint8Array): MontgomeryKey {
  const object = createPrivateKey({
    key: { kty: 'OKP', crv: curve, d: base64url(privateKey), x: '' },
    format: 'jwk',
  });
  const { x } = object.export({ format: 'jwk' });
  return { object, publicKey: owned(Buffer.from(x as string, 'base64url')) };
}

function montgomerySecret(curve: string, own: MontgomeryKey, peerPublic: Uint8Array): Uint8Array | undefined {
  const peer = createPublicKey({ key: { kty: 'OKP', crv: curve, x: base64url(peerPublic) }, format: 'jwk' });
  try {
    return owned(diffieHellman({ privateKey: own.object, publicKey: peer }));
  } catch {
    // All zero: a point of small order (RFC 7748 section 6).
    return undefined;
  }
}

function curveKey(curve: EcdsaCurve, privateKey: Uint8Array): ECDH {
  const ecdh = createECDH(CURVE_NAMES[curve]);
  ecdh.setPrivateKey(privateKey);
  return ecdh;
}
