import type { CaptureRecord } from './captured.ts';
import { padded } from './pcapng-format.ts';
import { type Block, type CaptureReader, report } from './reading.ts';

const OPTION_HEADER_BYTES = 4;
const OPTION_END = 0;

/**
 * Walks the options of a block, `code(2) length(2) value padding`, from `start` of its window to its end or its end-of-options. An
 * option that runs past the block is a fault and the last one looked at; the rest of the block stands.
 */
export function readOptions(
  reader: CaptureReader,
  block: Block,
  start: number,
  records: CaptureRecord[],
  take: (code: number, at: number, length: number) => void,
): void {
  const { view } = block.window;
  let at = start;
  for (let count = 0; at < block.end; count++) {
    const left = block.end - at - OPTION_HEADER_BYTES;
    const fileAt = block.window.at + at;
    if (count === reader.limits.options) {
      const expected = `at most ${reader.limits.options} of them`;
      report(reader, records, {
        code: 'limit',
        at: fileAt,
        header: block.name,
        field: 'options',
        expected,
        found: 'more',
      });
      return;
    }
    if (left < 0) {
      report(reader, records, {
        code: 'option',
        at: fileAt,
        header: block.name,
        field: 'options',
        expected: `${OPTION_HEADER_BYTES} octets of an option's code and length`,
        found: `${block.end - at} before the end of the block`,
      });
      return;
    }
    const code = view.getUint16(at, reader.littleEndian);
    const length = view.getUint16(at + 2, reader.littleEndian);
    if (code === OPTION_END) return;
    if (length > left) {
      report(reader, records, {
        code: 'option',
        at: fileAt + 2,
        header: block.name,
        field: `length of option ${code}`,
        expected: `at most ${left}, what is left of the block`,
        found: String(length),
      });
      return;
    }
    take(code, at + OPTION_HEADER_BYTES, length);
    at += OPTION_HEADER_BYTES + padded(length);
  }
}

/** The text of an option. Some writers end it with zeros, which are not part of it. */
export function optionText(block: Block, at: number, length: number): string {
  const bytes = block.window.bytes.slice(at, at + length);
  let end = length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return utf8(bytes.subarray(0, end));
}

/** UTF-8, as it stands: no byte-order mark is swallowed, and what is not UTF-8 becomes U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Whether an option has the one length it can have. */
export function sizedOption(
  reader: CaptureReader,
  block: Block,
  at: number,
  length: number,
  expected: number,
  field: string,
  records: CaptureRecord[],
): boolean {
  if (length === expected) return true;
  report(reader, records, {
    code: 'option',
    at: block.window.at + at - 2,
    header: block.name,
    field: `length of ${field}`,
    expected: String(expected),
    found: String(length),
  });
  return false;
}

/** Whether the fixed part of a block's body is there. */
export function longEnough(reader: CaptureReader, block: Block, least: number, records: CaptureRecord[]): boolean {
  if (block.end - block.start >= least) return true;
  report(reader, records, {
    code: 'block-length',
    at: block.at + 4,
    header: block.name,
    field: 'length of the block',
    expected: `a body of at least ${least} octets`,
    found: String(block.end - block.start),
  });
  return false;
}
