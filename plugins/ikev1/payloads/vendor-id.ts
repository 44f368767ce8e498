import { header, octets } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { vendorName } from '../names/vendor-ids.ts';

/** Vendor ID payload, type 13 (RFC 2408 §3.16): octets that say whose extensions are understood. */
export const vendorId = payloadForm({
  kind: 'VID',
  type: 13,
  title: 'Vendor ID',
  source: 'RFC 2408 §3.16',
  body: single(
    header({
      name: 'ikev1.vendor',
      title: 'Vendor ID',
      source: 'RFC 2408 §3.16',
      fields: { value: octets('rest', { label: 'Vendor ID', remark: vendorName }) },
    }),
  ),
  brief: ({ value }) => {
    const name = vendorName(value);
    return name === undefined ? 'VID' : `VID(${name})`;
  },
});
