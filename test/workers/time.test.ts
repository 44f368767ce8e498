import { describe, expect, it } from '@jest/globals';
import { createNodeHost } from '../../workers/node-host.ts';
import { Pace } from '../../workers/pace.ts';
import { finish, luck, openLab, RAINY, shippedText } from './labs.ts';

const TUNNEL = shippedText('manual-keys');

describe('time', () => {
  it('goes both ways: an instant looks the same from behind as from before', async () => {
    for (const text of [TUNNEL, RAINY]) {
      const lab = await finish(await openLab(text));
      const { frontier } = await lab.progress();
      const next = luck(7);
      for (let round = 0; round < 6; round++) {
        const time = next(frontier);
        const fresh = await openLab(text);
        await fresh.advance(time);
        expect((await lab.seek(time)).nextRecord).toBe((await fresh.seek(time)).nextRecord);
        expect(await lab.overview()).toEqual(await fresh.overview());
        for (const { name } of (await fresh.lab())?.nodes ?? []) {
          expect(await lab.node(name)).toEqual(await fresh.node(name));
        }
      }
    }
  });

  it('steps by event, frame and exchange, computing on where needed, and back the same way', async () => {
    const lab = await openLab(RAINY);
    for (const unit of ['event', 'frame', 'exchange'] as const) {
      await lab.seek(0);
      const forward: number[] = [];
      for (let step = 0; step < 25; step++) {
        const { view, moved } = await lab.step(unit, 'forward');
        expect(moved).toBe(true);
        forward.push(view);
      }
      expect(forward).toEqual([...forward].sort((a, b) => a - b));
      expect(new Set(forward).size).toBe(forward.length);
      const back: number[] = [];
      for (let step = 0; step < 24; step++) back.push((await lab.step(unit, 'back')).view);
      expect(back).toEqual(forward.slice(0, -1).reverse());
    }
    await finish(lab);
    await lab.seek((await lab.progress()).frontier);
    expect((await lab.step('frame', 'forward')).moved).toBe(false);
    const times = new Set<number>();
    const { rows } = await lab.rows({ from: 0, count: 2000 });
    for (const { time } of rows) times.add(time);
    await lab.seek(0);
    let steps = 0;
    while ((await lab.step('frame', 'forward')).moved) steps++;
    // Frames at time 0 are seen without a step.
    expect(steps).toBe(times.size - 1);
  });

  it('tells of what lasts from its birth to its death, whatever ended it', async () => {
    const lab = await finish(await openLab(shippedText('nat-expiry')));
    const { frontier } = await lab.progress();
    const { lanes, whole } = await lab.lanes(0, frontier, 100);
    expect(whole).toBe(true);
    const bars = lanes.find(({ node }) => node === 'home')?.bars ?? [];
    const notes = (await lab.happenings(0, frontier)).filter(({ kind }) => kind === 'note');
    const at = (code: string) => notes.filter((one) => one.code === code).map(({ time }) => time);
    const byTime = (a: number, b: number) => a - b;
    // Made or given another port; forgotten, made to forget, or given another port.
    expect(bars.map(({ from }) => from)).toEqual([...at('nat.mapped'), ...at('nat.rebound')].sort(byTime));
    expect(bars.map(({ to }) => to).sort(byTime)).toEqual(
      [...at('nat.expired'), ...at('nat.flushed'), ...at('nat.rebound')].sort(byTime),
    );
    expect([at('nat.flushed').length, at('nat.rebound').length, at('nat.expired').length > 1]).toEqual([1, 1, true]);
    expect(new Set(bars.map(({ of, tone }) => `${of} ${tone}`))).toEqual(new Set(['NAT mapping translation']));
    // Of a stretch, what touches it; of an instant in the past, nothing that came later.
    const [first] = bars;
    const early = (await lab.lanes(0, (first?.from ?? 0) + 1, 10)).lanes.find(({ node }) => node === 'home');
    expect(early?.bars).toEqual([first]);
    const tunnel = await finish(await openLab(shippedText('site-to-site')));
    const end = (await tunnel.progress()).frontier;
    const told = await tunnel.happenings(0, end);
    const { lanes: all } = await tunnel.lanes(0, end, 10);
    for (const gateway of ['gw-a', 'gw-b']) {
      const when = (code: string) => told.find((one) => one.code === code && one.node === gateway)?.time;
      expect(
        all.find(({ node }) => node === gateway)?.bars.map(({ of, tone, from, to }) => [of, tone, from, to]),
      ).toEqual([
        ['IKE SA', 'key', when('ikev2.established'), when('ikev2.closed')],
        ['IPsec SA', 'protected', when('ipsec.sa-installed'), when('ipsec.sa-removed')],
      ]);
    }
  });

  it('takes slices that fit the time they cost', () => {
    const pace = new Pace(50);
    for (let slice = 0; slice < 30; slice++) pace.took(pace.events, pace.events / 100);
    expect(pace.events).toBeGreaterThan(4000);
    expect(pace.events).toBeLessThan(6000);
    for (let slice = 0; slice < 5; slice++) pace.took(pace.events, pace.events * 10);
    expect(pace.events).toBe(16);
  });
});

describe('a trace that had to let go', () => {
  const BUSY = RAINY.replace('count: 40, interval: 50ms', 'count: 1500, interval: 2ms');

  it('answers about every record, frame and chain as one that held them all', async () => {
    const history = { snapshots: 8, octets: 64 * 1024 * 1024, interval: 256, stretches: 2 };
    const small = { ...createNodeHost({ budget: { records: 8192, bytes: 2 * 1024 * 1024 }, history }) };
    const forgetful = await finish(await openLab(BUSY, {}, small));
    const whole = await finish(await openLab(BUSY));
    const { records } = await forgetful.progress();
    expect(records.first).toBeGreaterThan(records.next / 2);
    expect(await forgetful.progress()).toEqual({ ...(await whole.progress()), records });
    expect(Buffer.from(await forgetful.capture()).equals(await whole.capture())).toBe(true);
    const next = luck(5);
    for (let round = 0; round < 40; round++) {
      const number = 1 + next(records.next - 1);
      expect(await forgetful.why(number)).toEqual(await whole.why(number));
      expect(forgetful.open?.history.record(number)).toEqual(whole.open?.history.record(number));
    }
    const [first] = (await whole.rows({ from: 100, count: 1 })).rows;
    expect(await forgetful.packet(first?.record ?? 0)).toEqual(await whole.packet(first?.record ?? 0));
    const held = forgetful.open?.history.held;
    expect(held?.snapshots).toBeLessThanOrEqual(history.snapshots);
    expect(forgetful.open?.history.record(0)).toBeUndefined();
    expect(forgetful.open?.history.record(records.next)).toBeUndefined();
  });
});
