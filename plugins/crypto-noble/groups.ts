import {
  type CryptoProvider,
  checkRandom,
  demand,
  ECDSA_CURVES,
  GROUPS,
  type GroupName,
  type ModpName,
} from '../crypto/contract.ts';
import { CURVE_OF_GROUP, ecPrivateKey, ecPublicKey, ecSharedSecret } from './ecp.ts';
import { ModpGroup, modpPrivateKey } from './modp.ts';
import { x448, x448Public } from './x448.ts';
import { x25519, x25519Public } from './x25519.ts';

type Exchange = Pick<CryptoProvider, 'keyPair' | 'publicKey' | 'sharedSecret' | 'clear'>;

/** The private value of a group from `randomLength(group)` bytes: the same for every provider. */
export function privateKeyOf(group: GroupName, random: Uint8Array): Uint8Array {
  checkRandom(group, random);
  if (isModp(group)) return modpPrivateKey(random);
  if (group === 'x25519' || group === 'x448') return random.slice();
  return ecPrivateKey(CURVE_OF_GROUP[group], random);
}

export function isModp(group: GroupName): group is ModpName {
  return GROUPS[group].kind === 'modp';
}

/** Throws unless a private value has the length that its group wants (MODP takes any up to the prime's). */
export function checkPrivateKey(group: Exclude<GroupName, ModpName>, privateKey: Uint8Array): void {
  const wanted =
    group === 'x25519' || group === 'x448' ? GROUPS[group].public : ECDSA_CURVES[CURVE_OF_GROUP[group]].scalar;
  demand(privateKey.length === wanted, `${group}: private key of ${privateKey.length} bytes, not ${wanted}`);
}

/** Key exchange; the prime and table of a MODP group are made at its first use and kept. */
export function createExchange(): Exchange {
  const modpGroups = new Map<ModpName, ModpGroup>();
  const modp = (name: ModpName): ModpGroup => {
    const known = modpGroups.get(name);
    if (known !== undefined) return known;
    const made = new ModpGroup(name);
    modpGroups.set(name, made);
    return made;
  };
  const publicKey = (group: GroupName, privateKey: Uint8Array): Uint8Array => {
    if (isModp(group)) return modp(group).publicKey(privateKey);
    checkPrivateKey(group, privateKey);
    if (group === 'x25519') return x25519Public(privateKey);
    if (group === 'x448') return x448Public(privateKey);
    return ecPublicKey(CURVE_OF_GROUP[group], privateKey);
  };
  return {
    keyPair(group, random) {
      const privateKey = privateKeyOf(group, random);
      return { privateKey, publicKey: publicKey(group, privateKey) };
    },
    publicKey,
    sharedSecret(group, privateKey, peerPublic) {
      if (isModp(group)) return modp(group).sharedSecret(privateKey, peerPublic);
      checkPrivateKey(group, privateKey);
      if (peerPublic.length !== GROUPS[group].public) return undefined;
      if (group === 'x448') return x448(privateKey, peerPublic);
      if (group !== 'x25519') return ecSharedSecret(CURVE_OF_GROUP[group], privateKey, peerPublic);
      const secret = x25519(privateKey, peerPublic);
      return isZero(secret) ? undefined : secret;
    },
    clear: () => modpGroups.clear(),
  };
}

function isZero(bytes: Uint8Array): boolean {
  let seen = 0;
  for (const byte of bytes) seen |= byte;
  return seen === 0;
}
