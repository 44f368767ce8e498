import type { Codec, DissectedField, Layer } from '../../core/index.ts';
import { formatIpv4 } from './address.ts';
import { AT, IP_PROTOCOLS, ipv4Header, ipv4HeaderSize } from './headers.ts';
import { readOptions } from './options.ts';

/** IPv4, and behind it what its protocol field names. The payload of a fragment is not read further: it is a piece. */
export const ipv4Codec: Codec = {
  name: 'ipv4',
  title: 'IPv4',
  dissect(bytes, start, end): Layer {
    const { layer, values } = dissectHeader(bytes, start, end);
    if (values === undefined) return layer;
    const last = start + values.totalLength;
    const offset = values.fragmentOffset * 8;
    if (offset > 0 || values.moreFragments) {
      const payload = values.totalLength - values.headerLength * 4;
      const piece = `fragment ${values.identification}: octets ${offset} to ${offset + payload - 1}`;
      return { ...layer, summary: `${layer.summary}, ${piece}`, end: last };
    }
    return { ...layer, payload: { start: layer.end, end: last, by: { below: 'ipv4', key: values.protocol } } };
  },
};

/** The beginning of a packet that an ICMP error quotes: its length is what it was, not what is there (RFC 792). */
export const quotedIpv4Codec: Codec = {
  name: 'ipv4.quoted',
  title: 'Quoted IPv4',
  dissect(bytes, start, end): Layer {
    const there = end - start;
    const claimed =
      there >= AT.totalLength + 2 ? ((bytes[start + 2] as number) << 8) | (bytes[start + 3] as number) : 0;
    if (claimed <= there) return { ...dissectHeader(bytes, start, end).layer, name: 'ipv4.quoted', end };
    // Read as if the rest were there, so that the header is judged by itself.
    const whole = new Uint8Array(start + claimed);
    whole.set(bytes.subarray(0, end));
    const headerSize = ipv4HeaderSize(bytes, start);
    if (headerSize > there) return { ...dissectHeader(bytes, start, end).layer, name: 'ipv4.quoted', end };
    return { ...dissectHeader(whole, start, whole.length).layer, name: 'ipv4.quoted', end };
  },
};

interface HeaderFacts {
  readonly totalLength: number;
  readonly headerLength: number;
  readonly fragmentOffset: number;
  readonly moreFragments: boolean;
  readonly identification: number;
  readonly protocol: number;
}

function dissectHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly layer: Layer; readonly values: HeaderFacts | undefined } {
  const { fields, size, fault } = ipv4Header.dissect(bytes, start, end);
  const decoded = ipv4Header.decode(bytes, start, end);
  const layer = {
    name: 'ipv4',
    title: ipv4Header.title,
    source: ipv4Header.source,
    start,
    end: start + size,
    fields: fields.map((field) => (field.name === 'ipv4.options' ? withOptions(field, bytes) : field)),
  };
  if (!decoded.ok || fault !== undefined) {
    const summary = 'an IPv4 header that cannot be read';
    return { layer: { ...layer, summary, ...(fault === undefined ? {} : { fault }) }, values: undefined };
  }
  const { source, destination, protocol } = decoded.value;
  const name = IP_PROTOCOLS[protocol] ?? `protocol ${protocol}`;
  return {
    layer: { ...layer, summary: `${formatIpv4(source)} → ${formatIpv4(destination)}, ${name}` },
    values: decoded.value,
  };
}

function withOptions(field: DissectedField, bytes: Uint8Array): DissectedField {
  if (field.bits === 0) return { ...field, value: 'none' };
  const first = field.bit >> 3;
  const { options, wrongAt } = readOptions(bytes, first, first + (field.bits >> 3));
  const children = options.map(
    (option): DissectedField => ({
      name: 'ipv4.option',
      label: 'Option',
      value: option.name,
      bit: option.at * 8,
      bits: option.size * 8,
      number: option.type,
    }),
  );
  const remark = wrongAt === undefined ? {} : { remark: `malformed from octet ${wrongAt - first} on` };
  return { ...field, children, ...remark };
}
