import type { GivenOfForm, ValueOfForm } from '../../isakmp/contract.ts';
import { authentication } from './authentication.ts';
import { certificate } from './certificate.ts';
import { certificateRequest } from './certificate-request.ts';
import { configuration } from './configuration.ts';
import { deletePayload } from './delete.ts';
import { eap } from './eap.ts';
import { encrypted, encryptedFragment } from './encrypted.ts';
import { identificationInitiator, identificationResponder } from './identification.ts';
import { keyExchange } from './key-exchange.ts';
import { nonce } from './nonce.ts';
import { notify } from './notify.ts';
import { securityAssociation } from './security-association.ts';
import { trafficSelectorInitiator, trafficSelectorResponder } from './traffic-selectors.ts';
import { vendorId } from './vendor-id.ts';

/** All payloads whose bodies are declared, by their notation in RFC 7296 §1.2. */
export const PAYLOADS = {
  SA: securityAssociation,
  KE: keyExchange,
  IDi: identificationInitiator,
  IDr: identificationResponder,
  CERT: certificate,
  CERTREQ: certificateRequest,
  AUTH: authentication,
  Nonce: nonce,
  N: notify,
  D: deletePayload,
  V: vendorId,
  TSi: trafficSelectorInitiator,
  TSr: trafficSelectorResponder,
  SK: encrypted,
  CP: configuration,
  EAP: eap,
  SKF: encryptedFragment,
} as const;

export type PayloadKind = keyof typeof PAYLOADS;
export type PayloadValue<K extends PayloadKind> = ValueOfForm<(typeof PAYLOADS)[K]>;
export type PayloadGiven<K extends PayloadKind> = GivenOfForm<(typeof PAYLOADS)[K]>;
