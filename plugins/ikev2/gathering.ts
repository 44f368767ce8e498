import type { PlainValues } from '../../core/index.ts';
import { concatBytes, SECOND } from '../../core/index.ts';
import { EXCHANGE_TYPES, type IsakmpHeader } from '../isakmp/contract.ts';
import { tell } from './failures.ts';
import type { Incoming } from './incoming.ts';
import { FRAGMENT_SECONDS, MOST_FRAGMENTS } from './limits.ts';
import { type Machine, peerText, setSaTimer, unsetSaTimer } from './machine.ts';
import type { Gathering, KeyedSa } from './state.ts';

/** Fragments of a message put together (RFC 7383 §2.6): one message each way at most, of bounded octets, for a bounded time. */

export type MessageKind = 'request' | 'response';

/** What the header of a fragment says: which of how many it is. */
interface Numbers {
  readonly number: number;
  readonly total: number;
}

export interface Refused {
  readonly code: string;
  readonly values: PlainValues;
}

/** What is wrong with a fragment as far as can be seen without opening it. */
export function refusedFragment(
  sa: KeyedSa,
  { messageId, exchangeType }: IsakmpHeader,
  kind: MessageKind,
  { number, total }: Numbers,
): Refused | undefined {
  const values = { number, total };
  if (number === 0 || number > total) return { code: 'ikev2.fragment-number', values };
  if (total > MOST_FRAGMENTS) return { code: 'ikev2.fragments-too-many', values: { ...values, limit: MOST_FRAGMENTS } };
  const present = sa.gathering[kind];
  if (present === undefined || present.messageId !== messageId) return undefined;
  if (present.exchange !== exchangeType) {
    const expected = EXCHANGE_TYPES[present.exchange] ?? String(present.exchange);
    return { code: 'ikev2.fragment-exchange', values: { ...values, expected } };
  }
  // Who finds fragments too long for the way cuts anew, into more of them: fewer are older (RFC 7383 §2.5.2, §2.6).
  if (total < present.total) return { code: 'ikev2.fragment-old', values: { ...values, present: present.total } };
  if (total === present.total && present.parts.has(number)) return { code: 'ikev2.fragment-there', values };
  return undefined;
}

/** The inner payloads of a message that is whole, and the type of the first. */
export interface Whole {
  readonly inner: Uint8Array;
  readonly first: number;
}

/** An authentic fragment of a message that is due: kept, unless it makes the message whole. */
export function gather(
  machine: Machine,
  sa: KeyedSa,
  { message, packet }: Incoming,
  kind: MessageKind,
  { number, total }: Numbers,
  plain: Uint8Array,
): Whole | undefined {
  const { ctx, state } = machine;
  const { messageId, exchangeType } = message.header;
  const exchange = EXCHANGE_TYPES[exchangeType] ?? `exchange ${exchangeType}`;
  const about = { peer: peerText(sa), exchange, kind, id: messageId, number, total };
  const present = gatheringFor(machine, sa, kind, { messageId, exchange: exchangeType, total }, about);
  if (present.octets + plain.length > state.settings.max_packet) {
    sa.gathering[kind] = undefined;
    unsetSaTimer(machine, sa, timerOf(kind));
    ctx.drop(packet, 'ikev2.fragments-too-long', { ...about, limit: state.settings.max_packet });
    return undefined;
  }
  present.parts.set(number, plain);
  present.octets += plain.length;
  if (number === 1) present.first = message.next;
  if (present.parts.size < total) {
    setSaTimer(machine, sa, timerOf(kind), FRAGMENT_SECONDS * SECOND);
    ctx.consume(packet);
    tell(machine, 'ikev2.fragment-kept', () => ({ ...about, missing: missingOf(present) }), packet);
    return undefined;
  }
  sa.gathering[kind] = undefined;
  unsetSaTimer(machine, sa, timerOf(kind));
  const parts: Uint8Array[] = [];
  for (let at = 1; at <= total; at++) parts.push(present.parts.get(at) as Uint8Array);
  tell(machine, 'ikev2.reassembled', () => ({ ...about, octets: present.octets }), packet);
  return { inner: concatBytes(...parts), first: present.first };
}

/** What is there of the message, or a new beginning: of another message, or of this one cut into more fragments than before. */
function gatheringFor(
  machine: Machine,
  sa: KeyedSa,
  kind: MessageKind,
  { messageId, exchange, total }: Pick<Gathering, 'messageId' | 'exchange' | 'total'>,
  about: PlainValues,
): Gathering {
  const present = sa.gathering[kind];
  if (present?.messageId === messageId && present.total === total) return present;
  if (present?.messageId === messageId) {
    tell(machine, 'ikev2.fragments-anew', () => ({ ...about, before: present.total }));
  }
  const fresh: Gathering = { messageId, exchange, total, first: 0, parts: new Map(), octets: 0 };
  sa.gathering[kind] = fresh;
  return fresh;
}

export function timerOf(kind: MessageKind): string {
  return `${kind}-fragments`;
}

/** The next fragment has not come for long: those that are there go. */
export function fragmentsOver(machine: Machine, sa: KeyedSa, kind: MessageKind): void {
  const present = sa.gathering[kind];
  if (present === undefined) return;
  sa.gathering[kind] = undefined;
  tell(machine, 'ikev2.fragments-over', () => ({
    peer: peerText(sa),
    exchange: EXCHANGE_TYPES[present.exchange] ?? String(present.exchange),
    ...{ kind, id: present.messageId, have: present.parts.size, total: present.total, missing: missingOf(present) },
  }));
}

/** The most numbers of fragments that a story lists. */
const MOST_LISTED = 8;

/** `2, 4`. */
function missingOf({ total, parts }: Gathering): string {
  const missing: number[] = [];
  for (let at = 1; at <= total && missing.length <= MOST_LISTED; at++) if (!parts.has(at)) missing.push(at);
  const more = total - parts.size - MOST_LISTED;
  return missing.slice(0, MOST_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
