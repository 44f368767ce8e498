/** All that both versions of IKE share: the header, the chain of payloads, structures to declare their bodies with, and bounds. */
export {
  IKEV1_FLAGS,
  IKEV2_FLAGS,
  ISAKMP_HEADER_OCTETS,
  type IsakmpHeader,
  isakmpHeader,
  majorVersionAt,
} from './header.ts';
export {
  LONGEST_MESSAGE,
  MOST_ATTRIBUTES,
  MOST_PAYLOADS,
  MOST_PROPOSALS,
  MOST_TRANSFORMS,
} from './limits.ts';
export { EXCHANGE_TYPES, PAYLOAD_TYPES } from './names.ts';
export {
  type ChainedPayload,
  GENERIC_HEADER_OCTETS,
  genericHeader,
  type PayloadChain,
  type PayloadToChain,
  readPayloadChain,
  writePayloadChain,
} from './payload-chain.ts';
export {
  type AnyForm,
  type GivenOfForm,
  type Headless,
  type ListOfPayloads,
  type MessageOfPayloads,
  type PayloadFamily,
  type PayloadForms,
  type PayloadOfForms,
  type PayloadPlace,
  payloadFamily,
  type ReadPayload,
  type UnknownPayload,
  type ValueOfForm,
  type WrittenOfForms,
} from './payload-family.ts';
export { type PayloadForm, payloadForm } from './payload-form.ts';
export { addressText, printableText } from './printable.ts';
export {
  type GivenOfStructure,
  type PartsDeclaration,
  type Structure,
  single,
  structure,
  type ValueOfStructure,
} from './structure.ts';
