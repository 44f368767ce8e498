import type { GivenOfStructure, ValueOfStructure } from '../../isakmp/contract.ts';
import { authentication } from './authentication.ts';
import { certificate } from './certificate.ts';
import { certificateRequest } from './certificate-request.ts';
import { configuration } from './configuration.ts';
import { deletePayload } from './delete.ts';
import { eap } from './eap.ts';
import { encrypted, encryptedFragment } from './encrypted.ts';
import type { PayloadForm } from './form.ts';
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
export type PayloadValue<K extends PayloadKind> = ValueOfStructure<(typeof PAYLOADS)[K]['body']>;
export type PayloadGiven<K extends PayloadKind> = GivenOfStructure<(typeof PAYLOADS)[K]['body']>;

// biome-ignore lint/suspicious/noExplicitAny: forms of all kinds.
export type AnyForm = PayloadForm<PayloadKind, any, any>;

const FORMS_BY_TYPE: ReadonlyMap<number, AnyForm> = new Map(
  Object.values(PAYLOADS).map((form) => [form.type, form as AnyForm]),
);

/** The form of a payload type; `undefined` for types that are not understood. */
export function formOf(type: number): AnyForm | undefined {
  return FORMS_BY_TYPE.get(type);
}
