import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { followKeys, readKeys } from '../../cli/key-files.ts';
import { readCapture } from '../../core/capture/index.ts';
import { type Dissection, dissect, type PlainValues } from '../../core/index.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { fieldsOf, inFolder } from '../core/capture/tshark-frames.ts';
import { groupWith, material, materialPath, tshark } from '../skip.ts';

/** Recordings of real daemons with Wireshark's tables beside them: what opens, held against tshark's own decryption, field by field. */

const { registry, slots } = createNodeHost();
const TABLES = ['ikev1_decryption_table', 'ikev2_decryption_table', 'esp_sa'];
const COLUMNS = {
  ...{ source: 'ip.src', destination: 'ip.dst', source6: 'ipv6.src', destination6: 'ipv6.dst', length: 'frame.len' },
  ...{ port: 'udp.srcport', toPort: 'udp.dstport', spiI: 'isakmp.ispi', spiR: 'isakmp.rspi', id: 'isakmp.messageid' },
  ...{
    exchange: 'isakmp.exchangetype',
    payloads: 'isakmp.typepayload',
    transforms: 'isakmp.tf.id.encr',
    esp: 'esp.spi',
  },
  ...{
    sequence: 'esp.sequence',
    ah: 'ah.spi',
    ahSequence: 'ah.sequence',
    echo: 'icmp.seq',
    decrypted: 'isakmp.enc.decrypted',
  },
} as const;
type Column = keyof typeof COLUMNS;

function all(dissection: Dissection, name: string): string[] {
  const values: string[] = [];
  const walk = (fields: Dissection['layers'][number]['fields']): void => {
    for (const field of fields) {
      if (field.name === name) values.push(field.number === undefined ? field.value : String(field.number));
      walk(field.children ?? []);
    }
  };
  for (const layer of dissection.layers) {
    walk(layer.fields);
    if (layer.opened !== undefined) values.push(...all(layer.opened.dissection, name));
  }
  return values;
}

/** Address, number or octets, however either program writes it. */
const number = (text: string): string =>
  text === ''
    ? ''
    : text
        .split(',')
        .map((one) => Number(one))
        .join(',');
const address = (values: readonly string[]): string =>
  values
    .map((one) => (/^\d+$/.test(one) ? [24, 16, 8, 0].map((bits) => (Number(one) >>> bits) & 255).join('.') : one))
    .join(',');

/** Recordings where the two cannot agree, and why; what they hold outside is compared. */
const EXEMPT: Readonly<Record<string, string>> = {
  'ikev1-psk-mismatch':
    'the sides have different keys by design: tshark lists the noise as payloads, here it stays sealed',
  'ikev2-ipcomp.kernel': 'nothing here reads IPComp, so what is in it stays octets',
};

/** What Wireshark lists as payloads of their own. */
const NESTED = new Set(['2', '3', '53', '46']);

function payloadTypes(dissection: Dissection): string[] {
  return dissection.layers.flatMap((layer) => [
    ...(/^ikev[12]/.test(layer.name)
      ? layer.fields.flatMap(({ number: type }) => (type === undefined ? [] : [String(type)]))
      : []),
    ...(layer.opened === undefined ? [] : payloadTypes(layer.opened.dissection)),
  ]);
}

const names = (): string[] =>
  readdirSync(materialPath('captures'))
    .filter((name) => name.endsWith('.pcap') && !name.includes('.inside.'))
    .map((name) => name.slice(0, -'.pcap'.length))
    .sort();

groupWith([material('captures'), tshark], 'recordings with the tables of Wireshark', () => {
  it('open to what tshark opens, and agree with it on every field that both have', () => {
    const counted = { exempted: 0, recordings: 0, values: 0, opened: 0, sealed: 0 };
    const wrong: string[] = [];
    for (const name of names()) {
      const path = materialPath('captures', `${name}.pcap`);
      const { tshark: tables } = JSON.parse(readFileSync(materialPath('captures', `${name}.json`), 'utf8')) as {
        tshark: Record<string, string[]>;
      };
      inFolder((folder) => {
        for (const table of TABLES) {
          writeFileSync(join(folder, table), `# written by a program\n${(tables[table] ?? []).join('\r\n')}\n`);
        }
        const told: string[] = [];
        const keys: Map<string, PlainValues[]> = readKeys(folder, registry, {
          tell: (line = '') => void told.push(line),
        });
        expect([name, told]).toEqual([name, []]);
        const read = readCapture(readFileSync(path));
        const bare = read.packets.map(({ bytes }) => dissect(registry, bytes, { codec: 'ethernet' }));
        followKeys(keys, registry, bare, slots);
        const openers = { keys: (format: string) => keys.get(format) ?? [], slots };
        const ours = read.packets.map(({ bytes }) => dissect(registry, bytes, { codec: 'ethernet' }, openers));
        const decode = ['esp.enable_encryption_decode', 'esp.enable_authentication_check'].flatMap((one) => [
          '-o',
          `${one}:TRUE`,
        ]);
        process.env.WIRESHARK_CONFIG_DIR = folder;
        const rows = fieldsOf(path, Object.values(COLUMNS), decode);
        delete process.env.WIRESHARK_CONFIG_DIR;
        expect([name, rows.length]).toEqual([name, ours.length]);
        counted.recordings++;
        ours.forEach((dissection, at) => {
          const row = rows[at] as string[];
          const theirs = (column: Column): string => row[Object.keys(COLUMNS).indexOf(column)] ?? '';
          const same = (what: string, mine: string, other: string): void => {
            if (mine !== other && name in EXEMPT) counted.exempted++;
            else counted.values++;
            if (mine !== other && !(name in EXEMPT))
              wrong.push(`${name} packet ${at + 1}, ${what}: ${mine}, tshark ${other}`);
          };
          const sealed = dissection.layers.find((layer) => layer.sealed === true);
          const opened = dissection.layers.some((layer) => layer.opened !== undefined);
          if (sealed !== undefined) counted[opened ? 'opened' : 'sealed']++;
          // tshark reads no ChaCha20-Poly1305, and no ICV of extended sequence numbers it still decrypts.
          const listed = theirs('payloads')
            .split(',')
            .filter((type) => type !== '' && !NESTED.has(type));
          const ike = theirs('decrypted') !== '' || (sealed?.name === 'ikev1' && listed.length > 0);
          const decrypted = ike || (theirs('esp') !== '' && theirs('echo') !== '');
          if (sealed?.name.startsWith('ike') && !/SKF/.test(sealed.summary))
            same('opened', String(opened), String(decrypted));
          const inTshark = decrypted || sealed === undefined;
          const comparable = inTshark === (opened || sealed === undefined);
          same('length', String(read.packets[at]?.originalLength), theirs('length'));
          for (const [column, field] of [
            ...[
              ['port', 'udp.sourcePort'],
              ['toPort', 'udp.destinationPort'],
              ['id', 'isakmp.messageId'],
            ],
            ...[
              ['exchange', 'isakmp.exchangeType'],
              ['esp', 'esp.spi'],
              ['sequence', 'esp.sequence'],
            ],
            ...[
              ['ah', 'ah.spi'],
              ['ahSequence', 'ah.sequence'],
            ],
          ] as const) {
            same(
              field,
              number(all(dissection, field).slice(0, 1).join(',')),
              number(theirs(column as Column).split(',')[0] ?? ''),
            );
          }
          same(
            'SPIs',
            `${all(dissection, 'isakmp.initiatorSpi')} ${all(dissection, 'isakmp.responderSpi')}`,
            `${theirs('spiI')} ${theirs('spiR')}`,
          );
          if (!comparable) return;
          same('source', address(all(dissection, 'ipv4.source')), theirs('source'));
          same('destination', address(all(dissection, 'ipv4.destination')), theirs('destination'));
          same('IPv6 source', all(dissection, 'ipv6.source').join(','), theirs('source6'));
          same('IPv6 destination', all(dissection, 'ipv6.destination').join(','), theirs('destination6'));
          same('echo', all(dissection, 'icmp.sequence').join(','), theirs('echo').split(',')[0] ?? '');
          // A fragment holds a part of a message here; tshark lists the whole message with the last one.
          if (sealed !== undefined && /SKF/.test(sealed.summary)) return;
          same(
            'payloads',
            payloadTypes(dissection)
              .filter((type) => !NESTED.has(type))
              .join(','),
            listed.join(','),
          );
        });
      });
    }
    process.stdout.write(
      `tables of Wireshark: ${counted.recordings} recordings, ${counted.values} values compared, ${counted.exempted} exempted, ${counted.opened} packets opened, ${counted.sealed} not\n`,
    );
    expect(wrong.slice(0, 40)).toEqual([]);
    expect(counted.opened).toBeGreaterThan(600);
  }, 300_000);
});
