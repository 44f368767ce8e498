import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect } from '@jest/globals';
import type { Dissection } from '../../core/wire/index.ts';
import type { KeyTable } from '../../workers/api.ts';
import { captureOf } from '../../workers/exports.ts';
import { OpenLab } from '../../workers/open-lab.ts';
import { fieldsOf, inFolder, judge } from '../core/capture/tshark-frames.ts';
import { itWith, tshark } from '../skip.ts';
import { labNames, labText, registry, startLab } from './labs.ts';

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
function damagedFrames({ history }: OpenLab): Set<number> {
  const packets = new Set<number>();
  for (const record of history.head.trace?.records() ?? [])
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

/** The columns of a frame that are compared. */
const COLUMNS = ['frame.protocols', 'ip.src', 'isakmp.enc.decrypted', 'isakmp.typepayload', '_ws.malformed'];

/** A capture as tshark reads it with the key tables of a folder: a row a frame. */
function rowsOf(folder: string, capture: Uint8Array): string[][] {
  const path = join(folder, 'lab.pcapng');
  writeFileSync(path, capture);
  const columns = COLUMNS.flatMap((column) => ['-e', column]);
  const args = ['-n', '-r', path, ...CHECKSUMS, ...DECRYPTION, '-T', 'fields', ...columns];
  const { code, output, complaints } = judge('tshark', args, folder);
  expect([code, complaints]).toEqual([0, '']);
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}

/** One frame as both read it, and what a failing comparison names it by. */
function compare(at: string, row: readonly string[], dissection: Dissection): void {
  const [protocols = '', sources = '', decrypted = '', types = '', malformed = ''] = row;
  const layers = layersOf(dissection);
  if (layers.includes('esp')) {
    expect([at, sources]).toEqual([at, sourcesOf(dissection).join(',')]);
    expect(protocols).toContain('esp');
  } else if (layers.includes('ikev1')) {
    const listed = types.split(',').filter((type) => !NESTED_TYPES.has(type));
    expect([at, listed, malformed]).toEqual([at, payloadTypesOf(dissection).map(String), '']);
  } else expect([at, decrypted.length > 0]).toEqual([at, true]);
}

const sealedIn = (dissection: Dissection) => dissection.layers.find((layer) => layer.sealed === true);
const isIkev1 = (dissection: Dissection) => dissection.layers.some((layer) => layer.name === 'ikev1');

describe.each(labNames.map((name) => ({ name })))('tshark reads $name', ({ name }) => {
  const speaksIkev1 = /\bversion: 1\b/.test(labText(name));
  let open: OpenLab;
  /** By the name of its link: each frame, as we take it apart with the key log. */
  let ours: { readonly link: string; readonly dissection: Dissection }[];

  beforeAll(() => {
    open = new OpenLab(startLab(name));
    while (!open.progress().ended) open.advance();
    const { history, index, reader } = open;
    ours = Array.from({ length: index.rows }, (_, row) => ({
      link: history.record(index.record.at(row))?.link ?? '',
      dissection: reader.dissect(row) as Dissection,
    }));
  });

  itWith(tshark, 'without a malformed frame or a bad checksum', () => {
    expect(damagedFrames(open).size).toBe(0);
    inFolder((folder) => {
      const path = join(folder, 'lab.pcapng');
      writeFileSync(path, captureOf(open));
      const bad = fieldsOf(path, ['frame.number', 'frame.protocols', '_ws.expert.message'], [...CHECKSUMS, '-Y', BAD]);
      expect(bad).toEqual([]);
    });
  });

  itWith(tshark, 'and, with the key tables, the same inner packets as our dissection', () => {
    inFolder((folder) => {
      const tables = open.keyTables();
      const isChained = ({ format }: KeyTable) => registry.keyLogs.get(format)?.chained !== undefined;
      expect(tables.some(isChained)).toBe(speaksIkev1);
      for (const table of tables) if (!isChained(table)) writeFileSync(join(folder, table.file), table.text);
      const theirs = rowsOf(folder, captureOf(open));
      expect(theirs.length).toBe(ours.length);
      let opened = 0;
      ours.forEach(({ dissection }, at) => {
        const sealed = sealedIn(dissection);
        if (sealed === undefined) return;
        // tshark 4.0 reads no ChaCha20-Poly1305: those are opened by a test that imports none of our code.
        if (/chacha/i.test(sealed.opened?.key ?? '')) return;
        opened++;
        expect([at, sealed.name, sealed.opened !== undefined]).toEqual([at, sealed.name, true]);
        const row = theirs[at] as string[];
        // Without its table an IKEv1 message stays sealed, and is not malformed.
        if (isIkev1(dissection)) expect([at, row[2], row[4]]).toEqual([at, '', '']);
        else compare(`${at}`, row, dissection);
      });
      const sealedFrames = ours.filter(({ dissection }) => sealedIn(dissection) !== undefined).length;
      if (sealedFrames > 0 && !/chacha/.test(name)) expect(opened).toBeGreaterThan(0);
    });
  });

  // IVs of IKEv1 are a chain, and tshark takes every copy of a message for its next link: a capture of one link has each once.
  if (speaksIkev1 && !DIFFERING_KEYS.has(name)) {
    itWith(tshark, 'and all of IKEv1 in the capture of each link that it crosses', () => {
      const crossed = ours.filter(({ dissection }) => isIkev1(dissection) && sealedIn(dissection) !== undefined);
      const links = [...new Set(crossed.map(({ link }) => link))];
      expect(links.length).toBeGreaterThan(1);
      inFolder((folder) => {
        for (const { file, text } of open.keyTables()) writeFileSync(join(folder, file), text);
        for (const link of links) {
          const theirs = rowsOf(folder, captureOf(open, [link]));
          const here = ours.filter((one) => one.link === link);
          expect(theirs.length).toBe(here.length);
          here.forEach(({ dissection }, at) => {
            if (sealedIn(dissection) !== undefined) compare(`${link}, ${at}`, theirs[at] as string[], dissection);
          });
        }
      });
    });
  }
});
