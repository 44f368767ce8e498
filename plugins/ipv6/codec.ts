import type { Codec, DissectedField, Fault, Layer } from '../../core/index.ts';
import { formatIpv6 } from './address.ts';
import { extensionHeader, fragmentHeader, ipv6Header, NEXT_HEADERS } from './headers.ts';

/** Extension headers of one packet that are read. */
const MOST_EXTENSIONS = 16;
/** Hop-by-hop options, routing, destination options, mobility: one form (RFC 8200 §4, RFC 6275 §6.1). */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135]);
const FRAGMENT = 44;
const NOTHING = 59;

/** IPv6, its extension headers, and behind them what the last next header names. The payload of a fragment is not read further. */
export const ipv6Codec: Codec = {
  name: 'ipv6',
  title: 'IPv6',
  varies: ['ipv6.flowLabel', 'ipv6.fragment.identification'],
  dissect(bytes, start, end): Layer {
    const { fields, size, fault } = ipv6Header.dissect(bytes, start, end);
    const decoded = ipv6Header.decode(bytes, start, end);
    const layer = { name: 'ipv6', title: ipv6Header.title, source: ipv6Header.source, start, end: start + size };
    if (!decoded.ok) {
      const summary = 'an IPv6 header that cannot be read';
      return { ...layer, summary, fields, ...(fault === undefined ? {} : { fault }) };
    }
    const { payloadLength, nextHeader, source, destination } = decoded.value;
    const there = end - layer.end;
    const last = payloadLength === 0 && nextHeader === 0 ? end : layer.end + Math.min(payloadLength, there);
    const cut: Fault | undefined =
      payloadLength <= there
        ? undefined
        : {
            header: 'ipv6',
            at: start + 4,
            message: `a payload length of ${payloadLength} octets, and ${there} are there`,
          };
    const chain = readExtensions(bytes, layer.end, last, nextHeader);
    const wrong = chain.fault ?? cut;
    const name = NEXT_HEADERS[chain.next] ?? `protocol ${chain.next}`;
    const summary = `${formatIpv6(source)} → ${formatIpv6(destination)}, ${chain.piece ?? name}`;
    const read: Layer = {
      ...layer,
      ...{ summary, end: chain.end, fields: [...fields, ...chain.fields] },
      ...(wrong === undefined ? {} : { fault: wrong }),
    };
    if (chain.piece !== undefined) return { ...read, end: last };
    if (chain.fault !== undefined || chain.next === NOTHING) return read;
    return { ...read, payload: { start: chain.end, end: last, by: { below: 'ipv4', key: chain.next } } };
  },
};

interface Extensions {
  readonly fields: readonly DissectedField[];
  readonly next: number;
  readonly end: number;
  /** Of a fragment: which part it is. */
  readonly piece?: string;
  readonly fault?: Fault;
}

function readExtensions(bytes: Uint8Array, start: number, end: number, first: number): Extensions {
  const fields: DissectedField[] = [];
  let next = first;
  let at = start;
  for (let count = 0; EXTENSIONS.has(next) || next === FRAGMENT; count++) {
    if (count === MOST_EXTENSIONS) {
      const message = `more than ${MOST_EXTENSIONS} extension headers`;
      return { fields, next, end: at, fault: { header: 'ipv6', at, message } };
    }
    const declared = next === FRAGMENT ? fragmentHeader : extensionHeader;
    const { fields: children, size, fault } = declared.dissect(bytes, at, end);
    const label = `${(NEXT_HEADERS[next] as string).replace(/^./, (letter) => letter.toUpperCase())} header`;
    const value = `${size} octets`;
    fields.push({ name: declared.name, label, value, bit: at * 8, bits: size * 8, children, number: next });
    if (fault !== undefined) return { fields, next, end: at + size, fault };
    if (next === FRAGMENT) {
      const read = fragmentHeader.decode(bytes, at, end);
      if (read.ok && (read.value.fragmentOffset > 0 || read.value.moreFragments === 1)) {
        const offset = read.value.fragmentOffset * 8;
        const until = offset + Math.max(0, end - at - size) - 1;
        const piece = `fragment ${read.value.identification}: octets ${offset} to ${until}`;
        return { fields, next, end, piece };
      }
    }
    next = bytes[at] as number;
    at += size;
  }
  return { fields, next, end: at };
}

/** A recording without a link layer: the first four bits say which IP it is. */
export const rawIpCodec: Codec = {
  name: 'raw-ip',
  title: 'Raw IP',
  dissect(bytes, start, end): Layer {
    const version = (bytes[start] as number) >> 4;
    const layer = { name: 'raw-ip', title: 'Raw IP', start, end: start, fields: [] };
    const codec = version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
    if (codec === undefined) {
      const message = `version ${version} is neither 4 nor 6`;
      return { ...layer, summary: message, end, fault: { header: 'raw-ip', at: start, message } };
    }
    return { ...layer, summary: `IP version ${version}`, payload: { start, end, by: { codec } } };
  },
};
