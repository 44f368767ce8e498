import {
  type EncryptionTransform,
  encryptionOf,
  type IntegrityTransform,
  integrityOf,
  type SaKeys,
  type Transform,
} from '../ipsec/contract.ts';

/** All that sealing and opening need to know of an SA: transforms looked up, keys cut apart. Derived from the SA, never changed. */
export interface EspMaterial {
  readonly encryption: EncryptionTransform;
  /** Absent with combined encryption. */
  readonly integrity: IntegrityTransform | undefined;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  readonly integrityKey: Uint8Array;
  readonly esn: boolean;
  /** Octets of the ICV. */
  readonly icv: number;
  /** What the length of the encrypted part is a multiple of (RFC 4303 §2.4: at least 4). */
  readonly alignment: number;
}

export interface EspKeying {
  readonly encryption: Transform | undefined;
  readonly integrity: Transform | undefined;
  readonly keys: SaKeys;
  readonly esn: boolean;
}

/** The material of an SA, or what is wrong with its transforms and keys. */
export function espMaterial({ encryption, integrity, keys, esn }: EspKeying): EspMaterial | { readonly wrong: string } {
  const cipher = encryptionOf(encryption);
  if (cipher === undefined) return { wrong: `encryption transform ${encryption?.id ?? 'none'} is not known` };
  const combined = cipher.kind === 'combined';
  const mac = combined ? undefined : integrityOf(integrity);
  if (!combined && mac === undefined && (integrity?.id ?? 0) !== 0) {
    return { wrong: `integrity transform ${integrity?.id} is not known` };
  }
  const keySize = cipher.key + cipher.salt;
  if (keys.encryption.length !== keySize) {
    return { wrong: `${cipher.keyword} wants ${keySize} octets of key, not ${keys.encryption.length}` };
  }
  const macKeySize = mac?.key ?? 0;
  if (keys.integrity.length !== macKeySize) {
    return {
      wrong: `${mac?.keyword ?? cipher.keyword} wants ${macKeySize} octets of integrity key, not ${keys.integrity.length}`,
    };
  }
  return {
    encryption: cipher,
    integrity: mac,
    key: keys.encryption.slice(0, cipher.key),
    salt: keys.encryption.slice(cipher.key),
    integrityKey: keys.integrity,
    esn,
    icv: combined ? cipher.icv : (mac?.icv ?? 0),
    alignment: Math.max(4, cipher.block),
  };
}
