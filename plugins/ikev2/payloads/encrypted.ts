import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';

/**
 * Encrypted payload, type 46 (RFC 7296 §3.14): initialization vector | ciphertext of the inner payloads, padding and pad length |
 * integrity checksum. How long each is, the negotiated transforms say. It is the last of a message, and its header names the first
 * payload inside.
 */
export const encrypted = payloadForm({
  kind: 'SK',
  type: 46,
  title: 'Encrypted and Authenticated',
  source: 'RFC 7296 §3.14',
  body: single(
    header({
      name: 'ikev2.sk',
      title: 'Encrypted and Authenticated',
      source: 'RFC 7296 §3.14',
      fields: { content: octets('rest', { label: 'Encrypted content' }) },
    }),
  ),
});

/** Octets of a fragment's number and the number of all, before what is as in the encrypted payload. */
export const FRAGMENT_PREFIX_OCTETS = 4;

/** Encrypted fragment, type 53 (RFC 7383 §2.5): fragment number (2) | total fragments (2) | content as in the encrypted payload. */
export const encryptedFragment = payloadForm({
  kind: 'SKF',
  type: 53,
  title: 'Encrypted and Authenticated Fragment',
  source: 'RFC 7383 §2.5',
  body: single(
    header({
      name: 'ikev2.skf',
      title: 'Encrypted and Authenticated Fragment',
      source: 'RFC 7383 §2.5',
      fields: {
        number: unsigned(16, { label: 'Fragment number' }),
        total: unsigned(16, { label: 'Total fragments' }),
        content: octets('rest', { label: 'Encrypted content' }),
      },
    }),
  ),
  brief: ({ number, total }) => `SKF(${number}/${total})`,
});
