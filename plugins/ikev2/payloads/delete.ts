import { header, octets, unsigned } from '../../../core/index.ts';
import { payloadForm, single, type ValueOfStructure } from '../../isakmp/contract.ts';
import { PROTOCOL_NAMES } from '../names/identifiers.ts';

/** Delete payload, type 42 (RFC 7296 §3.11): protocol (1) | SPI size (1): 0 for IKE, 4 for AH and ESP | number of SPIs (2) | SPIs. */
export const deletePayload = payloadForm({
  kind: 'D',
  type: 42,
  title: 'Delete',
  source: 'RFC 7296 §3.11',
  body: single(
    header({
      name: 'ikev2.delete',
      title: 'Delete',
      source: 'RFC 7296 §3.11',
      fields: {
        protocol: unsigned(8, { names: PROTOCOL_NAMES }),
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

export type Delete = ValueOfStructure<typeof deletePayload.body>;

/** The SPIs of a Delete payload for AH or ESP, as numbers. None where their size is not 4. */
export function deletedSpis({ spiSize, spis }: Delete): readonly number[] {
  if (spiSize !== 4) return [];
  const list: number[] = [];
  for (let at = 0; at + 3 < spis.length; at += 4) {
    list.push(
      (((spis[at] as number) << 24) |
        ((spis[at + 1] as number) << 16) |
        ((spis[at + 2] as number) << 8) |
        (spis[at + 3] as number)) >>>
        0,
    );
  }
  return list;
}
