import { header, octets } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';

/** Key Exchange payload, type 4 (RFC 2408 §3.7): the public value. */
export const keyExchange = payloadForm({
  kind: 'KE',
  type: 4,
  title: 'Key Exchange',
  source: 'RFC 2408 §3.7',
  body: single(
    header({
      name: 'ikev1.ke',
      title: 'Key Exchange',
      source: 'RFC 2408 §3.7',
      fields: { value: octets('rest', { label: 'Public value' }) },
    }),
  ),
});
