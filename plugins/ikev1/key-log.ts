import { type KeyLogFormat, type PlainValues, readUatLine, toHex, uatLine, uatOctets } from '../../core/index.ts';
import { encryptionOf, TRANSFORM, transformOf } from '../ipsec/contract.ts';
import { ISAKMP_HEADER_OCTETS, isakmpHeader } from '../isakmp/contract.ts';
import { followMessages } from './follow-messages.ts';
import { IKEV1_IV_LOG, IKEV1_KEY_LOG } from './key-log-names.ts';
import type { Cookies } from './keys.ts';
import type { Machine } from './machine.ts';
import type { KeyedSa } from './state.ts';
import type { Suite } from './suite.ts';

/** The keys of ISAKMP SAs for those who may read: Wireshark's table of them, and with the IVs this lab's own dissection. */

export { IKEV1_IV_LOG, IKEV1_KEY_LOG };

export function logIsakmpKey(machine: Machine, sa: Pick<KeyedSa, 'cookies' | 'key' | 'proposal'>): void {
  const encryption = transformOf(sa.proposal, TRANSFORM.encryption);
  machine.ctx.logKey(IKEV1_KEY_LOG, {
    cookieI: sa.cookies.initiator,
    cookieR: sa.cookies.responder,
    key: sa.key,
    encryption: encryption?.id ?? 0,
    keyLength: encryption?.keyLength ?? 0,
  });
}

/** A message is known by its exchange and its first block. */
export function logIv(
  machine: Machine,
  cookies: Cookies,
  { encryption }: Suite,
  bytes: Uint8Array,
  iv: Uint8Array,
): void {
  machine.ctx.logKey(IKEV1_IV_LOG, {
    cookieI: cookies.initiator,
    block: bytes.slice(ISAKMP_HEADER_OCTETS, ISAKMP_HEADER_OCTETS + encryption.block),
    iv,
  });
}

/** An entry as it is read back. */
export interface IsakmpKeyEntry {
  readonly encryption: Suite['encryption'];
  readonly key: Uint8Array;
}

const octetsIn = (entry: PlainValues, key: string): Uint8Array => {
  const value = entry[key];
  return value instanceof Uint8Array ? value : new Uint8Array(0);
};

/** The entry of an ISAKMP SA. The latest one counts: cookies may come again, and the sides of an attempt with wrong secrets differ. */
export function findIsakmpKeys(entries: readonly PlainValues[], cookies: Cookies): readonly IsakmpKeyEntry[] {
  const [initiator, responder] = [toHex(cookies.initiator), toHex(cookies.responder)];
  const found: IsakmpKeyEntry[] = [];
  for (let at = entries.length - 1; at >= 0 && found.length < MOST_SIDES; at--) {
    const entry = entries[at] as PlainValues;
    if (toHex(octetsIn(entry, 'cookieI')) !== initiator || toHex(octetsIn(entry, 'cookieR')) !== responder) continue;
    const keyLength = Number(entry.keyLength ?? 0);
    const encryption = encryptionOf({ id: Number(entry.encryption), ...(keyLength === 0 ? {} : { keyLength }) });
    if (encryption === undefined) continue;
    found.push({ encryption: encryption as Suite['encryption'], key: octetsIn(entry, 'key') });
  }
  return found;
}

const COOKIE_OCTETS = 8;
/** Both sides enter their key: with secrets that differ, two. */
const MOST_SIDES = 2;

/** The IV of a message whose header starts at `start`. */
export function findIv(
  entries: readonly PlainValues[],
  bytes: Uint8Array,
  start: number,
  block: number,
): Uint8Array | undefined {
  // Every message of a run has an entry: octets are compared in place, those that differ most from message to message first.
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at] as PlainValues;
    if (
      standsAt(bytes, start + ISAKMP_HEADER_OCTETS, entry.block, block) &&
      standsAt(bytes, start, entry.cookieI, isakmpHeader.offset.responderSpi)
    )
      return octetsIn(entry, 'iv');
  }
  return undefined;
}

/** Whether these octets, of this size, stand at a place. */
function standsAt(bytes: Uint8Array, at: number, octets: PlainValues[string] | undefined, size: number): boolean {
  if (!(octets instanceof Uint8Array) || octets.length !== size || at + size > bytes.length) return false;
  for (let index = 0; index < size; index++) if (bytes[at + index] !== octets[index]) return false;
  return true;
}

export const isakmpKeyLog: KeyLogFormat = {
  format: IKEV1_KEY_LOG,
  file: 'ikev1_decryption_table',
  about:
    "Wireshark's table of IKEv1 keys: in its configuration folder, or Edit, Preferences, Protocols, ISAKMP. It counts every copy of a message into the chain of IVs: give it the capture of one link",
  chained: 'ikev1',
  line: (entry) => uatLine([octetsIn(entry, 'cookieI'), octetsIn(entry, 'key')]),
  // The table says no more than the key: which cipher it is for, and the IVs, follow from the messages.
  read(line) {
    const [cookieI, key] = (readUatLine(line) ?? []).map(uatOctets);
    return cookieI?.length !== COOKIE_OCTETS || key === undefined || key.length === 0 ? undefined : { cookieI, key };
  },
  follow: (entries, capture) => followMessages(entries, capture),
};

export const isakmpIvLog: KeyLogFormat = {
  format: IKEV1_IV_LOG,
  file: 'ikev1_ivs',
  about: 'IVs of encrypted IKEv1 messages, which stand in no message: initiator cookie, first block, IV',
  line: (entry) => ['cookieI', 'block', 'iv'].map((part) => toHex(octetsIn(entry, part))).join(','),
  read(line) {
    const [cookieI, block, iv] = (readUatLine(line) ?? []).map(uatOctets);
    if (cookieI?.length !== COOKIE_OCTETS || !block || !iv || block.length === 0 || block.length !== iv.length)
      return undefined;
    return { cookieI, block, iv };
  },
};
