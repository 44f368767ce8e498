import { describe, expect, it } from '@jest/globals';
import { finish, openLab, RAINY, shippedText } from './labs.ts';

const TUNNEL = shippedText('manual-keys');

describe('explanations', () => {
  it('guess at a failure that has a cure, where repeated packets were dropped before it', async () => {
    const lab = await openLab(shippedText('ah-tunnel'), { without: ['gw-a/ah'] });
    await finish(lab);
    const told = (await lab.explain()).answers.find(({ question }) => question.includes('child:'));
    expect(told?.chain[0]?.text).toBe('gw-a could not install SA branch/net{1}: no plugin of this node does AH');
  });

  it('follow a time-out to the drop behind it, with sources and cures', async () => {
    const lab = await openLab(RAINY, {
      overrides: [
        { path: 'links[1].loss', value: '100%' },
        { path: 'timeline[1]', value: undefined },
      ],
    });
    await finish(lab);
    const { answers } = await lab.explain('ping a -> b');
    expect(answers[0]?.held).toBe(false);
    const texts = answers[0]?.chain.map(({ text }) => text).join('\n') ?? '';
    expect(texts).toMatch(/lost on/);
    expect(answers[0]?.chain.at(-1)?.text).toContain('a');
    expect(answers[0]?.chain.some(({ cure }) => cure !== undefined)).toBe(true);
    const whole = await lab.explain();
    expect(whole.answers[0]?.question).toContain('answered');
    expect(whole.answers.map(({ question }) => question).join()).toContain('core.link-lost');
  });

  it('answer about packets and names, and say what is wrong with a question', async () => {
    const lab = await finish(await openLab(TUNNEL));
    const { rows } = await lab.rows({ from: 0, count: 1, filter: 'drop' });
    const dropped = await lab.explain(`packet ${rows[0]?.number}`);
    expect(dropped.answers[0]).toMatchObject({ held: false });
    expect(dropped.answers[0]?.chain[0]?.text).toBe(rows[0]?.reason);
    expect((await lab.explain('packet 1')).answers[0]?.chain.length).toBeGreaterThan(0);
    expect((await lab.explain('packet 0')).wrong).toContain('numbered from 1');
    expect((await lab.explain('packet x')).wrong).toContain('numbered from 1');
    expect((await lab.explain('tunnel branch')).answers).toHaveLength(1);
    expect((await lab.explain('tunnel no-such-name')).wrong).toContain('nothing in this run speaks of');
    expect((await lab.explain('ping alice bob')).wrong).toContain('for example');
    expect((await lab.explain('ping alice -> bob, answered: 4')).answers[0]?.held).toBe(true);
  });
});
