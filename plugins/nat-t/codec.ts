import { type Codec, type Layer, read32 } from '../../core/index.ts';
import { ABOVE, KEEPALIVE, LEAST_SIZE, MARKER_SIZE, natKeepalive, nonEspMarker, unknownInUdp } from './headers.ts';

/** What port 4500 carries, for people: a marker and IKE, ESP from its first octet on, or a keepalive. */
export const natTraversalCodec: Codec = {
  name: 'nat-t',
  title: 'NAT traversal',
  dissect(bytes, start, end): Layer {
    if (end - start === 1 && bytes[start] === KEEPALIVE) {
      return layer(natKeepalive, 'NAT keepalive', bytes, start, end);
    }
    if (end - start < LEAST_SIZE) {
      const message = `${end - start} octets are no IKE, no ESP and no keepalive`;
      const fault = { header: 'nat-t', at: start, message };
      return { ...layer(unknownInUdp, message, bytes, start, end), fault };
    }
    if (read32(bytes, start) !== 0) {
      return {
        name: 'nat-t',
        title: 'ESP in UDP',
        source: 'RFC 3948 §2.1',
        summary: 'ESP in UDP',
        start,
        end: start,
        fields: [],
        payload: { start, end, by: { below: 'nat-t', key: ABOVE.esp } },
      };
    }
    const by = { below: 'nat-t', key: ABOVE.ike };
    return {
      ...layer(nonEspMarker, 'non-ESP marker: IKE', bytes, start, start + MARKER_SIZE),
      payload: { start: start + MARKER_SIZE, end, by },
    };
  },
};

type Declared = typeof natKeepalive | typeof nonEspMarker | typeof unknownInUdp;

function layer(declared: Declared, summary: string, bytes: Uint8Array, start: number, end: number): Layer {
  const { title, source } = declared;
  return { name: 'nat-t', title, source, summary, start, end, fields: declared.dissect(bytes, start, end).fields };
}
