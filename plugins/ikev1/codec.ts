import {
  type Codec,
  type DissectedField,
  type DissectionContext,
  type Layer,
  type LayerMessage,
  toHex,
} from '../../core/index.ts';
import { cryptoSlot } from '../crypto/contract.ts';
import { IKEV1_FLAGS, type IsakmpHeader, isakmpHeader, PAYLOAD_TYPES } from '../isakmp/contract.ts';
import { openMessage } from './cipher.ts';
import { dissectPayloads } from './dissect-payloads.ts';
import { findIsakmpKeys, findIv, IKEV1_IV_LOG, IKEV1_KEY_LOG } from './key-log.ts';
import { exchangeName } from './names/exchanges.ts';
import { PAYLOADS } from './payloads/index.ts';

/** IKEv1 messages for people. What is encrypted stays ciphertext, unless the key log has the key of its ISAKMP SA and the IV. */
export const ikev1Codec: Codec = {
  name: 'ikev1',
  title: 'IKEv1',
  varies: [
    'ikev1.id',
    'isakmp.messageId',
    'ikev1.ke.value',
    'ikev1.nonce.value',
    'ikev1.hash.value',
    'ikev1.sig.value',
    'ikev1.nat-d.value',
    'ikev1.notify.data',
    'ikev1.notify.spi',
    'ikev1.proposal.spi',
    'ikev1.delete.spis',
    'ikev1.attr.identifier',
    'ikev1.encrypted',
  ],
  dissect(bytes, start, end, context): Layer {
    const below = context.outer.findLast(({ name }) => name === 'isakmp');
    const head = below === undefined ? undefined : isakmpHeader.decode(bytes, below.start, end);
    const layer = { name: 'ikev1', title: 'IKEv1 payloads', source: 'RFC 2408 §3.2', start, end };
    if (below === undefined || head?.ok !== true) {
      const fault = { at: start, header: 'ikev1', message: 'payloads without the header that says which is the first' };
      return { ...layer, summary: 'IKEv1 without its header', fields: [], fault };
    }
    const said = saying(head.value);
    if ((head.value.flags & IKEV1_FLAGS.encryption) !== 0) {
      const sealed: Layer = {
        ...layer,
        summary: `${said} [encrypted]`,
        fields: [ciphertext(bytes, start, end)],
        message: messageOf(head.value, []),
        sealed: true,
      };
      return openedLayer(sealed, said, bytes, below.start, head.value, context) ?? sealed;
    }
    const list = dissectPayloads(bytes, start, end, head.value.nextPayload);
    const fields = [...list.fields, ...leftOver(bytes, list.end, end)];
    const fault = list.fault === undefined ? {} : { fault: list.fault };
    const message = messageOf(head.value, list.briefs);
    return { ...layer, summary: `${said} [${list.briefs.join(', ')}]`, fields, message, ...fault };
  },
};

/** The message ID of Phase 1 is 0: it says nothing. */
function messageOf({ initiatorSpi, exchangeType, messageId }: IsakmpHeader, parts: readonly string[]): LayerMessage {
  const id = messageId === 0 ? '' : messageId.toString(16).padStart(8, '0');
  return { conversation: toHex(initiatorSpi), exchange: exchangeName(exchangeType), id, parts };
}

/** `Main Mode`, `Quick Mode 3dd9ed9e`. */
function saying({ exchangeType, messageId }: IsakmpHeader): string {
  const exchange = exchangeName(exchangeType);
  return messageId === 0 ? exchange : `${exchange} ${messageId.toString(16).padStart(8, '0')}`;
}

function ciphertext(bytes: Uint8Array, start: number, end: number): DissectedField {
  const value = toHex(bytes.subarray(start, end));
  return { name: 'ikev1.encrypted', label: 'Encrypted payloads', value, bit: start * 8, bits: (end - start) * 8 };
}

function openedLayer(
  sealed: Layer,
  said: string,
  bytes: Uint8Array,
  message: number,
  header: IsakmpHeader,
  context: DissectionContext,
): Layer | undefined {
  const crypto = context.slot(cryptoSlot);
  if (crypto === undefined) return undefined;
  const cookies = { initiator: header.initiatorSpi, responder: header.responderSpi };
  for (const { encryption, key } of findIsakmpKeys(context.keys(IKEV1_KEY_LOG), cookies)) {
    const iv = findIv(context.keys(IKEV1_IV_LOG), bytes, message, encryption.block);
    if (iv?.length !== encryption.iv) continue;
    const inner = openMessage(crypto, { encryption }, key, iv, bytes, sealed.start, sealed.end);
    if (inner === undefined) continue;
    const { briefs, fault } = dissectPayloads(inner, 0, inner.length, header.nextPayload);
    // Another key makes noise of it.
    if (fault !== undefined) continue;
    return {
      ...sealed,
      summary: `${said} [${briefs.join(', ')}]`,
      message: messageOf(header, briefs),
      opened: {
        bytes: inner,
        by: { codec: insideName(header.nextPayload) },
        key: `key of ISAKMP SA ${toHex(cookies.initiator)}:${toHex(cookies.responder)} (${encryption.keyword})`,
      },
    };
  }
  return undefined;
}

/** Octets behind the last payload: the padding of an encrypted message. */
function leftOver(bytes: Uint8Array, start: number, end: number): readonly DissectedField[] {
  if (start >= end) return [];
  const value = toHex(bytes.subarray(start, end));
  return [{ name: 'ikev1.padding', label: 'Padding', value, bit: start * 8, bits: (end - start) * 8 }];
}

/** The codec of what was encrypted: one for each type that can be the first. */
function insideName(first: number): string {
  return FIRST_TYPES.includes(first) ? `ikev1-inside-${first}` : 'ikev1-inside';
}

const FIRST_TYPES: readonly number[] = [0, ...Object.values(PAYLOADS).map(({ type }) => type)];

function insideLayer(bytes: Uint8Array, start: number, end: number, first: number): Layer {
  const list = dissectPayloads(bytes, start, end, first);
  return {
    name: 'ikev1-inside',
    title: 'IKEv1 payloads, decrypted',
    source: 'RFC 2409 App. B',
    summary: list.briefs.length === 0 ? 'no payloads' : list.briefs.join(', '),
    ...{ start, end, fields: [...list.fields, ...leftOver(bytes, list.end, end)] },
    ...(list.fault === undefined ? {} : { fault: list.fault }),
  };
}

/** The decrypted payloads of a message. The header names the first of them, so each type has its reader. */
export const insideCodecs: readonly Codec[] = [
  ...FIRST_TYPES.map(
    (first): Codec => ({
      name: `ikev1-inside-${first}`,
      title: `IKEv1, decrypted, first ${PAYLOAD_TYPES[first] ?? first}`,
      dissect: (bytes, start, end) => insideLayer(bytes, start, end, first),
    }),
  ),
  {
    name: 'ikev1-inside',
    title: 'IKEv1, decrypted, first payload not known',
    dissect: (bytes, start, end) => ({
      name: 'ikev1-inside',
      title: 'IKEv1 payloads, decrypted',
      source: 'RFC 2409 App. B',
      summary: `${end - start} octets that begin with a payload of unknown type`,
      ...{ start, end, fields: leftOver(bytes, start, end) },
    }),
  },
];
