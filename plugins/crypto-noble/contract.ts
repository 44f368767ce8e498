/** All that another plugin may import from the pure provider. */
export { ccmLongestText, checkCcmLengths } from './ccm.ts';
export { ED25519_LENGTH } from './ec-signatures.ts';
export { CURVE_OF_GROUP, ecScalar as checkEcScalar } from './ecp.ts';
export { checkPrivateKey, isModp, privateKeyOf } from './groups.ts';
export { isModpPublic } from './modp.ts';
export { createNobleProvider } from './provider.ts';
export type { RsaFactors, RsaPowers } from './rsa.ts';
export { rsaFactors, rsaPublicPower, rsaSign, rsaVerify } from './rsa.ts';
