import { nameResolutionBlock, secretsBlock } from './annotation-blocks.ts';
import type { CaptureRecord } from './captured.ts';
import { enhancedPacketBlock, obsoletePacketBlock, simplePacketBlock } from './packet-blocks.ts';
import {
  BLOCK_BYTES_LEAST,
  BLOCK_HEADER_BYTES,
  BLOCK_TYPE,
  BYTE_ORDER_MAGIC,
  SECTION_START_BYTES,
} from './pcapng-format.ts';
import { type Block, type CaptureReader, report, stop, type Window, want } from './reading.ts';
import { interfaceBlock, sectionBlock } from './section-blocks.ts';

interface BlockKind {
  readonly name: string;
  readonly read: (reader: CaptureReader, block: Block, records: CaptureRecord[]) => void;
}

/** The blocks this reader knows. Others are passed over, as the format wants it. */
const BLOCK_KINDS: ReadonlyMap<number, BlockKind> = new Map<number, BlockKind>([
  [BLOCK_TYPE.section, { name: 'section header block', read: sectionBlock }],
  [BLOCK_TYPE.interface, { name: 'interface description block', read: interfaceBlock }],
  [BLOCK_TYPE.packet, { name: 'packet block', read: obsoletePacketBlock }],
  [BLOCK_TYPE.simplePacket, { name: 'simple packet block', read: simplePacketBlock }],
  [BLOCK_TYPE.nameResolution, { name: 'name resolution block', read: nameResolutionBlock }],
  [BLOCK_TYPE.enhancedPacket, { name: 'enhanced packet block', read: enhancedPacketBlock }],
  [BLOCK_TYPE.decryptionSecrets, { name: 'decryption secrets block', read: secretsBlock }],
]);

/**
 * Reads the next block of a pcapng file; returns the octets consumed, 0 where more are needed. A block's length is believed only
 * where the end of the block repeats it: that is the format's one means of telling a lie from a length, so a block where the two
 * differ ends the reading.
 */
export function readBlock(reader: CaptureReader, window: Window, at: number, records: CaptureRecord[]): number {
  const { view } = window;
  const left = window.length - at;
  const fileAt = window.at + at;
  if (left < BLOCK_HEADER_BYTES) return want(reader, BLOCK_HEADER_BYTES, 'block header');
  const type = view.getUint32(at, reader.littleEndian);
  const kind = BLOCK_KINDS.get(type);
  const header = kind?.name ?? `block of type ${type}`;
  if (type === BLOCK_TYPE.section) {
    if (left < SECTION_START_BYTES) return want(reader, SECTION_START_BYTES, header);
    const magic = view.getUint32(at + BLOCK_HEADER_BYTES, true);
    if (magic !== BYTE_ORDER_MAGIC && magic !== BYTE_ORDER_MAGIC_REVERSED) {
      return stop(reader, records, {
        code: 'magic',
        at: fileAt + BLOCK_HEADER_BYTES,
        header,
        field: 'byte-order magic',
        expected: '1a2b3c4d in either byte order',
        found: view
          .getUint32(at + BLOCK_HEADER_BYTES, false)
          .toString(16)
          .padStart(8, '0'),
      });
    }
    reader.littleEndian = magic === BYTE_ORDER_MAGIC;
  }
  const length = view.getUint32(at + 4, reader.littleEndian);
  if (length < BLOCK_BYTES_LEAST || length > reader.limits.blockBytes) {
    const short = length < BLOCK_BYTES_LEAST;
    return stop(reader, records, {
      code: short ? 'block-length' : 'limit',
      at: fileAt + 4,
      header,
      field: 'length of the block',
      expected: short ? `at least ${BLOCK_BYTES_LEAST} octets` : `at most ${reader.limits.blockBytes} octets`,
      found: String(length),
    });
  }
  if (left < length) return want(reader, length, header);
  const repeated = view.getUint32(at + length - 4, reader.littleEndian);
  if (repeated !== length) {
    return stop(reader, records, {
      code: 'block-length',
      at: fileAt + length - 4,
      header,
      field: 'length repeated at its end',
      expected: `${length}, as at its start`,
      found: String(repeated),
    });
  }
  if (length % 4 !== 0) {
    report(reader, records, {
      code: 'block-length',
      at: fileAt + 4,
      header,
      field: 'length of the block',
      expected: 'a multiple of 4',
      found: String(length),
    });
  }
  if (kind === undefined) reader.skippedBlocks++;
  else
    kind.read(
      reader,
      { window, name: header, start: at + BLOCK_HEADER_BYTES, end: at + length - 4, at: fileAt },
      records,
    );
  return reader.stopped ? 0 : length;
}

const BYTE_ORDER_MAGIC_REVERSED = 0x4d3c2b1a;
