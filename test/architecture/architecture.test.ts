import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../skip.ts';
import { smuggledNames } from './handed-on.ts';
import { forbiddenImports, importCycles, nodeInTheBrowser } from './imports.ts';
import { moduleState } from './module-state.ts';
import { impurities } from './purity.ts';
import { PACKAGES } from './rooms.ts';
import { type ParsedTree, parseTree, readSources, type Sources, type Violation } from './tree.ts';
import { emptyNames, longFiles, MAX_LINES, protocolWords, silentSkips, unfinishedNotes } from './words.ts';

type Rule = (tree: ParsedTree) => Violation[];

/** What a rule says of planted files, as `path:line message`. */
function told(rule: Rule, sources: Sources): string[] {
  return rule(parseTree(sources)).map(({ path, line, message }) => `${path}:${line} ${message}`);
}

/** One planted file among files that break nothing. */
function planted(rule: Rule, path: string, text: string, others: Sources = {}): string[] {
  return told(rule, { ...others, [path]: text });
}

const HOUSE: Sources = {
  'core/index.ts': "export * from './time/index.ts';",
  'core/time/index.ts': 'export const now = 0;',
  'core/random/index.ts': 'export const luck = 0;',
  'core/wire/index.ts': 'export const bytes = 0;',
  'core/packet/index.ts': "import { bytes } from '../wire/index.ts'; export const packet = bytes;",
  'core/trace/index.ts': "import { now } from '../time/index.ts'; export const first = now;",
  'core/plugin/index.ts': "import type { first } from '../trace/index.ts'; export type First = typeof first;",
  'core/network/index.ts': "import { luck } from '../random/index.ts'; export const link = luck;",
  'core/topology/index.ts': "import { parse } from 'yaml'; import { z } from 'zod'; export const read = [parse, z];",
  'core/simulation/index.ts': "import { link } from '../network/index.ts'; export const run = link;",
  'core/capture/index.ts': 'export const file = 0;',
  'core/experiment/index.ts': "import { run } from '../simulation/index.ts'; export const again = run;",
  'plugins/index.ts': "import { red } from './red/index.ts'; export const plugins = [red];",
  'plugins/node.ts': "import { quick } from './crypto-node/index.ts'; export const nodePlugins = [quick];",
  'plugins/red/index.ts':
    "import { b } from '../blue/contract.ts'; export const red = { name: 'red', requires: ['blue'], b };",
  'plugins/red/contract.ts': 'export const r = 0;',
  'plugins/blue/index.ts': "import { now } from '../../core/index.ts'; export const blue = { name: 'blue', now };",
  'plugins/blue/contract.ts': 'export const b = 0;',
  'plugins/blue/deep/part.ts': "import { b } from '../contract.ts'; export const part = b;",
  'plugins/crypto-node/index.ts': "import { createHash } from 'node:crypto'; export const quick = createHash;",
  'workers/api.ts': "import { plugins } from '../plugins/index.ts'; export const api = plugins;",
  'workers/node-host.ts': "import { nodePlugins } from '../plugins/node.ts'; export const host = nodePlugins;",
  'workers/client.ts': "import { wrap } from 'comlink'; export const client = wrap;",
  'cli/main.ts':
    "import { Command } from 'commander'; import { host } from '../workers/node-host.ts'; new Command(host);",
  'web/app.tsx':
    "import { client } from '../workers/client.ts'; import type { now } from '../core/index.ts'; client(0 as now);",
  'web/scene/stage.ts': "import { Application } from 'pixi.js'; export const stage = Application;",
  'test/core/time.test.ts':
    "import { now } from '../../core/time/index.ts'; import { r } from '../../plugins/red/contract.ts'; r + now;",
};

describe('who may import whom', () => {
  it('finds nothing in a house that keeps the table', () => {
    expect(told(forbiddenImports, HOUSE)).toEqual([]);
    expect(told(importCycles, HOUSE)).toEqual([]);
    expect(told(nodeInTheBrowser, HOUSE)).toEqual([]);
  });

  it.each([
    ['core/time/far.ts', "import { bytes } from '../wire/index.ts';"],
    ['core/wire/far.ts', "export { packet } from '../packet/index.ts';"],
    ['core/packet/far.ts', "import type { now } from '../time/index.ts';"],
    ['core/trace/far.ts', "import { link } from '../network/index.ts';"],
    ['core/plugin/far.ts', "import { first } from '../trace/index.ts';"],
    ['core/plugin/far.ts', "import type { link } from '../network/index.ts';"],
    ['core/network/far.ts', "import { run } from '../simulation/index.ts';"],
    ['core/topology/far.ts', "import { first } from '../trace/index.ts';"],
    ['core/simulation/far.ts', "import { file } from '../capture/index.ts';"],
    ['core/capture/far.ts', "type Luck = typeof import('../random/index.ts').luck;"],
    ['core/experiment/far.ts', "const wire = await import('../wire/index.ts');"],
    ['core/simulation/far.ts', "import { now } from '../index.ts';"],
    ['core/simulation/far.ts', "import { red } from '../../plugins/red/index.ts';"],
    ['core/cellar/far.ts', "import { now } from '../time/index.ts';"],
    ['core/time/far.ts', "import { readFileSync } from 'node:fs';"],
    ['core/time/far.ts', "import { z } from 'zod';"],
    ['core/simulation/far.ts', "import { parse } from 'yaml';"],
    ['plugins/red/far.ts', "import { now } from '../../core/time/index.ts';"],
    ['plugins/red/far.ts', "import { blue } from '../blue/index.ts';"],
    ['plugins/red/far.ts', "import { part } from '../blue/deep/part.ts';"],
    ['plugins/blue/far.ts', "import { r } from '../red/contract.ts';"],
    ['plugins/blue/far.ts', "import type { r } from '../red/contract.ts';"],
    ['plugins/blue/far.ts', "import { plugins } from '../index.ts';"],
    ['plugins/blue/far.ts', "import { api } from '../../workers/api.ts';"],
    ['plugins/blue/far.ts', "import { z } from 'zod';"],
    ['plugins/blue/far.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
    ['plugins/blue/far.ts', "import { createHash } from 'node:crypto';"],
    ['plugins/blue/far.ts', "import { debounce } from 'lodash';"],
    ['plugins/blue/far.ts', "import { gone } from './gone.ts';"],
    ['plugins/index.ts', "import { quick } from './crypto-node/index.ts';"],
    ['workers/browser.ts', "import { nodePlugins } from '../plugins/node.ts';"],
    ['workers/pool.ts', "import { red } from '../plugins/red/index.ts';"],
    ['workers/pool.ts', "import { stage } from '../web/scene/stage.ts';"],
    ['cli/far.ts', "import { wrap } from 'comlink';"],
    ['cli/far.ts', "import { red } from '../plugins/red/index.ts';"],
    ['cli/far.ts', "import '../web/app.tsx';"],
    ['cli/far.ts', "import '../test/core/time.test.ts';"],
    ['web/far.ts', "import { now } from '../core/index.ts';"],
    ['web/far.ts', "import { api } from '../workers/api.ts';"],
    ['web/far.ts', "import { plugins } from '../plugins/index.ts';"],
    ['web/far.ts', "import { Application } from 'pixi.js';"],
    ['web/far.ts', "import { wrap } from 'comlink';"],
    ['core/time/far.ts', "import bytes = require('../wire/index.ts');"],
    ['core/time/far.ts', "declare module '../wire/index.ts' { const more: number; }"],
    ['core/time/far.ts', '/// <reference types="node" />'],
    ['core/time/far.ts', '/// <reference path="../wire/index.ts" />'],
    ['core/time/far.ts', "const fs = require('node:fs');"],
    ['core/time/far.ts', 'const fs = await import(name);'],
    ['core/time/far.ts', "import 'data:text/javascript,0';"],
    ['core/time/far.ts', "import '/core/wire/index.ts';"],
    ['core/time/far.ts', "import { now } from 'ikebana/core';"],
    ['core/time/far.ts', "export * as wire from '../wire/index.ts';"],
    ['core/time/far.ts', "import { red } from '../../plugins/./red/../red/index.ts';"],
    ['core/network/far.ts', "import { red, type Red } from '../../plugins/red/index.ts';"],
    ['core/network/far.ts', "type Red = import('../../plugins/red/contract.ts').Red;"],
    ['plugins/red/contract.ts', "export * from '../blue/index.ts';"],
    ['plugins/crypto-node/far.ts', "import { createRequire } from 'node:module';"],
    ['cli/far.ts', "import { createRequire } from 'node:module';"],
    ['workers/far.mjs', "import { createRequire } from 'node:module';"],
    ['web/far.tsx', "const labs = import.meta.glob('../core/simulation/*.ts');"],
    ['web/far.tsx', "const app = await import('../cli/main.ts');"],
  ])('catches in %s: %s', (path, text) => {
    expect(planted(forbiddenImports, path, text, HOUSE)).toEqual([expect.stringContaining(`${path}:1 `)]);
  });

  it.each([
    ['core/plugin/far.ts', "export { z } from 'zod';"],
    ['core/topology/far.ts', "import { z } from 'zod'; export { z as shape };"],
    ['core/topology/far.ts', "import * as yaml from 'yaml'; export default yaml;"],
    ['core/index.ts', "export { z } from 'zod';"],
    ['core/simulation/far.ts', "export * from '../topology/index.ts';"],
    ['plugins/red/contract.ts', "export { b } from '../blue/contract.ts';"],
    ['plugins/red/contract.ts', "import { b } from '../blue/contract.ts'; export const bee = b;"],
    ['plugins/red/contract.ts', "export * from '../../core/index.ts';"],
    ['workers/client.ts', "export { run } from '../core/simulation/index.ts';"],
    ['workers/client.ts', "import { wrap } from 'comlink'; export { wrap };"],
    ['web/scene/far.ts', "export { Application } from 'pixi.js';"],
  ])('catches what %s hands on: %s', (path, text) => {
    expect(planted(smuggledNames, path, text)).toEqual([expect.stringContaining(`${path}:1 hands on `)]);
  });

  it.each([
    ['core/index.ts', "export * from './trace/record.ts';"],
    ['plugins/red/contract.ts', "export { part } from './deep/part.ts';"],
    ['workers/client.ts', "export type { Now } from '../core/index.ts'; export * from './api.ts';"],
    ['plugins/red/contract.ts', "import type { B } from '../blue/contract.ts'; export type { B };"],
  ])('lets %s hand on what is its own: %s', (path, text) => {
    expect(planted(smuggledNames, path, text)).toEqual([]);
  });

  it('finds a cycle once, whoever starts it, types included', () => {
    const ring = {
      'core/time/a.ts': "import { b } from './b.ts';",
      'core/time/b.ts': "import type { c } from './c.ts';",
      'core/time/c.ts': "export { a } from './a.ts';",
    };
    expect(told(importCycles, { ...HOUSE, ...ring })).toEqual([
      'core/time/a.ts:1 imports itself: core/time/a.ts -> core/time/b.ts -> core/time/c.ts -> core/time/a.ts',
    ]);
  });

  it('finds Node behind a worker that the page starts', () => {
    const page = {
      'workers/client.ts': "new Worker(new URL('./browser.ts', import.meta.url), { type: 'module' });",
      'workers/browser.ts': "import { host } from './node-host.ts'; host;",
    };
    expect(told(nodeInTheBrowser, { ...HOUSE, ...page })).toEqual([
      'plugins/crypto-node/index.ts:1 the page reaches it, and it imports node:crypto',
    ]);
  });
});

describe('no clock, no chance, no host', () => {
  it.each([
    'const t = Date.now();',
    'const t = new Date(0);',
    'const t = performance.now();',
    'setTimeout(f, 1);',
    'queueMicrotask(f);',
    'const seed = process.pid;',
    'const seed = globalThis.Date;',
    'const seed = crypto.getRandomValues(bytes);',
    'const order = { Date };',
    'const n = Math.random();',
    "const n = Math['random']();",
    'const { random } = Math;',
    'const n = Math.exp(1);',
    'const n = Math.log2(8);',
    'const n = x ** 0.5;',
    'let n = 2; n **= x;',
    'const s = n.toLocaleString();',
    'names.sort((a, b) => a.localeCompare(b));',
    "console.log('here');",
    "const f = new Function('return 1');",
    'const M = Math; M.random();',
    'const n = (Math).random();',
    'const n = Math[name]();',
    "const { ['random']: luck } = Math;",
    'const n = Math.sumPrecise([x]);',
    'const { crypto: own } = setting; const bytes = crypto.getRandomValues(own);',
    "const f = (() => 0).constructor('return Date')();",
    "const f = f['constructor'];",
    'const place = import.meta.url;',
    'Promise.resolve().then(f);',
    'const now = Reflect.get(host, name);',
    'const f = async () => 0;',
    "const made = require('node:fs');",
    'const { pid } = process;',
    "fetch('/');",
  ])('catches %s', (text) => {
    const body = `export function look(): void {\n  ${text}\n}`;
    expect(planted(impurities, 'core/time/far.ts', body)).toEqual([expect.stringContaining('core/time/far.ts:2 ')]);
    expect(planted(impurities, 'plugins/red/far.ts', body)).toHaveLength(1);
    expect(planted(impurities, 'cli/far.ts', body)).toEqual([]);
  });

  it.each([
    'const t = packet.Date;',
    'const row = { process: 1, Date: 2 };',
    'const n = 2 ** 32 + Math.sqrt(2);',
    'const n = 2n ** bits + 2 ** bits;',
    'function seal(crypto: Provider): void { crypto.seal(); }',
    '// Date and Math.random are not for here',
    'function seal({ crypto }: Slots): void { crypto.seal(); }',
    'const n = Math.min(1, Math.imul(2, 3));',
    "const s = 'Date.now()';",
    'interface Host { performance: number }',
  ])('lets %s be', (text) => {
    expect(planted(impurities, 'core/time/far.ts', text)).toEqual([]);
  });
});

describe('no module holds state', () => {
  it.each([
    'let count = 0;',
    'export let count = 0;',
    'var count = 0;',
    'const cache = new Map<string, number>();',
    'const seen = new Set([1]);',
    'const keys = new WeakMap();',
    'const pending: number[] = [];',
    'const byName: Record<string, number> = {};',
    'const scratch = new Uint8Array(64);',
    'const view = new DataView(new ArrayBuffer(8));',
    'const [A, B] = [new Int32Array(256), new Int32Array(256)];',
    'const [A, B] = tables(); export function put(): void { B[0] = 1; }',
    'class Counter { static count = 0; }',
    'const TABLE = [1, 2]; export function put(): void { TABLE[0] = 3; }',
    'const LIMITS = { a: 1 }; export function put(): void { LIMITS.a += 1; }',
    'const LIMITS = { a: { b: 1 } }; export function put(): void { LIMITS.a.b++; }',
    'const LIST = [1]; export function put(): void { LIST.push(2); }',
    'const LIST = [1]; export function put(): void { (LIST as number[]).push(2); }',
    'const LIMITS = { a: 1 }; export function put(): void { Object.assign(LIMITS, { a: 2 }); }',
    "import { LIMITS } from './near.ts'; export function put(): void { LIMITS.a = 2; }",
    "import * as near from './near.ts'; export function put(): void { near.LIMITS.a = 2; }",
    'const LIMITS = { a: 1 }; export function put(): void { LIMITS.a = 2; } export function see(LIMITS: Limits): void {}',
    'export function next(): number { return next.count++; }',
    'const next = (() => { let n = 0; return () => n++; })();',
    'const next = counter(); function counter() { const seen = new Map(); return { see: () => seen.set(1, 2) }; }',
    'const ids = (function* () { let n = 0; for (;;) yield n++; })();',
    'const WORD = /a/g; export function has(text: string): boolean { return WORD.test(text); }',
    'class Counter { static readonly seen = new Map<string, number>(); }',
    'class Counter { static { begin(); } }',
  ])('catches %s', (text) => {
    expect(planted(moduleState, 'plugins/red/far.ts', text)).toEqual([
      expect.stringContaining('plugins/red/far.ts:1 '),
    ]);
    expect(planted(moduleState, 'web/far.ts', text)).toEqual([]);
  });

  it.each([
    'const NAMES: ReadonlyMap<number, string> = new Map([[1, "one"]]);',
    'const NAMES: ReadonlySet<string> = new Set(["one"]);',
    'const NONE: readonly number[] = [];',
    'const TABLE = new Uint8Array([1, 2, 3]);',
    'const TABLE = buildTable();',
    'const EMPTY = new Uint8Array(0);',
    'export function fresh(): Map<string, number> { const cache = new Map(); cache.set("a", 1); return cache; }',
    'class Counter { static readonly LIMIT = 0; count = 0; }',
    'const TABLE = build(); function build() { const t = [0]; t.forEach((_, at) => { t[at] = at; }); return t; }',
    'const WORD = /a/g; export function bare(text: string): string { return text.replace(WORD, ""); }',
    'const TABLE = [1]; export function put(TABLE: number[]): void { TABLE.push(1); }',
  ])('lets %s be', (text) => {
    expect(planted(moduleState, 'core/time/far.ts', text)).toEqual([]);
  });
});

describe('words, names and sizes', () => {
  it.each([
    '// The ip header',
    'const ipAddress = 0;',
    "const s = 'IPv4';",
    'const sendUDPPort = 0;',
    'const ESP_OVERHEAD = 0;',
    'type IkeSa = number;',
    'const s = `nat`;',
    'interface ISAKMPHeader {}',
    'const ikev2_state = 0;',
    '/** Above ethernet. */',
  ])('catches a protocol in the core: %s', (text) => {
    expect(planted(protocolWords, 'core/time/far.ts', text)).toEqual([expect.stringContaining('core/time/far.ts:1 ')]);
    expect(planted(protocolWords, 'plugins/red/far.ts', text)).toEqual([]);
  });

  it('knows words that only look like protocols', () => {
    const text =
      '// skip, strip, description, natural, signature, respond, especially, espresso, like, strike, Ahead, tips, spin';
    expect(planted(protocolWords, 'core/time/far.ts', text)).toEqual([]);
  });

  it.each([
    ['web/far.ts', 'class SessionManager {}'],
    ['web/far.ts', 'interface PacketInfo {}'],
    ['web/far.ts', 'type NodeBase = number;'],
    ['web/far.ts', 'const packetData = 0;'],
    ['web/far.ts', 'function parseHelper(): void {}'],
    ['web/far.ts', 'function parse(rowInfo: string): void {}'],
    ['web/utils.ts', ''],
    ['web/common/far.ts', ''],
    ['core/time/types.ts', ''],
    ['core/misc/far.ts', ''],
    ['cli/print-helper.ts', ''],
  ])('catches an empty name: %s %s', (path, text) => {
    expect(planted(emptyNames, path, text)).toEqual([expect.stringContaining(`${path}:1 `)]);
  });

  it('lets names be that only look empty', () => {
    const text = 'const database = 0; const data = 1; class Metadata {} const baseline = 2; row.applicationData = 3;';
    expect(planted(emptyNames, 'plugins/red/association-database.ts', text)).toEqual([]);
  });

  it('catches long files, notes of unfinished work and silent skips', () => {
    const long = 'line();\n'.repeat(MAX_LINES + 1);
    expect(planted(longFiles, 'web/far.ts', long)).toHaveLength(1);
    expect(planted(longFiles, 'test/web/far.test.ts', long)).toEqual([]);
    expect(planted(unfinishedNotes, 'web/far.ts', '// TODO: more')).toHaveLength(1);
    for (const call of [
      "it.skip('a', f)",
      "describe.only('a', f)",
      "xit('a', f)",
      "it.todo('a')",
      "it.skip.each([1])('a', f)",
    ]) {
      expect(planted(silentSkips, 'test/far.test.ts', `${call};`)).toHaveLength(1);
    }
    expect(planted(silentSkips, 'test/far.test.ts', "it('a', f); items.skip(1);")).toEqual([]);
  });
});

describe('the real tree', () => {
  const sources = readSources(repositoryRoot);
  const tree = parseTree(sources);

  it('was read', () => {
    const tops = new Set(Object.keys(sources).map((path) => path.split('/')[0]));
    for (const top of ['core', 'plugins', 'workers', 'cli', 'web', 'test']) expect(tops).toContain(top);
  });

  it.each<[string, Rule]>([
    ['keeps the table of who may import whom', forbiddenImports],
    ['hands nothing on past that table', smuggledNames],
    ['has no cycle of imports', importCycles],
    ['loads nothing of Node in the page', nodeInTheBrowser],
    ['has no clock, chance or host in core and plugins', impurities],
    ['has no module-level state in core and plugins', moduleState],
    ['names no protocol in core', protocolWords],
    ['has no empty names', emptyNames],
    ['has no file that is too long', longFiles],
    ['has no notes of unfinished work', unfinishedNotes],
    ['skips no test silently', silentSkips],
  ])('%s', (_name, rule) => {
    expect(rule(tree).map(({ path, line, message }) => `${path}:${line} ${message}`)).toEqual([]);
  });

  it('tells of every dependency in docs/dependencies.md, pins each, and knows who may import it', () => {
    const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const page = readFileSync(join(repositoryRoot, 'docs/dependencies.md'), 'utf8');
    const told = [...page.matchAll(/^\| `([^`]+)` \| ([^ |]+) \|/gm)].map((row) => `${row[1]} ${row[2]}`);
    const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).map(
      ([name, version]) => `${name} ${version.replace(/^npm:.*@/, '')}`,
    );
    expect(told.sort()).toEqual(wanted.sort());
    for (const entry of wanted) expect(entry).toMatch(/ \d+\.\d+\.\d+$/);
    expect(Object.keys(PACKAGES).sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });
});
