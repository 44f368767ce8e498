import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { identityText } from '../identity-text.ts';
import { ID_TYPE_NAMES } from '../names/identifiers.ts';

/** Identification payloads, types 35 and 36 (RFC 7296 §3.5): ID type (1) | reserved (3) | identification. */
const body = (name: string) =>
  single(
    header({
      name,
      title: 'Identification',
      source: 'RFC 7296 §3.5',
      fields: {
        type: unsigned(8, { label: 'ID type', names: ID_TYPE_NAMES }),
        reserved: unsigned(24),
        octets: octets('rest', { label: 'Identification', remark: (value, { type }) => identityText(type, value) }),
      },
    }),
  );

export const identificationInitiator = payloadForm({
  kind: 'IDi',
  type: 35,
  title: 'Identification - Initiator',
  source: 'RFC 7296 §3.5',
  body: body('ikev2.idi'),
});

export const identificationResponder = payloadForm({
  kind: 'IDr',
  type: 36,
  title: 'Identification - Responder',
  source: 'RFC 7296 §3.5',
  body: body('ikev2.idr'),
});
