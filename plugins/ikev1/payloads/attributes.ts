import { flag, header, octets, toHex, unsigned } from '../../../core/index.ts';
import { addressText, payloadForm, printableText, single, structure } from '../../isakmp/contract.ts';
import { CONFIGURATION_ATTRIBUTES, CONFIGURATION_TYPES, TEXT_ATTRIBUTES } from '../names/identifiers.ts';

/** Attributes of one payload. */
const MOST_CONFIGURATION_ATTRIBUTES = 256;

/**
 * Attribute payload, type 14 (draft-dukes-ike-mode-cfg-02 §3.2), which Mode Config and XAUTH use: type (1) | reserved (1) | identifier (2)
 * | attributes, each as in RFC 2408 §3.3.
 */
export const attributes = payloadForm({
  kind: 'ATTR',
  type: 14,
  title: 'Attributes',
  source: 'draft-dukes-ike-mode-cfg-02 §3.2',
  body: structure({
    header: header({
      name: 'ikev1.attr',
      title: 'Attributes',
      source: 'draft-dukes-ike-mode-cfg-02 §3.2',
      fields: { type: unsigned(8, { names: CONFIGURATION_TYPES }), reserved: unsigned(8), identifier: unsigned(16) },
    }),
    parts: {
      key: 'attributes',
      of: single(
        header({
          name: 'ikev1.cfg-attribute',
          title: 'Attribute',
          source: 'RFC 2408 §3.3',
          fields: {
            shortForm: flag({ label: 'Format: type and value' }),
            type: unsigned(15, { names: CONFIGURATION_ATTRIBUTES }),
            lengthOrValue: unsigned(16, { fill: (values) => values.value.length }),
            value: octets((values) => (values.shortForm ? 0 : values.lengthOrValue)),
          },
        }),
      ),
      most: MOST_CONFIGURATION_ATTRIBUTES,
      describe: ({ type, shortForm, lengthOrValue, value }) => ({
        label: CONFIGURATION_ATTRIBUTES[type] ?? `Attribute ${type}`,
        value: shortForm ? String(lengthOrValue) : valueText(type, value),
      }),
    },
  }),
  brief: ({ type }) => `ATTR(${CONFIGURATION_TYPES[type] ?? type})`,
});

function valueText(type: number, value: Uint8Array): string {
  if (TEXT_ATTRIBUTES.has(type)) return printableText(value);
  return value.length === 4 || value.length === 16 ? addressText(value) : toHex(value);
}
