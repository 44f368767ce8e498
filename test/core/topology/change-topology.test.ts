import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import {
  applyFragments,
  applyOverrides,
  parseAction,
  parseExpectation,
  parseKinds,
  parseTopology,
  withoutParts,
} from '../../../core/topology/index.ts';
import { GOOD, KINDS, registry } from './declared-plugins.ts';

const { kinds } = parseKinds(KINDS);
const parse = (text: string) => parseTopology(text, { registry, kinds });

function topologyOf(text: string) {
  const { topology, diagnostics } = parse(text);
  if (topology === undefined) throw new Error(JSON.stringify(diagnostics));
  return topology;
}

const told = (diagnostics: readonly { file: string; column: number; message: string }[]): string[] =>
  diagnostics.map(({ file, column, message }) => `${file}:${column} ${message}`);

/** Lines of `after` that `before` has not. */
function newLines(before: string, after: string): string[] {
  const old = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !old.has(line));
}

describe('overrides', () => {
  const set = (path: string, value: unknown) => applyOverrides(GOOD, [{ path, value }]);

  it.each([
    ['seed', '9', 'seed: 9'],
    [
      'links.1.delay',
      '20ms',
      '  - { endpoints: [right:wan, left:wan], delay: 20ms, rate: 100Mbit/s, loss: 0.1%, queue: 64KiB }',
    ],
    [
      'links[1].delay',
      '20ms',
      '  - { endpoints: [right:wan, left:wan], delay: 20ms, rate: 100Mbit/s, loss: 0.1%, queue: 64KiB }',
    ],
    [
      'links.left:wan -- right:wan.loss',
      '5%',
      '  - { endpoints: [right:wan, left:wan], delay: 8ms, rate: 100Mbit/s, loss: 5%, queue: 64KiB }',
    ],
    [
      'links.right:wan--left:wan.loss',
      '5%',
      '  - { endpoints: [right:wan, left:wan], delay: 8ms, rate: 100Mbit/s, loss: 5%, queue: 64KiB }',
    ],
    [
      'nodes.left.plugins.seal.connections.right.secret',
      'a: b, c # d',
      '          right: { peers: [192.0.2.2], secret: "a: b, c # d", replay: { window: 64 }, lifetime: 60m }',
    ],
    ['nodes.left.plugins.net.ttl', 200, '      net: { ttl: 200 }'],
    ['nodes.bob.kind', 'router', '    kind: router'],
    ['about', '[', 'about: "["'],
  ])('%s=%s changes its own line alone', (path, value, line) => {
    const { text, diagnostics } = set(path, value);
    expect(diagnostics).toEqual([]);
    expect(newLines(GOOD, text)).toEqual([line]);
    expect(text.split('\n')).toHaveLength(GOOD.split('\n').length);
    topologyOf(text);
  });

  it('adds keys, entries and whole parts, and keeps comments', () => {
    const { text, diagnostics } = applyOverrides(GOOD, [
      { path: 'links[0].delay', value: '20ms' },
      { path: 'nodes.alice.plugins.net.ttl', value: '3' },
      { path: 'nodes.bob.interfaces.eth0.mtu', value: '1300' },
      { path: 'nodes.alice.interfaces.eth0', value: '[10.1.0.2/24, 10.1.0.3/24]' },
      { path: 'timeline.+', value: '{ at: 3s, node: alice, echo: x }' },
      { path: 'expect.+', value: { echo: 'alice -> x', answered: 0 } },
      { path: 'timeline.0.for', value: undefined },
    ]);
    expect(diagnostics).toEqual([]);
    expect(text).toContain('# by hand');
    expect(text).toContain('# the gateway');
    const topology = topologyOf(text);
    expect(topology.links[0]?.settings.delay).toBe(20e6);
    const [alice, bob] = topology.nodes;
    expect(alice?.plugins.net).toMatchObject({ ttl: 3, forward: false });
    expect(alice?.interfaces[0]?.addresses).toHaveLength(2);
    expect(bob?.interfaces[0]).toMatchObject({ mtu: 1300, addresses: [{ text: '10.2.0.2/24' }] });
    expect(topology.timeline.map(({ at, kind }) => `${at} ${kind}`).at(-1)).toBe(`${3e9} command`);
    expect(topology.timeline.every((entry) => entry.kind !== 'interface' || entry.for === undefined)).toBe(true);
    expect(topology.expectations).toHaveLength(4);
  });

  it('changes one place of several that share an anchor', () => {
    const text =
      'nodes:\n  a: { plugins: { wire: , net: &net { ttl: 9 } } }\n  b: { plugins: { wire: , net: *net } }\n';
    const changed = applyOverrides(text, [{ path: 'nodes.b.plugins.net.ttl', value: '7' }]);
    expect(changed.diagnostics).toEqual([]);
    expect(topologyOf(changed.text).nodes.map(({ plugins }) => (plugins.net as { ttl: number }).ttl)).toEqual([9, 7]);
    const gone = applyOverrides(text, [{ path: 'nodes.a', value: undefined }]);
    expect(gone.text).toBe(text);
    expect(told(gone.diagnostics)[0]).toMatch(/^nodes\.a:1 this cannot be done: /);
  });

  it('sees through merge keys, and changes one place alone', () => {
    const text = `
x-host: &host { kind: box, plugins: &plugins { net: { ttl: 9, gateway: 10.0.0.1 }, extra: {} } }
x-more: &more { <<: *host, about: more }
nodes:
  a: { <<: *more, interfaces: { eth0: {} } }
  b: { <<: [*more, *host], plugins: { <<: *plugins, own: {} } }
links: []
`;
    const plain = (changed: { text: string }) => parseYaml(changed.text, { merge: true });
    const before = plain({ text });
    const set = (path: string, value: unknown) => {
      const changed = applyOverrides(text, [{ path, value }]);
      expect(told(changed.diagnostics)).toEqual([]);
      return plain(changed);
    };
    const deep = set('nodes.a.plugins.net.ttl', '7');
    expect(deep.nodes.a.plugins).toEqual({ net: { ttl: 7, gateway: '10.0.0.1' }, extra: {} });
    expect(deep.nodes.a.about).toBe('more');
    expect(deep.nodes.b).toEqual(before.nodes.b);
    const gone = set('nodes.b.plugins.net', undefined);
    expect(gone.nodes.b.plugins).toEqual({ extra: {}, own: {} });
    expect(gone.nodes.a).toEqual(before.nodes.a);
    expect(set('nodes.a.plugins.net.gateway', undefined).nodes.a.plugins.net).toEqual({ ttl: 9 });
    const laid = plain(applyFragments(text, [{ nodes: { a: { plugins: { net: { ttl: 3 }, extra: null } } } }]));
    expect(laid.nodes.a.plugins).toEqual({ net: { ttl: 3, gateway: '10.0.0.1' } });
    expect(laid.nodes.b).toEqual(before.nodes.b);
    const reduced = withoutParts(text, ['b/extra', 'a/net']);
    expect(told(reduced.diagnostics)).toEqual([]);
    expect(plain(reduced).nodes.b.plugins).toEqual({ net: before.nodes.b.plugins.net, extra: false, own: {} });
    expect(plain(reduced).nodes.a.plugins).toEqual({ net: false, extra: {} });
    // The last one wins nothing: what a map has itself stays, and the first of a list comes before the next.
    expect(plain(applyOverrides(text, [{ path: 'nodes.b.kind', value: 'other' }])).nodes.b.about).toBe('more');
  });

  it('understands names with dots', () => {
    const text = 'nodes:\n  a.b: { plugins: { wire: }, interfaces: { eth0.100: } }\n';
    for (const path of ['nodes.a.b.interfaces.eth0.100.mtu', 'nodes."a.b".interfaces."eth0.100".mtu']) {
      const { text: changed, diagnostics } = applyOverrides(text, [{ path, value: '1300' }]);
      expect(diagnostics).toEqual([]);
      expect(topologyOf(changed).nodes[0]?.interfaces[0]?.mtu).toBe(1300);
    }
  });

  it('tells paths that lead nowhere, at the step', () => {
    const cases: Readonly<Record<string, string>> = {
      'nodes.alcie.kind': '7 there is no node `alcie`, did you mean `alice`?',
      'nodes.alice.kidn': '13 a node has no `kidn`, did you mean `kind`?',
      'node.alice': '1 a topology has no `node`, did you mean `nodes`?',
      'links.left:wan -- right:wam.loss':
        '7 there is no link `left:wan -- right:wam`, did you mean `left:wan -- right:wan`?',
      'links.9.loss': '7 `links` has 3 entries, counted from 0',
      'nodes.alice.interfaces.eth1': '24 `alice` has no interface `eth1`, did you mean `eth0`?',
      'a..b': '1 `a..b` is not a path such as nodes.a.kind or links[0].delay',
      '': '1 `` is not a path such as nodes.a.kind or links[0].delay',
    };
    for (const [path, expected] of Object.entries(cases)) {
      const { text, diagnostics } = set(path, '1');
      expect(told(diagnostics)).toEqual([`${path}=1:${expected}`]);
      expect(text).toBe(GOOD);
    }
    expect(told(set('duration.x.y', undefined).diagnostics)).toEqual([
      'duration.x.y:1 there is nothing at `duration.x.y` to take away',
    ]);
    // Nothing is half done.
    const both = [
      { path: 'seed', value: '9' },
      { path: 'sed', value: '9' },
    ];
    expect(applyOverrides(GOOD, both).text).toBe(GOOD);
    expect(applyOverrides('a: [', [{ path: 'seed', value: '9' }]).diagnostics[0]?.file).toBe('topology.yaml');
    const many = Array.from({ length: 1001 }, () => ({ path: 'sed', value: '1' }));
    expect(applyOverrides('seed: 1', many).diagnostics[0]?.message).toBe('1001 overrides; at most 1000 are made');
  });

  it('never throws, and what it writes is YAML', () => {
    const step = fc.constantFrom(
      'nodes',
      'alice',
      'left',
      'plugins',
      'net',
      'ttl',
      'links',
      '0',
      '+',
      'seed',
      'interfaces',
      'eth0',
      'x',
      '"a',
      '[1]',
      'timeline',
      '__proto__',
    );
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('{a: ', '[', '*x', '&a b', '!t x', '- a', '|', '{ a: 1 }', '~'),
      fc.jsonValue(),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), value, (steps, given) => {
        const { text, diagnostics } = set(steps.join('.'), given);
        if (diagnostics.length > 0) expect(text).toBe(GOOD);
        for (const { path, message } of parse(text).diagnostics)
          expect([path, message]).not.toContain('this is not YAML');
      }),
      { numRuns: 150 },
    );
  });
});

describe('parts taken away', () => {
  const without = (...parts: string[]) => withoutParts(GOOD, parts, { kinds: KINDS, registry });

  it('takes a node away with all that speaks of it', () => {
    const { text, removed, diagnostics } = without('left');
    expect(diagnostics).toEqual([]);
    expect(removed).toEqual([
      'node left',
      'link alice:eth0 -- left:lan',
      'link left:wan -- right:wan',
      'timeline entry `{ at: 2s, node: left, interface: wan, set: down, for: 1s }`',
      'timeline entry `{ at: 1s, link: right:wan -- left:wan, set: { loss: 100%, up: false }, for: 10s }`',
      'expectation `{ link: right:wan -- left:wan, never: cleartext }`',
      'expectation `node: left # the gateway sealed: right by: 2s`',
    ]);
    const topology = topologyOf(text);
    expect(topology.nodes.map(({ name }) => name)).toEqual(['alice', 'bob', 'right']);
    expect(topology.links.map(({ name }) => name)).toEqual(['bob:eth0 -- right:lan']);
    expect(topology.timeline).toHaveLength(2);
    expect(topology.expectations).toHaveLength(1);
  });

  it('takes every node away, one by one', () => {
    const { text, removed } = without('left', 'right', 'alice', 'bob');
    expect(removed.length).toBe(4 + 3 + 4 + 3);
    expect(topologyOf(text)).toMatchObject({ nodes: [], links: [], timeline: [], expectations: [] });
  });

  it('takes plugins away, whoever brought them, and leaves the expectations to fail', () => {
    const { text, removed, diagnostics } = without('left/seal', 'alice/echo', 'bob/lease');
    expect(told(diagnostics)).toEqual([
      'alice/echo:1 alice: the timeline entry `{ at: 2s, node: alice, echo: 10.2.0.2, count: 3 }` went with echo, which does it',
      'bob/lease:1 bob: the timeline entry `at: 500ms node: bob renew: eth0 # by hand` went with lease, which does it',
    ]);
    expect(removed).toEqual([
      'plugin seal of node left',
      'plugin echo of node alice',
      'timeline entry `{ at: 2s, node: alice, echo: 10.2.0.2, count: 3 }`',
      'plugin lease of node bob',
      'timeline entry `at: 500ms node: bob renew: eth0 # by hand`',
    ]);
    const topology = topologyOf(text);
    expect(topology.nodes.map(({ order }) => order.join(' '))).toEqual([
      'wire net',
      'wire net',
      'wire net echo',
      'wire net echo seal',
    ]);
    expect(topology.expectations).toHaveLength(3);
    expect(parse(text).diagnostics.map(({ message }) => message)).toEqual(['left seals nothing']);
  });

  it('takes what requires a plugin with it, and says so', () => {
    const { text, removed, diagnostics } = without('left/net', 'alice/net', 'alice/net');
    expect(told(diagnostics)).toEqual([
      'left/net:1 left: echo and seal went with net, which they require',
      'alice/net:1 alice: echo went with net, which it requires',
      'alice/net:1 alice: the timeline entry `{ at: 2s, node: alice, echo: 10.2.0.2, count: 3 }` went with echo, which does it',
    ]);
    expect(removed).toContain('plugin seal of node left');
    const { topology } = parse(text);
    expect(topology?.nodes.find(({ name }) => name === 'left')?.order).toEqual(['wire']);
  });

  it('knows the kinds of the file itself', () => {
    const own = GOOD.replace(/^nodes:$/m, 'kinds: { tower: { from: host, plugins: { echo: } } }\nnodes:').replace(
      /alice: \{? *kind: host|alice:\n( +)kind: host/,
      (found) => found.replace('kind: host', 'kind: tower'),
    );
    expect(own).toContain('kind: tower');
    const reduced = withoutParts(own, ['alice/net'], { kinds: KINDS, registry });
    expect(reduced.removed.slice(0, 2)).toEqual(['plugin net of node alice', 'plugin echo of node alice']);
    expect(topologyOf(reduced.text).nodes[0]?.order).toEqual(['wire']);
  });

  it('tells what is not there', () => {
    const { text, removed, diagnostics } = without('bobb', 'left/saal', 'right/x', '', 'left/');
    expect([text, removed]).toEqual([GOOD, []]);
    expect(told(diagnostics).sort()).toEqual(
      [
        ':1 there is no node ``',
        'bobb:1 there is no node `bobb`, did you mean `bob`?',
        'left/saal:1 there is no plugin on `left` called `saal`, did you mean `seal`?',
        'left/:1 there is no plugin on `left` called ``',
        'right/x:1 there is no plugin on `right` called `x`',
      ].sort(),
    );
  });
});

describe('what an operator types', () => {
  const options = { registry, topology: topologyOf(GOOD) };

  it('is read as an entry of the timeline without its time', () => {
    const expected = {
      kind: 'command',
      node: 'alice',
      plugin: 'echo',
      name: 'echo',
      args: { echo: 'x', count: 2, interval: 1e9 },
      text: 'echo: x, count: 2',
    };
    for (const text of [
      'node: alice, echo: x, count: 2',
      '{ node: alice, echo: x, count: 2 }',
      'node: alice\necho: x\ncount: 2\n',
    ]) {
      expect(parseAction(text, options)).toEqual({ action: expected, diagnostics: [] });
    }
    expect(parseAction('link: right:wan -- left:wan, set: { up: no }, for: 1s', options).action).toEqual({
      ...{ kind: 'link', link: 'left:wan -- right:wan', set: { up: false }, for: 1e9 },
      text: 'set: { up: no }, for: 1s',
    });
    expect(parseAction('node: left, interface: wan, set: down', options).action).toEqual({
      ...{ kind: 'interface', node: 'left', interface: 'wan', up: false },
      text: 'interface: wan, set: down',
    });
  });

  it('is told what is wrong, where it was typed', () => {
    const wrong = (text: string): string[] => told(parseAction(text, options).diagnostics);
    expect(wrong('node: alcie, ehco: x')).toEqual([
      'action:7 there is no node `alcie`, did you mean `alice`?',
      'action:14 there is no action `ehco`, did you mean `echo`?',
    ]);
    expect(wrong('{ node: bob, echo: x }')).toEqual(['action:14 node `bob` has no plugin echo, which does `echo`']);
    expect(wrong('at: 1s, node: alice, echo: x')).toEqual(['action:1 what is done now has no `at`']);
    expect(wrong('ping')).not.toEqual([]);
    expect(wrong('')).not.toEqual([]);
    expect(wrong('node: [')).not.toEqual([]);
  });

  it('may be an expectation', () => {
    expect(parseExpectation('echo: alice -> x, answered: 2', options)).toEqual({
      expectation: {
        key: 'echo',
        spec: { echo: 'alice -> x', answered: 2 },
        text: 'echo: alice -> x, answered: 2',
        line: 0,
      },
      diagnostics: [],
    });
    expect(told(parseExpectation('echo: alcie -> x, answered: 2', options).diagnostics)).toEqual([
      'expectation:7 there is no node `alcie`',
    ]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { from, to } of [
          ...parseAction(text, options).diagnostics,
          ...parseExpectation(text, options).diagnostics,
        ]) {
          expect(from >= 0 && from <= to && to <= text.length).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
