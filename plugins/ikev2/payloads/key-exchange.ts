import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { KEY_EXCHANGE_NAMES } from '../names/transforms.ts';

/** Key Exchange payload, type 34 (RFC 7296 §3.4): key exchange method (2) | reserved (2) | public value. */
export const keyExchange = payloadForm({
  kind: 'KE',
  type: 34,
  title: 'Key Exchange',
  source: 'RFC 7296 §3.4',
  body: single(
    header({
      name: 'ikev2.ke',
      title: 'Key Exchange',
      source: 'RFC 7296 §3.4',
      fields: {
        method: unsigned(16, { label: 'Key exchange method', names: KEY_EXCHANGE_NAMES }),
        reserved: unsigned(16),
        value: octets('rest', { label: 'Public value' }),
      },
    }),
  ),
});
