import type { History } from '../core/simulation/index.ts';
import type { TraceRecord } from '../core/trace/index.ts';
import type { FrameReader } from './frame-reader.ts';
import type { FrameIndex } from './frames.ts';
import { sentenceOf } from './stories.ts';
import type { Sentence } from './views.ts';

/** A run whose frames can be read. */
export interface ReadRun {
  readonly history: History;
  readonly index: FrameIndex;
  readonly reader: FrameReader;
}

/** Records as sentences, in which a frame is called by what is in it and not by its number alone. */
export function sentences(run: ReadRun, records: readonly TraceRecord[]): Sentence[] {
  return records.map((record) => {
    const sentence = sentenceOf(run.history, record);
    const named = record.kind === 'transmit' ? frameName(run, record.number) : '';
    return named === ''
      ? sentence
      : { ...sentence, text: `${record.node} put packet ${record.packet} on ${record.link ?? 'a link'}: ${named}` };
  });
}

function frameName({ index, reader }: ReadRun, record: number): string {
  const row = index.rowOf(record);
  const dissection = row < 0 ? undefined : reader.dissect(row);
  if (dissection === undefined) return '';
  const { title, summary } = reader.headline(dissection);
  return title === '' ? '' : `${title}, ${summary}`;
}
