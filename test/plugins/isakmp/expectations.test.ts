import { describe, expect, it } from '@jest/globals';
import { judge, Simulation, type SimulationOptions } from '../../../core/simulation/index.ts';
import { parseTopology } from '../../../core/topology/index.ts';
import { kinds, labText, registry, slotsOf, topologyOf } from '../../scenarios/labs.ts';

const LINK = 'gw-a:wan -- internet:a';

/** What comes of these expectations in a shipped lab: held or not, and the evidence. */
function outcomes(lab: string, expectations: readonly string[], options: Partial<SimulationOptions> = {}) {
  const text = labText(lab).replace(
    /^expect:\n[\s\S]*$/m,
    `expect:\n${expectations.map((each) => `  - ${each}\n`).join('')}`,
  );
  const simulation = Simulation.start(topologyOf(text, lab), { registry, slots: slotsOf(), ...options });
  simulation.advance();
  return judge(simulation).map(({ held, evidence }) => [held, evidence] as const);
}

describe('readable', () => {
  it('finds text and octets in frames as they are, counts the frames, and holds for the number that is asked', () => {
    const hex = `0x${Buffer.from('gw-b.example').toString('hex')}`;
    const found = outcomes('ikev1-aggressive', [
      `{ link: ${LINK}, readable: gw-a.example }`,
      `{ link: ${LINK}, readable: '${hex}', count: 1 }`,
      `{ link: ${LINK}, readable: gw-a.example, count: 0 }`,
      `{ link: ${LINK}, readable: gw-a.example, count: { at_least: 2 } }`,
      `{ link: ${LINK}, readable: gw-a.example, count: { at_most: 1 } }`,
      `{ link: ${LINK}, readable: gw-c.example, count: 0 }`,
      `{ link: 'alice:eth0 -- gw-a:lan', readable: gw-a.example, count: 0 }`,
    ]);
    expect(found.map(([held]) => held)).toEqual([true, true, false, false, true, true, true]);
    expect(found[0]?.[1]).toMatch(/^gw-a\.example can be read in 1 of \d+ frames, first at 0\.00\d+ s$/);
    expect(found[5]?.[1]).toMatch(/^gw-c\.example can be read in 0 of \d+ frames$/);
  });

  it('says so where frames were not kept, and holds then in no case', () => {
    const found = outcomes('ikev1-main', [`{ link: ${LINK}, readable: gw-a.example, count: 0 }`], {
      recording: 'records',
    });
    expect(found[0]?.[0]).toBe(false);
    expect(found[0]?.[1]).toContain('nobody can tell');
  });

  it('takes no empty text, no link that is not there, no count below zero', () => {
    for (const wrong of [
      `{ link: ${LINK}, readable: '' }`,
      '{ link: gw-a:wan -- nobody:a, readable: a }',
      `{ link: ${LINK}, readable: a, count: -1 }`,
    ]) {
      const text = labText('ikev1-main').replace(/^expect:\n[\s\S]*$/m, `expect:\n  - ${wrong}\n`);
      const { diagnostics } = parseTopology(text, { registry, kinds, fileName: 'wrong' });
      expect([wrong, diagnostics.filter(({ severity }) => severity === 'error').length > 0]).toEqual([wrong, true]);
    }
  });
});
