import { type IntegrityTransform, integrityOf, type SaKeys, type Transform } from '../ipsec/contract.ts';
import { AH_FIXED_SIZE } from './headers.ts';

/** All that authenticating and verifying need to know of an SA. Derived from the SA, never changed. */
export interface AhMaterial {
  readonly integrity: IntegrityTransform;
  readonly key: Uint8Array;
  readonly esn: boolean;
  /** Octets of the ICV. */
  readonly icv: number;
  /** Octets of the whole header, a multiple of 4 as IPv4 wants it (RFC 4302 §2.6, §3.3.3.2.1). */
  readonly size: number;
}

export interface AhKeying {
  readonly encryption: Transform | undefined;
  readonly integrity: Transform | undefined;
  readonly keys: SaKeys;
  readonly esn: boolean;
}

const WORD = 4;

/** The material of an SA, or what is wrong with its transform and key. */
export function ahMaterial({ encryption, integrity, keys, esn }: AhKeying): AhMaterial | { readonly wrong: string } {
  if (encryption !== undefined) return { wrong: `AH does not encrypt (encryption transform ${encryption.id})` };
  const mac = integrityOf(integrity);
  if (mac?.mac === undefined) return { wrong: `integrity transform ${integrity?.id ?? 'none'} is not known` };
  if (keys.integrity.length !== mac.key) {
    return { wrong: `${mac.keyword} wants ${mac.key} octets of integrity key, not ${keys.integrity.length}` };
  }
  const size = Math.ceil((AH_FIXED_SIZE + mac.icv) / WORD) * WORD;
  return { integrity: mac, key: keys.integrity, esn, icv: mac.icv, size };
}
