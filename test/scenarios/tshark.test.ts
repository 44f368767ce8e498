import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import { dissect } from '../../core/plugin/index.ts';
import type { Simulation } from '../../core/simulation/index.ts';
import type { Dissection } from '../../core/wire/index.ts';
import { fieldsOf, inFolder, judge } from '../core/capture/tshark-frames.ts';
import { itWith, tshark } from '../skip.ts';
import { captureOf, isFirstCopy, keyFilesOf, labNames, registry, runLab, slotsOf } from './labs.ts';

/** Both sides have keys of their own here, and tshark takes but one for an initiator's cookie. */
const DIFFERING_KEYS = new Set(['fail-ikev1-secret']);

/** Checks that tshark leaves off unless it is asked. */
const CHECKSUMS = ['ip.check_checksum', 'udp.check_checksum', 'tcp.check_checksum'].flatMap((name) => [
  '-o',
  `${name}:TRUE`,
]);
const DECRYPTION = ['esp.enable_encryption_decode', 'esp.enable_authentication_check'].flatMap((name) => [
  '-o',
  `${name}:TRUE`,
]);
const BAD = [
  '_ws.malformed',
  '_ws.expert.severity == error',
  'ip.checksum.status == "Bad"',
  'udp.checksum.status == "Bad"',
  'icmp.checksum.status == "Bad"',
  'esp.icv_bad',
].join(' || ');

/** Frames that the topology itself damages are told apart by the note that says so. */
function damagedFrames(simulation: Simulation): Set<number> {
  const packets = new Set<number>();
  for (const record of simulation.trace?.records() ?? [])
    if (record.code === 'core.corrupted') packets.add(record.packet);
  return packets;
}

/** Every layer's name, those behind keys included. */
function layersOf(dissection: Dissection): string[] {
  return dissection.layers.flatMap((layer) => [
    layer.name,
    ...(layer.opened === undefined ? [] : layersOf(layer.opened.dissection)),
  ]);
}

/** Types of the payloads of an IKEv1 message, in their order. */
function payloadTypesOf(dissection: Dissection): number[] {
  return dissection.layers.flatMap((layer) =>
    layer.opened !== undefined
      ? payloadTypesOf(layer.opened.dissection)
      : layer.name.startsWith('ikev1')
        ? layer.fields.map((field) => field.number ?? -1).filter((type) => type >= 0)
        : [],
  );
}

/** tshark lists proposals and transforms with the payloads that they stand in. */
const NESTED_TYPES = new Set(['2', '3']);

/** Source addresses of all IPv4 headers of a frame, outermost first, as our dissection has them. */
function sourcesOf(dissection: Dissection): string[] {
  return dissection.layers.flatMap((layer) => [
    ...layer.fields.filter((field) => field.name === 'ipv4.source').map((field) => field.value),
    ...(layer.opened === undefined ? [] : sourcesOf(layer.opened.dissection)),
  ]);
}

describe.each(labNames.map((name) => ({ name })))('tshark reads $name', ({ name }) => {
  itWith(tshark, 'without a malformed frame or a bad checksum', () => {
    const simulation = runLab(name);
    expect(damagedFrames(simulation).size).toBe(0);
    inFolder((folder) => {
      const path = join(folder, 'lab.pcapng');
      writeFileSync(path, captureOf(simulation));
      const bad = fieldsOf(path, ['frame.number', 'frame.protocols', '_ws.expert.message'], [...CHECKSUMS, '-Y', BAD]);
      expect(bad).toEqual([]);
    });
  });

  itWith(tshark, 'and, with the key tables, the same inner packets as our dissection', () => {
    const simulation = runLab(name);
    const slots = slotsOf();
    const openers = {
      keys: (format: string) => simulation.run.keyLog.filter((one) => one.format === format).map((one) => one.entry),
      slots,
    };
    inFolder((folder) => {
      const path = join(folder, 'lab.pcapng');
      // IVs of IKEv1 are a chain, and tshark takes every copy of a message for its next link: each message is there once.
      const whole = captureOf(simulation, { oncePerMessage: true });
      writeFileSync(path, whole);
      for (const [file, text] of keyFilesOf(simulation)) writeFileSync(join(folder, file), text);
      const { code, output, complaints } = judge(
        'tshark',
        [
          '-n',
          '-r',
          path,
          ...CHECKSUMS,
          ...DECRYPTION,
          '-T',
          'fields',
          '-e',
          'frame.protocols',
          '-e',
          'ip.src',
          '-e',
          'isakmp.enc.decrypted',
          '-e',
          'isakmp.typepayload',
          '-e',
          '_ws.malformed',
        ],
        folder,
      );
      expect([code, complaints]).toEqual([0, '']);
      const theirs = output
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split('\t'));
      const ours = [...(simulation.trace?.records() ?? [])]
        .filter(isFirstCopy())
        .map((record) => dissect(registry, record.bytes as Uint8Array, { codec: 'ethernet' }, openers));
      expect(theirs.length).toBe(ours.length);
      let opened = 0;
      ours.forEach((dissection, at) => {
        const [protocols = '', sources = '', decrypted = '', types = '', malformed = ''] = theirs[at] as string[];
        const layers = layersOf(dissection);
        const sealed = dissection.layers.find((layer) => layer.sealed === true);
        if (sealed === undefined) return;
        const key = sealed.opened?.key ?? '';
        // tshark 4.0 reads no ChaCha20-Poly1305: those are opened by a test that imports none of our code.
        if (/chacha/i.test(key)) return;
        opened++;
        expect([at, sealed.name, sealed.opened !== undefined]).toEqual([at, sealed.name, true]);
        if (layers.includes('esp')) {
          expect([at, sources]).toEqual([at, sourcesOf(dissection).join(',')]);
          expect(protocols).toContain('esp');
        } else if (layers.includes('ikev1')) {
          if (DIFFERING_KEYS.has(name)) return;
          const listed = types.split(',').filter((type) => !NESTED_TYPES.has(type));
          expect([at, listed, malformed]).toEqual([at, payloadTypesOf(dissection).map(String), '']);
        } else expect([at, decrypted.length > 0]).toEqual([at, true]);
      });
      const sealedFrames = ours.filter((one) => one.layers.some((layer) => layer.sealed === true)).length;
      if (sealedFrames > 0 && !/chacha/.test(name)) expect(opened).toBeGreaterThan(0);
    });
  });
});
