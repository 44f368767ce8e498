import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { z } from 'zod';
import { createRegistry } from '../../../core/index.ts';
import {
  completionsAt,
  type JsonSchema,
  parseKinds,
  topologyReference,
  topologySchema,
} from '../../../core/topology/index.ts';
import { GOOD, KINDS, registry } from './declared-plugins.ts';

const { kinds } = parseKinds(KINDS);

describe('the JSON Schema', () => {
  const schema = topologySchema(registry, kinds);
  // Another reader of JSON Schema judges it: one that knows nothing of topologies.
  const reader = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  const paths = (value: unknown): string[] =>
    (reader.safeParse(value).error?.issues ?? []).map(({ path }) => path.join('.'));

  it('is plain JSON and takes a good topology', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(paths(parse(GOOD))).toEqual([]);
    expect(
      paths(JSON.parse('{ "nodes": { "a": { "plugins": { "net": null, "seal": false, "echo": true } } } }')),
    ).toEqual([]);
  });

  it('refuses what the parser refuses', () => {
    expect(paths({})).toEqual(['nodes']);
    expect(paths({ nodes: { a: { kind: 'hots' } } })).toEqual(['nodes.a.kind']);
    expect(paths({ nodes: { a: { kid: 'host' } } })).toEqual(['nodes.a']);
    expect(paths({ nodes: { a: { plugins: { nett: {} } } } })).toEqual(['nodes.a.plugins']);
    expect(paths({ nodes: { a: { plugins: { net: { ttl: 0 } } } } })).not.toEqual([]);
    expect(paths({ nodes: {}, timeline: [{ at: '1s', node: 'a', echo: 'x', cuont: 1 }] })).not.toEqual([]);
    expect(paths({ nodes: {}, expect: [{ echo: 'x' }] })).not.toEqual([]);
    expect(paths({ nodes: {}, links: [{ endpoints: ['a:b'] }] })).not.toEqual([]);
  });

  it('describes every key and closes every map, so that no wrong key passes', () => {
    const undescribed: string[] = [];
    const open: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const node = value as JsonSchema;
      if (node.type === 'object' && node.additionalProperties === undefined) open.push(path);
      for (const [key, child] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, each] of Object.entries(child as Record<string, JsonSchema>)) {
            if (each.description === undefined) undescribed.push(`${path}/${name}`);
          }
        }
        walk(child, `${path}/${key}`);
      }
    };
    walk(schema, '');
    expect(open).toEqual([]);
    // The test plugins leave a few undescribed on purpose; the topology's own keys are all described.
    expect(undescribed.filter((path) => !/\/(timeline|expect)\/|\$defs/.test(path))).toEqual([]);
  });

  it('shows defaults as they are written', () => {
    const { plugins } = schema.$defs as { plugins: { properties: Record<string, { anyOf: JsonSchema[] }> } };
    expect(plugins.properties.net?.anyOf[0]?.properties).toMatchObject({
      forward: { default: false },
      ttl: { default: 64 },
      timeout: { default: '30s', title: 'duration' },
    });
  });
});

describe('the reference', () => {
  const text = topologyReference(registry);

  it('tells every plugin, action, expectation and key', () => {
    for (const name of registry.plugins.keys()) expect(text).toContain(`\n### ${name}\n`);
    for (const key of registry.actions.keys()) expect(text).toContain(`**Timeline: \`${key}\`**`);
    for (const key of registry.expectations.keys()) expect(text).toContain(`**Expectation: \`${key}\`**`);
    for (const row of [
      '| `seed` | whole number, from 0 |',
      '| `ttl` | whole number, 1 to 255 | `64` | hops that a packet may make |',
      '| `timeout` | duration | `30s` | how long pieces are kept |',
      '| `connections.<name>.mode` | `tunnel` `transport` `beet` | `tunnel` | what is carried |',
      '| `connections.<name>.peers` | list of text or text | required | addresses of the other end |',
      '| `connections.<name>.replay` | `off` or map |',
      '| `connections.<name>.replay.window` | whole number, from 32 | required |',
      '| `endpoints` | text or list | required |',
      '| `set` | `up` `down` | required | what it becomes |',
    ]) {
      expect(text).toContain(row);
    }
  });

  it('is the same whatever the order of plugins, and has no empty table', () => {
    const turned = createRegistry([...registry.plugins.values()].reverse());
    expect(topologyReference(turned)).toBe(text);
    expect(text).not.toMatch(/\| --- \|\n\n/);
    expect(text).not.toMatch(/undefined|\[object|\n{3}/);
    expect(topologyReference(createRegistry([]))).toContain('# Topology files');
  });
});

describe('completion', () => {
  /** Options at the `|`, keys with their colon. */
  const at = (text: string): string[] => {
    const { from, to, options } = completionsAt(text.replace('|', ''), text.indexOf('|'), { registry, kinds });
    expect(from <= text.indexOf('|') && to >= text.indexOf('|')).toBe(true);
    return options.map(({ insert }) => insert);
  };
  const head = `nodes:
  a: { kind: host, interfaces: { eth0: 10.0.0.1/24 } }
  b: { kind: gateway, interfaces: { eth0: 10.0.0.2/24, eth1: } }
links: [a:eth0 -- b:eth0]
`;
  const LINK_KEYS = ['delay', 'rate', 'mtu', 'queue', 'loss', 'duplicate', 'reorder', 'corrupt', 'jitter', 'up'].map(
    (key) => `${key}: `,
  );

  it.each([
    ['|', ['name: ', 'about: ', 'seed: ', 'duration: ', 'kinds: ', 'nodes: ', 'links: ', 'timeline: ', 'expect: ']],
    ['name: x\nno|', ['about: ', 'seed: ', 'duration: ', 'kinds: ', 'nodes: ', 'links: ', 'timeline: ', 'expect: ']],
    ['nodes:\n  a:\n    |', ['kind: ', 'interfaces: ', 'plugins: ']],
    ['nodes:\n  a:\n    kind: host\n    in|', ['interfaces: ', 'plugins: ']],
    ['nodes:\n  a:\n    ki|: host', ['kind', 'interfaces', 'plugins']],
    ['nodes:\n  a: { kind: ho| }', ['node', 'host', 'router', 'gateway']],
    ['nodes:\n  a:\n    kind: |\n    plugins:\n', ['node', 'host', 'router', 'gateway']],
    ['kinds:\n  x: { from: | }', ['node', 'host', 'router', 'gateway']],
    [
      'nodes:\n  a:\n    plugins:\n      wire:\n      ne|',
      [...registry.plugins.keys()].filter((name) => name !== 'wire').map((name) => `${name}: `),
    ],
    ['nodes:\n  a:\n    plugins:\n      net: { | }', ['forward: ', 'ttl: ', 'timeout: ']],
    ['nodes:\n  a:\n    plugins:\n      net:\n        ttl: 3\n        fo|', ['forward: ', 'timeout: ']],
    ['nodes:\n  a:\n    plugins:\n      net: { forward: | }', ['true', 'false', 'yes', 'no']],
    ['nodes:\n  a:\n    plugins:\n      net: { timeout: | }', ['30s', '8ms', '60m', '1h']],
    ['nodes:\n  a:\n    plugins:\n      seal: { connections: { x: { mode: tun| } } }', ['tunnel', 'transport', 'beet']],
    ['nodes:\n  a:\n    interfaces: { eth0: | }', ['address: ', 'mtu: ', '10.0.0.1/24', 'lease']],
    [head.replace('[a:eth0 -- b:eth0]', '\n  - a:eth0 -- b|'), ['a:eth0', 'b:eth0', 'b:eth1']],
    [head.replace('[a:eth0 -- b:eth0]', '\n  - { endpoints: [a:eth0, |] }'), ['a:eth0', 'b:eth0', 'b:eth1']],
    [
      `${head}timeline:\n  - { | }`,
      ['at: ', 'link: ', 'set: ', 'for: ', 'node: ', 'interface: ', 'plugin: ', 'renew: ', 'echo: '],
    ],
    [`${head}timeline:\n  - { at: 1s, node: | }`, ['a', 'b']],
    [`${head}timeline:\n  - { at: 1s, node: b, interface: | }`, ['eth0', 'eth1']],
    [`${head}timeline:\n  - { at: 1s, node: a, echo: x, | }`, ['count: ', 'interval: ']],
    [`${head}timeline:\n  - { at: 1s, link: | }`, ['a:eth0 -- b:eth0']],
    [`${head}timeline:\n  - { at: 1s, link: a:eth0 -- b:eth0, set: { | } }`, LINK_KEYS],
    [`${head}expect:\n  - | `, ['echo: ', 'sealed: ', 'never: ']],
    [`${head}expect:\n  - { link: x, never: | }`, ['cleartext', 'sealed']],
    ['name: hel|lo', []],
    ['nodes:\n  |', []],
  ])('at %j', (text, expected) => {
    expect(at(text)).toEqual(expected);
  });

  it('says what each is', () => {
    const { options } = completionsAt('nodes: { a: { plugins: { net: {  } } } }', 31, { registry, kinds: KINDS });
    expect(options[1]).toEqual({ label: 'ttl', kind: 'key', about: 'hops that a packet may make', insert: 'ttl: ' });
  });

  it('never throws, wherever the cursor is', () => {
    for (let offset = 0; offset <= GOOD.length; offset += 3) {
      const { from, to } = completionsAt(GOOD, offset, { registry, kinds });
      expect(from <= offset && offset <= to).toBe(true);
      completionsAt(GOOD.slice(0, offset), offset, { registry, kinds });
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: -5, max: 50 }), (text, offset) => {
        const { from, to } = completionsAt(text, offset, { registry });
        expect(from >= 0 && from <= to && to <= text.length).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
