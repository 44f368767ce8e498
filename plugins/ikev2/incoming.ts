import type { Packet, PlainValues } from '../../core/index.ts';
import type { Message, Payload } from './message.ts';
import type { Route } from './send.ts';

/** A message that has come in, as far as it has been found to be what it should be. */
export interface Incoming {
  readonly message: Message;
  /** Its payloads: those in the clear, or those inside the encrypted one once that was opened. */
  readonly payloads: readonly Payload[];
  /** Octets of an array of its own: the whole message, and what `payloads` count their places in. */
  readonly bytes: Uint8Array;
  readonly inner: Uint8Array;
  readonly packet: Packet;
  readonly route: Route;
}

/** What a transition gives its story; `undefined`: it has told what happened otherwise. */
export type Told = (() => PlainValues) | undefined;
