import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import { groupWith, material, materialPath, type Requirement } from '../skip.ts';
import { Replay1 } from './ikev1-replay.ts';
import { readRecording } from './ikev2-recording.ts';
import { emptyTally, type Tally } from './ikev2-replay.ts';

/** Recordings by what they say of themselves: names of files say nothing. */
function ikev1Recordings(): string[] {
  const folder = materialPath('captures');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files
    .filter((file) => JSON.parse(readFileSync(materialPath('captures', file), 'utf8')).ikeVersion === 1)
    .map((file) => file.replace(/\.json$/, ''));
}

const names = ikev1Recordings();
const some: Requirement = { met: names.length > 0, reason: 'captures has no recording of IKEv1' };

groupWith([material('captures'), some], 'recorded IKEv1 exchanges', () => {
  const total: Tally = emptyTally();

  describe.each(names)('%s', (name) => {
    it('is decoded, recomputed, opened and sealed again to the same octets', () => {
      const tally = emptyTally();
      new Replay1(createNodeProvider(), readRecording(name), tally).run();
      for (const part of ['compared', 'exempted'] as const) {
        for (const [kind, count] of Object.entries(tally[part])) total[part][kind] = (total[part][kind] ?? 0) + count;
      }
      expect(tally.wrong).toEqual([]);
      expect(tally.compared['messages written again from what was read']).toBeGreaterThan(1);
    });
  });

  it('compares all that the recordings hold, and says what it leaves out', () => {
    const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, one) => all + one, 0);
    const lines = (counts: Record<string, number>): string =>
      Object.entries(counts)
        .map(([kind, count]) => `    ${count} ${kind}\n`)
        .join('');
    process.stdout.write(
      `IKEv1 recordings: ${names.length}; values compared: ${sum(total.compared)}\n${lines(total.compared)}` +
        `  exempted: ${sum(total.exempted)}\n${lines(total.exempted)}`,
    );
    expect(names.length).toBeGreaterThan(0);
    expect(sum(total.exempted)).toBeLessThan(sum(total.compared) / 10);
  });
});
