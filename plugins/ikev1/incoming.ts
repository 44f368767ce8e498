import type { Packet, PlainValues } from '../../core/index.ts';
import type { Message, Payload } from './message.ts';
import type { Route } from './send.ts';

/** A message that has come in, as far as it has been found to be what it should be. */
export interface Incoming {
  readonly message: Message;
  /** Its payloads: those in the clear, or those that were encrypted once that was opened. */
  readonly payloads: readonly Payload[];
  /** Octets of an array of its own: the whole message. */
  readonly bytes: Uint8Array;
  /** What `payloads` count their places in, and one past the last octet of the last payload. */
  readonly inner: Uint8Array;
  readonly end: number;
  readonly packet: Packet;
  readonly route: Route;
}

/** What a transition gives its story; `undefined`: it has told what happened otherwise. */
export type Told = (() => PlainValues) | undefined;

/** The octets of a payload's body. */
export function bodyOf(
  { inner }: Pick<Incoming, 'inner'>,
  { start, end }: { readonly start: number; readonly end: number },
): Uint8Array {
  return inner.slice(start, end);
}
