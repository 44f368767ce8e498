import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createStream } from '../../../core/index.ts';
import { createPeers, findPeer, forgetDue, MOST_PEERS_OF_A_MAPPING, permitPeer } from '../../../plugins/nat/peers.ts';
import { choosePort, createPortUse, isTaken, release, take } from '../../../plugins/nat/ports.ts';
import { CELL, cell, FLAG, type MappingTable } from '../../../plugins/nat/rows.ts';
import { resolveSettings } from '../../../plugins/nat/settings.ts';
import {
  addMapping,
  createTable,
  findInside,
  findOutside,
  moveOutside,
  removeMapping,
} from '../../../plugins/nat/table.ts';
import {
  createTimers,
  dueRow,
  earliestDeadline,
  idlestRow,
  refreshTimer,
  resetTimer,
  startTimer,
  stopTimer,
} from '../../../plugins/nat/timers.ts';

/** The tables against models that are slow and plain. */

const SPANS = [300, 30, 60, 7440, 240, 600, 10];

describe('timers', () => {
  it('know what is due, what is next and what is idlest, as a search over all rows would', () => {
    const step = fc.record({
      row: fc.nat(15),
      list: fc.nat(SPANS.length - 1),
      does: fc.constantFrom('start', 'refresh', 'reset', 'stop'),
      after: fc.nat(90),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const timers = createTimers(16, SPANS);
        const model = new Map<number, { expires: number; span: number }>();
        let now = 0;
        for (const { row, list, does, after } of steps) {
          now += after;
          const span = SPANS[list] as number;
          const present = model.get(row);
          if (does === 'start' && present === undefined) {
            startTimer(timers, row, list, now);
            model.set(row, { expires: now + span, span });
          } else if (does === 'refresh' && present !== undefined) {
            refreshTimer(timers, row, list, now);
            if (now + span >= present.expires) model.set(row, { expires: now + span, span });
          } else if (does === 'reset' && present !== undefined) {
            resetTimer(timers, row, list, now);
            model.set(row, { expires: now + span, span });
          } else if (does === 'stop') {
            stopTimer(timers, row);
            model.delete(row);
          }
          const deadlines = [...model.values()].map(({ expires }) => expires);
          expect(earliestDeadline(timers)).toBe(Math.min(Number.POSITIVE_INFINITY, ...deadlines));
          const idle = idlestRow(timers);
          const since = [...model.values()].map(({ expires, span: length }) => expires - length);
          const told = model.get(idle);
          if (told === undefined) expect(idle).toBe(-1);
          else expect(told.expires - told.span).toBe(Math.min(...since));
          const due = new Set<number>();
          for (let at = dueRow(timers, now); at >= 0; at = dueRow(timers, now)) {
            due.add(at);
            stopTimer(timers, at);
          }
          expect([...due].sort()).toEqual(
            [...model]
              .filter(([, { expires }]) => expires <= now)
              .map(([at]) => at)
              .sort(),
          );
          for (const at of due) model.delete(at);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the table of mappings', () => {
  /** Few values, so that keys collide, fill up and leave gaps. */
  const key = fc.record({
    protocol: fc.constantFrom(6, 17),
    inside: fc.nat(5),
    port: fc.nat(5),
    outside: fc.nat(3),
    outsidePort: fc.nat(5),
    remote: fc.nat(2),
    overloaded: fc.boolean(),
  });
  type Key = {
    protocol: number;
    inside: number;
    port: number;
    outside: number;
    outsidePort: number;
    remote: number;
    overloaded: boolean;
  };

  const insideKey = (one: Key): string => `${one.protocol} ${one.inside} ${one.port} ${one.remote}`;
  const outsideKey = (one: Key): string =>
    `${one.protocol} ${one.outside} ${one.outsidePort} ${one.overloaded ? one.remote : 0} ${one.overloaded && one.remote > 0}`;

  function add(table: MappingTable, one: Key): number {
    return addMapping(
      table,
      {
        protocol: one.protocol,
        flags: one.overloaded ? FLAG.overloaded : 0,
        insideAddress: one.inside,
        insidePort: one.port,
        outsideAddress: one.outside,
        outsidePort: one.outsidePort,
        keyAddress: one.remote,
        keyPort: 0,
        list: 0,
      },
      0,
    );
  }

  it('finds by both keys exactly what was entered, through growth, removals and moves', () => {
    const step = fc.record({ key, does: fc.constantFrom('add', 'add', 'remove', 'move'), to: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer(), (steps, salt) => {
        const table = createTable(1 << 20, SPANS, salt);
        const rows = new Map<string, { row: number; one: Key }>();
        const outsides = new Map<string, string>();
        for (const { key: one, does, to } of steps) {
          const name = insideKey(one);
          const known = rows.get(name);
          if (does === 'add' && known === undefined && !outsides.has(outsideKey(one))) {
            rows.set(name, { row: add(table, one), one });
            outsides.set(outsideKey(one), name);
          } else if (does === 'remove' && known !== undefined) {
            removeMapping(table, known.row);
            outsides.delete(outsideKey(known.one));
            rows.delete(name);
          } else if (does === 'move' && known !== undefined) {
            const moved = { ...known.one, outsidePort: to };
            if (outsides.has(outsideKey(moved))) continue;
            moveOutside(table, known.row, moved.outside, to);
            outsides.delete(outsideKey(known.one));
            outsides.set(outsideKey(moved), name);
            rows.set(name, { row: known.row, one: moved });
          }
        }
        expect(table.count).toBe(rows.size);
        // Compared by hand: so many expectations would take longer than all the rest.
        const wrong: string[] = [];
        for (const protocol of [6, 17]) {
          for (let name = 0; name < 6 * 6 * 3; name++) {
            const [address, port, remote] = [Math.floor(name / 18), Math.floor(name / 3) % 6, name % 3];
            const text = `${protocol} ${address} ${port} ${remote}`;
            if (findInside(table, protocol, address, port, remote, 0) !== (rows.get(text)?.row ?? -1)) wrong.push(text);
            // An overloaded key without a remote end and a plain one would be the same.
            if (remote === 0) continue;
            const owner = rows.get(outsides.get(`${text} true`) ?? '')?.row ?? -1;
            if (findOutside(table, protocol, address, port, remote, 0) !== owner) wrong.push(`outside ${text}`);
          }
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('holds 100,000 live mappings in far less than 100 MiB, and takes no longer for the last than for the first', () => {
    const table = createTable(200_000, SPANS, 99);
    const peers = createPeers(200_000, SPANS, 7);
    for (let one = 0; one < 100_000; one++) {
      const row = add(table, {
        protocol: 17,
        inside: 0x0a000000 + (one >> 8),
        port: 1024 + (one & 255),
        outside: 0xc6336400 + (one >> 16),
        outsidePort: one & 0xffff,
        remote: 0,
        overloaded: false,
      });
      permitPeer(peers, table, row, 0xcb007100 + (one & 255), 4500, 0, 0);
    }
    expect([table.count, peers.count]).toEqual([100_000, 100_000]);
    expect(octetsOf(table) + octetsOf(peers)).toBeLessThan(30 * 1024 * 1024);
    for (let one = 0; one < 100_000; one += 997) {
      const row = findInside(table, 17, 0x0a000000 + (one >> 8), 1024 + (one & 255), 0, 0);
      expect(findOutside(table, 17, 0xc6336400 + (one >> 16), one & 0xffff, 0, 0)).toBe(row);
      expect(row).toBeGreaterThanOrEqual(0);
    }
    expect(longestProbe(table.insideIndex)).toBeLessThan(100);
    expect(longestProbe(table.outsideIndex)).toBeLessThan(100);
  });

  /** The longest run of taken places: what the worst look-up walks over. */
  function longestProbe(places: Int32Array): number {
    let longest = 0;
    let run = 0;
    for (const place of places) {
      run = place === 0 ? 0 : run + 1;
      if (run > longest) longest = run;
    }
    return longest;
  }

  function octetsOf(plain: object): number {
    return Object.values(plain).reduce((sum: number, part: unknown) => {
      if (ArrayBuffer.isView(part)) return sum + part.byteLength;
      return typeof part === 'object' && part !== null ? sum + octetsOf(part) : sum + 8;
    }, 0);
  }
});

describe('permitted remote ends', () => {
  it('are those entered whose time is not over, for each mapping by itself', () => {
    const step = fc.record({
      mapping: fc.nat(3),
      address: fc.nat(3),
      port: fc.nat(2),
      list: fc.nat(2),
      after: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const table = createTable(64, SPANS, 3);
        const peers = createPeers(1000, SPANS, 4);
        const model = new Map<string, number>();
        let now = 0;
        for (const { mapping, address, port, list, after } of steps) {
          now += after;
          const name = `${mapping} ${address} ${port}`;
          const known = model.get(name) ?? 0;
          permitPeer(peers, table, mapping, address, port, list, now);
          model.set(name, Math.max(known > now ? known : 0, now + (SPANS[list] as number)));
          for (const [each, expires] of model) {
            const [m = 0, a = 0, p = 0] = each.split(' ').map(Number);
            expect(findPeer(peers, m, a, p, now) >= 0).toBe(expires > now);
          }
        }
        forgetDue(peers, table, now);
        expect(peers.count).toBe([...model.values()].filter((expires) => expires > now).length);
        const counted = [0, 1, 2, 3].reduce((sum, mapping) => sum + cell(table, mapping, CELL.peers), 0);
        expect(counted).toBe(peers.count);
      }),
      { numRuns: 200 },
    );
  });

  it('are bounded for one mapping and altogether; the oldest go', () => {
    const table = createTable(64, SPANS, 3);
    const peers = createPeers(MOST_PEERS_OF_A_MAPPING + 100, SPANS, 4);
    for (let address = 0; address < MOST_PEERS_OF_A_MAPPING + 10; address++) {
      permitPeer(peers, table, 1, address, 9, 0, address / 1e6);
    }
    expect(peers.count).toBe(MOST_PEERS_OF_A_MAPPING);
    expect([findPeer(peers, 1, 9, 9, 1), findPeer(peers, 1, 10, 9, 1) >= 0]).toEqual([-1, true]);
    for (let address = 0; address < 200; address++) permitPeer(peers, table, 2, address, 9, 0, 1);
    expect(peers.count).toBe(MOST_PEERS_OF_A_MAPPING + 100);
    expect(findPeer(peers, 1, 10, 9, 1)).toBe(-1);
    expect(findPeer(peers, 2, 0, 9, 1)).toBeGreaterThanOrEqual(0);
  });
});

describe('ports', () => {
  const stream = createStream(1, 'ports');
  const settingsOf = (
    ports: 'preserving' | 'contiguous' | 'random' | 'parity' | 'static',
    range?: { low: number; high: number },
  ) => resolveSettings({ ports, ...(range === undefined ? {} : { range }) } as never);

  it('are handed out until none is left, each once, each in its range and of its parity', () => {
    for (const ports of ['preserving', 'contiguous', 'random', 'parity'] as const) {
      const use = createPortUse();
      const settings = settingsOf(ports, { low: 1000, high: 1999 });
      const seen = new Set<number>();
      for (let count = 0; count < (ports === 'parity' ? 500 : 1000); count++) {
        const port = choosePort(use, settings, { protocol: 17, wanted: 1500, not: -1 }, () => stream);
        expect(port >= 1000 && port <= 1999 && !seen.has(port)).toBe(true);
        if (ports === 'parity') expect(port & 1).toBe(0);
        seen.add(port);
        take(use, port);
      }
      expect(choosePort(use, settings, { protocol: 17, wanted: 1500, not: -1 }, () => stream)).toBe(-1);
      release(use, 1234);
      expect(choosePort(use, settings, { protocol: 17, wanted: 1500, not: -1 }, () => stream)).toBe(1234);
      expect(choosePort(use, settings, { protocol: 17, wanted: 1500, not: 1234 }, () => stream)).toBe(-1);
    }
  });

  it('are the first free one from a place on, wherever words of the bit set end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 190 }),
        fc.integer({ min: 1, max: 200 }),
        (taken, from) => {
          const use = createPortUse();
          for (const port of taken) take(use, port);
          use.next = from;
          const port = choosePort(
            use,
            settingsOf('contiguous', { low: 1, high: 200 }),
            { protocol: 17, wanted: 1, not: -1 },
            () => stream,
          );
          let wanted = -1;
          for (let step = 0; step < 200 && wanted < 0; step++) {
            const candidate = 1 + ((from - 1 + step) % 200);
            if (!isTaken(use, candidate)) wanted = candidate;
          }
          expect(port).toBe(wanted);
        },
      ),
    );
  });

  it('keep to well-known and other ports by themselves where no range is set; identifiers of queries to none', () => {
    const use = createPortUse();
    const settings = settingsOf('random');
    for (let count = 0; count < 300; count++) {
      expect(choosePort(use, settings, { protocol: 17, wanted: 500, not: -1 }, () => stream)).toBeLessThan(1024);
      expect(choosePort(use, settings, { protocol: 6, wanted: 50_000, not: -1 }, () => stream)).toBeGreaterThan(1023);
    }
    expect(choosePort(use, settingsOf('preserving'), { protocol: 1, wanted: 0, not: -1 }, () => stream)).toBe(0);
  });

  it('that are kept by rule are had or not', () => {
    const use = createPortUse();
    expect(choosePort(use, settingsOf('static'), { protocol: 17, wanted: 500, not: -1 }, () => stream)).toBe(500);
    take(use, 500);
    expect(choosePort(use, settingsOf('static'), { protocol: 17, wanted: 500, not: -1 }, () => stream)).toBe(-1);
  });

  it('of others count as taken only towards the same remote end where they are overloaded', () => {
    const use = createPortUse();
    const settings = settingsOf('preserving');
    const clashes = (port: number): boolean => port < 4010;
    expect(choosePort(use, settings, { protocol: 17, wanted: 4000, not: -1, clashes }, () => stream)).toBe(4010);
    let asked = 0;
    const all = (): boolean => ++asked > 0;
    expect(choosePort(use, settings, { protocol: 17, wanted: 4000, not: -1, clashes: all }, () => stream)).toBe(-1);
    expect(asked).toBeLessThan(200);
  });
});
