import { type Fault, flag, header, read16, unsigned } from '../../core/index.ts';
import { MOST_PAYLOADS } from './limits.ts';
import { PAYLOAD_TYPES } from './names.ts';

/**
 * The 4 octets before each payload (RFC 7296 §3.2, RFC 2408 §3.2): the type of the next payload, the critical bit (IKEv2 only; IKEv1
 * reserves the whole octet), 7 reserved bits, and the length of this payload with these octets.
 */
export const genericHeader = header({
  name: 'isakmp.payload',
  title: 'Generic payload header',
  source: 'RFC 7296 §3.2',
  fields: {
    nextPayload: unsigned(8, { names: PAYLOAD_TYPES }),
    critical: flag(),
    reserved: unsigned(7),
    length: unsigned(16, {
      fill: (_, context) => context.size + context.payloadSize,
      check: (length, _, { available }) => {
        if (length < GENERIC_HEADER_OCTETS) return `a length of ${length} octets is less than the header's 4`;
        return length > available ? `a length of ${length} octets, and ${available} are there` : undefined;
      },
    }),
  },
});

export const GENERIC_HEADER_OCTETS = 4;

/** One payload of a chain, as places in the bytes it was read from. */
export interface ChainedPayload {
  readonly type: number;
  readonly critical: boolean;
  /** The 7 reserved bits, so that what was read can be written again. */
  readonly reserved: number;
  /** The type that its header names as the next. */
  readonly next: number;
  /** First octet of its generic header. */
  readonly at: number;
  /** First octet of its body, and one past the last. */
  readonly start: number;
  readonly end: number;
}

export interface PayloadChain {
  readonly payloads: readonly ChainedPayload[];
  /** One past the last octet that was read. */
  readonly end: number;
  readonly fault?: Fault;
}

/**
 * Reads the chain of payloads in `bytes[start, end)` whose first is of type `first`. A payload for which `closes` holds is the last,
 * whatever its header names as next: the encrypted payload of IKEv2 names the first one inside it. Never throws.
 */
export function readPayloadChain(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: number,
  closes?: (type: number) => boolean,
): PayloadChain {
  const payloads: ChainedPayload[] = [];
  const { offset } = genericHeader;
  let type = first;
  let at = start;
  while (type !== 0) {
    if (payloads.length >= MOST_PAYLOADS) {
      const message = `more than ${MOST_PAYLOADS} payloads`;
      return { payloads, end: at, fault: { at, header: genericHeader.name, message } };
    }
    const length = at + GENERIC_HEADER_OCTETS <= end ? read16(bytes, at + offset.length) : 0;
    if (length < GENERIC_HEADER_OCTETS || at + length > end) {
      const decoded = genericHeader.decode(bytes, at, end);
      return { payloads, end: at, ...(decoded.ok ? {} : { fault: decoded.fault }) };
    }
    const next = bytes[at + offset.nextPayload] as number;
    const octet = bytes[at + offset.critical] as number;
    payloads.push({
      type,
      critical: octet >= 0x80,
      reserved: octet & 0x7f,
      next,
      at,
      start: at + GENERIC_HEADER_OCTETS,
      end: at + length,
    });
    at += length;
    if (closes?.(type)) break;
    type = next;
  }
  return { payloads, end: at };
}

/** A payload to be chained. */
export interface PayloadToChain {
  readonly type: number;
  readonly body: Uint8Array;
  readonly critical?: boolean;
  readonly reserved?: number;
}

/** The payloads one after the other, each with its generic header. `next` is the type that the last one names. */
export function writePayloadChain(payloads: readonly PayloadToChain[], next = 0): Uint8Array {
  let size = 0;
  for (const { body } of payloads) size += GENERIC_HEADER_OCTETS + body.length;
  const bytes = new Uint8Array(size);
  const { offset } = genericHeader;
  let at = 0;
  for (let index = 0; index < payloads.length; index++) {
    const { body, critical = false, reserved = 0 } = payloads[index] as PayloadToChain;
    const length = GENERIC_HEADER_OCTETS + body.length;
    if (length > 0xffff) throw new RangeError(`a payload of ${length} octets does not fit its length field`);
    bytes[at + offset.nextPayload] = payloads[index + 1]?.type ?? next;
    bytes[at + offset.critical] = (critical ? 0x80 : 0) | reserved;
    bytes[at + offset.length] = length >>> 8;
    bytes[at + offset.length + 1] = length;
    bytes.set(body, at + GENERIC_HEADER_OCTETS);
    at += length;
  }
  return bytes;
}
