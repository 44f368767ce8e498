import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { EAP_CODES, EAP_TYPES } from '../names/identifiers.ts';

/** Extensible Authentication Protocol payload, type 48 (RFC 7296 §3.16): code (1) | identifier (1) | length (2) | type (1) | type data. */
export const eap = payloadForm({
  kind: 'EAP',
  type: 48,
  title: 'Extensible Authentication',
  source: 'RFC 7296 §3.16',
  body: single(
    header({
      name: 'ikev2.eap',
      title: 'Extensible Authentication',
      source: 'RFC 7296 §3.16',
      fields: {
        code: unsigned(8, { names: EAP_CODES }),
        identifier: unsigned(8),
        length: unsigned(16, {
          fill: (_, context) => context.size,
          check: (length, _, { available }) =>
            length < 4 || length > available ? `a length of ${length} octets, and ${available} are there` : undefined,
        }),
        // Success and failure end after the length.
        type: octets((values) => (values.length > 4 ? 1 : 0), {
          label: 'EAP type',
          remark: ([type]) => (type === undefined ? undefined : EAP_TYPES[type]),
        }),
        data: octets((values) => (values.length > 4 ? values.length - 5 : 0), { label: 'Type data' }),
      },
    }),
  ),
  brief: ({ code, type }) =>
    `EAP(${EAP_CODES[code] ?? code}${type[0] === undefined ? '' : ` ${EAP_TYPES[type[0]] ?? type[0]}`})`,
});
