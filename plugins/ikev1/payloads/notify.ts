import { header, octets, read32, unsigned } from '../../../core/index.ts';
import { payloadForm, single } from '../../isakmp/contract.ts';
import { DOI_NAMES, PROTOCOL_NAMES } from '../names/identifiers.ts';
import { NOTIFY, NOTIFY_NAMES, notifyName } from '../names/notify-types.ts';

/** Notification payload, type 11 (RFC 2408 §3.14): DOI (4) | protocol (1) | SPI size (1) | type (2) | SPI | notification data. */
export const notify = payloadForm({
  kind: 'N',
  type: 11,
  title: 'Notification',
  source: 'RFC 2408 §3.14',
  body: single(
    header({
      name: 'ikev1.notify',
      title: 'Notification',
      source: 'RFC 2408 §3.14',
      fields: {
        doi: unsigned(32, { label: 'Domain of interpretation', names: DOI_NAMES }),
        protocol: unsigned(8, { label: 'Protocol ID', names: PROTOCOL_NAMES }),
        spiSize: unsigned(8, { label: 'SPI size', fill: (values) => values.spi.length }),
        type: unsigned(16, { label: 'Notify message type', names: NOTIFY_NAMES }),
        spi: octets((values) => values.spiSize, { label: 'SPI' }),
        data: octets('rest', { label: 'Notification data', remark: (data, { type }) => dataText(type, data) }),
      },
    }),
  ),
  brief: (value) => `N(${notifyName(value.type)})`,
});

/** What the data of a notification says, for the types where it says something. */
function dataText(type: number, data: Uint8Array): string | undefined {
  if (data.length !== 4) return undefined;
  if (type === NOTIFY['R-U-THERE'] || type === NOTIFY['R-U-THERE-ACK']) return `sequence number ${read32(data, 0)}`;
  if (type === NOTIFY['REPLAY-STATUS']) return read32(data, 0) === 0 ? 'replay detection off' : 'replay detection on';
  return undefined;
}
