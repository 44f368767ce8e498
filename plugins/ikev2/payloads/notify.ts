import { header, octets, read16, toHex, unsigned } from '../../../core/index.ts';
import { payloadForm, single, type ValueOfStructure } from '../../isakmp/contract.ts';
import { HASH_ALGORITHMS, PROTOCOL_NAMES } from '../names/identifiers.ts';
import { NOTIFY, NOTIFY_NAMES, notifyName } from '../names/notify-types.ts';
import { KEY_EXCHANGE_NAMES } from '../names/transforms.ts';

/** Notify payload, type 41 (RFC 7296 §3.10): protocol (1) | SPI size (1) | type (2) | SPI | notification data. */
export const notify = payloadForm({
  kind: 'N',
  type: 41,
  title: 'Notify',
  source: 'RFC 7296 §3.10',
  body: single(
    header({
      name: 'ikev2.notify',
      title: 'Notify',
      source: 'RFC 7296 §3.10',
      fields: {
        protocol: unsigned(8, { names: PROTOCOL_NAMES }),
        spiSize: unsigned(8, { label: 'SPI size', fill: (values) => values.spi.length }),
        type: unsigned(16, { label: 'Notify message type', names: NOTIFY_NAMES }),
        spi: octets((values) => values.spiSize, { label: 'SPI' }),
        data: octets('rest', { label: 'Notification data', remark: (data, { type }) => dataText(type, data) }),
      },
    }),
  ),
  brief: (value) => `N(${notifyName(value.type)})`,
});

export type Notify = ValueOfStructure<typeof notify.body>;

/** What the data of a notification says, for the types where it says something. */
function dataText(type: number, data: Uint8Array): string | undefined {
  switch (type) {
    case NOTIFY.INVALID_KE_PAYLOAD: {
      if (data.length !== 2) return undefined;
      const method = read16(data, 0);
      return `wants ${KEY_EXCHANGE_NAMES[method] ?? `key exchange method ${method}`}`;
    }
    case NOTIFY.SIGNATURE_HASH_ALGORITHMS: {
      const names: string[] = [];
      for (let at = 0; at + 1 < data.length; at += 2)
        names.push(HASH_ALGORITHMS[read16(data, at)] ?? toHex(data.slice(at, at + 2)));
      return names.join(', ');
    }
    case NOTIFY.ADDITIONAL_IP4_ADDRESS:
      return data.length === 4 ? data.join('.') : undefined;
    default:
      return undefined;
  }
}
