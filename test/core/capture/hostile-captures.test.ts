import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CAPTURE_LIMITS,
  type CaptureFault,
  captureRecords,
  joinChunks,
  pcapChunks,
  pcapngChunks,
  type ReadCapture,
  readCapture,
} from '../../../core/capture/index.ts';
import {
  block,
  described,
  enhanced,
  type Order,
  obsolete,
  option,
  pcap,
  section,
  simple,
  text,
  u16,
  u32,
  u64,
} from './foreign-capture.ts';

/** Capture files are hostile input: whatever the octets are, reading ends, throws nothing, and says where what was wrong. */

const ORDERS: readonly Order[] = ['little', 'big'];
const bytesOf = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
const MICROSECONDS = 0xa1b2c3d4;

/** What holds of every reading of every file. Plain comparisons: tens of thousands of files pass through here. */
function checkReading(file: Uint8Array): ReadCapture {
  const read = readCapture(file);
  const problems: string[] = [];
  for (const fault of read.faults) {
    const located = Number.isInteger(fault.at) && fault.at >= 0 && fault.at <= file.length;
    if (!located) problems.push(`a fault at ${fault.at} of ${file.length}`);
    if (!/^.+: expected .+, found .+$/.test(fault.message)) problems.push(`an unclear fault: ${fault.message}`);
  }
  const stops = read.faults.filter((fault) => fault.stopped).length;
  if (stops > 1 || (stops === 1 && read.faults.at(-1)?.stopped !== true))
    problems.push('reading went on after its end');
  let before = -1;
  let held = 0;
  for (const packet of read.packets) {
    held += packet.bytes.length;
    if (packet.at <= before) problems.push(`packet ${packet.number} out of order`);
    before = packet.at;
    if (read.interfaces[packet.interface] === undefined) problems.push(`packet ${packet.number} of no interface`);
    const { time } = packet;
    const timely =
      time === undefined ||
      (Number.isSafeInteger(time.seconds) &&
        Number.isInteger(time.nanoseconds) &&
        time.nanoseconds >= 0 &&
        time.nanoseconds < 1_000_000_000);
    if (!timely) problems.push(`packet ${packet.number} at ${JSON.stringify(time)}`);
    const lies = packet.bytes.length > packet.originalLength;
    if (lies && !read.faults.some((fault) => fault.field === 'original length') && read.faultsNotListed === 0) {
      problems.push(`packet ${packet.number} is longer than it was, and no fault says so`);
    }
  }
  if (held > file.length) problems.push('more octets in packets than in the file');
  if (problems.length > 0) throw new Error(`${problems.join('\n')}\n${Buffer.from(file).toString('hex')}`);
  return read;
}

/** One file of each kind, with everything in it that the reader knows. */
function richPcapng(order: Order): Uint8Array {
  const other: Order = order === 'little' ? 'big' : 'little';
  const comment = option(order, 1, text('a comment'));
  const end = [0, 0, 0, 0];
  return bytesOf(
    section(order, { options: [...option(order, 4, text('program')), ...comment, ...end] }),
    described(order, 147, 0, [...option(order, 2, text('left')), ...option(order, 9, [9]), ...end]),
    described(order, 1, 64, [...option(order, 9, [0x8a]), ...option(order, 14, u64(order, 5n)), ...end]),
    block(order, 10, [...u32(order, 1), ...u32(order, 4), 1, 2, 3, 4]),
    block(order, 4, [...u16(order, 1), ...u16(order, 6), 10, 0, 0, 1, ...text('a\0'), 0, 0, ...end]),
    enhanced(order, {
      ticks: 77n,
      bytes: [1, 2, 3, 4, 5],
      options: [...comment, ...option(order, 2, u32(order, 1)), ...end],
    }),
    simple(order, 3, [1, 2, 3]),
    block(order, 0x4444, [1, 2, 3, 4]),
    obsolete(order, { interface: 1, bytes: [6, 7] }),
    section(other, { length: 64n }),
    ...[described(other, 1), enhanced(other, { bytes: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] })],
  );
}

const richPcap = (order: Order): Uint8Array =>
  pcap(order, MICROSECONDS, 1, [
    { seconds: 1, fraction: 2, bytes: [1, 2, 3, 4, 5] },
    { seconds: 3, fraction: 4, bytes: [] },
    { seconds: 5, fraction: 6, bytes: Array.from({ length: 40 }, (_, at) => at), original: 1_500 },
  ]);

const written: readonly Uint8Array[] = [
  joinChunks(
    pcapngChunks({
      interfaces: [{ linkType: 1, name: 'a', description: 'b' }, { linkType: 147 }],
      secrets: [{ type: 7, bytes: Uint8Array.of(1, 2, 3) }],
      packets: [0, 1, 2, 3].map((at) => ({
        interface: at % 2,
        time: at,
        bytes: new Uint8Array(at * 9),
        comments: ['x'],
      })),
    }),
  ),
  joinChunks(
    pcapChunks({ linkType: 1, packets: [0, 1, 2].map((at) => ({ time: at, bytes: new Uint8Array(at * 9) })) }),
  ),
];
const files: readonly Uint8Array[] = [...ORDERS.map(richPcapng), ...ORDERS.map(richPcap), ...written];

const faultOf = (file: Uint8Array): CaptureFault | undefined => checkReading(file).faults[0];

describe('hostile captures', () => {
  it('starts from files without a fault', () => {
    for (const file of files) expect(checkReading(file).faults).toEqual([]);
  });

  it('finds the cut in files cut at every octet, and reads what stands before it', () => {
    for (const file of files) {
      const whole = readCapture(file);
      const ends = [...captureRecords(file)].length;
      for (let cut = 0; cut < file.length; cut++) {
        const read = checkReading(file.subarray(0, cut));
        const before = whole.packets.filter((packet) => read.packets.some(({ number }) => number === packet.number));
        expect(read.packets).toEqual(before);
        const last = read.faults.at(-1);
        if (cut === 0) expect(last).toMatchObject({ code: 'empty', at: 0, stopped: true });
        else if (last?.code !== 'section-length' && last !== undefined) {
          // The cut is told of where the record that it goes through begins.
          expect(last).toMatchObject({ code: 'cut', stopped: true });
          expect(last.at).toBeLessThan(cut);
          expect(last.message).toMatch(
            /expected \d+ octets, found \d+ before the end of the file; nothing after it is read$/,
          );
        } else expect([...captureRecords(file.subarray(0, cut))].length).toBeLessThanOrEqual(ends);
      }
    }
  });

  it('says of a cut between records of pcap nothing, since nothing shows it', () => {
    const file = richPcap('little');
    expect(readCapture(file.subarray(0, 24)).faults).toEqual([]);
    expect(readCapture(file.subarray(0, 45)).packets).toHaveLength(1);
    expect(readCapture(file.subarray(0, 45)).faults).toEqual([]);
  });

  it('survives random octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        checkReading(octets);
      }),
      { numRuns: 10_000 },
    );
  });

  it('survives random octets behind every true beginning', () => {
    const beginnings = ORDERS.flatMap((order) => [
      pcap(order, MICROSECONDS, 1, []),
      bytesOf(section(order)),
      bytesOf(section(order), described(order, 1), described(order, 147, 16)),
    ]);
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 120 }), (beginning, octets) => {
        checkReading(joinChunks([beginning, octets]));
      }),
      { numRuns: 10_000 },
    );
  });

  it('survives random bodies in well-formed blocks of every known type', () => {
    const type = fc.constantFrom(0x0a0d0d0a, 1, 2, 3, 4, 5, 6, 10);
    // Small numbers make lengths and options that almost fit.
    const body = fc.array(fc.oneof(fc.nat({ max: 255 }), fc.nat({ max: 9 }), fc.constant(0)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom(...ORDERS), fc.array(fc.tuple(type, body), { maxLength: 4 }), (order, blocks) => {
        const rest = blocks.flatMap(([type, body]) => block(order, type, body));
        checkReading(bytesOf(section(order), described(order, 1), rest));
      }),
      { numRuns: 15_000 },
    );
  });

  it('survives mutations of whole files', () => {
    const change = fc.record({
      at: fc.nat({ max: 0xffff }),
      to: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.nat({ max: 0xffff }),
        (file, changes, cut) => {
          const mutant = file.slice(0, cut % 3 === 0 ? cut % (file.length + 1) : file.length);
          if (mutant.length > 0) for (const { at, to } of changes) mutant[at % mutant.length] = to;
          checkReading(mutant);
        },
      ),
      { numRuns: 15_000 },
    );
  });

  it('survives every 32-bit word of every file set to every suspicious length', () => {
    const words = [0, 1, 3, 4, 8, 11, 12, 13, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff, 0x00040001, 0x01000000];
    let cases = 0;
    for (const file of files) {
      for (let at = 0; at + 4 <= file.length; at += 4) {
        for (const word of words) {
          for (const order of ORDERS) {
            const mutant = file.slice();
            mutant.set(u32(order, word), at);
            checkReading(mutant);
            cases++;
          }
        }
      }
    }
    expect(cases).toBeGreaterThan(5_000);
  });
});

describe.each(ORDERS)('lies in %s-endian order', (order) => {
  const start = [...section(order), ...described(order, 1)];

  it.each([
    [0, 'at least 12 octets', 'block-length'],
    [8, 'at least 12 octets', 'block-length'],
    [0x0100_0004, 'at most 16777216 octets', 'limit'],
    [0xffff_fffc, 'at most 16777216 octets', 'limit'],
  ] as const)('stops at a block whose length is %d', (length, expected, code) => {
    const fault = faultOf(bytesOf(start, u32(order, 6), u32(order, length), Array<number>(40).fill(0)));
    expect(fault).toMatchObject({
      code,
      at: start.length + 4,
      header: 'enhanced packet block',
      expected,
      found: String(length),
      stopped: true,
    });
  });

  it('stops at a block whose two lengths differ, and keeps what came before', () => {
    const bent = enhanced(order, { bytes: [1, 2, 3, 4] });
    bent.splice(-4, 4, ...u32(order, 32));
    const read = checkReading(bytesOf(start, enhanced(order, { bytes: [9] }), bent, enhanced(order, { bytes: [8] })));
    expect(read.packets).toHaveLength(1);
    expect(read.faults).toMatchObject([
      { code: 'block-length', at: start.length + 36 + 32, expected: '36, as at its start', found: '32', stopped: true },
    ]);
  });

  it('reads a block of odd length where both its lengths agree, and says so', () => {
    const body = [...u32(order, 0), ...u32(order, 0), ...u32(order, 0), ...u32(order, 3), ...u32(order, 3), 1, 2, 3];
    const read = checkReading(bytesOf(start, block(order, 6, body), enhanced(order, { bytes: [9] })));
    expect(read.packets.map(({ bytes }) => [...bytes])).toEqual([[1, 2, 3], [9]]);
    expect(read.faults).toMatchObject([
      { code: 'block-length', expected: 'a multiple of 4', found: '35', stopped: false },
    ]);
  });

  it('passes a packet over whose length the block does not have, or that is too long', () => {
    const lying = enhanced(order, { bytes: [1, 2, 3, 4], captured: 5, original: 5 });
    const huge = enhanced(order, { bytes: Array<number>(262_145).fill(7) });
    const cut = simple(order, 9, [1, 2, 3, 4]);
    const read = checkReading(bytesOf(start, lying, huge, cut, enhanced(order, { bytes: [9] })));
    expect(read.packets.map(({ number, bytes }) => [number, ...bytes])).toEqual([[1, 9]]);
    expect(read.faults.map(({ code, at, field, expected }) => ({ code, at, field, expected }))).toEqual([
      {
        code: 'field-length',
        at: start.length + 20,
        field: 'captured length',
        expected: 'at most 4, what is left of the block',
      },
      {
        code: 'limit',
        at: start.length + lying.length + 20,
        field: 'captured length',
        expected: 'at most 262144 octets',
      },
      {
        ...{ code: 'field-length', at: start.length + lying.length + huge.length + 8 },
        ...{ field: 'captured length', expected: 'at most 4, what is left of the block' },
      },
    ]);
  });

  it('keeps a packet that is longer than it was, or whose options do not fit, and says so', () => {
    const long = enhanced(order, { bytes: [1, 2, 3, 4], original: 3 });
    const bent = enhanced(order, {
      bytes: [5],
      options: [...option(order, 1, text('kept')), ...u16(order, 1), ...u16(order, 500)],
    });
    const rest = enhanced(order, { bytes: [6], options: option(order, 2, [1, 2]) });
    const read = checkReading(bytesOf(start, long, bent, rest));
    expect(read.packets.map(({ bytes, originalLength, comments }) => [bytes[0], originalLength, comments])).toEqual([
      [1, 3, undefined],
      [5, 1, ['kept']],
      [6, 1, undefined],
    ]);
    expect(read.faults.map(({ code, field, found, stopped }) => [code, field, found, stopped])).toEqual([
      ['field-length', 'original length', '3', false],
      ['option', 'length of option 1', '500', false],
      ['option', 'length of packet flags', '2', false],
    ]);
  });

  it('takes no octet after the end of a block for an option', () => {
    const bent = enhanced(order, { bytes: [5], options: [...u16(order, 1), ...u16(order, 5), ...text('four')] });
    const read = checkReading(bytesOf(start, bent));
    expect(read.packets.map(({ comments }) => comments)).toEqual([undefined]);
    expect(read.faults).toMatchObject([
      { code: 'option', at: start.length + 34, expected: 'at most 4, what is left of the block', found: '5' },
    ]);
  });

  it('passes secrets and names over that the block does not have', () => {
    const secrets = block(order, 10, [...u32(order, 1), ...u32(order, 5), 1, 2, 3, 4]);
    const past = block(order, 4, [
      ...option(order, 1, [10, 0, 0, 1, ...text('a\0')]),
      ...u16(order, 1),
      ...u16(order, 5),
      10,
      0,
      0,
      2,
    ]);
    const short = block(order, 4, [
      ...option(order, 2, [10, 0, 0, 3]),
      ...option(order, 1, [10, 0, 0, 4, ...text('b\0')]),
    ]);
    const read = checkReading(bytesOf(start, secrets, past, short));
    expect(read.secrets).toEqual([]);
    expect(read.names.map(({ names }) => names)).toEqual([['a'], ['b']]);
    const pastAt = start.length + secrets.length;
    expect(read.faults.map(({ code, at, field, found }) => [code, at, field, found])).toEqual([
      ['field-length', start.length + 12, 'length of the secrets', '5'],
      ['field-length', pastAt + 20, 'name record', '5'],
      ['field-length', pastAt + past.length + 10, 'length of the name record', '4'],
    ]);
  });

  it('gives an interface that cannot be read its number all the same', () => {
    const bent = block(order, 1, [0, 1, 0, 0]);
    const read = checkReading(
      bytesOf(
        section(order),
        bent,
        described(order, 147),
        enhanced(order, { bytes: [1] }),
        enhanced(order, { interface: 1, bytes: [2] }),
      ),
    );
    expect(read.packets.map((packet) => [packet.bytes[0], read.interfaces[packet.interface]?.linkType])).toEqual([
      [2, 147],
    ]);
    expect(read.faults.map(({ code, found }) => [code, found])).toEqual([
      ['block-length', '4'],
      ['unknown-interface', '0, whose description could not be read'],
    ]);
  });

  it('stops at a record of pcap that is too long, since nothing marks the next', () => {
    const file = pcap(order, MICROSECONDS, 1, [
      { seconds: 1, fraction: 0, bytes: [1] },
      { seconds: 2, fraction: 0, bytes: [2], captured: 0xffff_ffff },
    ]);
    const read = checkReading(file);
    expect(read.packets).toHaveLength(1);
    expect(read.faults).toMatchObject([
      {
        code: 'limit',
        at: 24 + 17 + 8,
        header: 'record header',
        field: 'captured length',
        expected: 'at most 262144 octets',
        stopped: true,
      },
    ]);
    const longer = pcap(order, MICROSECONDS, 1, [{ seconds: 1, fraction: 0, bytes: [1, 2], original: 1 }]);
    expect(checkReading(longer)).toMatchObject({
      packets: [{ originalLength: 1 }],
      faults: [{ code: 'field-length', at: 36, stopped: false }],
    });
  });

  it('stops where the section itself is not one', () => {
    const magic = bytesOf(
      [0x0a, 0x0d, 0x0d, 0x0a],
      u32(order, 28),
      [1, 2, 3, 4],
      Array<number>(12).fill(0),
      u32(order, 28),
    );
    expect(faultOf(magic)).toMatchObject({ code: 'magic', at: 8, found: '01020304', stopped: true });
    const short = bytesOf(block(order, 0x0a0d0d0a, u32(order, 0x1a2b3c4d)));
    expect(faultOf(short)).toMatchObject({
      code: 'block-length',
      at: 4,
      expected: 'a body of at least 16 octets',
      found: '4',
      stopped: true,
    });
  });
});

describe('files that are no captures', () => {
  it.each([
    ['1f8b0800', 'a gzip file: decompress it first'],
    ['28b52ffd', 'a Zstandard file: decompress it first'],
    ['04224d18', 'an LZ4 file: decompress it first'],
    ['504b0304', 'a zip archive: unpack it first'],
    ['736e6f6f70000000', 'a snoop capture: convert it to pcapng first'],
    ['7b226122', '7b226122'],
  ])('says what it takes %s for', (octets, found) => {
    const fault = faultOf(Uint8Array.from(Buffer.from(octets, 'hex')));
    expect(fault).toMatchObject({ code: 'magic', at: 0, stopped: true });
    expect(fault?.found).toContain(found);
  });

  it('says of an empty file that it is empty, and of three octets that they are too few', () => {
    expect(faultOf(new Uint8Array())?.message).toBe(
      'file: expected the header of a pcap or pcapng file, found no octets at all; nothing after it is read',
    );
    expect(faultOf(Uint8Array.of(0xd4, 0xc3, 0xb2))?.message).toBe(
      'file header: expected 4 octets, found 3 before the end of the file; nothing after it is read',
    );
  });
});

describe('limits', () => {
  const limits = {
    ...CAPTURE_LIMITS,
    packets: 3,
    interfaces: 2,
    sections: 2,
    options: 2,
    names: 2,
    secrets: 1,
    faults: 4,
  };
  const packet = enhanced('little', { bytes: [1] });
  const start = [...section('little'), ...described('little', 1)];

  it.each([
    ['packets', bytesOf(start, packet, packet, packet, packet, packet), 'at most 3 packets', true],
    [
      'interfaces',
      bytesOf(start, described('little', 1), described('little', 1), packet),
      'at most 2 interfaces',
      true,
    ],
    ['sections', bytesOf(start, section('little'), section('little')), 'at most 2 sections', true],
    [
      'options',
      bytesOf(
        start,
        enhanced('little', { bytes: [], options: Array.from({ length: 3 }, () => option('little', 9, [])).flat() }),
      ),
      'at most 2 of them',
      false,
    ],
    [
      'names',
      bytesOf(start, block('little', 4, Array.from({ length: 3 }, () => option('little', 1, [1, 2, 3, 4])).flat())),
      'at most 2 names',
      false,
    ],
    [
      'secrets',
      bytesOf(start, ...Array.from({ length: 2 }, () => block('little', 10, Array<number>(8).fill(0)))),
      'at most 1 of them',
      false,
    ],
  ] as const)('reaches the limit of %s with a fault in its place', (_, file, expected, stopped) => {
    const read = readCapture(file, limits);
    expect(read.faults).toMatchObject([{ code: 'limit', expected, stopped }]);
    expect(read.faults[0]?.at).toBeGreaterThan(0);
    expect(read.packets.length).toBeLessThanOrEqual(3);
    expect(read.interfaces.length).toBeLessThanOrEqual(2);
  });

  it('lists so many faults, counts the rest, and still tells of the one that stopped it', () => {
    const wrong = Array.from({ length: 9 }, () => enhanced('little', { interface: 7, bytes: [] })).flat();
    const read = readCapture(bytesOf(start, wrong, [0, 0, 0, 0, 0, 0, 0, 0]), limits);
    expect(read.faults.map(({ code, stopped }) => [code, stopped])).toEqual([
      ...Array.from({ length: 4 }, () => ['unknown-interface', false]),
      ['limit', false],
      ['block-length', true],
    ]);
    expect(read.faultsNotListed).toBe(5);
  });
});
