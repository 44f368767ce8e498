import { concatBytes, type Fault } from '../../core/index.ts';
import {
  ISAKMP_HEADER_OCTETS,
  type IsakmpHeader,
  isakmpHeader,
  type PayloadToChain,
  readPayloadChain,
  writePayloadChain,
} from '../isakmp/contract.ts';
import { notifyName } from './names/notify-types.ts';
import {
  type AnyForm,
  formOf,
  PAYLOADS,
  type PayloadGiven,
  type PayloadKind,
  type PayloadValue,
} from './payloads/index.ts';

/** Where a payload stood in the bytes it was read from: its generic header, its body, and one past the last octet. */
export interface PayloadPlace {
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

interface Read<Kind, Value> extends PayloadPlace {
  readonly kind: Kind;
  readonly type: number;
  readonly critical: boolean;
  readonly reserved: number;
  readonly value: Value;
}

/** A payload of a kind that is not declared: its body stays as it is. */
export type UnknownPayload = Read<'unknown', Uint8Array>;
export type PayloadOf<K extends PayloadKind> = Read<K, PayloadValue<K>>;
export type Payload = { readonly [K in PayloadKind]: PayloadOf<K> }[PayloadKind] | UnknownPayload;

/** A payload as authors write it: what can be computed may be left out. */
export type PayloadToWrite =
  | {
      readonly [K in PayloadKind]: {
        readonly kind: K;
        readonly value: PayloadGiven<K>;
        readonly critical?: boolean;
        readonly reserved?: number;
      };
    }[PayloadKind]
  | {
      readonly kind: 'unknown';
      readonly type: number;
      readonly value: Uint8Array;
      readonly critical?: boolean;
      readonly reserved?: number;
    };

export interface PayloadList {
  readonly payloads: readonly Payload[];
  /** One past the last octet that belongs to a payload. */
  readonly end: number;
  /** The type that the last payload names as next: for an encrypted one, the first payload inside. */
  readonly next: number;
  /** The first thing wrong; the payloads before it were read. */
  readonly fault?: Fault;
}

export interface Message extends PayloadList {
  readonly header: IsakmpHeader;
  /** Octets that the header's length counts behind the last payload: some send fillers there, and they are passed over. */
  readonly trailing: Uint8Array;
}

const closes = (type: number): boolean => type === PAYLOADS.SK.type || type === PAYLOADS.SKF.type;

/** Reads payloads from `bytes[start, end)`, the first being of type `first`. Never throws. */
export function readPayloads(bytes: Uint8Array, start: number, end: number, first: number): PayloadList {
  const chain = readPayloadChain(bytes, start, end, first, closes);
  const payloads: Payload[] = [];
  for (const place of chain.payloads) {
    const { type, critical, reserved, at } = place;
    const form = formOf(type);
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
  return { payloads, end: chain.end, next, ...(chain.fault === undefined ? {} : { fault: chain.fault }) };
}

function leftOver(form: AnyForm, at: number, end: number): Fault | undefined {
  if (at === end) return undefined;
  return { at, header: form.body.name, message: `${form.body.name}: ${end - at} octets behind its last field` };
}

/** Reads a message whose header starts at `start`. Octets behind the length that the header gives are a fault. Never throws. */
export function readMessage(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): Message | { readonly header: undefined; readonly fault: Fault } {
  const head = isakmpHeader.decode(bytes, start, end);
  if (!head.ok) return { header: undefined, fault: head.fault };
  const stop = start + head.value.length;
  const list = readPayloads(bytes, start + ISAKMP_HEADER_OCTETS, stop, head.value.nextPayload);
  const message = { header: head.value, ...list, trailing: bytes.slice(list.end, stop) };
  if (list.fault !== undefined || stop === end) return message;
  const fault = { at: stop, header: 'ikev2', message: `${end - stop} octets behind the message` };
  return { ...message, fault };
}

/** A payload's type and its body's octets, ready to be chained. */
export function payloadToChain(payload: PayloadToWrite): PayloadToChain {
  const { critical = false, reserved = 0 } = payload;
  if (payload.kind === 'unknown') return { type: payload.type, body: payload.value, critical, reserved };
  const form = PAYLOADS[payload.kind] as AnyForm;
  return { type: form.type, body: form.body.encode(payload.value), critical, reserved };
}

/** The type of the first payload; 0 where there is none. */
export function firstType(payloads: readonly PayloadToWrite[]): number {
  const [first] = payloads;
  if (first === undefined) return 0;
  return first.kind === 'unknown' ? first.type : PAYLOADS[first.kind].type;
}

/** The payloads' octets. `next` is what the last one names: 0, or behind an encrypted payload the first one inside it. */
export function writePayloads(payloads: readonly PayloadToWrite[], next = 0): Uint8Array {
  return writePayloadChain(payloads.map(payloadToChain), next);
}

/** A message in the clear. What the header leaves out is filled in. */
export function writeMessage(
  header: Partial<IsakmpHeader>,
  payloads: readonly PayloadToWrite[],
  next = 0,
  trailing?: Uint8Array,
): Uint8Array {
  const chain = writePayloads(payloads, next);
  const body = trailing === undefined || trailing.length === 0 ? chain : concatBytes(chain, trailing);
  return isakmpHeader.encode({ nextPayload: firstType(payloads), ...header }, body);
}

/** What a list of payloads says of each: `SA`, `KE`, `N(COOKIE)`. */
export function payloadBrief(payload: Payload): string {
  if (payload.kind === 'unknown') return `type ${payload.type}`;
  const form = PAYLOADS[payload.kind] as AnyForm;
  return form.brief?.(payload.value) ?? form.kind;
}

/** The same of a payload that is to be written. */
export function toWriteBrief(payload: PayloadToWrite): string {
  if (payload.kind === 'unknown') return `type ${payload.type}`;
  return payload.kind === 'N' ? `N(${notifyName(payload.value.type ?? 0)})` : payload.kind;
}

/** The first payload of a kind. */
export function findPayload<K extends PayloadKind>(list: readonly Payload[], kind: K): PayloadOf<K> | undefined {
  return list.find((payload) => payload.kind === kind) as PayloadOf<K> | undefined;
}
