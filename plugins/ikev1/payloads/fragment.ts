import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';

/** Fragment of a message, type 132 (MS-IKEE §2.2.3.1): fragment ID (2) | number (1) | flags (1) | octets of the whole message. */
export const fragment = payloadForm({
  kind: 'FRAG',
  type: 132,
  title: 'Fragment',
  source: 'MS-IKEE §2.2.3.1',
  body: single(
    header({
      name: 'ikev1.fragment',
      title: 'Fragment',
      source: 'MS-IKEE §2.2.3.1',
      fields: {
        id: unsigned(16, { label: 'Fragment ID' }),
        number: unsigned(8, { label: 'Fragment number' }),
        flags: unsigned(8, { names: { 0: 'more follow', 1: 'last' } }),
        octets: octets('rest', { label: 'Part of the message' }),
      },
    }),
  ),
});
