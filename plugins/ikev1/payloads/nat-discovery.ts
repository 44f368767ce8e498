import { header, octets, unsigned } from '../../../core/index.ts';
import { addressText, payloadForm, single } from '../../isakmp/contract.ts';
import { ID_TYPE_NAMES } from '../names/identifiers.ts';

/** NAT-D payload, type 20, in the drafts before RFC 3947 130 (§3.2): HASH (CKY-I | CKY-R | IP | port) of an end. */
const discovery = (name: string) =>
  single(
    header({
      name,
      title: 'NAT Discovery',
      source: 'RFC 3947 §3.2',
      fields: { value: octets('rest', { label: 'Hash of address and port' }) },
    }),
  );

/** NAT-OA payload, type 21, in the drafts 131 (RFC 3947 §5.2): ID type (1) | reserved (3) | address. */
const originalAddress = (name: string) =>
  single(
    header({
      name,
      title: 'NAT Original Address',
      source: 'RFC 3947 §5.2',
      fields: {
        type: unsigned(8, { label: 'ID type', names: ID_TYPE_NAMES }),
        reserved: unsigned(24),
        address: octets('rest', { format: addressText }),
      },
    }),
  );

export const natDiscovery = payloadForm({
  ...{ kind: 'NAT-D', type: 20, title: 'NAT Discovery', source: 'RFC 3947 §3.2' },
  body: discovery('ikev1.nat-d'),
});

export const natDiscoveryDraft = payloadForm({
  ...{ kind: 'NAT-D-draft', type: 130, title: 'NAT Discovery (draft)' },
  source: 'draft-ietf-ipsec-nat-t-ike-03 §3.2',
  body: discovery('ikev1.nat-d-draft'),
});

export const natOriginalAddress = payloadForm({
  ...{ kind: 'NAT-OA', type: 21, title: 'NAT Original Address', source: 'RFC 3947 §5.2' },
  body: originalAddress('ikev1.nat-oa'),
});

export const natOriginalAddressDraft = payloadForm({
  ...{ kind: 'NAT-OA-draft', type: 131, title: 'NAT Original Address (draft)' },
  source: 'draft-ietf-ipsec-nat-t-ike-03 §5.2',
  body: originalAddress('ikev1.nat-oa-draft'),
});
