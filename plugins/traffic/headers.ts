import { type Codec, formatDuration, header, type Layer, octets, SECOND, unsigned } from '../../core/index.ts';

/** What a test datagram starts with, so that a sink knows one: `IKBT`. */
export const TRAFFIC_MARK = 0x494b4254;

/** The start of every test datagram's payload: enough for a sink to count, and to measure how long it was under way. */
export const trafficHeader = header({
  name: 'traffic',
  title: 'Test traffic',
  source: 'Ikebana, plugins/traffic',
  fields: {
    mark: unsigned(32, {
      radix: 16,
      fill: () => TRAFFIC_MARK,
      check: (value) => (value === TRAFFIC_MARK ? undefined : 'this is no test datagram: the mark is missing'),
    }),
    flow: unsigned(32, { radix: 16 }),
    sequence: unsigned(32),
    seconds: unsigned(32, { label: 'Sent, seconds' }),
    nanoseconds: unsigned(32, {
      label: 'Sent, nanoseconds',
      check: (value) => (value < SECOND ? undefined : `${value} nanoseconds are more than a second`),
    }),
    padding: octets('rest'),
  },
});

/** Octets of the part that is read: the least payload. */
export const LEAST_PAYLOAD = trafficHeader.fixedSize;

export const trafficCodec: Codec = {
  name: 'traffic',
  title: 'Test traffic',
  dissect(bytes, start, end): Layer {
    const { fields, size, fault } = trafficHeader.dissect(bytes, start, end);
    const decoded = trafficHeader.decode(bytes, start, end);
    const layer = { name: 'traffic', title: trafficHeader.title, start, end: start + size, fields };
    if (!decoded.ok) return { ...layer, summary: 'no test datagram', ...(fault === undefined ? {} : { fault }) };
    const { flow, sequence, seconds, nanoseconds } = decoded.value;
    const sent = formatDuration(seconds * SECOND + nanoseconds);
    return { ...layer, summary: `flow ${flow.toString(16).padStart(8, '0')}, number ${sequence}, sent at ${sent}` };
  },
};
