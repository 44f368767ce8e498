import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { AUTH_METHOD_NAMES } from '../names/identifiers.ts';

/** Authentication payload, type 39 (RFC 7296 §3.8): method (1) | reserved (3) | authentication data. */
export const authentication = payloadForm({
  kind: 'AUTH',
  type: 39,
  title: 'Authentication',
  source: 'RFC 7296 §3.8',
  body: single(
    header({
      name: 'ikev2.auth',
      title: 'Authentication',
      source: 'RFC 7296 §3.8',
      fields: {
        method: unsigned(8, { label: 'Authentication method', names: AUTH_METHOD_NAMES }),
        reserved: unsigned(24),
        value: octets('rest', { label: 'Authentication data' }),
      },
    }),
  ),
});
