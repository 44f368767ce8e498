import { header, octets } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';

/** Signature payload, type 9 (RFC 2408 §3.12). */
export const signature = payloadForm({
  kind: 'SIG',
  type: 9,
  title: 'Signature',
  source: 'RFC 2408 §3.12',
  body: single(
    header({
      name: 'ikev1.sig',
      title: 'Signature',
      source: 'RFC 2408 §3.12',
      fields: { value: octets('rest', { label: 'Signature data' }) },
    }),
  ),
});
