import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { CERTIFICATE_ENCODINGS } from '../names/identifiers.ts';

/** Certificate payload, type 6 (RFC 2408 §3.9): encoding (1) | certificate. */
export const certificate = payloadForm({
  kind: 'CERT',
  type: 6,
  title: 'Certificate',
  source: 'RFC 2408 §3.9',
  body: single(
    header({
      name: 'ikev1.cert',
      title: 'Certificate',
      source: 'RFC 2408 §3.9',
      fields: {
        encoding: unsigned(8, { names: CERTIFICATE_ENCODINGS }),
        certificate: octets('rest'),
      },
    }),
  ),
});

/** Certificate Request payload, type 7 (RFC 2408 §3.10): certificate type (1) | certification authority. */
export const certificateRequest = payloadForm({
  kind: 'CR',
  type: 7,
  title: 'Certificate Request',
  source: 'RFC 2408 §3.10',
  body: single(
    header({
      name: 'ikev1.cr',
      title: 'Certificate Request',
      source: 'RFC 2408 §3.10',
      fields: {
        encoding: unsigned(8, { label: 'Certificate type', names: CERTIFICATE_ENCODINGS }),
        authority: octets('rest', { label: 'Certification authority' }),
      },
    }),
  ),
});
