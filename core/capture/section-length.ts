import type { CaptureRecord } from './captured.ts';
import { type CaptureReader, report } from './reading.ts';

/** Holds the length that the section's header gave, where it gave one, against where the section ended. */
export function checkSectionLength(reader: CaptureReader, endAt: number, records: CaptureRecord[]): void {
  const length = endAt - reader.sectionBodyAt;
  if (reader.sectionBodyLength === -1 || reader.sectionBodyLength === length) return;
  report(reader, records, {
    code: 'section-length',
    at: endAt,
    header: 'section',
    expected: `${reader.sectionBodyLength} octets after its header, which says so`,
    found: `its end after ${length}`,
  });
}
