import type { Codec, DissectedField, Layer } from '../../core/index.ts';
import { formatIpv4 } from './address.ts';
import { AT, IP_PROTOCOLS, ipv4Header, ipv4HeaderSize } from './headers.ts';
import { readOptions } from './options.ts';

/** IPv4, and behind it what its protocol field names. The payload of a fragment is not read further: it is a piece. */
export const ipv4Codec: Codec = {
  name: 'ipv4',
  title: 'IPv4',
  varies: ['ipv4.identification', 'ipv4.checksum'],
  dissect(bytes, start, end): Layer {
    const { layer, values } = dissectCut(bytes, start, end) ?? dissectHeader(bytes, start, end);
    if (values === undefined) return layer;
    const last = Math.min(end, start + values.totalLength);
    const offset = values.fragmentOffset * 8;
    if (offset > 0 || values.moreFragments) {
      const payload = last - layer.end;
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
    const whole = asIfWhole(bytes, start, end);
    const { layer } = dissectHeader(whole ?? bytes, start, whole?.length ?? end);
    return { ...layer, name: 'ipv4.quoted', end };
  },
};

/**
 * A packet that ends before its total length does, as recordings cut packets, with zeros for the rest: so its header is judged by itself.
 * `undefined` for one that is whole, and where the header is not.
 */
function asIfWhole(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const there = end - start;
  if (there < ipv4Header.fixedSize || ipv4HeaderSize(bytes, start) > there) return undefined;
  const claimed = ((bytes[start + AT.totalLength] as number) << 8) | (bytes[start + AT.totalLength + 1] as number);
  if (claimed <= there) return undefined;
  const whole = new Uint8Array(start + claimed);
  whole.set(bytes.subarray(0, end));
  return whole;
}

/** The header of a packet that was cut, with the fault that says so: what is there of the payload is read all the same. */
function dissectCut(bytes: Uint8Array, start: number, end: number): ReturnType<typeof dissectHeader> | undefined {
  const whole = asIfWhole(bytes, start, end);
  if (whole === undefined) return undefined;
  const { layer, values } = dissectHeader(whole, start, whole.length);
  const { fault } = ipv4Header.dissect(bytes, start, end);
  return { layer: { ...layer, ...(fault === undefined || layer.fault !== undefined ? {} : { fault }) }, values };
}

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
