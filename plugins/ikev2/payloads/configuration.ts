import { flag, header, octets, toHex, unsigned } from '../../../core/index.ts';
import { addressText, payloadForm, single, structure } from '../../isakmp/contract.ts';
import { CONFIGURATION_ATTRIBUTES, CONFIGURATION_TYPES } from '../names/identifiers.ts';

/** Attributes of one payload. */
const MOST_CONFIGURATION_ATTRIBUTES = 256;

/**
 * Configuration payload, type 47 (RFC 7296 §3.15): type (1) | reserved (3) | attributes, each reserved (1 bit), type (15 bits) |
 * length (2) | value.
 */
export const configuration = payloadForm({
  kind: 'CP',
  type: 47,
  title: 'Configuration',
  source: 'RFC 7296 §3.15',
  body: structure({
    header: header({
      name: 'ikev2.cp',
      title: 'Configuration',
      source: 'RFC 7296 §3.15',
      fields: { type: unsigned(8, { names: CONFIGURATION_TYPES }), reserved: unsigned(24) },
    }),
    parts: {
      key: 'attributes',
      of: single(
        header({
          name: 'ikev2.cp-attribute',
          title: 'Configuration attribute',
          source: 'RFC 7296 §3.15.1',
          fields: {
            reserved: flag(),
            type: unsigned(15, { names: CONFIGURATION_ATTRIBUTES }),
            length: unsigned(16, { fill: (values) => values.value.length }),
            value: octets((values) => values.length),
          },
        }),
      ),
      most: MOST_CONFIGURATION_ATTRIBUTES,
      describe: ({ type, value }) => ({
        label: CONFIGURATION_ATTRIBUTES[type] ?? `Attribute ${type}`,
        value: value.length === 4 || value.length === 16 ? addressText(value) : toHex(value),
      }),
    },
  }),
});
