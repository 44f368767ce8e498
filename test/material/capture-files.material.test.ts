import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CaptureRecord,
  captureRecords,
  formatCaptureTime,
  joinChunks,
  pcapngChunks,
  type ReadCapture,
  readCapture,
} from '../../core/capture/index.ts';
import { fieldsOf, framesOf, inFolder, judge, withFile } from '../core/capture/tshark-frames.ts';
import { groupWith, material, materialPath, tshark } from '../skip.ts';

/** Captures that other programs wrote (tcpdump, dumpcap, editcap and older ones), read in place and held against tshark's reading. */

const FOLDERS = ['captures', 'captures-public'];
const ENDINGS = /\.(pcap|pcapng|cap)$/;
const FIELDS = ['frame.time_epoch', 'frame.len', 'frame.cap_len'];

function capturePaths(folder: string): string[] {
  const names = readdirSync(materialPath(folder)).filter((name) => ENDINGS.test(name));
  return names.sort().map((name) => materialPath(folder, name));
}

const rowsOf = (read: ReadCapture): (string | undefined)[][] =>
  read.packets.map(({ time, originalLength, bytes }) => [
    ...[time && formatCaptureTime(time), String(originalLength), String(bytes.length)],
  ]);
const hexOf = (read: ReadCapture): string[] => read.packets.map(({ bytes }) => Buffer.from(bytes).toString('hex'));

groupWith([material('captures'), material('captures-public')], 'captures of other programs', () => {
  const paths = FOLDERS.flatMap(capturePaths);
  const reads = paths.map((path) => readCapture(readFileSync(path)));

  it('reads every file to its end without a fault', () => {
    expect(paths.length).toBeGreaterThan(0);
    const faults = reads.flatMap((read, at) =>
      read.faults.map((fault) => `${paths[at]}: ${fault.at}: ${fault.message}`),
    );
    expect(faults).toEqual([]);
    const packets = reads.reduce((sum, read) => sum + read.packets.length, 0);
    process.stdout.write(`captures of other programs: ${paths.length} files, ${packets} packets, no fault\n`);
  });

  it('reads the same from chunks of a hundred octets', () => {
    for (const path of paths) {
      const file = readFileSync(path);
      const chunks = Array.from({ length: Math.ceil(file.length / 100) }, (_, at) =>
        file.subarray(at * 100, at * 100 + 100),
      );
      const whole: CaptureRecord[] = [...captureRecords(file)];
      if (!isDeepStrictEqual([...captureRecords(chunks)], whole))
        expect([path, ...captureRecords(chunks)]).toEqual([path, ...whole]);
    }
  });

  it('finds the cut in the shortest files cut at every octet', () => {
    const shortest = paths.map((path) => readFileSync(path)).sort((a, b) => a.length - b.length);
    let cases = 0;
    for (const file of shortest.slice(0, 30)) {
      const starts = new Set([file.length, 24, ...readCapture(file).packets.map(({ at }) => at)]);
      for (let cut = 0; cut < file.length; cut++, cases++) {
        const { faults, packets } = readCapture(file.subarray(0, cut));
        if (faults.length === 0) expect(starts.has(cut) || file[0] === 0x0a).toBe(true);
        else if (faults.length > 1 || faults[0]?.stopped !== true || faults[0].at > cut) expect(faults).toEqual([]);
        if (packets.some(({ at, bytes }) => at + bytes.length > cut)) expect(packets).toEqual([]);
      }
    }
    expect(cases).toBeGreaterThan(0);
  });

  it('survives mutations of every file', () => {
    const files = paths.map((path) => readFileSync(path));
    const change = fc.record({ at: fc.nat(), to: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 0xff)) });
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 8 }), (file, changes) => {
        const mutant = Uint8Array.from(file);
        for (const { at, to } of changes) mutant[at % mutant.length] = to;
        const { faults, packets } = readCapture(mutant);
        const held = packets.reduce((sum, { bytes }) => sum + bytes.length, 0);
        if (held > mutant.length || faults.some(({ at }) => at < 0 || at > mutant.length))
          throw new Error('out of bounds');
      }),
      { numRuns: 10_000 },
    );
  });

  groupWith(tshark, 'held against tshark', () => {
    it('agrees on number, time and lengths of the packets of each public file', () => {
      paths.forEach((path, at) => {
        if (path.startsWith(materialPath('captures-public')))
          expect([path, rowsOf(reads[at]!)]).toEqual([path, fieldsOf(path, FIELDS)]);
      });
    });

    it('agrees on every octet of every file, joined by mergecap', () => {
      inFolder((folder) => {
        const merged = join(folder, 'merged.pcapng');
        expect(judge('mergecap', ['-a', '-w', merged, ...paths])).toEqual({ code: 0, output: '', complaints: '' });
        const joined = readCapture(readFileSync(merged));
        expect(joined.faults).toEqual([]);
        const rows = fieldsOf(merged, FIELDS);
        const octets = framesOf(merged);
        for (const [ours, theirs] of [
          [reads.flatMap(rowsOf), rows],
          [rowsOf(joined), rows],
          [reads.flatMap(hexOf), octets],
          [hexOf(joined), octets],
        ]) {
          expect(ours).toEqual(theirs);
        }
        process.stdout.write(
          `captures of other programs: ${rows.length} packets compared with tshark, octet by octet\n`,
        );
      });
    });

    it('takes all of them back as one file that we wrote, with no complaint', () => {
      const interfaces = reads.flatMap((read) =>
        read.interfaces.map(({ linkType, snapLength }) => ({ linkType, snapLength })),
      );
      let before = 0;
      const packets = reads.flatMap((read) => {
        const first = before;
        before += read.interfaces.length;
        return read.packets.map(({ number: _, at: __, time = { seconds: 0, nanoseconds: 0 }, ...packet }) => ({
          ...packet,
          time,
          interface: first + packet.interface,
        }));
      });
      withFile('ours.pcapng', joinChunks(pcapngChunks({ interfaces, packets })), (path) => {
        expect(fieldsOf(path, FIELDS)).toEqual(reads.flatMap(rowsOf));
        expect(framesOf(path)).toEqual(reads.flatMap(hexOf));
      });
    });
  });
});
