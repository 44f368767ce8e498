import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseDocument } from 'yaml';
import { dissect } from '../../core/plugin/index.ts';
import { Simulation } from '../../core/simulation/index.ts';
import { toHex } from '../../core/wire/index.ts';
import { inFolder, judge } from '../core/capture/tshark-frames.ts';
import { itWith, repositoryRoot, tshark } from '../skip.ts';
import { captureOf, framesOf, keyFilesOf, labText, registry, slotsOf, topologyOf } from './labs.ts';

/** Every transform of an SA, carried by a run of its own in both modes: proposals of the IKE SA and of the child. */
const SUITES = [
  ['aes128-sha1-modp2048', 'aes128-sha1'],
  ['aes192-sha256-ecp256', 'aes192-sha256'],
  ['aes256-sha384-ecp384', 'aes256-sha256'],
  ['aes256-sha512-x25519', 'null-sha256'],
  ['aes128gcm16-prfsha1-x25519', 'aes128gcm16'],
  ['aes256gcm16-prfsha384-ecp384', 'aes256gcm16'],
  ['aes256gcm16-prfsha512-ecp256', 'null-sha1'],
  ['chacha20poly1305-prfsha256-x25519', 'chacha20poly1305'],
] as const;
const MODES = [
  { lab: 'site-to-site', mode: 'tunnel' },
  { lab: 'host-to-host', mode: 'transport' },
] as const;
const CASES = MODES.flatMap(({ lab, mode }) => SUITES.map(([ike, child]) => ({ lab, mode, ike, child })));

function runWith(lab: string, ike: string, child: string, provider: 'crypto-noble' | 'crypto-node'): Simulation {
  const document = parseDocument(labText(lab));
  const nodes = document.toJS().nodes as Record<
    string,
    { plugins?: { ipsec?: { connections?: Record<string, { children: object }> } } }
  >;
  let changed = 0;
  for (const [node, { plugins }] of Object.entries(nodes)) {
    for (const [name, { children }] of Object.entries(plugins?.ipsec?.connections ?? {})) {
      const path = ['nodes', node, 'plugins', 'ipsec', 'connections', name];
      document.setIn([...path, 'proposals'], [ike]);
      for (const one of Object.keys(children)) document.setIn([...path, 'children', one, 'esp_proposals'], [child]);
      changed++;
    }
  }
  expect(changed).toBe(2);
  document.delete('expect');
  const simulation = Simulation.start(topologyOf(document.toString(), lab), { registry, slots: slotsOf(provider) });
  simulation.advance();
  return simulation;
}

const answered = (simulation: Simulation): number =>
  [...(simulation.trace?.records() ?? [])].filter((record) => record.code === 'ping.reply').length;

describe.each(CASES)('$ike with $child in $mode mode', ({ lab, ike, child }) => {
  it('carries pings, with the same frames from both crypto providers', () => {
    const simulation = runWith(lab, ike, child, 'crypto-node');
    expect(answered(simulation)).toBeGreaterThan(0);
    expect(framesOf(runWith(lab, ike, child, 'crypto-noble'))).toEqual(framesOf(simulation));
  });

  const chacha = child.startsWith('chacha');
  itWith(
    chacha ? { met: true, reason: '' } : tshark,
    `is opened by ${chacha ? 'a program that shares no code with us' : 'tshark'}`,
    () => {
      const simulation = runWith(lab, ike, child, 'crypto-node');
      const openers = {
        keys: (format: string) => simulation.run.keyLog.filter((one) => one.format === format).map((one) => one.entry),
        slots: slotsOf(),
      };
      const ours = [...(simulation.trace?.records() ?? [])]
        .filter((record) => record.kind === 'transmit')
        .map((record) => dissect(registry, record.bytes as Uint8Array, { codec: 'ethernet' }, openers));
      const sealedAs = (name: string) =>
        ours.filter((one) => one.layers.some((layer) => layer.name === name && layer.sealed));
      const [esp, ikeSealed] = [sealedAs('esp').length, sealedAs('ikev2').length];
      expect(esp).toBeGreaterThan(3);
      expect(ikeSealed).toBeGreaterThanOrEqual(4);
      inFolder((folder) => {
        writeFileSync(join(folder, 'lab.pcapng'), captureOf(simulation));
        if (chacha) {
          writeFileSync(join(folder, 'keys.json'), JSON.stringify(plainKeys(simulation)));
          const program = join(repositoryRoot, 'test/scenarios/open-chacha.mjs');
          const { stdout, stderr } = spawnSync(process.execPath, [program, folder], {
            encoding: 'utf8',
            timeout: 20_000,
          });
          expect(stderr).toBe('');
          expect(JSON.parse(stdout)).toMatchObject({ esp, ike: ikeSealed, failed: [] });
          return;
        }
        for (const [file, text] of keyFilesOf(simulation)) writeFileSync(join(folder, file), text);
        const fields = ['esp.icv_good', 'esp.icv_bad', 'frame.protocols', 'isakmp.enc.decrypted', 'ip.proto'];
        const { code, output, complaints } = judge(
          'tshark',
          [
            ...[
              '-n',
              '-r',
              join(folder, 'lab.pcapng'),
              '-Y',
              '(esp || isakmp.exchangetype >= 35) && !icmp.type == 3',
              '-T',
              'fields',
            ],
            ...['-o', 'esp.enable_encryption_decode:TRUE', '-o', 'esp.enable_authentication_check:TRUE'],
            ...fields.flatMap((field) => ['-e', field]),
          ],
          folder,
        );
        expect([code, complaints]).toEqual([0, '']);
        const rows = output
          .split('\n')
          .slice(0, -1)
          .map((line) => line.split('\t'));
        const espRows = rows.filter(([, , , , protocols]) => (protocols ?? '').split(',').includes('50'));
        expect(espRows.length).toBe(esp);
        for (const [good, bad, within] of espRows) {
          expect([/:esp:(ethertype:)?(ip:)?(icmp|udp)/.test(within ?? ''), good, bad]).toEqual([true, '1', '0']);
        }
        const ikeRows = rows.filter(([, , , decrypted]) => decrypted !== '');
        expect(ikeRows.length).toBe(ikeSealed);
      });
    },
  );
});

/** Keys by SPI in hexadecimal, the salt of combined modes at the end. */
function plainKeys(simulation: Simulation): { esp: object[]; ike: object[] } {
  const hex = (value: unknown): string => toHex(value as Uint8Array);
  const entries = (format: string) =>
    simulation.run.keyLog.filter((one) => one.format === format).map((one) => one.entry);
  return {
    esp: entries('esp_sa').map((one) => ({
      spi: Number(one.spi).toString(16).padStart(8, '0'),
      key: hex(one.encryptionKey),
    })),
    ike: entries('ikev2_decryption_table').map((one) => ({
      spiI: hex(one.spiI),
      spiR: hex(one.spiR),
      ei: hex(one.ei),
      er: hex(one.er),
    })),
  };
}
