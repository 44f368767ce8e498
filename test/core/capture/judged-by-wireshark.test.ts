import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import {
  type CapturedPacket,
  formatCaptureTime,
  joinChunks,
  pcapChunks,
  pcapngChunks,
  readCapture,
  uatLine,
} from '../../../core/capture/index.ts';
import { itWith, tshark } from '../../skip.ts';
import { block, described, enhanced, type Order, obsolete, option, pcap, section, text } from './foreign-capture.ts';
import { fieldsOf, judge, withFile } from './tshark-frames.ts';

const ORDERS: readonly Order[] = ['little', 'big'];
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const bytesOf = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
const _hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const _times = (packets: readonly CapturedPacket[]): (string | undefined)[] =>
  packets.map(({ time }) => time && formatCaptureTime(time));

const SAMPLE = Uint8Array.from(
  Buffer.from('4500001c00010000401100000a0000010a00000210102020000800 00'.replace(' ', ''), 'hex'),
);
const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'frame.len',
  'frame.cap_len',
  'frame.interface_id',
  'frame.comment',
];

describe('judged by Wireshark’s own programs', () => {
  const capture = {
    interfaces: [
      { linkType: 101, name: 'left.0', description: 'left, "outside"' },
      { linkType: 147, offsetSeconds: 1_700_000_000 },
    ],
    secrets: [
      { type: 0x544c534b, bytes: new TextEncoder().encode('CLIENT_RANDOM 00 11\n') },
      { type: 0x12345678, bytes: Uint8Array.of(1, 2, 3) },
    ],
    names: [{ type: 1, address: Uint8Array.of(10, 0, 0, 1), names: ['left.example'] }],
    packets: [
      { interface: 0, time: 0, bytes: SAMPLE, direction: 'outbound' as const, comments: ['the first', 'ünï'] },
      { interface: 0, time: 1, bytes: SAMPLE.subarray(0, 21), originalLength: 28, direction: 'inbound' as const },
      { interface: 1, time: Number.MAX_SAFE_INTEGER, bytes: SAMPLE },
      { interface: 0, time: { seconds: 1_700_000_000, nanoseconds: 999_999_999 }, bytes: SAMPLE },
    ],
  };

  itWith(tshark, 'reads what is written as pcapng, with no complaint', () => {
    withFile('written.pcapng', joinChunks(pcapngChunks(capture)), (path) => {
      expect(
        fieldsOf(path, [...FIELDS, 'frame.interface_name', 'frame.packet_flags_direction'], ['-E', 'aggregator=|']),
      ).toEqual([
        ['1', '0.000000000', '28', '28', '0', 'the first|ünï', 'left.0', '0x00000002'],
        ['2', '0.000000001', '28', '21', '0', '', 'left.0', '0x00000001'],
        ['3', '1709007199.254740991', '28', '28', '1', '', 'unknown', ''],
        ['4', '1700000000.999999999', '28', '28', '0', '', 'left.0', ''],
      ]);
      const summary = judge('capinfos', [path]);
      expect(summary.complaints).toBe('');
      for (const line of [
        'Capture application: Ikebana',
        'Number of decryption secrets in file: 2',
        'Description = left, "outside"',
      ]) {
        expect(summary.output).toContain(line);
      }
      const named = judge('tshark', ['-N', 'n', '-r', path, '-T', 'fields', '-e', 'ip.src_host', '-c', '1']);
      expect(named).toEqual({ code: 0, output: 'left.example\n', complaints: '' });
    });
  });

  itWith(tshark, 'reads what is written as classic pcap, with no complaint', () => {
    const packets = [
      ...capture.packets.slice(0, 2),
      { time: { seconds: 4_294_967_295, nanoseconds: 999_999_999 }, bytes: SAMPLE },
    ];
    withFile('written.pcap', joinChunks(pcapChunks({ linkType: 101, packets })), (path) => {
      expect(fieldsOf(path, FIELDS.slice(0, 4))).toEqual([
        ['1', '0.000000000', '28', '28'],
        ['2', '0.000000001', '28', '21'],
        ['3', '4294967295.999999999', '28', '28'],
      ]);
    });
  });

  itWith(tshark, 'agrees on files in both byte orders, several sections, odd resolutions and old blocks', () => {
    const octets = [...SAMPLE];
    const files = ORDERS.flatMap((order) => [
      pcap(order, MICROSECONDS, 101, [{ seconds: 5, fraction: 999_999, bytes: octets, original: 40 }]),
      pcap(order, NANOSECONDS, 101, [{ seconds: 4_294_967_295, fraction: 999_999_999, bytes: octets }]),
      bytesOf(
        ...[
          section(order),
          described(order, 101, 0, option(order, 9, [0x80 | 20])),
          described(order, 101, 0, option(order, 9, [3])),
        ],
        enhanced(order, { ticks: 1_700_000_000n << 20n, bytes: octets }),
        enhanced(order, {
          interface: 1,
          ticks: 1_700_000_000_123n,
          bytes: octets,
          options: option(order, 1, text('one')),
        }),
        obsolete(order, { interface: 1, ticks: 7n, bytes: octets }),
        block(order, 0x7777, [1, 2, 3, 4]),
        ...ORDERS.flatMap((other) => [
          section(other),
          described(other, 101),
          enhanced(other, { ticks: 1n, bytes: octets }),
        ]),
      ),
    ]);
    for (const file of files) {
      const read = readCapture(file);
      expect(read.faults).toEqual([]);
      const ours = read.packets.map(({ number, time, originalLength, bytes }) => [
        ...[String(number), time && formatCaptureTime(time), String(originalLength), String(bytes.length)],
      ]);
      withFile('foreign', file, (path) => expect(ours).toEqual(fieldsOf(path, FIELDS.slice(0, 4))));
    }
  });

  itWith(tshark, 'takes the lines written for its tables, quotes and backslashes included', () => {
    const comments = ['say "a\\b", twice', 'say a\\b'];
    const packets = comments.map((comment) => ({ interface: 0, time: 0, bytes: SAMPLE, comments: [comment] }));
    withFile(
      'written.pcapng',
      joinChunks(pcapngChunks({ interfaces: [{ linkType: 147 }], packets })),
      (path, folder) => {
        writeFileSync(join(folder, 'user_dlts'), `${uatLine(['User 0 (DLT=147)', 'ip', 0, '', 0, ''])}\n`);
        writeFileSync(
          join(folder, 'dfilter_macros'),
          `${uatLine(['said', 'frame.comment == "say \\"a\\\\b\\", twice"'])}\n`,
        );
        const args = ['-n', '-r', path, '-T', 'fields', '-e', 'frame.number', '-e', 'ip.dst'];
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro of the display filter language
        expect(judge('tshark', [...args, '-Y', '${said}'], folder)).toEqual({
          code: 0,
          output: '1\t10.0.0.2\n',
          complaints: '',
        });
      },
    );
  });
});
