import {
  type Dissection,
  type FollowedCapture,
  type FollowedEntry,
  type PlainValues,
  toHex,
} from '../../core/index.ts';
import { type CryptoProvider, cryptoSlot } from '../crypto/contract.ts';
import { encryptionOf, type IntegrityTransform, integrityOf } from '../ipsec/contract.ts';
import { IKEV1_FLAGS, type IsakmpHeader, isakmpHeader } from '../isakmp/contract.ts';
import { IKEV1_IV_LOG, IKEV1_KEY_LOG } from './key-log-names.ts';
import { exchangeIv, firstIv } from './keys.ts';
import { findPayload, readMessage } from './message.ts';
import { IKE_ATTRIBUTE } from './names/attributes.ts';
import { ENCRYPTION_VALUES, HASH_VALUES, inverse } from './names/numbers.ts';
import { attributeOf } from './payloads/security-association.ts';
import type { Suite } from './suite.ts';

/** ISAKMP SAs of one capture that are followed. Those beyond stay ciphertext. */
const MOST_SAS = 4096;
/** Exchanges of one ISAKMP SA whose chains are kept. */
const MOST_EXCHANGES = 4096;
/** Encrypted messages of one capture that get an IV. */
const MOST_IVS = 100_000;

/** What is known of an ISAKMP SA from the messages that went by, by its initiator's cookie. */
interface Followed {
  readonly key: Uint8Array;
  readonly cookieI: Uint8Array;
  encryption: Suite['encryption'] | undefined;
  hash: IntegrityTransform | undefined;
  /** Public values in the order of their messages: the initiator's is first. */
  readonly publics: Uint8Array[];
  /** The last block of the phase that keys were agreed in: every later exchange begins from it. */
  phase1: Uint8Array | undefined;
  /** The last block under a message ID. */
  readonly chains: Map<number, Uint8Array>;
  /** Messages by their octets: a copy of one, or one that was sent again, is no further link. */
  readonly seen: Set<string>;
  entered: boolean;
}

/**
 * Follows the messages of a capture to the ciphers and IVs that go with the keys of a table, which names neither (RFC 2409 App. B): the
 * cipher and the hash stand in the SA payload that was answered, the first IV follows from the public values, and each further one is the last
 * block of the message before. A capture that begins after its first messages stays ciphertext.
 */
export function followMessages(entries: readonly PlainValues[], { packets, slot }: FollowedCapture): FollowedEntry[] {
  const crypto = slot(cryptoSlot);
  const sas = new Map<string, Followed>();
  for (const { cookieI, key, encryption } of entries.slice(0, MOST_SAS)) {
    if (!(cookieI instanceof Uint8Array) || !(key instanceof Uint8Array) || encryption !== undefined) continue;
    const fresh = { publics: [], phase1: undefined, chains: new Map(), seen: new Set<string>(), entered: false };
    sas.set(toHex(cookieI), { key, cookieI, encryption: undefined, hash: undefined, ...fresh });
  }
  const found: FollowedEntry[] = [];
  if (crypto === undefined || sas.size === 0) return found;
  let ivs = 0;
  for (const dissection of packets) {
    if (ivs === MOST_IVS) break;
    const message = messageIn(dissection);
    const sa = message === undefined ? undefined : sas.get(toHex(message.header.initiatorSpi));
    if (message === undefined || sa === undefined) continue;
    if ((message.header.flags & IKEV1_FLAGS.encryption) === 0) learn(sa, message);
    else {
      const made = linkOf(crypto, sa, message);
      if (made.length > 0) ivs++;
      found.push(...made);
    }
  }
  return found;
}

interface Seen {
  readonly header: IsakmpHeader;
  /** The whole message. */
  readonly octets: Uint8Array;
}

function messageIn({ bytes, layers }: Dissection): Seen | undefined {
  const layer = layers.find(({ name }) => name === 'isakmp');
  const head = layer === undefined ? undefined : isakmpHeader.decode(bytes, layer.start, bytes.length);
  if (layer === undefined || head?.ok !== true || head.value.majorVersion !== 1) return undefined;
  return { header: head.value, octets: bytes.subarray(layer.start, layer.start + head.value.length) };
}

/** What a message in clear says: the chosen transform, and public values. */
function learn(sa: Followed, { header, octets }: Seen): void {
  if (header.messageId !== 0) return;
  const read = readMessage(octets);
  if (read.header === undefined) return;
  const { payloads } = read;
  const chosen = findPayload(payloads, 'SA')?.value.proposals[0]?.transforms;
  // An answer has one transform; an offer of one says the same.
  const transform = chosen?.length === 1 ? chosen[0] : undefined;
  if (transform !== undefined) {
    const number = (of: number, table: Readonly<Record<number, number>>): number =>
      inverse(table)[attributeOf(transform, of) ?? -1] ?? -1;
    const keyed = sa.key.length * 8;
    const id = number(IKE_ATTRIBUTE.encryption, ENCRYPTION_VALUES);
    const encryption = encryptionOf({ id }) ?? encryptionOf({ id, keyLength: keyed });
    if (encryption?.kind === 'separate' && encryption.cipher.endsWith('-cbc') && encryption.key === sa.key.length) {
      sa.encryption = encryption as Suite['encryption'];
    }
    sa.hash = integrityOf({ id: number(IKE_ATTRIBUTE.hash, HASH_VALUES) });
  }
  const value = findPayload(payloads, 'KE')?.value.value;
  if (value !== undefined && sa.publics.length < 2 && toHex(value) !== toHex(sa.publics[0] ?? new Uint8Array(0))) {
    sa.publics.push(value);
  }
}

/** The IV of an encrypted message, and its last block as the next link. */
function linkOf(crypto: CryptoProvider, sa: Followed, { header, octets }: Seen): FollowedEntry[] {
  const { encryption, hash, publics, cookieI } = sa;
  const [initiator, responder] = publics;
  const body = octets.subarray(isakmpHeader.fixedSize);
  if (encryption === undefined || hash?.mac === undefined || !('hmac' in hash.mac)) return [];
  if (initiator === undefined || responder === undefined) return [];
  const { block } = encryption;
  if (body.length < block || body.length % block !== 0) return [];
  const name = toHex(octets);
  if (sa.seen.has(name) || sa.seen.size >= MOST_EXCHANGES) return [];
  sa.seen.add(name);
  const { messageId } = header;
  const begun = sa.phase1 ?? firstIv(crypto, hash.mac.hmac, { initiator, responder }, block);
  const iv =
    messageId === 0 ? begun : (sa.chains.get(messageId) ?? exchangeIv(crypto, hash.mac.hmac, begun, messageId, block));
  const last = body.slice(body.length - block);
  if (messageId === 0) sa.phase1 = last;
  else sa.chains.set(messageId, last);
  const found: FollowedEntry[] = [
    { format: IKEV1_IV_LOG, entry: { cookieI, block: body.slice(0, block), iv: iv.slice() } },
  ];
  if (!sa.entered) {
    sa.entered = true;
    const cookieR = header.responderSpi.slice();
    const { id, keyLength = 0 } = encryption;
    found.push({ format: IKEV1_KEY_LOG, entry: { cookieI, cookieR, key: sa.key, encryption: id, keyLength } });
  }
  return found;
}
