import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseDocument, stringify } from 'yaml';
import { FATE } from '../../core/packet/index.ts';
import { createStream, nextBelow } from '../../core/random/index.ts';
import { judge, Simulation } from '../../core/simulation/index.ts';
import { framesOf, labNames, labText, registry, runLab, slotsOf, startLab, topologyOf } from './labs.ts';

const refuse = (): never => {
  throw new Error('a clock or chance from outside the run was asked');
};

/** Runs with every clock and source of chance of the host made to throw. */
function withoutClockAndChance<T>(work: () => T): T {
  const saved = { Date: globalThis.Date, random: Math.random, performance: globalThis.performance };
  const names = ['randomBytes', 'randomInt', 'randomFillSync', 'randomUUID', 'generateKeyPairSync'] as const;
  const functions = crypto as unknown as Record<string, unknown>;
  const kept = names.map((name) => functions[name]);
  const web = globalThis.crypto?.getRandomValues;
  try {
    globalThis.Date = new Proxy(saved.Date, {
      construct: refuse,
      apply: refuse,
      get: (date, key) => (key === 'now' ? refuse : Reflect.get(date, key)),
    });
    Math.random = refuse;
    Object.defineProperty(globalThis, 'performance', { value: { now: refuse }, configurable: true });
    for (const name of names) functions[name] = refuse;
    if (web !== undefined)
      Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: refuse, configurable: true });
    syncBuiltinESMExports();
    return work();
  } finally {
    globalThis.Date = saved.Date;
    Math.random = saved.random;
    Object.defineProperty(globalThis, 'performance', { value: saved.performance, configurable: true });
    names.forEach((name, at) => {
      functions[name] = kept[at];
    });
    if (web !== undefined)
      Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: web, configurable: true });
    syncBuiltinESMExports();
  }
}

/** The same YAML with the keys of maps and the links in another order. Lists whose order means something stay. */
function shuffled(text: string, seed: number): string {
  const stream = createStream(seed, 'shuffle');
  const mixed = <T>(list: T[]): T[] => {
    for (let at = list.length - 1; at > 0; at--) {
      const other = nextBelow(stream, at + 1);
      [list[at], list[other]] = [list[other] as T, list[at] as T];
    }
    return list;
  };
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) {
      const items = value.map((item) => walk(item, ''));
      return key === 'links' || key === 'timeline' ? mixed(items) : items;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(mixed(Object.entries(value)).map(([name, one]) => [name, walk(one, name)]));
  };
  return stringify(walk(parseDocument(text).toJS(), ''));
}

/** What of a run is not plain data of its own, by path: methods, objects of classes, views of part of a buffer. */
function notPlain(run: object): string[] {
  const found: string[] = [];
  const seen = new Set<object>();
  const buffers = new Set<ArrayBufferLike>();
  const plain: readonly (object | null)[] = [Object.prototype, Array.prototype, Map.prototype, Set.prototype, null];
  const views: readonly (object | null)[] = [Uint8Array, Uint16Array, Uint32Array, Int32Array, Float64Array].map(
    (one) => one.prototype,
  );
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'function' || typeof value === 'symbol') found.push(`${path}: a ${typeof value}`);
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (ArrayBuffer.isView(value)) {
      if (!views.includes(prototype)) found.push(`${path}: a ${value.constructor.name}`);
      if (value.byteLength !== value.buffer.byteLength) found.push(`${path}: a view of a larger buffer`);
      if (buffers.has(value.buffer)) found.push(`${path}: a buffer that another view has`);
      buffers.add(value.buffer);
    } else if (!plain.includes(prototype)) found.push(`${path}: a ${value.constructor.name}`);
    else if (value instanceof Map || value instanceof Set) for (const one of value.entries()) walk(one, `${path}()`);
    else for (const [key, one] of Object.entries(value)) walk(one, `${path}.${key}`);
  };
  walk(run, '');
  return found;
}

/** The state of a run without what only a trace gives it: numbers of records, and causes and evidence made of them. */
function unrecorded(simulation: Simulation): unknown {
  const { nextRecord: _, folds: __, keyLog: ___, queue, directions, ...rest } = structuredClone(simulation.run);
  return {
    ...rest,
    queue: { ...queue, causes: undefined },
    directions: directions.map((direction) => ({ ...direction, causes: undefined })),
  };
}

describe.each(labNames.map((name) => ({ name })))('shipped topology $name', ({ name }) => {
  let whole!: Simulation;
  let reference!: string[];
  beforeAll(() => {
    whole = runLab(name);
    reference = framesOf(whole);
  });

  it('meets its expectations, each with evidence', () => {
    const judgements = judge(whole);
    expect(judgements.length).toBeGreaterThan(0);
    expect(judgements.filter((one) => !one.held).map((one) => `${one.expectation.text}: ${one.evidence}`)).toEqual([]);
    for (const one of judgements) expect(one.evidence.length).toBeGreaterThan(5);
  });

  it('gives the same frames with either crypto provider, with no clock and no chance from outside', () => {
    for (const provider of ['crypto-noble', 'crypto-node'] as const) {
      const frames = withoutClockAndChance(() => framesOf(runLab(name, { slots: slotsOf(provider) })));
      expect(frames).toEqual(reference);
    }
  });

  it('gives the same frames when all that is derived is forgotten before every event', () => {
    expect(framesOf(runLab(name, { emptyCaches: true }))).toEqual(reference);
  });

  it('gives the same frames when its YAML is put in another order', () => {
    for (const seed of [1, 2]) {
      const simulation = Simulation.start(topologyOf(shuffled(labText(name), seed), name), {
        registry,
        slots: slotsOf(),
      });
      simulation.advance();
      expect(framesOf(simulation)).toEqual(reference);
    }
  });

  it('gives the same frames beside an unrelated pair of hosts that talk', () => {
    const document = parseDocument(labText(name));
    const end = whole.now;
    for (const [at, host] of ['00-first', 'zz-last'].entries()) {
      document.setIn(['nodes', host], { kind: 'host', interfaces: { eth0: `203.0.113.${200 + at}/24` } });
    }
    document.addIn(['links'], '00-first:eth0 -- zz-last:eth0');
    if (!document.has('timeline')) document.set('timeline', []);
    document.addIn(['timeline'], { at: '100ms', node: '00-first', ping: '203.0.113.201', count: 3 });
    const simulation = Simulation.start(topologyOf(document.toString(), name), { registry, slots: slotsOf() });
    simulation.advance(end);
    const own = framesOf(simulation).filter((line) => !/ (00-first|zz-last) [0-9a-f]*$/.test(line));
    expect(framesOf(simulation).length).toBeGreaterThan(own.length);
    expect(own.filter((line) => Number(line.split(' ', 1)[0]) <= end)).toEqual(reference);
  });

  it('comes to the same state whether it is recorded in full, in part or not at all', () => {
    const reference = unrecorded(whole);
    for (const recording of ['records', 'off'] as const) {
      expect(unrecorded(runLab(name, { recording }))).toEqual(reference);
    }
  });

  it('gives the same frames when other packets of the same octets take the places of those on links', () => {
    const simulation = startLab(name);
    const { run } = simulation;
    do {
      for (const direction of run.directions) {
        direction.packets = direction.packets.map((packet) => {
          // Those that were replaced already have not moved since.
          if (packet === undefined || packet.buffer.length === packet.end - packet.start) return packet;
          const buffer = packet.buffer.slice(packet.start, packet.end);
          const [id, end] = [run.nextPacket++, buffer.length];
          return { id, buffer, start: 0, end, outer: -1, ingress: -1, fate: FATE.onLink, hooks: 0, tags: undefined };
        });
      }
    } while (simulation.nextTime <= simulation.end && simulation.step());
    expect(framesOf(simulation)).toEqual(reference);
  });

  it('is plain data at every instant, nothing in it a view of what is not its own', () => {
    const simulation = startLab(name);
    for (let part = 0; part <= 40; part++) {
      simulation.advance(Math.round((whole.now * part) / 40));
      expect(notPlain(simulation.run)).toEqual([]);
    }
  });

  it('loses no packet without a reason', () => {
    const { ledger } = whole.run;
    let drops = 0;
    for (const record of whole.trace?.records() ?? []) {
      if (record.cause >= record.number) throw new Error(`record ${record.number} is caused by ${record.cause}`);
      if (record.kind !== 'drop') continue;
      drops++;
      expect(registry.codes.has(record.code ?? '')).toBe(true);
      expect(record.code).not.toBe('core.left-in-hand');
    }
    expect(drops).toBe(ledger.dropped);
  });

  it('knows of each packet that became another which one', () => {
    const parents = new Set<unknown>();
    for (const { kind, values } of whole.trace?.records() ?? []) if (kind === 'derive') parents.add(values?.from);
    expect(parents.size).toBeGreaterThanOrEqual(whole.run.ledger.replaced);
  });

  it('logs no key where none is to be kept, and gives the same frames', () => {
    const silent = runLab(name, { keys: false });
    expect(silent.run.keyLog).toEqual([]);
    expect([...(silent.trace?.records() ?? [])].filter(({ kind }) => kind === 'key')).toEqual([]);
    expect(framesOf(silent)).toEqual(reference);
  });

  it('goes on from snapshots to the same frames', () => {
    const stream = createStream(1, name);
    for (let cut = 0; cut < 5; cut++) {
      const at = Math.floor((nextBelow(stream, 1 << 30) / (1 << 30)) * whole.now);
      const first = startLab(name);
      first.advance(at);
      const second = Simulation.resume(structuredClone(first.snapshot()), { registry, slots: slotsOf() });
      second.advance();
      expect([...framesOf(first), ...framesOf(second)]).toEqual(reference);
    }
  });
});
