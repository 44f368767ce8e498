import { z } from 'zod';
import {
  type Action,
  booleanSetting,
  createRegistry,
  definePlugin,
  durationSetting,
  type Expectation,
  fractionSetting,
  listSetting,
  type Problem,
  SECOND,
} from '../../../core/index.ts';

/** Plugins that only the tests know: enough of each sort of declaration to read topologies with. */

const wire = definePlugin({ name: 'wire', title: 'Wire', about: 'carries frames', sources: [], provides: ['frames'] });

const net = definePlugin({
  name: 'net',
  title: 'Net',
  about: 'carries packets between networks',
  sources: ['RFC 791'],
  requires: ['frames'],
  config: z.strictObject({
    forward: booleanSetting().default(false).describe('passes on what is for others'),
    ttl: z.int().min(1).max(255).default(64).describe('hops that a packet may make'),
    timeout: durationSetting()
      .default(30 * SECOND)
      .describe('how long pieces are kept'),
  }),
  addressSyntaxes: [
    {
      name: 'net',
      example: '10.0.0.1/24',
      parse(text) {
        if (!/^[0-9.]+(\/[0-9]+)?$/.test(text)) return undefined;
        const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
        if (parts === null) return { wrong: `\`${text}\` lacks a prefix length, such as 10.0.0.1/24` };
        return { value: parts.slice(1).map(Number) };
      },
    },
  ],
  checkTopology(nodes) {
    const seen = new Map<string, string>();
    const problems: Problem[] = [];
    for (const { name, interfaces } of nodes) {
      for (const each of interfaces) {
        for (const [index, { text }] of each.addresses.entries()) {
          const other = seen.get(text);
          const path = ['nodes', name, 'interfaces', each.name, 'addresses', index];
          if (other !== undefined) problems.push({ path, message: `${text} is also on ${other}` });
          else seen.set(text, `${name}:${each.name}`);
        }
      }
    }
    return problems;
  },
});

const lease = definePlugin({
  name: 'lease',
  title: 'Lease',
  about: 'gets an address from a server',
  sources: [],
  requires: ['net'],
  addressSyntaxes: [
    { name: 'lease', example: 'lease', parse: (text) => (text === 'lease' ? { value: null } : undefined) },
  ],
  actions: [
    {
      key: 'renew',
      about: 'asks anew',
      example: '{ at: 1s, node: a, renew: eth0 }',
      schema: z.strictObject({ renew: z.string() }),
    },
  ],
});

const echoAction: Action = {
  key: 'echo',
  about: 'asks a node to answer',
  example: '{ at: 1s, node: a, echo: 10.0.0.2, count: 3 }',
  schema: z.strictObject({
    echo: z.string().describe('whom to ask'),
    count: z.int().min(1).max(1000).default(1).describe('how often'),
    interval: durationSetting().default(SECOND).describe('time between two'),
  }),
  check: ({ echo }, node) =>
    node.interfaces.some(({ addresses }) => addresses.some(({ text }) => text.startsWith(`${echo}/`)))
      ? [{ path: ['echo'], message: 'a node need not ask itself', severity: 'warning' }]
      : [],
};

const echoExpectation: Expectation<{ echo: string; answered: number }, object> = {
  key: 'echo',
  about: 'how many answers came',
  example: '{ echo: a -> 10.0.0.2, answered: 3 }',
  schema: z.strictObject({
    echo: z.string().describe('who asked whom'),
    answered: z.int().min(0).describe('how many answers'),
  }),
  observes: ['deliver'],
  create: () => ({}),
  verdict: () => ({ held: true, evidence: '', records: [] }),
  check({ echo }, nodes) {
    const [from = ''] = echo.split(' -> ');
    return nodes.some(({ name }) => name === from) ? [] : [{ path: ['echo'], message: `there is no node \`${from}\`` }];
  },
};

const echo = definePlugin({
  name: 'echo',
  title: 'Echo',
  about: 'asks and answers',
  sources: [],
  requires: ['net'],
  actions: [echoAction],
  expectations: [echoExpectation],
});

const connection = z.strictObject({
  mode: z.enum(['tunnel', 'transport', 'beet']).default('tunnel').describe('what is carried'),
  peers: listSetting(z.string()).describe('addresses of the other end'),
  secret: z.string().optional().describe('a shared secret'),
  lifetime: durationSetting({ least: SECOND }).optional().describe('how long it lasts'),
  replay: z
    .union([z.literal('off'), z.strictObject({ window: z.int().min(32), fail: booleanSetting().optional() })])
    .optional(),
});

const seal = definePlugin({
  name: 'seal',
  title: 'Seal',
  about: 'seals packets',
  sources: [],
  requires: ['net'],
  extends: ['echo'],
  config: z.strictObject({
    connections: z.record(z.string(), connection).default({}).describe('connections by name'),
    loss: fractionSetting().optional().describe('what is thrown away'),
  }),
  expectations: [
    {
      check: ({ node }, nodes) =>
        nodes.find(({ name }) => name === node)?.plugins.seal === undefined
          ? [{ path: ['node'], message: `${node} seals nothing`, severity: 'warning' }]
          : [],
      key: 'sealed',
      about: 'a connection is up',
      example: '{ node: a, sealed: office }',
      schema: z.strictObject({ node: z.string(), sealed: z.string(), by: durationSetting().optional() }),
      observes: [],
      create: () => ({}),
      verdict: () => ({ held: true, evidence: '', records: [] }),
    },
    {
      key: 'never',
      about: 'what is never seen on a link',
      example: '{ link: a:eth0 -- b:eth0, never: cleartext }',
      schema: z.strictObject({ link: z.string(), never: z.enum(['cleartext', 'sealed']) }),
      observes: ['transmit'],
      create: () => ({}),
      verdict: () => ({ held: true, evidence: '', records: [] }),
    },
  ],
});

const hen = definePlugin({ name: 'hen', title: 'Hen', about: 'needs the egg', sources: [], requires: ['egg'] });
const egg = definePlugin({ name: 'egg', title: 'Egg', about: 'needs the hen', sources: [], requires: ['hen'] });

const broken = definePlugin({
  name: 'broken',
  title: 'Broken',
  about: 'has mistakes of its own',
  sources: [],
  config: z.strictObject({}).transform((): object => {
    throw new RangeError('out of cheese');
  }),
});

export const registry = createRegistry([wire, net, lease, echo, seal, hen, egg, broken]);

export const KINDS = `
node: { about: has the wire, plugins: { wire: } }
host: { about: an end of the network, from: node, plugins: { net:, echo: } }
router: { about: passes packets on, from: host, plugins: { net: { forward: true } } }
gateway:
  about: a router that seals
  from: router
  plugins:
    seal: { connections: { spare: { peers: 192.0.2.9 } } }
`;

export const GOOD = `name: Two sites
about: Two hosts behind two gateways.
seed: 7
duration: 2min
nodes:
  alice:
    kind: host
    interfaces: { eth0: 10.1.0.2/24 }
  left:
    kind: gateway
    interfaces:
      lan: { address: 10.1.0.1/24, mtu: 1400 }
      wan: [192.0.2.1/24, 192.0.2.11/24]
    plugins:
      net: { ttl: 32 }
      seal:
        connections:
          right: { peers: [192.0.2.2], secret: correct horse, replay: { window: 64 }, lifetime: 60m }
  right:
    kind: gateway
    interfaces: { wan: 192.0.2.2/24, lan: 10.2.0.1/24 }
  bob:
    kind: host
    interfaces: { eth0: 10.2.0.2/24 }
    plugins: { echo: false, lease: }
links:
  - left:lan -- alice:eth0
  - { endpoints: [right:wan, left:wan], delay: 8ms, rate: 100Mbit/s, loss: 0.1%, queue: 64KiB }
  - { endpoints: bob:eth0 -- right:lan, mtu: 9000 }
timeline:
  - { at: 2s, node: left, interface: wan, set: down, for: 1s }
  - { at: 2s, node: alice, echo: 10.2.0.2, count: 3 }
  - { at: 1s, link: right:wan -- left:wan, set: { loss: 100%, up: false }, for: 10s }
  - at: 500ms
    node: bob
    renew: eth0   # by hand
expect:
  - { echo: alice -> 10.2.0.2, answered: 3 }
  - { link: right:wan -- left:wan, never: cleartext }
  - node: left    # the gateway
    sealed: right
    by: 2s
`;
