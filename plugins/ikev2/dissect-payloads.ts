import type { DissectedField, Fault } from '../../core/index.ts';
import { genericHeader, PAYLOAD_TYPES, readPayloadChain } from '../isakmp/contract.ts';
import { closes, formOf, payloadBrief, readPayloads } from './message.ts';
import { PAYLOADS } from './payloads/index.ts';

/** A chain of payloads for people: each payload a field, with its header's and body's fields inside. */
export interface DissectedPayloads {
  readonly fields: readonly DissectedField[];
  /** `SA`, `KE`, `N(COOKIE)`. */
  readonly briefs: readonly string[];
  /** The encrypted payload that ends the chain, if one does: where its content starts and ends, and which payload is first inside. */
  readonly sealed:
    | { readonly start: number; readonly end: number; readonly next: number; readonly fragment: boolean }
    | undefined;
  readonly end: number;
  readonly fault: Fault | undefined;
}

export function dissectPayloads(bytes: Uint8Array, start: number, end: number, first: number): DissectedPayloads {
  const chain = readPayloadChain(bytes, start, end, first, closes);
  const { payloads, fault } = readPayloads(bytes, start, end, first);
  const fields = chain.payloads.map((place, index): DissectedField => {
    const form = formOf(place.type);
    const read = payloads[index];
    const own = genericHeader.dissect(bytes, place.at, place.end).fields;
    const body = form?.body.dissect(bytes, place.start, place.end);
    return {
      name: `ikev2.${form?.kind.toLowerCase() ?? 'payload'}`,
      label: form?.title ?? PAYLOAD_TYPES[place.type] ?? `Payload of type ${place.type}`,
      value: read === undefined ? 'malformed' : payloadBrief(read),
      bit: place.at * 8,
      bits: (place.end - place.at) * 8,
      number: place.type,
      ...(body?.fault === undefined ? {} : { remark: body.fault.message }),
      children: [...own, ...(body?.fields ?? [])],
    };
  });
  const last = chain.payloads.at(-1);
  const sealed = last !== undefined && closes(last.type) ? last : undefined;
  return {
    fields,
    briefs: payloads.map(payloadBrief),
    sealed: sealed && {
      ...{ start: sealed.start, end: sealed.end, next: sealed.next },
      fragment: sealed.type === PAYLOADS.SKF.type,
    },
    end: chain.end,
    fault: fault ?? chain.fault,
  };
}
