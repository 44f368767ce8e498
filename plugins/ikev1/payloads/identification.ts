import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { identificationText } from '../identity-text.ts';
import { ID_TYPE, ID_TYPE_NAMES } from '../names/identifiers.ts';

/** Octets of the types whose length is fixed. */
const LENGTHS: Readonly<Record<number, number>> = {
  [ID_TYPE.IPV4_ADDR]: 4,
  [ID_TYPE.IPV4_ADDR_SUBNET]: 8,
  [ID_TYPE.IPV4_ADDR_RANGE]: 8,
  [ID_TYPE.IPV6_ADDR]: 16,
  [ID_TYPE.IPV6_ADDR_SUBNET]: 32,
  [ID_TYPE.IPV6_ADDR_RANGE]: 32,
};

/** Identification payload, type 5 (RFC 2407 §4.6.2): ID type (1) | protocol (1) | port (2) | identification. */
export const identification = payloadForm({
  kind: 'ID',
  type: 5,
  title: 'Identification',
  source: 'RFC 2407 §4.6.2',
  body: single(
    header({
      name: 'ikev1.id',
      title: 'Identification',
      source: 'RFC 2407 §4.6.2',
      fields: {
        type: unsigned(8, { label: 'ID type', names: ID_TYPE_NAMES }),
        protocol: unsigned(8, {
          label: 'Protocol ID',
          names: { 0: 'any', 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' },
        }),
        port: unsigned(16),
        octets: octets('rest', {
          label: 'Identification data',
          check: ({ length }, { type }) => {
            const wanted = LENGTHS[type];
            if (wanted === undefined || wanted === length) return undefined;
            return `${ID_TYPE_NAMES[type]} of ${length} octets, not ${wanted}`;
          },
          remark: (value, { type }) => identificationText(type, value),
        }),
      },
    }),
  ),
});
