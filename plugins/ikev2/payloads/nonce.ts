import { header, octets } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';

/** Octets of a nonce (RFC 7296 §3.9). */
export const SHORTEST_NONCE = 16;
export const LONGEST_NONCE = 256;

/** Nonce payload, type 40 (RFC 7296 §3.9): 16 to 256 octets of chance. */
export const nonce = payloadForm({
  kind: 'Nonce',
  type: 40,
  title: 'Nonce',
  source: 'RFC 7296 §3.9',
  body: single(
    header({
      name: 'ikev2.nonce',
      title: 'Nonce',
      source: 'RFC 7296 §3.9',
      fields: {
        value: octets('rest', {
          label: 'Nonce',
          check: ({ length }) =>
            length < SHORTEST_NONCE || length > LONGEST_NONCE
              ? `a nonce of ${length} octets, not ${SHORTEST_NONCE} to ${LONGEST_NONCE}`
              : undefined,
        }),
      },
    }),
  ),
});
