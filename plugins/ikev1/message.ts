import {
  type Headless,
  IKEV1_FLAGS,
  isakmpHeader,
  type ListOfPayloads,
  type MessageOfPayloads,
  type PayloadOfForms,
  payloadFamily,
  type ReadPayload,
  type WrittenOfForms,
} from '../isakmp/contract.ts';
import { notifyName } from './names/notify-types.ts';
import { PAYLOADS, type PayloadKind, type PayloadValue } from './payloads/index.ts';

/** Messages of IKEv1: the chain of payloads that both versions share, with the payloads of this one. */

export type PayloadOf<K extends PayloadKind> = ReadPayload<K, PayloadValue<K>>;
export type Payload = PayloadOfForms<typeof PAYLOADS>;
/** A payload as authors write it: what can be computed may be left out. */
export type PayloadToWrite = WrittenOfForms<typeof PAYLOADS>;
export type PayloadList = ListOfPayloads<Payload>;
/** `sealed`: what is behind the header is ciphertext, from octet 28 up to `end`. */
export type Message = MessageOfPayloads<Payload> & { readonly sealed: boolean };

const family = payloadFamily('ikev1', PAYLOADS);
export const { formOf, readPayloads, payloadToChain, firstType, writePayloads, writeMessage, payloadBrief } = family;

/** Reads a message whose header starts at `start`. Of an encrypted one the header alone. Never throws. */
export function readMessage(bytes: Uint8Array, start = 0, end = bytes.length): Message | Headless {
  const head = isakmpHeader.decode(bytes, start, end);
  if (!head.ok) return { header: undefined, fault: head.fault };
  const { value: header } = head;
  if ((header.flags & IKEV1_FLAGS.encryption) === 0) {
    const read = family.readMessage(bytes, start, end);
    return read.header === undefined ? read : Object.assign(read, { sealed: false });
  }
  const stop = start + header.length;
  const message = { header, payloads: [], end: stop, next: header.nextPayload, trailing: NOTHING, sealed: true };
  if (stop === end) return message;
  return { ...message, fault: { at: stop, header: 'ikev1', message: `${end - stop} octets behind the message` } };
}

const NOTHING = new Uint8Array(0);

/** As `payloadBrief`, of a payload that is to be written. */
export function toWriteBrief(payload: PayloadToWrite): string {
  if (payload.kind === 'unknown') return formOf(payload.type)?.kind ?? `type ${payload.type}`;
  return payload.kind === 'N' ? `N(${notifyName(payload.value.type ?? 0)})` : payload.kind;
}

/** The first payload of a kind. */
export function findPayload<K extends PayloadKind>(list: readonly Payload[], kind: K): PayloadOf<K> | undefined {
  return list.find((payload) => payload.kind === kind) as PayloadOf<K> | undefined;
}

/** All payloads of a kind. */
export function payloadsOf<K extends PayloadKind>(list: readonly Payload[], kind: K): readonly PayloadOf<K>[] {
  return list.filter((payload): payload is PayloadOf<K> & Payload => payload.kind === kind);
}
