import { header, octets } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';

/** Octets of a nonce (RFC 2409 §5). */
export const SHORTEST_NONCE = 8;
export const LONGEST_NONCE = 256;

/** Nonce payload, type 10 (RFC 2408 §3.13): 8 to 256 octets of chance. */
export const nonce = payloadForm({
  kind: 'NONCE',
  type: 10,
  title: 'Nonce',
  source: 'RFC 2408 §3.13',
  body: single(
    header({
      name: 'ikev1.nonce',
      title: 'Nonce',
      source: 'RFC 2408 §3.13',
      fields: {
        value: octets('rest', {
          label: 'Nonce data',
          check: ({ length }) =>
            length < SHORTEST_NONCE || length > LONGEST_NONCE
              ? `a nonce of ${length} octets, not ${SHORTEST_NONCE} to ${LONGEST_NONCE} (RFC 2409 §5)`
              : undefined,
        }),
      },
    }),
  ),
});
