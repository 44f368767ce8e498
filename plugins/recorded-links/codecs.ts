import type { Codec, Layer } from '../../core/index.ts';
import { ETHER_TYPES, familyOctets, linuxCooked, linuxCooked2, pppProtocol, vlanTag } from './headers.ts';

/** Least EtherType; below it the field counts octets or names another format. */
const LEAST_ETHER_TYPE = 0x600;
const typeName = (type: number): string => ETHER_TYPES[type] ?? `type 0x${type.toString(16).padStart(4, '0')}`;

type Declared = typeof vlanTag | typeof linuxCooked | typeof linuxCooked2 | typeof pppProtocol | typeof familyOctets;

/** The layer of a header as far as it is there, and whether all of it is. */
function layerOf(declared: Declared, bytes: Uint8Array, start: number, end: number): { layer: Layer; whole: boolean } {
  const { name, title, source } = declared;
  const { fields, size, fault } = declared.dissect(bytes, start, end);
  const layer: Layer = { name, title, source, summary: title, start, end: start + size, fields };
  if (fault === undefined) return { layer, whole: true };
  return { layer: { ...layer, summary: `${title}, cut within its header`, fault }, whole: false };
}

/** What an EtherType says of the octets behind `layer`. */
function above(layer: Layer, type: number, end: number): Layer {
  if (type < LEAST_ETHER_TYPE) return layer;
  return { ...layer, payload: { start: layer.end, end, by: { below: 'ethernet', key: type } } };
}

/** A VLAN tag; behind it may be another. */
export const vlanCodec: Codec = {
  name: 'vlan',
  title: 'VLAN tag',
  dissect(bytes, start, end): Layer {
    const { layer, whole } = layerOf(vlanTag, bytes, start, end);
    const tag = vlanTag.decode(bytes, start, end);
    if (!whole || !tag.ok) return layer;
    const { identifier, etherType } = tag.value;
    return above({ ...layer, summary: `VLAN ${identifier}, ${typeName(etherType)}` }, etherType, end);
  },
};

function cooked(name: string, declared: typeof linuxCooked | typeof linuxCooked2): Codec {
  return {
    name,
    title: declared.title,
    dissect(bytes, start, end): Layer {
      const { layer, whole } = layerOf(declared, bytes, start, end);
      const read = declared.decode(bytes, start, end);
      if (!whole || !read.ok) return layer;
      const { protocol } = read.value;
      return above({ ...layer, summary: `${declared.title}, ${typeName(protocol)}` }, protocol, end);
    },
  };
}

export const cookedCodecs: readonly Codec[] = [
  cooked('linux-cooked', linuxCooked),
  cooked('linux-cooked-2', linuxCooked2),
];

/** Address families as systems number them: 2 everywhere; IPv6 is 24, 28 or 30 on the BSDs and macOS, 10 on Linux, 23 on Windows. */
const IPV4_FAMILY = 2;
const IPV6_FAMILIES: ReadonlySet<number> = new Set([10, 23, 24, 28, 30]);

export const loopbackCodec: Codec = {
  name: 'loopback',
  title: 'BSD loopback',
  dissect(bytes, start, end): Layer {
    const { layer, whole } = layerOf(familyOctets, bytes, start, end);
    if (!whole) return layer;
    const octet = (at: number): number => bytes[start + at] as number;
    // Families are small: whichever end has the zeros is the high one.
    const family = octet(0) === 0 && octet(1) === 0 ? (octet(2) << 8) | octet(3) : (octet(1) << 8) | octet(0);
    const codec = family === IPV4_FAMILY ? 'ipv4' : IPV6_FAMILIES.has(family) ? 'ipv6' : undefined;
    const said = { ...layer, summary: `BSD loopback, address family ${family}` };
    if (codec === undefined) {
      const fault = { at: start, header: 'loopback', message: `address family ${family} is neither IPv4's nor IPv6's` };
      return { ...said, end, fault };
    }
    return { ...said, payload: { start: layer.end, end, by: { codec } } };
  },
};

/** PPP's protocols that carry what Ethernet has an EtherType for (RFC 1332, RFC 5072). */
const PPP_PROTOCOLS: Readonly<Record<number, string>> = { 33: 'ipv4', 87: 'ipv6' };
const HDLC_ADDRESS = 0xff;
const HDLC_CONTROL = 0x03;

export const pppCodec: Codec = {
  name: 'ppp',
  title: 'PPP',
  dissect(bytes, start, end): Layer {
    const framed = bytes[start] === HDLC_ADDRESS && bytes[start + 1] === HDLC_CONTROL && end - start >= 2;
    const { layer, whole } = layerOf(pppProtocol, bytes, start + (framed ? 2 : 0), end);
    const read = pppProtocol.decode(bytes, layer.start, end);
    if (!whole || !read.ok) return { ...layer, start };
    const codec = PPP_PROTOCOLS[read.value.protocol];
    const said = { ...layer, start, summary: `PPP, protocol 0x${read.value.protocol.toString(16).padStart(4, '0')}` };
    return codec === undefined ? said : { ...said, payload: { start: layer.end, end, by: { codec } } };
  },
};
