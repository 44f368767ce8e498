import { type Codec, type Fault, foldSum, type Layer, sumWords } from '../../core/index.ts';
import { sumPseudoHeader } from '../ipv4/contract.ts';
import { PORT_NAMES, udpHeader } from './headers.ts';

const UDP_PROTOCOL = 17;

export const udpCodec: Codec = {
  name: 'udp',
  title: 'UDP',
  varies: ['udp.checksum'],
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
    if (!decoded.ok) {
      return cutDatagram(bytes, start, end, layer, decoded.fault) ?? unreadable(layer, decoded.fault);
    }
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

type HeaderLayer = Omit<Layer, 'summary'>;

const unreadable = (layer: HeaderLayer, fault: Fault): Layer => ({
  ...layer,
  summary: 'a UDP header that cannot be read',
  fault,
});

/** A datagram that ends before its length does, as recordings cut packets: what is there of its payload is read all the same. */
function cutDatagram(
  bytes: Uint8Array,
  start: number,
  end: number,
  layer: HeaderLayer,
  fault: Fault,
): Layer | undefined {
  const behind = start + udpHeader.fixedSize;
  if (fault.field !== 'length' || behind > end) return undefined;
  // As if the rest were there, so that the header is judged by itself.
  const whole = new Uint8Array(start + ((bytes[start + 4] as number) << 8) + (bytes[start + 5] as number));
  whole.set(bytes.subarray(start, Math.min(behind, whole.length)), start);
  const read = udpHeader.decode(whole, start, whole.length);
  if (!read.ok) return undefined;
  const { sourcePort, destinationPort, length } = read.value;
  const by = { below: 'udp', key: readerPort(sourcePort, destinationPort) };
  return {
    ...layer,
    fields: udpHeader.dissect(whole, start, whole.length).fields,
    end: behind,
    summary: `${sourcePort} → ${destinationPort}, ${end - behind} of ${length - read.size} octets`,
    fault,
    payload: { start: behind, end, by },
  };
}

/** The port that says what the payload is: one with a name, the receiver's first; else the lesser. */
function readerPort(source: number, destination: number): number {
  if (PORT_NAMES[destination] !== undefined) return destination;
  if (PORT_NAMES[source] !== undefined) return source;
  return Math.min(source, destination);
}
