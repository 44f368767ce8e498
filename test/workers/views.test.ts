import { beforeAll, describe, expect, it } from '@jest/globals';
import type { LabApi } from '../../workers/api.ts';
import { FRAME_FATE } from '../../workers/frame-fate.ts';
import { finish, luck, openLab, RAINY, shippedText } from './labs.ts';

const TUNNEL = shippedText('manual-keys');

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

describe('what a packet became', () => {
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
});
