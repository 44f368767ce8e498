import { concatBytes, type Fault } from '../../core/index.ts';
import { ISAKMP_HEADER_OCTETS, type IsakmpHeader, isakmpHeader } from './header.ts';
import { type PayloadToChain, readPayloadChain, writePayloadChain } from './payload-chain.ts';
import type { PayloadForm } from './payload-form.ts';

/** Reading and writing of messages by the forms of their payloads: the same for both versions of IKE, each with its own forms. */

/** Where a payload stood in the bytes it was read from: its generic header, its body, and one past the last octet. */
export interface PayloadPlace {
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

export interface ReadPayload<Kind, Value> extends PayloadPlace {
  readonly kind: Kind;
  readonly type: number;
  readonly critical: boolean;
  readonly reserved: number;
  readonly value: Value;
}

/** A payload of a kind that is not declared: its body stays as it is. */
export type UnknownPayload = ReadPayload<'unknown', Uint8Array>;

// biome-ignore lint/suspicious/noExplicitAny: forms of all kinds.
export type AnyForm = PayloadForm<string, any, any>;
/** The forms of one version, by their kinds. */
export type PayloadForms = Readonly<Record<string, AnyForm>>;

export type ValueOfForm<F> = F extends PayloadForm<string, infer Value, infer _> ? Value : never;
export type GivenOfForm<F> = F extends PayloadForm<string, infer _, infer Given> ? Given : never;

type KindOf<P extends PayloadForms> = keyof P & string;
export type PayloadOfForms<P extends PayloadForms> =
  | { readonly [K in KindOf<P>]: ReadPayload<K, ValueOfForm<P[K]>> }[KindOf<P>]
  | UnknownPayload;

/** A payload as authors write it: what can be computed may be left out. */
export type WrittenOfForms<P extends PayloadForms> =
  | {
      readonly [K in KindOf<P>]: {
        readonly kind: K;
        readonly value: GivenOfForm<P[K]>;
        readonly critical?: boolean;
        readonly reserved?: number;
      };
    }[KindOf<P>]
  | {
      readonly kind: 'unknown';
      readonly type: number;
      readonly value: Uint8Array;
      readonly critical?: boolean;
      readonly reserved?: number;
    };

export interface ListOfPayloads<Payload> {
  readonly payloads: readonly Payload[];
  /** One past the last octet that belongs to a payload. */
  readonly end: number;
  /** The type that the last payload names as next: for an encrypted one of IKEv2, the first payload inside. */
  readonly next: number;
  /** The first thing wrong; the payloads before it were read. */
  readonly fault?: Fault;
}

export interface MessageOfPayloads<Payload> extends ListOfPayloads<Payload> {
  readonly header: IsakmpHeader;
  /** Octets that the header's length counts behind the last payload: some send fillers there, and they are passed over. */
  readonly trailing: Uint8Array;
}

export interface Headless {
  readonly header: undefined;
  readonly fault: Fault;
}

export interface PayloadFamily<P extends PayloadForms> {
  /** The form of a payload type; `undefined` for types that are not understood. */
  formOf(type: number): AnyForm | undefined;
  /** Reads payloads from `bytes[start, end)`, the first being of type `first`. Never throws. */
  readPayloads(bytes: Uint8Array, start: number, end: number, first: number): ListOfPayloads<PayloadOfForms<P>>;
  /** Reads a message whose header starts at `start`. Octets behind the length that the header gives are a fault. Never throws. */
  readMessage(bytes: Uint8Array, start?: number, end?: number): MessageOfPayloads<PayloadOfForms<P>> | Headless;
  /** A payload's type and its body's octets, ready to be chained. */
  payloadToChain(payload: WrittenOfForms<P>): PayloadToChain;
  /** The type of the first payload; 0 where there is none. */
  firstType(payloads: readonly WrittenOfForms<P>[]): number;
  /** The payloads' octets. `next` is what the last one names: 0, or behind an encrypted payload the first one inside it. */
  writePayloads(payloads: readonly WrittenOfForms<P>[], next?: number): Uint8Array;
  /** A message in the clear. What the header leaves out is filled in. */
  writeMessage(
    header: Partial<IsakmpHeader>,
    payloads: readonly WrittenOfForms<P>[],
    next?: number,
    trailing?: Uint8Array,
  ): Uint8Array;
  /** What a list of payloads says of each: `SA`, `KE`, `N(COOKIE)`. */
  payloadBrief(payload: PayloadOfForms<P>): string;
}

/** `name` stands in faults; a payload for which `closes` holds is the last, whatever it names as next. */
export function payloadFamily<P extends PayloadForms>(
  name: string,
  forms: P,
  closes?: (type: number) => boolean,
): PayloadFamily<P> {
  type Payload = PayloadOfForms<P>;
  const byType: ReadonlyMap<number, AnyForm> = new Map(Object.values(forms).map((form) => [form.type, form]));

  const readPayloads = (bytes: Uint8Array, start: number, end: number, first: number): ListOfPayloads<Payload> => {
    const chain = readPayloadChain(bytes, start, end, first, closes);
    const payloads: Payload[] = [];
    for (const place of chain.payloads) {
      const { type, critical, reserved, at } = place;
      const form = byType.get(type);
      const common = { type, critical, reserved, at, start: place.start, end: place.end };
      if (form === undefined) {
        payloads.push({ kind: 'unknown', value: bytes.slice(place.start, place.end), ...common });
        continue;
      }
      const body = form.body.decode(bytes, place.start, place.end);
      const fault = body.ok ? leftOver(form, place.start + body.size, place.end) : body.fault;
      if (fault !== undefined) return { payloads, end: at, next: type, fault };
      payloads.push({ kind: form.kind, value: body.value, ...common } as Payload);
    }
    const next = chain.payloads.at(-1)?.next ?? 0;
    if (chain.fault !== undefined) return { payloads, end: chain.end, next, fault: chain.fault };
    return { payloads, end: chain.end, next };
  };

  const payloadToChain = (payload: WrittenOfForms<P>): PayloadToChain => {
    const { critical = false, reserved = 0 } = payload;
    if (payload.kind === 'unknown') {
      return { type: (payload as { type: number }).type, body: payload.value as Uint8Array, critical, reserved };
    }
    const form = forms[payload.kind] as AnyForm;
    return { type: form.type, body: form.body.encode(payload.value), critical, reserved };
  };

  const firstType = (payloads: readonly WrittenOfForms<P>[]): number => {
    const [first] = payloads;
    if (first === undefined) return 0;
    return first.kind === 'unknown' ? (first as { type: number }).type : (forms[first.kind] as AnyForm).type;
  };

  const writePayloads = (payloads: readonly WrittenOfForms<P>[], next = 0): Uint8Array =>
    writePayloadChain(payloads.map(payloadToChain), next);

  return {
    formOf: (type) => byType.get(type),
    readPayloads,
    payloadToChain,
    firstType,
    writePayloads,
    readMessage(bytes, start = 0, end = bytes.length) {
      const head = isakmpHeader.decode(bytes, start, end);
      if (!head.ok) return { header: undefined, fault: head.fault };
      const stop = start + head.value.length;
      const list = readPayloads(bytes, start + ISAKMP_HEADER_OCTETS, stop, head.value.nextPayload);
      const message = Object.assign(list, { header: head.value, trailing: bytes.slice(list.end, stop) });
      if (list.fault !== undefined || stop === end) return message;
      return { ...message, fault: { at: stop, header: name, message: `${end - stop} octets behind the message` } };
    },
    writeMessage(header, payloads, next = 0, trailing) {
      const chain = writePayloads(payloads, next);
      const body = trailing === undefined || trailing.length === 0 ? chain : concatBytes(chain, trailing);
      const first = header.nextPayload ?? firstType(payloads);
      return isakmpHeader.encode(Object.assign({}, header, { nextPayload: first }), body);
    },
    payloadBrief(payload) {
      if (payload.kind === 'unknown') return `type ${payload.type}`;
      const form = forms[payload.kind] as AnyForm;
      return form.brief?.(payload.value) ?? form.kind;
    },
  };
}

function leftOver(form: AnyForm, at: number, end: number): Fault | undefined {
  if (at === end) return undefined;
  return { at, header: form.body.name, message: `${form.body.name}: ${end - at} octets behind its last field` };
}
