import type { CaptureRecord } from './captured.ts';
import { longEnough, utf8 } from './options.ts';
import { NAME_ADDRESS_BYTES, NAME_RECORD_END, padded, SECRETS_BODY_BYTES } from './pcapng-format.ts';
import { type Block, type CaptureReader, report } from './reading.ts';

/** Decryption secrets block: `type(4) length(4) secrets padding options`. */
export function secretsBlock(reader: CaptureReader, block: Block, records: CaptureRecord[]): void {
  if (!longEnough(reader, block, SECRETS_BODY_BYTES, records)) return;
  const { view, bytes } = block.window;
  const length = view.getUint32(block.start + 4, reader.littleEndian);
  const dataAt = block.start + SECRETS_BODY_BYTES;
  if (length > block.end - dataAt) {
    report(reader, records, {
      code: 'field-length',
      at: block.window.at + block.start + 4,
      header: block.name,
      field: 'length of the secrets',
      expected: `at most ${block.end - dataAt}, what is left of the block`,
      found: String(length),
    });
    return;
  }
  if (reader.secretsCount === reader.limits.secrets) {
    report(reader, records, {
      code: 'limit',
      at: block.at,
      header: block.name,
      expected: `at most ${reader.limits.secrets} of them`,
      found: 'one more, which is passed over',
    });
    return;
  }
  reader.secretsCount++;
  const type = view.getUint32(block.start, reader.littleEndian);
  records.push({ kind: 'secrets', secrets: { at: block.at, type, bytes: bytes.slice(dataAt, dataAt + length) } });
}

/** Name resolution block: records `type(2) length(2) address names padding`, each name ended by a zero, up to one of type 0. */
export function nameResolutionBlock(reader: CaptureReader, block: Block, records: CaptureRecord[]): void {
  const { view } = block.window;
  let at = block.start;
  while (at < block.end) {
    const left = block.end - at - 4;
    const type = left < 0 ? NAME_RECORD_END : view.getUint16(at, reader.littleEndian);
    const length = left < 0 ? 0 : view.getUint16(at + 2, reader.littleEndian);
    if (left < 0 || length > left) {
      report(reader, records, {
        code: 'field-length',
        at: block.window.at + at,
        header: block.name,
        field: 'name record',
        expected: left < 0 ? '4 octets of its type and length' : `at most ${left} octets, what is left of the block`,
        found: left < 0 ? `${block.end - at} before the end of the block` : String(length),
      });
      return;
    }
    if (type === NAME_RECORD_END) return;
    if (!nameRecord(reader, block, at, type, length, records)) return;
    at += 4 + padded(length);
  }
}

/** Returns whether to go on. A record of a type that this reader does not know is passed over. */
function nameRecord(
  reader: CaptureReader,
  block: Block,
  at: number,
  type: number,
  length: number,
  records: CaptureRecord[],
): boolean {
  const addressBytes = NAME_ADDRESS_BYTES[type];
  if (addressBytes === undefined) return true;
  const fileAt = block.window.at + at;
  if (length < addressBytes) {
    report(reader, records, {
      code: 'field-length',
      at: fileAt + 2,
      header: block.name,
      field: 'length of the name record',
      expected: `at least ${addressBytes}, an address of type ${type}`,
      found: String(length),
    });
    return true;
  }
  const address = block.window.bytes.slice(at + 4, at + 4 + addressBytes);
  const text = utf8(block.window.bytes.slice(at + 4 + addressBytes, at + 4 + length));
  const names = text.split('\0').filter((name) => name !== '');
  // An address without a name counts too, or a block of them would cost nothing.
  const count = Math.max(1, names.length);
  if (reader.nameCount + count > reader.limits.names) {
    report(reader, records, {
      code: 'limit',
      at: fileAt,
      header: block.name,
      expected: `at most ${reader.limits.names} names`,
      found: 'more; the rest of the block is passed over',
    });
    return false;
  }
  reader.nameCount += count;
  records.push({ kind: 'name', name: { at: fileAt, type, address, names } });
  return true;
}
