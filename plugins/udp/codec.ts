import { type Codec, foldSum, type Layer, sumWords } from '../../core/index.ts';
import { sumPseudoHeader } from '../ipv4/contract.ts';
import { PORT_NAMES, udpHeader } from './headers.ts';

const UDP_PROTOCOL = 17;

export const udpCodec: Codec = {
  name: 'udp',
  title: 'UDP',
  dissect(bytes, start, end, context): Layer {
    const dissected = udpHeader.dissect(bytes, start, end);
    const decoded = udpHeader.decode(bytes, start, end);
    const layer = {
      name: 'udp',
      title: udpHeader.title,
      source: udpHeader.source,
      start,
      end: start + dissected.size,
      fields: dissected.fields,
    };
    if (!decoded.ok) return { ...layer, summary: 'a UDP header that cannot be read', fault: decoded.fault };
    const { sourcePort, destinationPort, length, checksum } = decoded.value;
    const below = context.outer[context.outer.length - 1];
    const remark =
      checksum === 0
        ? 'none'
        : below?.name !== 'ipv4'
          ? undefined
          : foldSum(
                sumWords(bytes, start, start + length, sumPseudoHeader(bytes, below.start, UDP_PROTOCOL, length)),
              ) === 0
            ? 'correct'
            : 'wrong';
    const payload = { start: start + dissected.size, end: start + length };
    return {
      ...layer,
      summary: `${sourcePort} → ${destinationPort}, ${length - dissected.size} octets`,
      fields: layer.fields.map((field) =>
        field.name === 'udp.checksum' && remark !== undefined ? { ...field, remark } : field,
      ),
      payload: { ...payload, by: { below: 'udp', key: readerPort(sourcePort, destinationPort) } },
    };
  },
};

/** The port that says what the payload is: one with a name, the receiver's first; else the lesser. */
function readerPort(source: number, destination: number): number {
  if (PORT_NAMES[destination] !== undefined) return destination;
  if (PORT_NAMES[source] !== undefined) return source;
  return Math.min(source, destination);
}
