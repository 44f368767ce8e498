import { write16 } from '../../core/index.ts';
import type { Payload, PayloadOf, PayloadToWrite } from './message.ts';
import { FIRST_STATUS_TYPE, notifyName } from './names/notify-types.ts';

/** Notify payloads as the exchanges use them (RFC 7296 §3.10). */

export const NOTHING = new Uint8Array(0);

export function notification(type: number, data: Uint8Array = NOTHING): PayloadToWrite {
  return { kind: 'N', value: { protocol: 0, type, spi: NOTHING, data } };
}

/** A notification about a Child SA, which it names by its protocol and SPI. */
export function childNotification(type: number, protocol: number, spi: Uint8Array): PayloadToWrite {
  return { kind: 'N', value: { protocol, type, spi, data: NOTHING } };
}

/** Data of two octets: the key exchange method that INVALID_KE_PAYLOAD wants. */
export function number16(value: number): Uint8Array {
  const data = new Uint8Array(2);
  write16(data, 0, value);
  return data;
}

export function notifications(payloads: readonly Payload[]): readonly PayloadOf<'N'>[] {
  return payloads.filter((payload) => payload.kind === 'N');
}

export function findNotification(payloads: readonly Payload[], type: number): PayloadOf<'N'> | undefined {
  for (const payload of payloads) if (payload.kind === 'N' && payload.value.type === type) return payload;
  return undefined;
}

/** The first notification that reports an error. */
export function findError(payloads: readonly Payload[]): PayloadOf<'N'> | undefined {
  for (const payload of payloads) if (payload.kind === 'N' && payload.value.type < FIRST_STATUS_TYPE) return payload;
  return undefined;
}

export function errorName(payload: PayloadOf<'N'> | undefined): string {
  return payload === undefined ? 'nothing of use' : notifyName(payload.value.type);
}
