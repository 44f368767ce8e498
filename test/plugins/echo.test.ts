import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dissect, orderPlugins } from '../../core/plugin/index.ts';
import { withoutParts } from '../../core/topology/index.ts';
import { repositoryRoot } from '../skip.ts';
import {
  act,
  codes,
  finish,
  heardBy,
  records,
  registry,
  run,
  sentBy,
  start,
  stateOf,
  stories,
  transmit,
  verdicts,
} from './ground/bench.ts';
import { arpMessage, datagram, frame, pattern } from './ground/frames.ts';

/** The worked plugin of docs/plugin-guide.md: what the guide promises of it. */

const guide = readFileSync(join(repositoryRoot, 'docs', 'plugin-guide.md'), 'utf8');
const kinds = readFileSync(join(repositoryRoot, 'topologies', 'kinds.yaml'), 'utf8');
/** The topology in the guide, as it stands there. */
const lab = /```yaml\n(nodes:[^`]*)```/.exec(guide)?.[1] ?? '';

const [US, THEM] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
const WITH_STRANGER = `
nodes:
  a: { kind: host, interfaces: { eth0: 10.0.0.1/24 }, plugins: { echo: {}, ethernet: { macs: { eth0: '${US}' } } } }
  evil: { kind: stranger, interfaces: { eth0: {} } }
links: ['a:eth0 -- evil:eth0']
duration: 100s
`;

/** A datagram from the stranger, whom `a` can answer. */
function ask(sourcePort: number, destinationPort: number, payload: Uint8Array): Uint8Array {
  return frame(US, THEM, 0x0800, datagram('10.0.0.2', '10.0.0.1', [sourcePort, destinationPort], payload));
}

/** So that `a` knows where the stranger is. */
const greeting = frame(US, THEM, 0x0806, arpMessage(1, [THEM, '10.0.0.2'], ['00:00:00:00:00:00', '10.0.0.1']));

describe('the lab of the plugin guide', () => {
  it('gets its echoes back', () => {
    const simulation = run(lab);
    expect(verdicts(simulation)).toEqual([[true, '3 came back to a from 10.0.0.2, 3 expected']]);
    expect(stories(simulation, 'echo.returned')).toEqual(
      [1, 2, 3].map((number) => `a got its echo number ${number} back from 10.0.0.2`),
    );
    expect(stateOf(simulation, 'b', 'echo')).toMatchObject({ served: 3 });
    const [answer] = records(simulation, 'echo.returned');
    // Every octet that was sent, on the port of RFC 862, and back from it.
    const frames = sentBy(simulation, 'b').map(({ bytes }) => dissect(registry, bytes, { codec: 'ethernet' }));
    const echoes = frames.filter(({ layers }) => layers.at(-1)?.name === 'echo');
    expect(echoes.map(({ layers }) => layers.at(-1)?.fields[0]?.value)).toEqual(['ikebana', 'ikebana', 'ikebana']);
    expect(answer?.cause).toBeGreaterThan(0);
  });

  it('without the plugin on b meets a closed port, and the expectation says what it saw', () => {
    const reduced = withoutParts(lab, ['b/echo'], { kinds, registry });
    expect(reduced).toMatchObject({ removed: ['plugin echo of node b'], diagnostics: [] });
    const simulation = run(reduced.text);
    expect(verdicts(simulation)).toEqual([[false, '0 came back to a from 10.0.0.2, 3 expected']]);
    expect(codes(simulation, 'drop', 'b')).toEqual({ 'udp.no-port': 3 });
    const errors = sentBy(simulation, 'b')
      .map(({ bytes }) => dissect(registry, bytes, { codec: 'ethernet' }).layers.find(({ name }) => name === 'icmp'))
      .filter((layer) => layer !== undefined);
    expect(errors).toHaveLength(3);
    for (const { summary } of errors) expect(summary).toMatch(/port unreachable/i);
    for (const { node, plugin } of simulation.trace?.records() ?? []) expect(`${node}/${plugin}`).not.toBe('b/echo');
  });

  it('tells a wrong address where it stands', () => {
    const wrong = lab.replace('echo: 10.0.0.2, count', 'echo: 10.0.0.256, count');
    expect(() => start(wrong)).toThrow(/^7: .*256 is more than 255/);
  });

  it('cannot stand on a node without UDP', () => {
    expect(orderPlugins(registry, ['echo', 'ipv4', 'ethernet', 'arp']).problems).toEqual([
      { plugin: 'echo', message: 'echo requires udp, which this node lacks', missing: 'udp' },
    ]);
  });
});

describe('among strangers', () => {
  it('a server returns octets of any kind as they are, and nothing to an echo port', () => {
    const simulation = start(WITH_STRANGER);
    const asked = [0, 1, 7, 300, 1400].map((size) => pattern(size));
    transmit(simulation, 'evil', [greeting, ...asked.map((octets) => ask(5000, 7, octets)), ask(7, 7, pattern(9))]);
    finish(simulation);
    const answers = heardBy(simulation, 'evil')
      .map((bytes) => dissect(registry, bytes, { codec: 'ethernet' }))
      .flatMap(({ bytes, layers }) => {
        const udp = layers.find(({ name }) => name === 'udp');
        if (udp === undefined) return [];
        expect(udp.fields.map(({ number }) => number).slice(0, 2)).toEqual([7, 5000]);
        expect(udp.fields[3]?.remark).toBe('correct');
        return [Buffer.from(bytes.subarray(udp.end, udp.end + (udp.fields[2]?.number ?? 0) - 8))];
      });
    expect(answers).toEqual(asked.map((octets) => Buffer.from(octets)));
    expect(stories(simulation, 'echo.loop')).toEqual([
      'a does not answer 10.0.0.2, whose own port is the echo port: they would answer each other for ever',
    ]);
    expect(stateOf(simulation, 'a', 'echo')).toMatchObject({ served: 5 });
  });

  it('a client believes no answer that is changed, late, from elsewhere or not asked for', () => {
    const simulation = start(WITH_STRANGER);
    transmit(simulation, 'evil', [greeting]);
    simulation.advance(1_000_000_000);
    act(simulation, 'a', { echo: '10.0.0.2', text: 'abc' });
    simulation.advance(simulation.now + 1000);
    const { exchanges } = stateOf<{ exchanges: { port: number; returned: number }[] }>(simulation, 'a', 'echo');
    const port = exchanges[0]?.port ?? 0;
    const right = new TextEncoder().encode('abc');
    transmit(simulation, 'evil', [
      ask(7, port, new TextEncoder().encode('abd')),
      ask(7, port, right.subarray(0, 2)),
      ask(7, port, new Uint8Array(0)),
      ask(8, port, right),
      ask(7, port, right),
    ]);
    finish(simulation);
    expect(codes(simulation, 'drop', 'a')).toEqual({ 'echo.changed': 3, 'echo.unasked': 1 });
    expect(exchanges[0]).toMatchObject({ sent: 1, returned: 1 });
  });

  it('remembers a bounded number of exchanges, and the port of one that is forgotten is closed', () => {
    const simulation = start(WITH_STRANGER);
    transmit(simulation, 'evil', [greeting]);
    simulation.advance(1_000_000_000);
    const ports: number[] = [];
    const state = stateOf<{ exchanges: { port: number }[] }>(simulation, 'a', 'echo');
    for (let count = 1; count <= 70; count++) {
      act(simulation, 'a', { echo: '10.0.0.2' });
      simulation.advance(simulation.now + 1000);
      ports.push(state.exchanges.at(-1)?.port ?? 0);
    }
    expect(new Set(ports).size).toBe(70);
    expect(state.exchanges.map(({ port }) => port)).toEqual(ports.slice(-64));
    transmit(simulation, 'evil', [ask(7, ports[0] as number, pattern(3)), ask(7, ports[69] as number, pattern(3))]);
    finish(simulation);
    expect(codes(simulation, 'drop', 'a')).toEqual({ 'udp.no-port': 1, 'echo.changed': 1 });
  });
});

it('is named by no line of core, workers, cli and web', () => {
  const named = ['core', 'workers', 'cli', 'web'].flatMap((room) =>
    readdirSync(join(repositoryRoot, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|tsx|mts|mjs|js|css|html)$/.test(path) && !/(^|\/)(dist|node_modules)\//.test(path))
      .flatMap((path) => {
        const lines = readFileSync(join(repositoryRoot, room, path), 'utf8').split('\n');
        // As a name: in quotes, as a key, in a path or before a dot. An ICMP echo in a sentence is another thing.
        const name = /(['"`/.]|\b(plugin|plugins): ?)echo(['"`/.]|$)|\becho:|\bechoPlugin\b/;
        return lines.flatMap((line, at) => (name.test(line) ? [`${room}/${path}:${at + 1} ${line.trim()}`] : []));
      }),
  );
  expect(named).toEqual([]);
  const lists = readFileSync(join(repositoryRoot, 'plugins', 'index.ts'), 'utf8');
  expect(lists.split('\n').filter((line) => line.includes('./echo/'))).toHaveLength(1);
});
