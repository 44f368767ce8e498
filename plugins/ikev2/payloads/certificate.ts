import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { CERTIFICATE_ENCODINGS } from '../names/identifiers.ts';

/** Certificate payload, type 37 (RFC 7296 §3.6): encoding (1) | certificate. */
export const certificate = payloadForm({
  kind: 'CERT',
  type: 37,
  title: 'Certificate',
  source: 'RFC 7296 §3.6',
  body: single(
    header({
      name: 'ikev2.cert',
      title: 'Certificate',
      source: 'RFC 7296 §3.6',
      fields: {
        encoding: unsigned(8, { names: CERTIFICATE_ENCODINGS }),
        certificate: octets('rest'),
      },
    }),
  ),
});
