import type { CryptoProvider } from '../crypto/contract.ts';
import type { IntegrityTransform } from './transforms.ts';

const NOTHING = new Uint8Array(0);

/** The ICV of an integrity transform over `covered`, cut to its length. */
export function integrityValue(
  crypto: CryptoProvider,
  { mac, icv }: IntegrityTransform,
  key: Uint8Array,
  covered: Uint8Array,
): Uint8Array {
  if (mac === undefined) return NOTHING;
  const whole = 'hmac' in mac ? crypto.hmac(mac.hmac, key, covered) : crypto.mac(mac.block, key, covered);
  return whole.subarray(0, icv);
}
