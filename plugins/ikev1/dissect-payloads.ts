import { type DissectedField, type Fault, toHex } from '../../core/index.ts';
import { genericHeader, PAYLOAD_TYPES, readPayloadChain } from '../isakmp/contract.ts';
import { formOf, payloadBrief, readPayloads } from './message.ts';

/** A chain of payloads for people: each payload a field, with its header's and body's fields inside. */
export interface DissectedPayloads {
  readonly fields: readonly DissectedField[];
  /** `SA`, `KE`, `N(INITIAL-CONTACT)`. */
  readonly briefs: readonly string[];
  readonly end: number;
  readonly fault: Fault | undefined;
}

export function dissectPayloads(bytes: Uint8Array, start: number, end: number, first: number): DissectedPayloads {
  const chain = readPayloadChain(bytes, start, end, first);
  const { payloads, fault } = readPayloads(bytes, start, end, first);
  const fields = chain.payloads.map((place, index): DissectedField => {
    const form = formOf(place.type);
    const read = payloads[index];
    const own = genericHeader.dissect(bytes, place.at, place.end).fields;
    const body = form?.body.dissect(bytes, place.start, place.end);
    return {
      name: `ikev1.${form?.kind.toLowerCase() ?? 'payload'}`,
      label: form?.title ?? PAYLOAD_TYPES[place.type] ?? `Payload of type ${place.type}`,
      value: read === undefined ? 'malformed' : payloadBrief(read),
      bit: place.at * 8,
      bits: (place.end - place.at) * 8,
      number: place.type,
      ...(body?.fault === undefined ? {} : { remark: body.fault.message }),
      children: [...own, ...(body?.fields ?? unknownBody(bytes, place))],
    };
  });
  return { fields, briefs: payloads.map(payloadBrief), end: chain.end, fault: fault ?? chain.fault };
}

/** The body of a payload that is not understood. */
function unknownBody(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
): DissectedField[] {
  if (start >= end) return [];
  const value = toHex(bytes.subarray(start, end));
  return [{ name: 'ikev1.payload.body', label: 'Body', value, bit: start * 8, bits: (end - start) * 8 }];
}
