import { concatBytes } from '../../core/index.ts';
import type { Cookies } from './keys.ts';
import type { Payload, PayloadOf, PayloadToWrite } from './message.ts';
import { DOI, PROTOCOL } from './names/identifiers.ts';
import { FIRST_STATUS_TYPE, notifyName } from './names/notify-types.ts';

/** Notification and Delete payloads as the exchanges use them (RFC 2408 §3.14, §3.15). */

export const NOTHING = new Uint8Array(0);

export function notification(
  type: number,
  about: { readonly protocol?: number; readonly spi?: Uint8Array; readonly data?: Uint8Array } = {},
): PayloadToWrite {
  const { protocol = PROTOCOL.isakmp, spi = NOTHING, data = NOTHING } = about;
  return { kind: 'N', value: { doi: DOI.ipsec, protocol, type, spi, data } };
}

/** The SPI of an ISAKMP SA: its two cookies. */
export function isakmpSpi({ initiator, responder }: Cookies): Uint8Array {
  return concatBytes(initiator, responder);
}

/** A notification about the ISAKMP SA itself. */
export function isakmpNotification(type: number, cookies: Cookies, data: Uint8Array = NOTHING): PayloadToWrite {
  return notification(type, { spi: isakmpSpi(cookies), data });
}

/** A notification about IPsec SAs: named by their protocol and the SPI of one side, where there is one. */
export function childNotification(
  type: number,
  protocol: number | undefined,
  spi: Uint8Array,
  data?: Uint8Array,
): PayloadToWrite {
  return notification(type, { protocol: protocol ?? PROTOCOL.esp, spi, ...(data === undefined ? {} : { data }) });
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
