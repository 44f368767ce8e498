import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import { inFolder, judge } from '../../core/capture/tshark-frames.ts';
import { captureOf, keyFilesOf } from '../../scenarios/labs.ts';
import { itWith, tshark } from '../../skip.ts';
import { messagesOf, runPair } from './bench.ts';

/** tshark, with our key tables, opens what we sealed: every encryption and integrity transform that its tables know. */

const SUITES: readonly (readonly [proposal: string, separate: boolean])[] = [
  ['aes128-sha1-prfsha256-x25519', true],
  ['aes192-sha256-x25519', true],
  ['aes256-sha384-modp2048', true],
  ['aes256-sha512-ecp256', true],
  ['3des-md5-modp1024', true],
  ['aes128gcm8-prfsha256-x25519', false],
  ['aes192gcm12-prfsha256-x25519', false],
  ['aes256gcm16-prfsha384-ecp384', false],
  ['aes128ccm8-prfsha256-x25519', false],
  ['aes256ccm12-prfsha512-x25519', false],
  ['aes192ccm16-prfsha256-x25519', false],
];

describe.each(SUITES)('tshark opens %s', (proposals, separate) => {
  itWith(tshark, 'message by message', () => {
    const simulation = runPair({
      both: { proposals },
      timeline: '[{ at: 2s, node: a, terminate: c }]',
      duration: '4s',
    });
    // The capture has both links of the switch, so each message is in it twice.
    const sealed = 2 * (messagesOf(simulation).length - 2);
    expect(sealed).toBe(8);
    inFolder((folder) => {
      const path = join(folder, 'pair.pcapng');
      writeFileSync(path, captureOf(simulation));
      for (const [file, text] of keyFilesOf(simulation)) writeFileSync(join(folder, file), text);
      const asked = ['-n', '-r', path, '-Y', 'isakmp', '-V'];
      const { code, output } = judge('tshark', asked, folder);
      expect(code).toBe(0);
      expect(output.match(/Decrypted Data \(\d+ bytes?\)/g) ?? []).toHaveLength(sealed);
      expect(output).not.toMatch(/Malformed|incorrect/i);
      // What it decrypted are our payloads.
      expect(output.match(/Payload: Authentication \(39\)/g) ?? []).toHaveLength(4);
      expect(output.match(/Identification Data:[ab]\.example/g)?.length ?? 0).toBeGreaterThanOrEqual(4);
      if (separate) expect(output.match(/Integrity Checksum Data.*\[correct\]/g) ?? []).toHaveLength(sealed);
    });
  });
});
