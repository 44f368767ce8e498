/** All that another plugin may import: authenticating and verifying as pure functions over octets, and the header. */
export {
  type AhRefusal,
  type AhSealing,
  type AhVerdict,
  ahIcv,
  authenticate,
  verifyAh,
} from './authenticate.ts';
export { AH_FIXED_SIZE, AT, ahHeader, ahHeaderSize } from './headers.ts';
export { type AhKeying, type AhMaterial, ahMaterial } from './material.ts';
export { coveredHeader, isImmutableOption } from './mutable.ts';
