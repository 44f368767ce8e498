import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { createRegistry } from '../../../core/index.ts';
import { type Diagnostic, parseKinds, parseTopology, type Topology } from '../../../core/topology/index.ts';
import { GOOD, KINDS, registry } from './declared-plugins.ts';

const parse = (text: string) => parseTopology(text, { registry, kinds: KINDS, fileName: 'lab.yaml' });

function good(text: string): Topology {
  const { topology, diagnostics } = parse(text);
  expect(diagnostics).toEqual([]);
  if (topology === undefined) throw new Error('no topology');
  return topology;
}

/** `line:column message`, with the suggestion behind an arrow; warnings begin with `warning`. */
function told(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ line, column, severity, message, suggestion }) => {
    const start = severity === 'warning' ? 'warning ' : '';
    return `${start}${line}:${column} ${message}${suggestion === undefined ? '' : ` => ${suggestion}`}`;
  });
}

const HOSTS = `nodes:
  a: { kind: host, interfaces: { eth0: 10.0.0.1/24 } }
  b: { kind: host, interfaces: { eth0: 10.0.0.2/24 } }
`;
const LINKED = `${HOSTS}links: [a:eth0 -- b:eth0]
`;

describe('a good topology', () => {
  it('is complete and in canonical order', () => {
    const topology = good(GOOD);
    expect(topology).toMatchObject({ name: 'Two sites', seed: 7, duration: 120e9 });
    expect(topology.nodes.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'alice host',
      'bob host',
      'left gateway',
      'right gateway',
    ]);
    const [alice, bob, left, right] = topology.nodes;
    expect(alice?.interfaces).toEqual([
      { name: 'eth0', addresses: [{ syntax: 'net', text: '10.1.0.2/24', value: [10, 1, 0, 2, 24] }] },
    ]);
    expect(alice?.order).toEqual(['wire', 'net', 'echo']);
    expect(bob?.plugins).toEqual({ wire: {}, net: { forward: false, ttl: 64, timeout: 30e9 }, lease: {} });
    expect(left?.interfaces.map(({ name, mtu, addresses }) => [name, mtu, addresses.length])).toEqual([
      ['lan', 1400, 1],
      ['wan', undefined, 2],
    ]);
    expect(left?.plugins.net).toEqual({ forward: true, ttl: 32, timeout: 30e9 });
    expect(left?.plugins.seal).toEqual({
      connections: {
        spare: { mode: 'tunnel', peers: ['192.0.2.9'] },
        right: {
          mode: 'tunnel',
          peers: ['192.0.2.2'],
          secret: 'correct horse',
          lifetime: 3600e9,
          replay: { window: 64 },
        },
      },
    });
    expect(right?.plugins.seal).toEqual({ connections: { spare: { mode: 'tunnel', peers: ['192.0.2.9'] } } });
    expect(topology.links.map(({ name }) => name)).toEqual([
      'alice:eth0 -- left:lan',
      'bob:eth0 -- right:lan',
      'left:wan -- right:wan',
    ]);
    expect(topology.links[2]).toEqual({
      name: 'left:wan -- right:wan',
      ends: [
        { node: 'left', interface: 'wan' },
        { node: 'right', interface: 'wan' },
      ],
      settings: {
        ...{ delay: 8e6, rate: 100e6, mtu: 1500, queue: 65536, loss: 0.001 },
        ...{ duplicate: 0, reorder: 0, corrupt: 0, jitter: 0, up: true },
      },
    });
    expect(topology.timeline).toEqual([
      {
        ...{ at: 0.5e9, kind: 'command', node: 'bob', plugin: 'lease', name: 'renew', args: { renew: 'eth0' } },
        text: 'renew: eth0',
      },
      {
        ...{ at: 1e9, kind: 'link', link: 'left:wan -- right:wan', set: { loss: 1, up: false }, for: 10e9 },
        text: 'set: { loss: 100%, up: false }, for: 10s',
      },
      {
        ...{ at: 2e9, kind: 'command', node: 'alice', plugin: 'echo', name: 'echo' },
        args: { echo: '10.2.0.2', count: 3, interval: 1e9 },
        text: 'echo: 10.2.0.2, count: 3',
      },
      {
        ...{ at: 2e9, kind: 'interface', node: 'left', interface: 'wan', up: false, for: 1e9 },
        text: 'interface: wan, for: 1s, set: down',
      },
    ]);
    expect(topology.expectations).toEqual([
      {
        key: 'echo',
        spec: { echo: 'alice -> 10.2.0.2', answered: 3 },
        text: '{ echo: alice -> 10.2.0.2, answered: 3 }',
        line: 38,
      },
      {
        key: 'never',
        spec: { link: 'left:wan -- right:wan', never: 'cleartext' },
        text: '{ link: right:wan -- left:wan, never: cleartext }',
        line: 39,
      },
      {
        key: 'sealed',
        spec: { node: 'left', sealed: 'right', by: 2e9 },
        text: '{ node: left, sealed: right, by: 2s }',
        line: 40,
      },
    ]);
  });

  it('is plain data', () => {
    const topology = good(GOOD);
    expect(structuredClone(topology)).toEqual(topology);
    expect(JSON.parse(JSON.stringify(topology))).toEqual(topology);
  });

  it('has defaults for all that may be left out', () => {
    const { topology } = parse('nodes: { a: { plugins: { wire: true } } }');
    expect(topology).toEqual({
      ...{ name: 'untitled', about: '', seed: 1, links: [], timeline: [], expectations: [] },
      nodes: [{ name: 'a', kind: '', interfaces: [], plugins: { wire: {} }, order: ['wire'] }],
    });
  });

  it('does not depend on the order of keys and lists in the file', () => {
    const canonical = (topology: Topology): unknown => ({
      ...topology,
      // Expectations are a list for people: their order and place are the file's, their content is not.
      expectations: topology.expectations.map(({ key, spec }) => JSON.stringify({ key, spec })).sort(),
    });
    const expected = canonical(good(GOOD));
    const text = JSON.stringify(expected);
    const plain: unknown = parseDocument(GOOD).toJS();
    const shuffled = (value: unknown, random: () => number, within = ''): unknown => {
      const mixed = <T>(list: T[]): T[] =>
        list
          .map((each) => ({ each, by: random() }))
          .sort((a, b) => a.by - b.by)
          .map(({ each }) => each);
      if (Array.isArray(value)) {
        const items = value.map((each) => shuffled(each, random));
        return within === 'links' || within === 'timeline' || within === 'expect' || within === 'endpoints'
          ? mixed(items)
          : items;
      }
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(mixed(Object.entries(value)).map(([key, each]) => [key, shuffled(each, random, key)]));
    };
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 1e6 })), (numbers) => {
        const random = (): number => numbers.next().value as number;
        const again = canonical(good(JSON.stringify(shuffled(plain, random), undefined, 1)));
        expect(again).toEqual(expected);
        // The order of keys inside is the same as well: whoever goes through them meets them in one order.
        expect(JSON.stringify(again)).toBe(text);
      }),
      { numRuns: 25 },
    );
  });

  it('may use anchors, merge keys and keys of its own for them', () => {
    const text = `x-host: &host { kind: host, plugins: { net: &net { ttl: 9 } } }
nodes:
  a: { <<: *host, interfaces: { eth0: 10.0.0.1/24 } }
  b: { <<: [*host], kind: router, interfaces: { eth0: 10.0.0.2/24 }, plugins: { net: { <<: *net, forward: false } } }
links: [a:eth0 -- b:eth0]
`;
    expect(good(text).nodes.map(({ kind, plugins }) => [kind, plugins.net])).toEqual([
      ['host', { forward: false, ttl: 9, timeout: 30e9 }],
      ['router', { forward: false, ttl: 9, timeout: 30e9 }],
    ]);
  });

  it('keeps digits that a number cannot hold as text', () => {
    const secret = '0x0123456789abcdef0123456789abcdef';
    const { topology } = parse(
      `nodes: { a: { kind: gateway, plugins: { seal: { connections: { x: { peers: a, secret: ${secret} } } } } } }`,
    );
    expect(topology?.nodes[0]?.plugins.seal).toMatchObject({ connections: { x: { secret } } });
  });

  it('may be built with kinds of its own', () => {
    const text = `kinds:
  mute: { from: host, plugins: { echo: false } }
  host: { from: host, plugins: { net: { ttl: 3 } } }
nodes: { a: { kind: mute }, b: { kind: host } }
`;
    expect(good(text).nodes.map(({ order, plugins }) => [order, plugins.net])).toEqual([
      [['wire', 'net'], { forward: false, ttl: 3, timeout: 30e9 }],
      [['wire', 'net', 'echo'], { forward: false, ttl: 3, timeout: 30e9 }],
    ]);
  });

  it('takes the actions whose schema fits where companions have names of actions', () => {
    expect(good(`${LINKED}timeline: [{ at: 1, node: a, echo: b, count: 2, interval: 500ms }]`).timeline).toEqual([
      {
        at: 1e9,
        kind: 'command',
        node: 'a',
        plugin: 'echo',
        name: 'echo',
        args: { echo: 'b', count: 2, interval: 5e8 },
        text: 'echo: b, count: 2, interval: 500ms',
      },
    ]);
  });
});

/** Text, and all that is told of it. */
const BAD: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'nothing at all': ['# nothing\n', ['1:1 the file is empty']],
  'no map': [
    '- a',
    ['1:1 expected a map with name, about, seed, duration, kinds, nodes, links, timeline, expect, found a list'],
  ],
  'no nodes': ['name: x', ['1:1 `nodes` is missing: a topology has nodes']],
  'an unknown key': [
    `${HOSTS}link: []\n`,
    [
      'warning 2:34 no link joins `a:eth0`',
      'warning 3:34 no link joins `b:eth0`',
      '4:1 unknown key `link`, did you mean `links`? => links',
    ],
  ],
  'wrong units': [
    `duration: 10 sconds\n${LINKED}`,
    ['1:11 `10 sconds`: unknown unit, did you mean `seconds`? => 10 seconds'],
  ],
  'wrong values at the top': [
    `name: 5\nseed: seven\nabout: [a]\nduration: true\n${LINKED}`,
    [
      '1:7 expected text, found `5`, did you mean `"5"`? => "5"',
      '2:7 expected a whole number, found `seven`',
      '3:8 expected text, found a list',
      '4:11 expected a duration such as 30s, 8ms, 60m, 1h, found `true`',
    ],
  ],
  kinds: [
    'nodes:\n  a: { kind: hots }\n  b: { kid: host }\n  c: 5\n  "x y": { kind: [] }',
    [
      '2:14 there is no kind `hots`, did you mean `host`? => host',
      '3:3 node `b` has neither `kind` nor `plugins`',
      '3:8 unknown key `kid`, did you mean `kind`? => kind',
      '4:3 node `c` has neither `kind` nor `plugins`',
      '4:6 expected a map of a node, found `5`',
      '5:3 `x y` is not a name: letters, digits, `_`, `-` and `.`, the first a letter, digit or `_`',
      '5:18 expected the name of a kind, found a list',
    ],
  ],
  'kinds of its own': [
    'kinds:\n  x: { from: y }\n  y: { from: x }\n  z: { from: hots, plugin: {} }\n  w: { plugins: { nett: } }\nnodes: { a: { kind: w } }',
    [
      '3:14 kind `y` is made from itself: x -> y -> x',
      '4:14 there is no kind `hots`, did you mean `host`? => host',
      '4:20 unknown key `plugin`, did you mean `plugins`? => plugins',
      '5:19 there is no plugin `nett`, did you mean `net`? => net',
    ],
  ],
  'plugins and their settings': [
    `nodes:
  a:
    kind: host
    plugins:
      sael:
      net: { tll: 3, ttl: 500, forward: on, timeout: 3 parsecs }
      echo: { x: 1 }
      wire: hi
      lease: false
`,
    [
      '5:7 there is no plugin `sael`, did you mean `seal`? => seal',
      '6:14 unknown key `tll`; expected forward, ttl, timeout',
      '6:27 expected at most 255, found `500`',
      '6:41 expected true, false, yes or no, found `on`, did you mean `true`? => true',
      '6:54 `3 parsecs`: unknown unit: a duration is written 30s, 8ms, 60m, 1h or 1d',
      '7:15 unknown key `x`: plugin echo takes no settings; expected no keys',
      '8:13 expected no settings: wire takes none, found `hi`',
      'warning 9:7 there is no `lease` to remove here',
    ],
  ],
  'settings deep inside': [
    `nodes:
  a:
    kind: gateway
    plugins:
      seal:
        connections:
          x: { mode: tunel, peers: [1, {}], secret: 0123, replay: { windw: 64 } }
          y: { peers: 5, replay: of, lifetime: 1ms, mode: [] }
          z: { replay: { window: 3, fail: maybe } }
`,
    [
      '7:22 expected tunnel, transport, beet, found `tunel`, did you mean `tunnel`? => tunnel',
      '7:37 expected text, found `1`, did you mean `"1"`? => "1"',
      '7:40 expected text, found a map',
      '7:53 expected text, found `0123`, did you mean `"0123"`? => "0123"',
      '7:59 `window` is missing: expected a whole number',
      '7:69 unknown key `windw`, did you mean `window`? => window',
      '8:23 expected a list or text, found `5`, did you mean `"5"`? => "5"',
      '8:34 expected off or a map, found `of`, did you mean `off`? => off',
      '8:48 `1ms` is less than 1s => 1s',
      '8:59 expected tunnel, transport, beet, found a list',
      '9:11 `peers` is missing: expected a list or text',
      '9:34 expected at least 32, found `3`',
      '9:43 expected true, false, yes or no, found `maybe`',
    ],
  ],
  'missing requirements': [
    'nodes:\n  a: { plugins: { seal: } }\n  b: { kind: host, plugins: { net: false } }',
    [
      '2:19 node `a`: seal requires net, which this node lacks; add `net:` to its plugins',
      '3:3 node `b`: echo requires net, which this node lacks; add `net:` to its plugins',
    ],
  ],
  'a circle of requirements': [
    'nodes: { a: { plugins: { hen: , egg: } } }',
    ['1:33 node `a`: the requirements go in a circle: egg -> hen -> egg'],
  ],
  'a plugin that fails': [
    'nodes: { a: { plugins: { broken: } } }',
    ['1:26 plugin broken cannot read this: out of cheese'],
  ],
  addresses: [
    `nodes:
  a:
    kind: host
    interfaces:
      e0: 10.0.0.1
      e1: leese
      e2: lease
      e3: { address: [10.0.0.5/24, {}], mtu: 9, mut: 3 }
      "e 4": hello world
  b: { kind: host, interfaces: 5 }
  c: { kind: host, interfaces: [x, x, {}] }
links: [] # all are told already
`,
    [
      'warning 5:7 no link joins `a:e0`',
      '5:11 `10.0.0.1` lacks a prefix length, such as 10.0.0.1/24',
      'warning 6:7 no link joins `a:e1`',
      '6:11 `leese` is not an address, did you mean `lease`? => lease',
      'warning 7:7 no link joins `a:e2`',
      'warning 7:11 nothing uses `lease`: this node lacks the plugin lease',
      'warning 8:7 no link joins `a:e3`',
      '8:36 expected an address such as 10.0.0.1/24, lease, found a map',
      '8:46 `9` is less than 68B => 68B',
      '8:49 unknown key `mut`; expected address, mtu',
      '9:7 `e 4` is not a name: letters, digits, `_`, `-` and `.`, the first a letter, digit or `_`',
      'warning 9:7 no link joins `a:e 4`',
      '9:14 `hello world` is not an address; expected an address such as 10.0.0.1/24, lease',
      '10:32 expected interfaces by name, or a list of names, found `5`',
      'warning 11:33 no link joins `c:x`',
      '11:36 interface `x` stands here a second time',
      '11:39 expected the name of an interface, found a map',
    ],
  ],
  'one address twice': [
    `nodes:
  a: { kind: host, interfaces: { e0: 10.0.0.1/24 } }
  b: { kind: host, interfaces: { e0: { address: 10.0.0.1/24 }, e1: [10.0.0.3/24, 10.0.0.1/24] } }
  c: { kind: host, interfaces: { e0: 10.0.0.3/24 }, plugins: { net: { ttl: 0 } } }
links: [a:e0 -- b:e0, b:e1 -- c:e0]
`,
    ['3:49 10.0.0.1/24 is also on a:e0', '3:82 10.0.0.1/24 is also on a:e0', '4:76 expected at least 1, found `0`'],
  ],
  links: [
    `nodes:
  a: { kind: host, interfaces: [e0] }
  b: { kind: host, interfaces: [e0] }
  c: { kind: host, interfaces: [p1, p2] }
  d: { kind: host, interfaces: [only] }
links:
  - a:e0 -- nowhere:e0
  - a:e0 -- b:e1
  - a:e0 -- a:e0
  - a:e0 - b:e0
  - a:e0--b:e0
  - a:e0 -> c:p1
  - a:e0 -- b:e0
  - "c:p1 -- b:e0"
  - d -- c:p2
  - { endpoints: [a:e0], delay: 5 }
  - { delay: 5 parsecs }
  - { endpoints: [cc:p2, c:p3], dealy: 5ms, loss: 5, rate: 10Mbti/s, mtu: 10 }
  - 7
  - { endpoints: { a: e0 } }
`,
    [
      '7:13 there is no node `nowhere`',
      '8:13 node `b` has no interface `e1`, did you mean `e0`? => b:e0',
      '9:13 `a:e0` is linked to itself',
      '10:5 `a:e0 - b:e0` is not a link: expected `a:eth0 -- b:eth0`, with blanks around `--`, did you mean `a:e0 -- b:e0`? => a:e0 -- b:e0',
      '11:5 `a:e0--b:e0` is not a link: expected `a:eth0 -- b:eth0`, with blanks around `--`, did you mean `a:e0 -- b:e0`? => a:e0 -- b:e0',
      '12:5 `a:e0 -> c:p1` is not a link: expected `a:eth0 -- b:eth0`, with blanks around `--`, did you mean `a:e0 -- c:p1`? => a:e0 -- c:p1',
      '14:14 `b:e0` has a link already, on line 13: an interface has one',
      '15:5 `d` is not an end of a link: expected a node and its interface, `a:eth0`, did you mean `d:only`? => d:only',
      '16:18 a link has two ends such as `a:eth0`, found 1',
      'warning 16:33 `5` without a unit is in seconds, did you mean `5ms`? => 5ms',
      '17:5 `endpoints` is missing: expected `a:eth0 -- b:eth0` or a list of two ends',
      '17:14 `5 parsecs`: unknown unit: a duration is written 30s, 8ms, 60m, 1h or 1d',
      '18:19 there is no node `cc`, did you mean `c`? => c:p2',
      '18:26 node `c` has no interface `p3`, did you mean `p1`? => c:p1',
      '18:33 unknown key `dealy`, did you mean `delay`? => delay',
      '18:51 `5` is more than the whole (100% or 1), did you mean `5%`? => 5%',
      '18:60 `10Mbti/s`: unknown unit, did you mean `Mbit/s`? => 10Mbit/s',
      '18:75 `10` is less than 68B => 68B',
      '19:5 `7` is not a link: expected `a:eth0 -- b:eth0`, with blanks around `--`',
      '20:18 expected a link such as `a:eth0 -- b:eth0`, found a map',
    ],
  ],
  'the timeline': [
    `${LINKED}timeline:
  - { at: 1s, node: a, ehco: b }
  - { at: 1s, node: aa, echo: b }
  - { at: 1s, node: a }
  - { at: 1s, echo: b }
  - { node: a, echo: b, cuont: 2 }
  - { at: 1s, node: a, renew: eth0 }
  - { at: 1s, node: a, interface: eth1, set: donw }
  - { at: 1s, link: a:eth0 -- b:eth1, set: { los: 1 } }
  - { at: 1s, link: b:eth0 -- a:eth0, set: 5 }
  - { at: 1 sec ond, node: a, echo: 10.0.0.1 }
  - 5
  - { at: 1s, link: b:eth0 - a:eth0, set: { up: off }, for: 0s }
  - { at: 1s, node: [a], foo: 3 }
  - { at: 1s, node: a, echo: 10.0.0.1 }
`,
    [
      '6:24 there is no action `ehco`, did you mean `echo`? => echo',
      '7:21 there is no node `aa`, did you mean `a`? => a',
      '8:5 this says no action: expected one of echo, interface, link, plugin, renew',
      '9:5 `node` is missing: expected the node that does it, or `link` with `set`',
      '10:5 `at` is missing: expected a duration such as 30s',
      '10:25 unknown key `cuont`, did you mean `count`? => count',
      '11:24 node `a` has no plugin lease, which does `renew`',
      '12:35 there is no interface of `a` called `eth1`, did you mean `eth0`? => eth0',
      '12:46 expected up, down, found `donw`, did you mean `down`? => down',
      '13:21 there is no link `a:eth0 -- b:eth1`, did you mean `a:eth0 -- b:eth0`? => a:eth0 -- b:eth0',
      '13:46 unknown key `los`, did you mean `loss`? => loss',
      '14:44 expected a map, found `5`',
      '15:11 `1 sec ond` is not a duration such as 30s, 8ms, 60m, 1h or 1d',
      '16:5 expected a map such as `{ at: 1s, ... }`, found `5`',
      '17:21 `b:eth0 - a:eth0` is not a link: expected `a:eth0 -- b:eth0`, with blanks around `--`, did you mean `b:eth0 -- a:eth0`? => b:eth0 -- a:eth0',
      '17:49 expected true, false, yes or no, found `off`, did you mean `false`? => false',
      '17:61 `0s` is less than 1ns => 1ns',
      '18:21 expected the name of a node, found a list',
      '18:26 there is no action `foo`; expected one of echo, interface, link, plugin, renew',
      'warning 19:30 a node need not ask itself',
    ],
  ],
  expectations: [
    `${LINKED}expect:
  - { ehco: a -> b }
  - { echo: c -> b, answered: -1 }
  - { echo: c -> b, answered: 1 }
  - { node: x, sealed: y }
  - { link: a:eth0 -- b:eth9, never: cleartxt }
  - []
  - {}
`,
    [
      '6:7 there is no expectation `ehco`, did you mean `echo`? => echo',
      '7:31 expected at least 0, found `-1`',
      '8:13 there is no node `c`',
      '9:13 there is no node `x`',
      '10:13 there is no link `a:eth0 -- b:eth9`, did you mean `a:eth0 -- b:eth0`? => a:eth0 -- b:eth0',
      '10:38 expected cleartext, sealed, found `cleartxt`, did you mean `cleartext`? => cleartext',
      '11:5 expected a map of an expectation, found a list',
      '12:5 this says no expectation: expected one of echo, never, sealed',
    ],
  ],
  'an expectation of a plugin that the node lacks': [
    `${LINKED}expect:\n  - { node: a, sealed: x }\n`,
    ['warning 6:13 a seals nothing'],
  ],
  // Not a second mistake: nobody knows what the node would have had.
  'an expectation of a plugin whose settings are wrong': [
    'nodes:\n  a: { kind: gateway, plugins: { seal: { loss: much } } }\nexpect:\n  - { node: a, sealed: x }\n',
    ['2:48 `much` is not a fraction such as 0.1% or 0.001'],
  ],
  'a tab': ['nodes:\n\ta: 1', ['2:1 a tab cannot indent YAML: use spaces']],
  'a colon too many': [
    'name: b: c\nnodes:\n  a: 1\n b: 2\n',
    [
      '1:7 a map cannot begin here; is this indented too far, or does a value with `: ` need quotes?',
      '4:1 all mapping items must start at the same column',
    ],
  ],
  'two documents': ['a: 1\n---\nb: 2', ['2:1 a second document begins here; a topology is one document']],
  'directives and tags': ['%YAML 1.1\n---\nname: yes', ['1:1 a topology is plain YAML 1.2, without directives']],
  tags: [
    'name: !!python/x y\nnodes: { a: !foo { kind: host } }',
    ['1:7 tags (`!word`) have no meaning here', '2:13 tags (`!word`) have no meaning here'],
  ],
  'keys that are no words, dangerous or there twice': [
    `__proto__: { x: 1 }\nnodes: { a: { kind: host, plugins: { constructor: {}, prototype: } } }\n? [a]\n: b\ntrue: 1\nname: x\nname: y\n`,
    [
      '1:1 the key `__proto__` is refused',
      '2:38 the key `constructor` is refused',
      '2:55 the key `prototype` is refused',
      '3:3 a key is a word',
      '5:1 a key is a word: put `true` in quotes',
      '7:1 `name` stands here a second time; the first is on line 6',
    ],
  ],
  'control characters': [`name: "a\\e[31m"\n${LINKED}`, ['1:7 `a·[31m` holds a control character']],
  'aliases that lead nowhere': [
    `x-a: &host [*host]\nname: *hots\nabout: *host\n${LINKED}`,
    [
      '1:13 `*host` stands within what it names',
      '2:7 no anchor `&hots` stands before this, did you mean `*host`? => *host',
    ],
  ],
};

describe('a bad topology', () => {
  for (const [name, [text, expected]] of Object.entries(BAD)) {
    it(`is told everything that is wrong: ${name}`, () => {
      const { topology, diagnostics } = parse(text);
      expect(told(diagnostics)).toEqual(expected.length === 0 ? [] : [...expected].sort(byPlace));
      expect(topology === undefined).toBe(expected.some((each) => !each.startsWith('warning')));
      for (const { from, to, line, column, endLine, endColumn, file } of diagnostics) {
        expect(file).toBe('lab.yaml');
        const before = text.slice(0, from).split('\n');
        expect([line, column]).toEqual([before.length, (before.at(-1) ?? '').length + 1]);
        const until = text.slice(0, to).split('\n');
        expect([endLine, endColumn]).toEqual([until.length, (until.at(-1) ?? '').length + 1]);
      }
    });
  }

  it('is right once the suggestions are taken', () => {
    const text = `duration: 10 sconds
nodes:
  a: { kind: hots, interfaces: { eth0: 10.0.0.1/24 }, plugins: { net: { tl: 3 } } }
  b: { kind: gatway, interfaces: { eth0: 10.0.0.2/24 }, plugins: { seal: { connections: { x: { peers: 7, mode: tunel } } } } }
links:
  - { endpoints: [a:eth1, bb:eth0], dealy: 5ms, loss: 5, rate: 10Mbti/s }
timeline:
  - { at: 1sc, node: aa, ehco: x }
  - { at: 1s, node: a, interface: eth0, set: don }
expect:
  - { node: bb, saeled: x }
`;
    let now = text;
    for (let round = 0; round < 4; round++) {
      // From the end, so that offsets stay true.
      for (const { from, to, suggestion } of [...parse(now).diagnostics].reverse()) {
        if (suggestion !== undefined) now = now.slice(0, from) + suggestion + now.slice(to);
      }
    }
    expect(told(parse(now).diagnostics)).toEqual([]);
  });

  it('names the kinds file where the mistake is there', () => {
    const kinds = 'host:\n  plugins:\n    wire:\n    net: { ttl: 0 }\n    ech:\nfoo: { frm: host }\n';
    const { diagnostics } = parseTopology('nodes: { a: { kind: host }, b: { kind: host }, c: { kind: hots } }', {
      registry,
      kinds,
      kindsFileName: 'my-kinds.yaml',
    });
    expect(diagnostics.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)).toEqual([
      'topology.yaml:1:59 there is no kind `hots`, did you mean `host`?',
      'my-kinds.yaml:4:17 expected at least 1, found `0`',
      'my-kinds.yaml:5:5 there is no plugin `ech`, did you mean `echo`?',
      'my-kinds.yaml:6:8 unknown key `frm`, did you mean `from`?',
    ]);
  });

  it('may use kinds that were read before', () => {
    const { kinds, diagnostics } = parseKinds(KINDS);
    expect(diagnostics).toEqual([]);
    expect(kinds.get('router')?.about).toBe('passes packets on');
    expect(parseTopology(GOOD, { registry, kinds })).toEqual(parse(GOOD));
    expect(told(parseKinds('x: { from: y, plugins: 5 }\n').diagnostics)).toEqual([
      '1:12 there is no kind `y`',
      '1:24 expected plugins by name, found `5`',
    ]);
  });

  it('says what there is when there are no plugins and no kinds', () => {
    const bare = { registry: createRegistry([]) };
    const { diagnostics } = parseTopology(
      'nodes: { a: { kind: host, interfaces: { e: x } }, b: { plugins: { net: } } }',
      bare,
    );
    expect(told(diagnostics)).toEqual(
      [
        'warning 1:41 no link joins `a:e`',
        '1:21 there is no kind `host`',
        '1:44 `x` is not an address; expected no address: no plugin here has any',
        '1:67 there is no plugin `net`',
      ].sort(byPlace),
    );
  });
});

function byPlace(a: string, b: string): number {
  const place = (text: string): number[] => (/(\d+):(\d+)/.exec(text) ?? []).slice(1).map(Number);
  const [x = [], y = []] = [place(a), place(b)];
  return (x[0] ?? 0) - (y[0] ?? 0) || (x[1] ?? 0) - (y[1] ?? 0);
}

describe('limits', () => {
  const only = (text: string): string => told(parse(text).diagnostics).join('\n');

  it('refuses a file of 50 MB unread', () => {
    expect(only('a'.repeat(50e6))).toBe('1:1 the file has 48 MiB; at most 4 MiB are read');
  });

  it('sees an alias bomb', () => {
    const lines = ['x-0: &x0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 12; at++)
      lines.push(
        `x-${at}: &x${at} [${Array(10)
          .fill(`*x${at - 1}`)
          .join(', ')}]`,
      );
    expect(only(lines.join('\n'))).toBe('6:56 with its aliases written out this holds more than 1000000 values');
    expect(only(`x: &x y\nz: [${'*x, '.repeat(1001)}]`)).toBe('2:4005 more than 1000 aliases');
    // A chain of aliases is deep without being nested anywhere.
    const chain = ['x-0: &x0 [x]'];
    for (let at = 1; at < 80; at++) chain.push(`x-${at}: &x${at} [*x${at - 1}]`);
    expect(only(chain.join('\n'))).toBe('64:1 with its aliases written out this is nested deeper than 64 levels');
  });

  it.each([
    ['flow lists', '['.repeat(100_000)],
    ['flow maps', '{a: '.repeat(100_000)],
    ['block lists', '- '.repeat(100_000)],
    ['block maps', Array.from({ length: 300 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
    ['explicit keys', '? '.repeat(400)],
  ])('does not follow %s down without end', (_, text) => {
    const [first] = parse(text).diagnostics;
    expect(first?.message).toMatch(/nested deeper than 64 levels|this is not YAML|a key is a word/);
  });

  it.each([
    ['}'.repeat(1_000_000)],
    ['"\n'.repeat(100_000)],
    [`[${','.repeat(100_000)}`],
    ['---\n'.repeat(100_000)],
    ['%\n'.repeat(100_000)],
    ['&a '.repeat(100_000)],
    ['!a '.repeat(100_000)],
    [': '.repeat(100_000)],
    ['?\n'.repeat(100_000)],
  ])('gives up early on what is no YAML: %.8s', (text) => {
    const { diagnostics } = parse(text);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics.length).toBeLessThan(60);
  });

  it('counts what it does not list', () => {
    const text = `${LINKED}timeline:\n${'  - { at: 1s, node: c, echo: x }\n'.repeat(1000)}`;
    const { diagnostics } = parse(text);
    expect(diagnostics).toHaveLength(201);
    expect(told(diagnostics).at(-1)).toBe('206:21 800 more mistakes are not listed');
  });

  it('bounds nodes, interfaces, links and entries', () => {
    const names = (count: number): string => Array.from({ length: count }, (_, at) => `n${at}: `).join(', ');
    expect(only(`nodes: { ${names(20_001)} }`)).toBe('1:8 20001 nodes; at most 20000 are allowed');
    expect(only(`nodes: { a: { kind: host, interfaces: { ${names(4_097)} } } }`)).toBe(
      '1:39 4097 interfaces; at most 4096 are allowed',
    );
    expect(only(`${HOSTS}links: [${'a,'.repeat(40_001)}]`)).toContain('40001 links; at most 40000 are allowed');
    expect(only(`${LINKED}timeline: [${'a,'.repeat(20_001)}]`)).toContain('20001 entries; at most 20000 are allowed');
    expect(only(`${LINKED}expect: [${'a,'.repeat(5_001)}]`)).toContain('5001 expectations; at most 5000 are allowed');
    expect(only(`name: ${'x'.repeat(70_000)}\n${LINKED}`)).toContain('a value of 70000 characters; at most 65536');
  });
});

describe('garbage', () => {
  const { kinds } = parseKinds(KINDS);
  const survives = (text: string): void => {
    const { topology, diagnostics } = parseTopology(text, { registry, kinds });
    expect(topology === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
    for (const { from, to, line, column, message } of diagnostics) {
      expect(from >= 0 && from <= to && to <= text.length).toBe(true);
      expect(line >= 1 && column >= 1 && message !== '').toBe(true);
    }
    if (topology !== undefined) structuredClone(topology);
  };

  it('never throws on text of any sort', () => {
    const mark = fc.constantFrom(
      ...' \n\t:-[]{},?&*!|>\'"#%@`~<=0aé\u{1F600}\u0000\ud800',
      '- ',
      ': ',
      '\n  ',
      '<<: ',
      '*a',
      '&a ',
    );
    fc.assert(
      fc.property(
        fc.array(mark, { maxLength: 60 }).map((parts) => parts.join('')),
        survives,
      ),
      { numRuns: 1200 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), { numRuns: 500 });
  });

  it('never throws on a good topology that was damaged', () => {
    const place = fc.nat(GOOD.length);
    const damage = fc.oneof(
      fc.record({
        at: place,
        cut: fc.nat(30),
        put: fc.constantFrom('', ' ', '\n', ':', '{', ']', '&a ', '*a', '- ', '5', '~'),
      }),
      fc.record({ at: place, cut: fc.nat(3), put: fc.string({ maxLength: 5 }) }),
    );
    const damaged = (changes: readonly { at: number; cut: number; put: string }[]): string =>
      changes.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), GOOD);
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (changes) => survives(damaged(changes))),
      {
        numRuns: 400,
      },
    );
    for (let at = 0; at <= GOOD.length; at += 7) survives(GOOD.slice(0, at));
  });

  it('never throws on values of the wrong sort in every place', () => {
    const values: readonly unknown[] = [
      null,
      true,
      -1,
      1.5,
      '',
      'x',
      [],
      [null],
      [[]],
      {},
      { a: 1 },
      { node: {} },
      Infinity,
    ];
    const plain = parseDocument(GOOD).toJS() as Record<string, unknown>;
    const walk = (value: unknown, replace: (by: unknown) => unknown): void => {
      for (const each of values) survives(JSON.stringify(replace(each)));
      if (typeof value !== 'object' || value === null) return;
      for (const [key, child] of Object.entries(value)) {
        walk(child, (by) => {
          const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
          copy[key] = by;
          return replace(copy);
        });
      }
    };
    walk(plain, (by) => by);
  });
});
