import { header, octets } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';

/** Vendor ID payload, type 43 (RFC 7296 §3.12): octets that say whose extensions are understood. */
export const vendorId = payloadForm({
  kind: 'V',
  type: 43,
  title: 'Vendor ID',
  source: 'RFC 7296 §3.12',
  body: single(
    header({
      name: 'ikev2.vendor',
      title: 'Vendor ID',
      source: 'RFC 7296 §3.12',
      fields: { value: octets('rest', { label: 'Vendor ID', remark: (value) => printable(value) }) },
    }),
  ),
});

/** The text of a vendor ID that is one. */
function printable(value: Uint8Array): string | undefined {
  if (value.length === 0 || value.some((octet) => octet < 0x20 || octet > 0x7e)) return undefined;
  return String.fromCharCode(...value.subarray(0, LONGEST_TEXT));
}

const LONGEST_TEXT = 64;
