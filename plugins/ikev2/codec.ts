import {
  type Codec,
  type DissectedField,
  type DissectionContext,
  type Layer,
  type LayerMessage,
  toHex,
} from '../../core/index.ts';
import { cryptoSlot } from '../crypto/contract.ts';
import { EXCHANGE_TYPES, IKEV2_FLAGS, type IsakmpHeader, isakmpHeader, PAYLOAD_TYPES } from '../isakmp/contract.ts';
import { type DissectedPayloads, dissectPayloads } from './dissect-payloads.ts';
import { findIkeKeys, IKE_KEY_LOG, type IkeKeyEntry } from './key-log.ts';
import { FRAGMENT_PREFIX_OCTETS } from './payloads/encrypted.ts';
import { PAYLOADS } from './payloads/index.ts';
import { openPayload, sealedParts } from './sk.ts';

/** IKEv2 messages for people. What is encrypted stays ciphertext, unless the key log has the keys of its IKE SA. */
export const ikev2Codec: Codec = {
  name: 'ikev2',
  title: 'IKEv2',
  varies: [
    'ikev2.ke.value',
    'ikev2.nonce.value',
    'ikev2.auth.value',
    'ikev2.notify.data',
    'ikev2.notify.spi',
    'ikev2.proposal.spi',
    'ikev2.delete.spis',
    'ikev2.sk.content',
    'ikev2.skf.content',
    'ikev2.sk.iv',
    'ikev2.sk.icv',
    'ikev2.sk.padding',
  ],
  dissect(bytes, start, end, context): Layer {
    const below = context.outer.findLast(({ name }) => name === 'isakmp');
    const head = below === undefined ? undefined : isakmpHeader.decode(bytes, below.start, end);
    const layer = { name: 'ikev2', title: 'IKEv2 payloads', source: 'RFC 7296 §3.2', start, end };
    if (below === undefined || head?.ok !== true) {
      const fault = { at: start, header: 'ikev2', message: 'payloads without the header that says which is the first' };
      return { ...layer, summary: 'IKEv2 without its header', fields: [], fault };
    }
    const list = dissectPayloads(bytes, start, end, head.value.nextPayload);
    const said = saying(head.value);
    const fault = list.fault === undefined ? {} : { fault: list.fault };
    const message = messageOf(head.value, list.briefs);
    const summary = `${said} [${list.briefs.join(', ')}]`;
    const plain: Layer = { ...layer, summary, fields: list.fields, message, ...fault };
    if (list.sealed === undefined) return plain;
    const sealed: Layer = { ...plain, sealed: true };
    return openedLayer(sealed, said, list, list.sealed, bytes, below.start, head.value, context) ?? sealed;
  },
};

/** `IKE_AUTH request 1`. */
function saying(header: IsakmpHeader): string {
  return `${exchangeOf(header)} ${idOf(header)}`;
}

const exchangeOf = ({ exchangeType }: IsakmpHeader): string =>
  EXCHANGE_TYPES[exchangeType] ?? `exchange ${exchangeType}`;

const idOf = ({ flags, messageId }: IsakmpHeader): string =>
  `${(flags & IKEV2_FLAGS.response) === 0 ? 'request' : 'response'} ${messageId}`;

function messageOf(header: IsakmpHeader, parts: readonly string[]): LayerMessage {
  const conversation = toHex(header.initiatorSpi);
  return { conversation, exchange: exchangeOf(header), id: idOf(header), parts };
}

function openedLayer(
  sealed: Layer,
  said: string,
  list: DissectedPayloads,
  place: { readonly start: number; readonly end: number; readonly next: number; readonly fragment: boolean },
  bytes: Uint8Array,
  message: number,
  header: IsakmpHeader,
  context: DissectionContext,
): Layer | undefined {
  const crypto = context.slot(cryptoSlot);
  const spis = [toHex(header.initiatorSpi), toHex(header.responderSpi)] as const;
  const entry = findIkeKeys(context.keys(IKE_KEY_LOG), ...spis);
  if (crypto === undefined || entry === undefined) return undefined;
  const fromInitiator = (header.flags & IKEV2_FLAGS.initiator) !== 0;
  const keys = fromInitiator ? entry.fromInitiator : entry.fromResponder;
  const content = { start: place.start + (place.fragment ? FRAGMENT_PREFIX_OCTETS : 0), end: place.end };
  const opened = openPayload(crypto, entry.protection, keys, bytes, message, content.start, content.end);
  if (opened === undefined) return undefined;
  const inner = opened.plain.slice(0, opened.length);
  // A part of a message is octets: payloads may be cut anywhere.
  const briefs = place.fragment ? [] : dissectPayloads(inner, 0, inner.length, place.next).briefs;
  const outer = list.fields.slice(0, -1);
  const last = list.fields.at(-1) as DissectedField;
  const before = list.briefs.slice(0, -1);
  return {
    ...sealed,
    ...(place.fragment
      ? {}
      : {
          summary: `${said} [${[...before, `SK { ${briefs.join(', ')} }`].join(', ')}]`,
          message: messageOf(header, [...before, ...briefs]),
        }),
    fields: [
      ...outer,
      {
        ...last,
        children: [
          ...(last.children ?? []).filter(({ name }) => name !== 'ikev2.sk.content' && name !== 'ikev2.skf.content'),
          ...contentFields(bytes, content, entry, opened.padding),
        ],
      },
    ],
    opened: {
      bytes: inner,
      by: { codec: place.fragment ? INSIDE_FRAGMENT : insideName(place.next) },
      key: `SK_e${fromInitiator ? 'i' : 'r'} of IKE SA ${spis.join(':')} (${entry.protection.encryption.keyword})`,
    },
  };
}

/** Where IV, ciphertext, padding and checksum stand. The padding is where its ciphertext is. */
function contentFields(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  { protection }: IkeKeyEntry,
  padding: Uint8Array,
): readonly DissectedField[] {
  const parts = sealedParts(protection, start, end);
  if ('fault' in parts) return [];
  const field = (name: string, label: string, from: number, to: number, value: string): DissectedField => ({
    ...{ name: `ikev2.sk.${name}`, label, value, bit: from * 8, bits: (to - from) * 8 },
  });
  const text = parts.icv - 1 - padding.length;
  const hex = (from: number, to: number): string => toHex(bytes.subarray(from, to));
  return [
    ...(parts.cipher > parts.iv
      ? [field('iv', 'Initialization vector', parts.iv, parts.cipher, hex(parts.iv, parts.cipher))]
      : []),
    field('payloads', 'Encrypted payloads', parts.cipher, text, `${text - parts.cipher} octets`),
    ...(padding.length > 0 ? [field('padding', 'Padding', text, parts.icv - 1, toHex(padding))] : []),
    field('pad-length', 'Pad length', parts.icv - 1, parts.icv, String(padding.length)),
    ...(end > parts.icv
      ? [{ ...field('icv', 'Integrity checksum', parts.icv, end, hex(parts.icv, end)), remark: 'correct' }]
      : []),
  ];
}

/** The codec of what was inside a fragment. */
const INSIDE_FRAGMENT = 'ikev2-inside-fragment';

/** The codec of what was inside an encrypted payload: one for each type that can be the first. */
function insideName(first: number): string {
  return FIRST_TYPES.includes(first) ? `ikev2-inside-${first}` : 'ikev2-inside';
}

const FIRST_TYPES: readonly number[] = [0, ...Object.values(PAYLOADS).map(({ type }) => type)];

/** The decrypted payloads of a message. The header of the encrypted payload names the first of them, so each type has its reader. */
export const insideCodecs: readonly Codec[] = [
  ...FIRST_TYPES.map((first): Codec => {
    const title = `IKEv2, decrypted, first ${PAYLOAD_TYPES[first] ?? first}`;
    return {
      name: `ikev2-inside-${first}`,
      title,
      dissect: (bytes, start, end) => {
        const list = dissectPayloads(bytes, start, end, first);
        return {
          name: 'ikev2-inside',
          title: 'IKEv2 payloads, decrypted',
          source: 'RFC 7296 §3.14',
          summary: list.briefs.length === 0 ? 'no payloads' : list.briefs.join(', '),
          ...{ start, end, fields: list.fields },
          ...(list.fault === undefined ? {} : { fault: list.fault }),
        };
      },
    };
  }),
  {
    name: INSIDE_FRAGMENT,
    title: 'IKEv2, decrypted, a part of a message',
    dissect: (bytes, start, end) => ({
      name: 'ikev2-inside',
      title: 'IKEv2 payloads, decrypted, a part',
      source: 'RFC 7383 §2.5',
      summary: `${end - start} octets of the payloads of a message`,
      ...{ start, end },
      fields: [
        {
          ...{ name: 'ikev2.part', label: 'Part of the payloads', value: toHex(bytes.subarray(start, end)) },
          ...{ bit: start * 8, bits: (end - start) * 8 },
        },
      ],
    }),
  },
  {
    name: 'ikev2-inside',
    title: 'IKEv2, decrypted, first payload not known',
    dissect: (bytes, start, end) => ({
      name: 'ikev2-inside',
      title: 'IKEv2 payloads, decrypted',
      source: 'RFC 7296 §3.14',
      summary: `${end - start} octets that begin with a payload of unknown type`,
      ...{
        start,
        end,
        fields: [
          {
            name: 'ikev2.payload',
            label: 'Payloads',
            value: toHex(bytes.subarray(start, end)),
            bit: start * 8,
            bits: (end - start) * 8,
          },
        ],
      },
    }),
  },
];
