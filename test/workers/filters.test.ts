import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFilter } from '../../workers/filter.ts';
import { FRAME_FATE } from '../../workers/frame-fate.ts';
import { finish, openLab, RAINY } from './labs.ts';

describe('display filters', () => {
  it('pass what they say', async () => {
    const lab = await finish(await openLab(RAINY));
    const all = (await lab.rows({ from: 0, count: 2000 })).rows;
    const passing = async (filter: string): Promise<number[]> => {
      const { rows, looked, of, wrong } = await lab.rows({ from: 0, count: 2000, filter });
      expect([wrong, looked]).toEqual([undefined, of]);
      return rows.map(({ number }) => number);
    };
    const where = (test: (row: (typeof all)[number]) => boolean): number[] =>
      all.filter(test).map(({ number }) => number);
    expect(await passing('arp')).toEqual(where(({ protocol }) => protocol === 'arp'));
    expect(await passing('!arp and (from == a or from == b)')).toEqual(
      where(({ protocol, from }) => protocol !== 'arp' && (from === 'a' || from === 'b')),
    );
    expect(await passing('node == a')).toEqual(where(({ from, to }) => from === 'a' || to === 'a'));
    expect(await passing('size > 90 && time < 1.3')).toEqual(where(({ size, time }) => size > 90 && time < 1.3e9));
    expect(await passing('lost || drop')).toEqual(
      where(({ fate }) => fate === FRAME_FATE.lost || fate === FRAME_FATE.dropped),
    );
    const toB: number[] = [];
    for (const { record, number } of all) {
      const fields = (await lab.packet(record))?.dissection.layers.flatMap((layer) => layer.fields) ?? [];
      if (fields.some(({ name, value }) => name === 'ipv4.destination' && value.startsWith('10.2.'))) toB.push(number);
    }
    expect(await passing('ipv4.destination == 10.2.*')).toEqual(toB);
    expect(toB.length).toBeGreaterThan(0);
    expect(await passing('"echo reply"')).toEqual(where(({ summary }) => summary.includes('echo reply')));
    expect((await passing('ipv4.timeToLive <= 63')).length).toBeGreaterThan(0);
    expect(await passing('ipv4 && arp')).toEqual([]);
  });

  it.each([
    ['', 'ends where something is expected'],
    ['arp &&', 'ends where something is expected'],
    ['(arp', 'a ( is not closed'],
    ['arp)', 'is not expected'],
    ['arp icmp', 'is not expected after a whole filter'],
    ['size >', 'size > needs a value'],
    ['nonsense.field == 3', 'is no field'],
    ['== 3', 'is not expected here'],
    ['"never closed', 'cannot be read'],
    ['('.repeat(200), 'at most 50 levels'],
    ['x'.repeat(2000), 'at most 1000 characters'],
  ])('say what is wrong with %s', (text, message) => {
    const parsed = parseFilter(text, new Set(['arp', 'icmp']));
    expect('wrong' in parsed ? parsed.wrong : '').toContain(message);
  });

  it('never throw, whatever is typed', () => {
    const word = fc.constantFrom(
      'arp',
      'size',
      '==',
      '&&',
      '||',
      '!',
      '(',
      ')',
      '"a"',
      '3',
      'contains',
      'x.y',
      'lost',
      ' ',
    );
    const frame = {
      ...{ number: 1, time: 0, from: 'a', to: 'b', link: 'l', size: 60, fate: 'open' },
      dissection: () => undefined,
      headline: () => ({ protocol: 'arp', summary: '' }),
    };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          const parsed = parseFilter(text, new Set(['arp', 'x']));
          if ('filter' in parsed) expect(typeof parsed.filter.passes(frame)).toBe('boolean');
          else expect(parsed.wrong).not.toBe('');
        },
      ),
      { numRuns: 5000 },
    );
  });
});
