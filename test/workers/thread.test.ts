import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HeldThread, startThread } from '../../workers/node-client.ts';
import { finish, kinds, loaded, luck, openLab, RAINY, shippedText } from './labs.ts';

/** How often each run is cut. */
const CUTS: readonly (readonly [string, number])[] = [
  ['manual-keys', 10],
  ['site-to-site', 30],
  ['rainy', 10],
];

describe('a lab in a thread', () => {
  let node: HeldThread;
  let portable: HeldThread;

  beforeAll(() => {
    node = startThread();
    portable = startThread({ portable: true });
  });
  afterAll(async () => {
    await node.close();
    await portable.close();
  });

  it.each(['manual-keys', 'site-to-site'])(
    'gives the bytes, verdicts, keys and rows of %s here, whichever cryptography it has',
    async (name) => {
      const text = shippedText(name);
      const here = await finish(await openLab(text));
      const capture = await here.capture();
      for (const { lab } of [node, portable]) {
        await finish(await loaded(lab, text));
        expect(Buffer.from(await lab.capture()).equals(capture)).toBe(true);
        expect(await lab.verdicts()).toEqual(await here.verdicts());
        expect(await lab.keyTables()).toEqual(await here.keyTables());
        const request = { from: 10, count: 20, filter: 'esp && icmp' };
        expect(await lab.rows(request)).toEqual(await here.rows(request));
        expect(await lab.progress()).toEqual(await here.progress());
      }
      expect((await here.verdicts()).every(({ held }) => held)).toBe(true);
      expect((await here.keyTables()).map(({ file }) => file)).toContain('esp_sa');
    },
  );

  it('cut at 50 random instants and sent to a thread that never saw the run, goes on to the same bytes', async () => {
    const next = luck(11);
    for (const [name, count] of CUTS) {
      const text = name === 'rainy' ? RAINY : shippedText(name);
      const whole = await finish(await openLab(text));
      const bytes = await whole.capture();
      // Most of a run is quiet: half the cuts fall on frames.
      const { frontier, frames: all } = await whole.progress();
      const { arrives } = await whole.flights(0, frontier, all);
      const instants = Array.from({ length: count }, (_, at) =>
        at % 2 === 0 ? next(frontier) : (arrives[next(all)] ?? 0) - 1,
      );
      const cuts = instants.sort((a, b) => a - b);
      const running = await openLab(text);
      for (const [at, cut] of cuts.entries()) {
        await running.advance(cut);
        const snapshot = await running.snapshot();
        const { lab } = at % 2 === 0 ? node : portable;
        expect((await lab.resume(snapshot)).diagnostics).toEqual([]);
        const head = await lab.capture();
        await finish(lab);
        const rest = (await lab.capture()).subarray(head.length);
        expect(Buffer.from(bytes.subarray(bytes.length - rest.length)).equals(rest)).toBe(true);
        const { frames } = await running.progress();
        expect((await lab.progress()).frames).toBe((await whole.progress()).frames - frames);
        expect(await lab.verdicts()).toEqual(await whole.verdicts());
      }
    }
  });

  it('keeps the lab that runs when a broken file or saved run comes', async () => {
    const { lab } = node;
    await finish(await loaded(lab, RAINY));
    const before = await lab.capture();
    const broken = await lab.load('nodes: { a: { kind: hots } }', { kinds, fileName: 'broken.yaml' });
    expect(broken.lab).toBeUndefined();
    expect(broken.diagnostics[0]).toMatchObject({
      file: 'broken.yaml',
      line: 1,
      severity: 'error',
      suggestion: 'host',
    });
    const snapshot = await lab.snapshot();
    const next = luck(3);
    for (let round = 0; round < 60; round++) {
      const damaged = snapshot.slice(0, round % 2 === 0 ? next(snapshot.length) : snapshot.length);
      if (round % 2 === 1) damaged[next(200)] = next(256);
      const { diagnostics, lab: taken } = await lab.resume(damaged);
      // A flipped octet may leave a run that is as good as another: it is taken up, or told of.
      expect((taken === undefined) === diagnostics.length > 0).toBe(true);
      if (taken !== undefined) await lab.resume(snapshot);
    }
    await loaded(lab, RAINY);
    await finish(lab);
    expect(Buffer.from(await lab.capture()).equals(before)).toBe(true);
  });
});
