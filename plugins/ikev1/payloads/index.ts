import type { GivenOfForm, ValueOfForm } from '../../isakmp/contract.ts';
import { attributes } from './attributes.ts';
import { certificate, certificateRequest } from './certificate.ts';
import { deletePayload } from './delete.ts';
import { fragment } from './fragment.ts';
import { hashPayload } from './hash.ts';
import { identification } from './identification.ts';
import { keyExchange } from './key-exchange.ts';
import { natDiscovery, natDiscoveryDraft, natOriginalAddress, natOriginalAddressDraft } from './nat-discovery.ts';
import { nonce } from './nonce.ts';
import { notify } from './notify.ts';
import { securityAssociation } from './security-association.ts';
import { signature } from './signature.ts';
import { vendorId } from './vendor-id.ts';

/** All payloads whose bodies are declared, by their notation in RFC 2409 §3.2. */
export const PAYLOADS = {
  SA: securityAssociation,
  KE: keyExchange,
  ID: identification,
  CERT: certificate,
  CR: certificateRequest,
  HASH: hashPayload,
  SIG: signature,
  NONCE: nonce,
  N: notify,
  D: deletePayload,
  VID: vendorId,
  ATTR: attributes,
  'NAT-D': natDiscovery,
  'NAT-OA': natOriginalAddress,
  'NAT-D-draft': natDiscoveryDraft,
  'NAT-OA-draft': natOriginalAddressDraft,
  FRAG: fragment,
} as const;

export type PayloadKind = keyof typeof PAYLOADS;
export type PayloadValue<K extends PayloadKind> = ValueOfForm<(typeof PAYLOADS)[K]>;
export type PayloadGiven<K extends PayloadKind> = GivenOfForm<(typeof PAYLOADS)[K]>;
