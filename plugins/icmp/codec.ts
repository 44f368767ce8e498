import type { Codec, Layer } from '../../core/index.ts';
import { dataField, echoHeader, headerOf, icmpHeader, isErrorType, typeName } from './headers.ts';
import { describeIcmpError, ICMP_TYPE } from './messages.ts';

export const icmpCodec: Codec = {
  name: 'icmp',
  title: 'ICMP',
  varies: ['icmp.checksum', 'icmp.identifier'],
  dissect(bytes, start, end): Layer {
    const type = start < Math.min(end, bytes.length) ? (bytes[start] as number) : -1;
    const declaration = headerOf(type);
    const { fields, size, fault } = declaration.dissect(bytes, start, end);
    const layer = {
      name: 'icmp',
      title: icmpHeader.title,
      source: declaration.source,
      start,
      end: start + size,
      fields,
    };
    if (fault !== undefined) return { ...layer, summary: 'an ICMP message cut within its header', fault };
    const code = bytes[start + icmpHeader.offset.code] as number;
    if (isErrorType(type)) {
      const payload = { start: start + size, end, by: { codec: 'ipv4.quoted' } };
      return { ...layer, summary: describeIcmpError(type, code), payload };
    }
    if (type === ICMP_TYPE.echo || type === ICMP_TYPE.echoReply) {
      const { value } = echoHeader.decode(bytes, start, end);
      const summary = `${typeName(type)} ${value.sequence ?? 0} of 0x${(value.identifier ?? 0).toString(16).padStart(4, '0')}`;
      return { ...layer, summary, end, fields: [...fields, dataField(start + size, end)] };
    }
    return { ...layer, summary: typeName(type), end };
  },
};
