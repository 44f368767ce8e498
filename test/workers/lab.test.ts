import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LabApi } from '../../workers/api.ts';
import { parseFilter } from '../../workers/filter.ts';
import { FRAME_FATE } from '../../workers/frame-fate.ts';
import { type HeldThread, startThread } from '../../workers/node-client.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { Pace } from '../../workers/pace.ts';
import { plainFromBytes, plainToBytes } from '../../workers/plain-bytes.ts';
import { finish, kinds, loaded, luck, openLab, RAINY, shippedText } from './labs.ts';

/** How often each run is cut. */
const CUTS: readonly (readonly [string, number])[] = [
  ['manual-keys', 10],
  ['site-to-site', 30],
  ['rainy', 10],
];
const TUNNEL = shippedText('manual-keys');

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

  it('does what an operator enters just after the view, as if the timeline had said so', async () => {
    const lab = await finish(await openLab(RAINY));
    const at = 1_234_567_890;
    await lab.seek(at);
    const entered = await lab.enter('node: b, ping: 10.1.0.2, count: 2');
    expect(entered.diagnostics).toEqual([]);
    expect(entered.entry).toMatchObject({ at: at + 1, place: 'b', text: 'ping: 10.1.0.2, count: 2' });
    expect(entered.progress.frontier).toBe(at);
    await finish(lab);
    const written = await openLab(RAINY, {
      overrides: [{ path: 'timeline.+', value: `{ at: ${at + 1}ns, node: b, ping: 10.1.0.2, count: 2 }` }],
    });
    await finish(written);
    expect(Buffer.from(await lab.capture()).equals(await written.capture())).toBe(true);
    expect(await lab.progress()).toEqual({ ...(await written.progress()), view: at });
    // Looking back, the action is not yet there; looking later, it is.
    await lab.seek(at);
    await written.seek(at);
    expect(await lab.node('b')).toEqual(await written.node('b'));
    expect((await lab.enter('node: b, pnig: 10.1.0.2')).diagnostics[0]?.suggestion).toBe('ping');
    expect((await lab.lab())?.timeline.map((entry) => entry.at)).toContain(at + 1);
  });

  it('takes back what was entered, and writes it into the topology so that the same run follows', async () => {
    const text = shippedText('nat-home');
    const lab = await finish(await openLab(text));
    const before = await lab.capture();
    await lab.seek(5_010_000_000);
    await lab.enter('{ node: home, nat: rebind }');
    await lab.seek(2_000_000_001);
    await lab.enter('link: "home:wan -- isp:home", set: { up: false }, for: 5ms');
    await finish(lab);
    const after = await lab.capture();
    expect(Buffer.from(after).equals(before)).toBe(false);
    const written = await lab.written();
    expect(written.diagnostics).toEqual([]);
    expect(written.text).toContain('at: 2.000000002s');
    expect(Buffer.from(await (await finish(await openLab(written.text))).capture()).equals(after)).toBe(true);
    const places = (await lab.lab())?.timeline.flatMap(({ entry }, at) => (entry.typed === undefined ? [] : [at]));
    expect(places).toHaveLength(2);
    expect((await lab.withdraw(0)).withdrawn).toBe(false);
    expect((await lab.withdraw(99)).withdrawn).toBe(false);
    for (const at of [...(places ?? [])].reverse()) {
      const { withdrawn, progress } = await lab.withdraw(at);
      expect(withdrawn).toBe(true);
      expect(progress.view).toBeLessThan(5_010_000_001);
    }
    expect((await lab.written()).text).toBe(text);
    expect(Buffer.from(await (await finish(lab)).capture()).equals(before)).toBe(true);
  });

  it.each(['nat-home', 'site-to-site', 'dhcp-routed'])(
    'offers on the nodes of %s only what can be done',
    async (name) => {
      const lab = await openLab(shippedText(name));
      const offers = (await lab.actions()).flatMap((action) => action.offers);
      expect(offers.length).toBeGreaterThan(5);
      for (const { node, entry } of offers)
        expect([entry, (await lab.enter(`node: ${node}, ${entry}`)).diagnostics]).toEqual([entry, []]);
    },
  );

  it('shows a packet before and after a translation, octet by octet, from both its frames', async () => {
    const lab = await finish(await openLab(shippedText('nat-home')));
    const { rows } = await lab.rows({ from: 0, count: 500, filter: 'udp && (from == laptop || from == home)' });
    const inside = rows.find(({ source }) => source === '192.168.1.10');
    const packet = await lab.packet(inside?.record ?? 0);
    const [rewriting] = packet?.rewritings ?? [];
    expect(packet?.rewritings).toHaveLength(1);
    expect(rewriting?.text).toBe('home wrote the source 198.51.100.7:4000 in place of 192.168.1.10:4000');
    expect(rewriting?.fields.map(({ label }) => label)).toEqual(['Header checksum', 'Source address', 'Checksum']);
    expect(rewriting?.fields[1]).toMatchObject({ before: '192.168.1.10', after: '198.51.100.7', first: 12, end: 16 });
    const { from, to, before, after } = rewriting ?? {};
    expect(to?.record).toBeGreaterThan(from?.record ?? Number.NaN);
    const behind = await lab.packet(to?.record ?? 0);
    expect(behind?.rewritings.map(({ record }) => record)).toEqual([rewriting?.record]);
    const start = to?.start ?? 0;
    expect([...(behind?.dissection.bytes.subarray(start, start + (after?.length ?? 0)) ?? [])]).toEqual([
      ...(after ?? []),
    ]);
    expect(before?.length).toBe(after?.length);
    const node = await lab.node('home');
    const table = node?.plugins.flatMap(({ tables }) => tables).find(({ name }) => name === 'mappings');
    for (const row of table?.rows ?? []) expect(Number(row.share)).toBeGreaterThan(0);
  });

  it.each([
    ['nat-t-tunnel', ['laptop', 'home', 'isp', 'gateway'], 'IKE_SA_INIT', 'request 0'],
    ['ikev1-main', ['gw-a', 'internet', 'gw-b'], 'Main Mode', ''],
  ] as const)('makes a ladder of the messages of %s', async (name, columns, exchange, id) => {
    const lab = await finish(await openLab(shippedText(name)));
    const ladder = await lab.ladder();
    expect([ladder.columns, ladder.looked]).toEqual([columns, ladder.of]);
    const messages = ladder.rungs.flatMap((rung) => (rung.kind === 'message' ? [rung] : []));
    expect(messages[0]).toMatchObject({ exchange, id, again: 0 });
    expect(messages[0]?.parts[0]).toBe('SA');
    for (const { hops } of messages)
      expect(hops.slice(1).map(({ from }) => from)).toEqual(hops.slice(0, -1).map(({ to }) => to));
    // The frames are those that the display filter finds; what is sealed is read with its key.
    const { total } = await lab.rows({ from: 0, count: 1, filter: 'isakmp' });
    expect(messages.reduce((sum, { hops }) => sum + hops.length, 0)).toBe(total);
    expect(messages.flatMap(({ parts }) => parts).filter((part) => /^(AUTH|HASH)/.test(part)).length).toBeGreaterThan(
      1,
    );
    expect(messages.flatMap(({ story }) => story).some(({ text }) => /has proved to be/.test(text))).toBe(true);
    const [first] = ladder.conversations;
    expect(first?.peers).toHaveLength(2);
    expect((await lab.ladder('nobody')).rungs).toEqual([]);
  });

  it('says of a later translation of the same mapping that octets are kept of the first ones alone', async () => {
    const long = shippedText('nat-home').replace('source_port: 4000, count: 5', 'source_port: 4000, count: 70');
    const lab = await finish(await openLab(long));
    const { rows } = await lab.rows({ from: 0, count: 500, filter: 'udp && from == laptop' });
    const told = await Promise.all(
      rows.slice(0, 70).map(async ({ record }) => (await lab.packet(record))?.rewritings[0]),
    );
    expect(told.map((one) => (one?.before.length ?? 0) > 0)).toEqual(Array.from({ length: 70 }, (_, at) => at < 64));
    expect(told.map((one) => one?.octetsOfFirst)).toEqual(
      Array.from({ length: 70 }, (_, at) => (at < 64 ? undefined : 64)),
    );
    // The frames on both sides are there all the same.
    const last = told.at(-1);
    const [before, behind] = [await lab.packet(last?.from?.record ?? 0), await lab.packet(last?.to?.record ?? 0)];
    const sourceOf = (packet: typeof before) =>
      packet?.dissection.layers.flatMap(({ fields }) => fields).find(({ label }) => label === 'Source address')?.value;
    expect([sourceOf(before), sourceOf(behind)]).toEqual(['192.168.1.10', '198.51.100.7']);
  });

  it('pages through a long ladder', async () => {
    const text = shippedText('site-to-site')
      .replace('version: 2', 'version: 2\n            dpd_delay: 1s')
      .replace('  - { at: 10s, node: gw-a, terminate: branch }\n', '')
      .replace(/^seed: 1$/m, 'seed: 1\nduration: 700s');
    const lab = await finish(await openLab(text));
    let ladder = await lab.ladder();
    while (ladder.looked < ladder.of) ladder = await lab.ladder();
    expect(ladder.total).toBeGreaterThan(1200);
    expect([ladder.rungs.length, ladder.from, ladder.page, ladder.more, ladder.full]).toEqual([
      600,
      0,
      600,
      true,
      false,
    ]);
    const records = new Set<number>();
    for (let from = 0; from < ladder.total; from += ladder.page) {
      const page = await lab.ladder(undefined, from);
      expect(page.rungs.length).toBe(Math.min(ladder.page, ladder.total - from));
      expect(page.more).toBe(from + ladder.page < ladder.total);
      for (const { record } of page.rungs) records.add(record);
    }
    expect(records.size).toBe(ladder.total);
    const past = await lab.ladder(undefined, 1e9);
    expect([past.rungs.length, past.more]).toEqual([0, false]);
    expect((await lab.ladder(undefined, Number.NaN)).from).toBe(0);
  });

  it('tells in a ladder what was lost and what was sent again', async () => {
    const lab = await finish(await openLab(shippedText('ikev1-dpd')));
    const { rungs } = await lab.ladder();
    const messages = rungs.flatMap((rung) => (rung.kind === 'message' ? [rung] : []));
    expect(messages.filter(({ lost }) => lost !== undefined).length).toBeGreaterThan(2);
    expect(messages.some(({ again, lost }) => again > 0 && lost !== undefined)).toBe(true);
    expect(messages.find(({ lost }) => lost !== undefined)?.hops.at(-1)?.lost).toBe(true);
    expect([...rungs].sort((a, b) => a.time - b.time).map(({ time }) => time)).toEqual(rungs.map(({ time }) => time));
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

describe('what the page draws', () => {
  let lab: LabApi;
  beforeAll(async () => {
    lab = await finish(await openLab(RAINY));
  });

  it('has every frame with its fate, and drops with their reasons', async () => {
    const { frontier, frames, drops } = await lab.progress();
    const flights = await lab.flights(0, frontier, 60_000);
    expect(flights.count).toBe(frames);
    expect(flights.more).toBe(false);
    const { rows, total } = await lab.rows({ from: 0, count: 2000 });
    expect(total).toBe(frames);
    rows.forEach((row, at) => {
      expect(flights.records[at]).toBe(row.record);
      expect((flights.directions[at] as number) >> 1).toBe(row.link);
      expect(flights.sizes[at]).toBe(row.size);
      expect(flights.fates[at]).toBe(row.fate);
      expect(flights.arrives[at]).toBeGreaterThan(flights.starts[at] as number);
    });
    const lost = rows.filter(({ fate }) => fate === FRAME_FATE.lost);
    expect(lost.length).toBeGreaterThan(0);
    for (const { reason } of lost) expect(reason).toMatch(/lost on|when it was cut/);
    const happenings = await lab.happenings(0, frontier);
    expect(happenings.filter(({ kind, tone }) => kind === 'drop' && tone === 'failed')).toHaveLength(drops);
    for (const { frame, link } of happenings.filter(({ code }) => code === 'core.link-lost')) {
      expect(rows.find(({ record }) => record === frame)?.link).toBe(link);
    }
    expect(rows.some(({ fate }) => fate === FRAME_FATE.delivered)).toBe(true);
    expect(rows.some(({ fate }) => fate === FRAME_FATE.forwarded)).toBe(true);
  });

  it('finds the frames under way in a window, and only those', async () => {
    const { frontier } = await lab.progress();
    const all = await lab.flights(0, frontier, 60_000);
    const next = luck(9);
    for (let round = 0; round < 30; round++) {
      const from = 1_000_000_000 + next(2_000_000_000);
      const to = from + next(20_000_000);
      const part = await lab.flights(from, to);
      const expected = [...all.records].filter((_, at) => {
        return (all.starts[at] as number) <= to && (all.arrives[at] as number) >= from;
      });
      // A frame that waits for its transmitter is under way from when it was handed over.
      expect(
        [...part.records].filter((record) => (all.starts[[...all.records].indexOf(record)] as number) <= to),
      ).toEqual(expected);
    }
    const few = await lab.flights(0, frontier, 3);
    expect([few.count, few.more]).toEqual([3, true]);
    const stacks = new Set([...all.stack].map((id) => all.stacks[id]?.shells.map(({ name }) => name).join('>')));
    expect(stacks).toContain('ethernet>ipv4>icmp');
  });

  it('counts what happened in equal parts of time', async () => {
    const { frontier, frames, drops } = await lab.progress();
    const sum = (counts: Uint32Array): number => counts.reduce((total, count) => total + count, 0);
    const density = await lab.density(0, frontier + 1, 37);
    expect(density.frames).toHaveLength(37);
    expect(sum(density.frames)).toBe(frames);
    expect(sum(density.drops)).toBe(drops);
    expect(sum((await lab.density(0, 1_000_000_000, 4)).inputs)).toBe(0);
    expect([...(await lab.density(1_000_000_000, 2_000_000_000, 2)).inputs]).toEqual([1, 1]);
  });

  it('takes a frame apart with its way, its end and why it was sent', async () => {
    const { rows } = await lab.rows({ from: 0, count: 2000, filter: 'icmp && from == r && to == b && lost' });
    const packet = await lab.packet(rows[0]?.record ?? 0);
    expect(packet).toMatchObject({ from: 'r', to: 'b', fate: FRAME_FATE.lost, interface: 'wan' });
    expect(packet?.dissection.layers.map(({ name }) => name).slice(0, 3)).toEqual(['ethernet', 'ipv4', 'icmp']);
    expect(packet?.end?.text).toMatch(/lost on/);
    expect(packet?.why.at(-1)?.text).toContain('a');
    expect(await lab.packet(0)).toBeUndefined();
    expect(await lab.packet(Number.NaN)).toBeUndefined();
    const replies = (await lab.rows({ from: 0, count: 1, filter: 'icmp && from == b && delivered' })).rows;
    const forwarded = (await lab.rows({ from: 0, count: 1, filter: 'icmp && from == b' })).rows;
    const reply = await lab.packet(forwarded[0]?.record ?? replies[0]?.record ?? 0);
    expect(reply?.lineage.map(({ relation }) => relation)).toContain('answer');
  });

  it('sees a packet within another, and what a key opened', async () => {
    const tunnel = await finish(await openLab(TUNNEL));
    const { rows } = await tunnel.rows({ from: 0, count: 1, filter: 'esp && icmp' });
    const flights = await tunnel.flights(0, (await tunnel.progress()).frontier, 60_000);
    const shells = flights.stacks[rows[0]?.stack ?? 0]?.shells ?? [];
    expect(shells.map(({ name }) => name)).toEqual(['ethernet', 'ipv4', 'esp', 'ipv4', 'icmp']);
    expect(shells.map(({ sealed }) => sealed)).toEqual([false, false, true, false, false]);
    expect(shells.map(({ opened }) => opened)).toEqual([false, false, false, true, true]);
    const packet = await tunnel.packet(rows[0]?.record ?? 0);
    expect(packet?.lineage.map(({ relation }) => relation)).toContain('encrypted');
    const { tubes } = await tunnel.overview();
    expect(tubes.length).toBeGreaterThan(0);
  });
});

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

describe('plain data as octets', () => {
  const plain = fc.letrec((tie) => ({
    part: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(undefined, null, true, false, -0, Number.NaN, Number.POSITIVE_INFINITY, '\ud800'),
      fc.double(),
      fc.integer(),
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ maxLength: 20 }),
      fc.float64Array({ maxLength: 5 }),
      fc.int32Array({ maxLength: 5 }),
      fc.array(tie('part'), { maxLength: 5 }),
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        tie('part'),
        { maxKeys: 5, noNullPrototype: true },
      ),
      fc.array(fc.tuple(fc.string(), tie('part')), { maxLength: 4 }).map((entries) => new Map(entries)),
      fc.array(fc.integer(), { maxLength: 4 }).map((items) => new Set(items)),
    ),
  })).part;

  it('come back as they were', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const read = plainFromBytes(plainToBytes(value));
        expect('value' in read && read.value).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('keep a part that is met twice one part, and rings', () => {
    const part = { octets: Uint8Array.of(1, 2) };
    const ring: { self?: unknown; parts: unknown[] } = { parts: [part, part] };
    ring.self = ring;
    const read = plainFromBytes(plainToBytes(ring)) as { value: typeof ring };
    expect(read.value.self).toBe(read.value);
    expect(read.value.parts[0]).toBe(read.value.parts[1]);
    expect(read.value.parts[0]).not.toBe(part);
  });

  it('refuse what is no plain data', () => {
    class Thing {}
    for (const value of [() => 0, Symbol('x'), new Thing(), { deep: [new Date(0)] }]) {
      expect(() => plainToBytes(value)).toThrow(RangeError);
    }
  });

  it('never throw on octets of any kind: cut, changed, random', () => {
    const whole = plainToBytes({ a: [1, 'two', Uint8Array.of(3), new Map([['k', 4.5]])], b: { c: null } });
    for (let at = 0; at < whole.length; at++) expect(plainFromBytes(whole.subarray(0, at))).toHaveProperty('wrong');
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), (at, octet) => {
        const changed = whole.slice();
        changed[at % whole.length] = octet;
        expect(Object.keys(plainFromBytes(changed))).toHaveLength(1);
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        const bytes = Uint8Array.of(...whole.subarray(0, 4), ...octets);
        expect(Object.keys(plainFromBytes(bytes))).toHaveLength(1);
      }),
      { numRuns: 5000 },
    );
  });
});

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
