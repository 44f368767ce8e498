import type { Structure } from './structure.ts';

/** One payload of a version of IKE: what its body looks like, and how it is spoken of. */
export interface PayloadForm<Kind extends string, Value, Given> {
  /** Its notation in the RFC of its version: `SA`, `KE`, `IDi`. */
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
