import type { Structure } from '../../isakmp/contract.ts';

/** One payload of IKEv2: what its body looks like, and how it is spoken of. */
export interface PayloadForm<Kind extends string, Value, Given> {
  /** Its notation in RFC 7296 §1.2: `SA`, `KE`, `IDi`. */
  readonly kind: Kind;
  /** Its number in the header before it. */
  readonly type: number;
  readonly title: string;
  readonly source: string;
  readonly body: Structure<Value, Given>;
  /** What a list of payloads says of it: `SA`, `N(COOKIE)`. Default: the kind. */
  brief?(value: Value): string;
}

/** Gives a form its types. */
export function payloadForm<Kind extends string, Value, Given>(
  form: PayloadForm<Kind, Value, Given>,
): PayloadForm<Kind, Value, Given> {
  return form;
}
