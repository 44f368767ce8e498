import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { captureSide, variesIn } from '../../cli/capture-side.ts';
import { readCapture } from '../../core/capture/index.ts';
import { type CaptureComparison, compareCaptures } from '../../workers/compare-captures.ts';
import type { ComparedFrame } from '../../workers/frame-keys.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { OpenLab } from '../../workers/open-lab.ts';
import { startLab } from '../scenarios/labs.ts';
import { groupWith, material, materialPath } from '../skip.ts';

/** Recordings of real daemons against each other and against our own runs. */

const host = createNodeHost();
const varies = variesIn(host.registry);
const recorded = (name: string): readonly ComparedFrame[] =>
  captureSide(name, readCapture(readFileSync(materialPath('captures', `${name}.pcap`))), new Map(), host).frames;
const of = ({ conversations }: CaptureComparison, protocol: string) =>
  conversations.filter((one) => one.protocol === protocol);

groupWith(material('captures'), 'recordings of real daemons, compared', () => {
  it('one scenario over two ESP implementations: the same exchanges, in other clothes', () => {
    for (const [name, protocol] of [
      ['ikev2-ecdsa', 'ikev2'],
      ['ikev2-psk-chacha', 'ikev2'],
      ['ikev1-main-psk', 'ikev1'],
      ['ikev1-xauth-psk', 'ikev1'],
    ] as const) {
      const compared = compareCaptures(recorded(name), recorded(`${name}.kernel`), varies);
      const [ike] = of(compared, protocol);
      expect([name, ike?.onlyA, ike?.onlyB]).toEqual([name, 0, 0]);
      const [esp] = of(compared, 'esp');
      // In UDP here, and not there: packet for packet the same, in another layer.
      expect([name, esp?.alike, (esp?.differ ?? 0) > 0, esp?.onlyA, esp?.onlyB]).toEqual([name, 0, true, 0, 0]);
      expect(compared.changes.some(({ fields }) => fields.some(({ field }) => /Protocol$/.test(field)))).toBe(true);
    }
  });

  it('another version or another credential parts them, and what they share stays together', () => {
    const versions = compareCaptures(recorded('ikev1-main-psk'), recorded('ikev2-psk'), varies);
    expect([of(versions, 'ikev1')[0]?.onlyA, of(versions, 'ikev2')[0]?.onlyB].every((count) => (count ?? 0) > 5)).toBe(
      true,
    );
    expect(of(versions, 'esp')[0]).toMatchObject({ onlyA: 0, onlyB: 0 });
    const failed = compareCaptures(recorded('ikev2-psk.kernel'), recorded('ikev2-auth-failed'), varies);
    expect(failed.onlyA).toBeGreaterThan(8);
  });

  it('and our own run of one: the handshake packet for packet, with our addresses for theirs', () => {
    const open = new OpenLab(startLab('site-to-site'));
    while (!open.progress().ended) open.advance();
    const ours = captureSide('ours', readCapture(open.capture(['gw-a:wan'])), new Map(), host).frames;
    const compared = compareCaptures(ours, recorded('ikev2-psk.kernel'), varies);
    expect(of(compared, 'ikev2')[0]).toMatchObject({ onlyA: 0, onlyB: 0 });
    expect(compared.onlyB).toBe(0);
    expect(compared.addresses.length).toBe(2);
  });
});
