import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { CERTIFICATE_ENCODINGS } from '../names/identifiers.ts';

/** Certificate Request payload, type 38 (RFC 7296 §3.7): encoding (1) | authorities: SHA-1 hashes of their public keys, 20 octets each. */
export const certificateRequest = payloadForm({
  kind: 'CERTREQ',
  type: 38,
  title: 'Certificate Request',
  source: 'RFC 7296 §3.7',
  body: single(
    header({
      name: 'ikev2.certreq',
      title: 'Certificate Request',
      source: 'RFC 7296 §3.7',
      fields: {
        encoding: unsigned(8, { names: CERTIFICATE_ENCODINGS }),
        authorities: octets('rest', { label: 'Certification authorities' }),
      },
    }),
  ),
});
