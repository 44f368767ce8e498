import type { Codec, Layer } from '../../core/index.ts';
import { ISAKMP_HEADER_OCTETS, isakmpHeader } from './header.ts';
import { EXCHANGE_TYPES } from './names.ts';

/** The header that both versions of IKE share. What is behind it, the codec of its major version reads. */
export const isakmpCodec: Codec = {
  name: 'isakmp',
  title: 'ISAKMP',
  varies: ['isakmp.initiatorSpi', 'isakmp.responderSpi'],
  dissect(bytes, start, end): Layer {
    const { fields, size, fault } = isakmpHeader.dissect(bytes, start, end);
    const layer = {
      name: 'isakmp',
      title: isakmpHeader.title,
      source: isakmpHeader.source,
      start,
      end: start + size,
      fields,
    };
    const head = isakmpHeader.decode(bytes, start, end);
    if (!head.ok || fault !== undefined) {
      return { ...layer, summary: 'an ISAKMP header that cannot be read', ...(fault === undefined ? {} : { fault }) };
    }
    const { majorVersion, minorVersion, exchangeType, length } = head.value;
    const exchange = EXCHANGE_TYPES[exchangeType] ?? `exchange ${exchangeType}`;
    return {
      ...layer,
      summary: `ISAKMP ${majorVersion}.${minorVersion}, ${exchange}`,
      payload: {
        start: start + ISAKMP_HEADER_OCTETS,
        end: start + length,
        by: { below: 'isakmp', key: majorVersion },
      },
    };
  },
};
