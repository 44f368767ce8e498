import type { CapturedInterface, CapturedSection, CaptureRecord, TimeResolution } from './captured.ts';
import { longEnough, optionText, readOptions, sizedOption } from './options.ts';
import {
  INTERFACE_BODY_BYTES,
  OPTION,
  RESOLUTION_DEFAULT,
  RESOLUTION_OF_TWO,
  SECTION_BODY_BYTES,
} from './pcapng-format.ts';
import { type Block, type CaptureReader, type Draft, report, stop } from './reading.ts';
import { checkSectionLength } from './section-length.ts';

const VERSION_MAJOR = 1;
/** 1.2 differs from 1.0 in nothing that changes how a block is read. */
const VERSION_MINORS: readonly number[] = [0, 2];

/** Section header block: `magic(4) major(2) minor(2) sectionLength(8) options`. */
export function sectionBlock(reader: CaptureReader, block: Block, records: CaptureRecord[]): void {
  if (reader.sectionCount > 0) checkSectionLength(reader, block.at, records);
  const { view } = block.window;
  const little = reader.littleEndian;
  if (reader.sectionCount === reader.limits.sections) {
    stop(reader, records, {
      code: 'limit',
      at: block.at,
      header: block.name,
      expected: `at most ${reader.limits.sections} sections`,
      found: 'one more',
    });
    return;
  }
  if (block.end - block.start < SECTION_BODY_BYTES) {
    stop(reader, records, {
      code: 'block-length',
      at: block.at + 4,
      header: block.name,
      field: 'length of the block',
      expected: `a body of at least ${SECTION_BODY_BYTES} octets`,
      found: String(block.end - block.start),
    });
    return;
  }
  const major = view.getUint16(block.start + 4, little);
  const minor = view.getUint16(block.start + 6, little);
  if (major !== VERSION_MAJOR || !VERSION_MINORS.includes(minor)) {
    stop(reader, records, {
      code: 'version',
      at: block.at + 12,
      header: block.name,
      field: 'version',
      expected: VERSION_MINORS.map((one) => `${VERSION_MAJOR}.${one}`).join(' or '),
      found: `${major}.${minor}`,
    });
    return;
  }
  reader.sectionCount++;
  reader.interfaces = [];
  reader.sectionBodyAt = block.at + (block.end - block.start) + 12;
  reader.sectionBodyLength = Number(view.getBigInt64(block.start + 8, little));
  const section: Draft<CapturedSection> = { at: block.at, littleEndian: little };
  const comments: string[] = [];
  readOptions(reader, block, block.start + SECTION_BODY_BYTES, records, (code, at, length) => {
    if (code === OPTION.comment) comments.push(optionText(block, at, length));
    else if (code === OPTION.sectionHardware) section.hardware = optionText(block, at, length);
    else if (code === OPTION.sectionOperatingSystem) section.operatingSystem = optionText(block, at, length);
    else if (code === OPTION.sectionApplication) section.application = optionText(block, at, length);
  });
  if (comments.length > 0) section.comments = comments;
  records.push({ kind: 'section', section });
}

/** Interface description block: `linkType(2) reserved(2) snapLength(4) options`. */
export function interfaceBlock(reader: CaptureReader, block: Block, records: CaptureRecord[]): void {
  if (reader.interfaceCount === reader.limits.interfaces) {
    stop(reader, records, {
      code: 'limit',
      at: block.at,
      header: block.name,
      expected: `at most ${reader.limits.interfaces} interfaces`,
      found: 'one more',
    });
    return;
  }
  if (!longEnough(reader, block, INTERFACE_BODY_BYTES, records)) {
    // It keeps its number, so that the packets of those after it are not taken for another's.
    reader.interfaces.push(undefined);
    return;
  }
  const { view } = block.window;
  const little = reader.littleEndian;
  const described: Draft<CapturedInterface> = {
    at: block.at,
    section: reader.sectionCount - 1,
    linkType: view.getUint16(block.start, little),
    snapLength: view.getUint32(block.start + 4, little),
    resolution: { base: 10, exponent: RESOLUTION_DEFAULT },
    offsetSeconds: 0,
  };
  const comments: string[] = [];
  readOptions(reader, block, block.start + INTERFACE_BODY_BYTES, records, (code, at, length) => {
    if (code === OPTION.comment) comments.push(optionText(block, at, length));
    else if (code === OPTION.interfaceName) described.name = optionText(block, at, length);
    else if (code === OPTION.interfaceDescription) described.description = optionText(block, at, length);
    else if (code === OPTION.interfaceResolution) {
      if (sizedOption(reader, block, at, length, 1, 'timestamp resolution', records)) {
        described.resolution = resolutionOf(view.getUint8(at));
      }
    } else if (code === OPTION.interfaceOffset) {
      if (sizedOption(reader, block, at, length, 8, 'timestamp offset', records)) {
        described.offsetSeconds = offsetOf(reader, block, at, records);
      }
    }
  });
  if (comments.length > 0) described.comments = comments;
  const { base, exponent } = described.resolution;
  reader.interfaces.push({
    index: reader.interfaceCount++,
    snapLength: described.snapLength,
    clock: {
      ticksPerSecond: base === 2 ? 2n ** BigInt(exponent) : 10n ** BigInt(exponent),
      offsetSeconds: described.offsetSeconds,
    },
  });
  records.push({ kind: 'interface', interface: described });
}

function resolutionOf(octet: number): TimeResolution {
  return { base: octet & RESOLUTION_OF_TWO ? 2 : 10, exponent: octet & ~RESOLUTION_OF_TWO };
}

function offsetOf(reader: CaptureReader, block: Block, at: number, records: CaptureRecord[]): number {
  const seconds = block.window.view.getBigInt64(at, reader.littleEndian);
  if (Number.isSafeInteger(Number(seconds))) return Number(seconds);
  report(reader, records, {
    code: 'time',
    at: block.window.at + at,
    header: block.name,
    field: 'timestamp offset',
    expected: 'seconds within 53 bits',
    found: `${seconds}, read as 0`,
  });
  return 0;
}
