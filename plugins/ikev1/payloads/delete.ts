import { header, octets, read32, unsigned } from '../../../core/index.ts';
import { payloadForm, single, type ValueOfForm } from '../../isakmp/contract.ts';
import { DOI_NAMES, PROTOCOL_NAMES } from '../names/identifiers.ts';

/** Delete payload, type 12 (RFC 2408 §3.15): DOI (4) | protocol (1) | SPI size (1): 16 for ISAKMP, 4 else | number of SPIs (2) | SPIs. */
export const deletePayload = payloadForm({
  kind: 'D',
  type: 12,
  title: 'Delete',
  source: 'RFC 2408 §3.15',
  body: single(
    header({
      name: 'ikev1.delete',
      title: 'Delete',
      source: 'RFC 2408 §3.15',
      fields: {
        doi: unsigned(32, { label: 'Domain of interpretation', names: DOI_NAMES }),
        protocol: unsigned(8, { label: 'Protocol ID', names: PROTOCOL_NAMES }),
        spiSize: unsigned(8, { label: 'SPI size' }),
        count: unsigned(16, {
          label: 'Number of SPIs',
          fill: (values) => (values.spiSize === 0 ? 0 : values.spis.length / values.spiSize),
        }),
        spis: octets((values) => values.spiSize * values.count, { label: 'SPIs' }),
      },
    }),
  ),
});

export type Delete = ValueOfForm<typeof deletePayload>;

/** The SPIs of a Delete payload for AH or ESP, as numbers. None where their size is not 4. */
export function deletedSpis({ spiSize, spis }: Delete): readonly number[] {
  const list: number[] = [];
  if (spiSize === 4) for (let at = 0; at + 3 < spis.length; at += 4) list.push(read32(spis, at));
  return list;
}
