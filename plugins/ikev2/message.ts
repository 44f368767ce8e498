import {
  type ListOfPayloads,
  type MessageOfPayloads,
  type PayloadOfForms,
  payloadFamily,
  type ReadPayload,
  type WrittenOfForms,
} from '../isakmp/contract.ts';
import { notifyName } from './names/notify-types.ts';
import { PAYLOADS, type PayloadKind, type PayloadValue } from './payloads/index.ts';

/** Messages of IKEv2: the chain of payloads that both versions share, with the payloads of this one. */

export type PayloadOf<K extends PayloadKind> = ReadPayload<K, PayloadValue<K>>;
export type Payload = PayloadOfForms<typeof PAYLOADS>;
/** A payload as authors write it: what can be computed may be left out. */
export type PayloadToWrite = WrittenOfForms<typeof PAYLOADS>;
export type PayloadList = ListOfPayloads<Payload>;
export type Message = MessageOfPayloads<Payload>;

/** An encrypted payload is the last: its header names the first one inside it. */
export const closes = (type: number): boolean => type === PAYLOADS.SK.type || type === PAYLOADS.SKF.type;

export const {
  formOf,
  readPayloads,
  readMessage,
  payloadToChain,
  firstType,
  writePayloads,
  writeMessage,
  payloadBrief,
} = payloadFamily('ikev2', PAYLOADS, closes);

/** As `payloadBrief`, of a payload that is to be written. */
export function toWriteBrief(payload: PayloadToWrite): string {
  if (payload.kind === 'unknown') return `type ${payload.type}`;
  return payload.kind === 'N' ? `N(${notifyName(payload.value.type ?? 0)})` : payload.kind;
}

/** The first payload of a kind. */
export function findPayload<K extends PayloadKind>(list: readonly Payload[], kind: K): PayloadOf<K> | undefined {
  return list.find((payload) => payload.kind === kind) as PayloadOf<K> | undefined;
}
