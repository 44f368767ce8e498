import { header, octets } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';

/** Hash payload, type 8 (RFC 2408 §3.11): what the pseudorandom function gave. */
export const hashPayload = payloadForm({
  kind: 'HASH',
  type: 8,
  title: 'Hash',
  source: 'RFC 2408 §3.11',
  body: single(
    header({
      name: 'ikev1.hash',
      title: 'Hash',
      source: 'RFC 2408 §3.11',
      fields: { value: octets('rest', { label: 'Hash data' }) },
    }),
  ),
});
