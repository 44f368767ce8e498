import { type DescribedNode, type Expectation, formatDuration, nearestWord, type Problem } from '../../core/index.ts';
import { formatIpv4, type Ipv4InterfaceAddress } from '../ipv4/contract.ts';
import { type ExchangeExpectation, exchangeExpectation, type IkeExpectation, ikeExpectation } from './config.ts';

/** What a topology may expect of key exchange, whichever version it is, folded from the trace. */

/** The plugins that speak a version of IKE. */
const VERSIONS: readonly string[] = ['ikev1', 'ikev2'];
/** The most records that a verdict names. */
const MOST_EVIDENCE = 50;
/** The most messages that are on their way to the interface at once. */
const MOST_UNDER_WAY = 4096;

/** What each version tells of a message that it sends. */
const MESSAGE_CODES: ReadonlySet<string> = new Set(
  VERSIONS.flatMap((plugin) =>
    ['message', 'message-again', 'fragment', 'fragment-again'].map((code) => `${plugin}.${code}`),
  ),
);

interface Sent {
  readonly node: string;
  readonly peer: string;
  readonly spi: string;
  readonly record: number;
}

interface ExchangeFold {
  /** Messages that were made and are not on a link yet, by packet. */
  readonly underWay: Record<string, Omit<Sent, 'record'>>;
  readonly sent: Sent[];
}

export const exchangeOutcome: Expectation<ExchangeExpectation, ExchangeFold> = {
  key: 'exchange',
  about:
    'Two nodes exchange so many IKE messages, retransmissions included. Each counts once, where its sender puts it on a link.',
  example: '{ exchange: laptop <-> office, ike_packets: 4, by: 10s }',
  schema: exchangeExpectation,
  check: ({ exchange: { a, b } }, nodes) => [...unknownNode(a, nodes), ...unknownNode(b, nodes)],
  observes: ['note', 'transmit'],
  create: () => ({ underWay: {}, sent: [] }),

  observe(fold, record, { exchange: { a, b }, by }) {
    if (record.node !== a && record.node !== b) return;
    if (by !== undefined && record.time > by) return;
    const packet = String(record.packet);
    if (record.kind === 'transmit') {
      const message = fold.underWay[packet];
      if (message === undefined || message.node !== record.node) return;
      delete fold.underWay[packet];
      fold.sent.push({ ...message, record: record.number });
      return;
    }
    if (!MESSAGE_CODES.has(record.code ?? '')) return;
    if (Object.keys(fold.underWay).length >= MOST_UNDER_WAY) return;
    const { peer, spi } = record.values ?? {};
    fold.underWay[packet] = { node: record.node, peer: String(peer), spi: String(spi) };
  },

  verdict({ sent }, { exchange: { a, b }, ike_packets, by }, view) {
    const addresses = (node: string): readonly string[] =>
      view
        .interfaces(node)
        .flatMap((face) => face.addresses.filter(({ syntax }) => syntax === 'ipv4'))
        .map(({ value }) => formatIpv4((value as Ipv4InterfaceAddress).address));
    const other = { [a]: addresses(b), [b]: addresses(a) };
    // Behind a NAT the addresses differ, and the SPI of the initiator still tells which belong together; behind two of them it tells alone.
    const of = (name: string): Set<string> => new Set(sent.filter(({ node }) => node === name).map(({ spi }) => spi));
    const [ofA, ofB] = [of(a), of(b)];
    const met = sent.filter(({ node, peer, spi }) => other[node]?.includes(peer) || (ofA.has(spi) && ofB.has(spi)));
    const spis = new Set(met.map(({ spi }) => spi));
    const between = sent.filter(({ spi }) => spis.has(spi));
    const count = between.length;
    const { at_least, at_most = Number.POSITIVE_INFINITY } = ike_packets;
    const from = (name: string): number => between.filter(({ node }) => node === name).length;
    const until = by === undefined ? '' : ` until ${formatDuration(by)}`;
    return {
      held: count >= at_least && count <= at_most,
      evidence: `${count} IKE messages${until}: ${from(a)} of ${a}, ${from(b)} of ${b}`,
      records: between.slice(0, MOST_EVIDENCE).map(({ record }) => record),
    };
  },
};

interface IkeFold {
  /** IKE SAs of the connection that were established and are not gone, as of the instant asked for. */
  present: string[];
  readonly records: number[];
}

export const ikeOutcome: Expectation<IkeExpectation, IkeFold> = {
  key: 'ike',
  about: 'A node has an established IKE SA of a connection, or has none.',
  example: '{ node: laptop, ike: office, state: established, by: 2s }',
  schema: ikeExpectation,
  check: ({ node, ike }, nodes) => [...unknownNode(node, nodes), ...unknownConnection(node, ike, nodes)],
  observes: ['note'],
  create: () => ({ present: [], records: [] }),

  observe(fold, record, { node, ike, by }) {
    if (record.node !== node || !VERSIONS.includes(record.plugin) || (by !== undefined && record.time > by)) return;
    const { connection, spis } = record.values ?? {};
    if (connection !== ike) return;
    if (record.code === `${record.plugin}.established`) fold.present.push(String(spis));
    else if (record.code === `${record.plugin}.closed`) fold.present = fold.present.filter((each) => each !== spis);
    else return;
    if (fold.records.length < MOST_EVIDENCE) fold.records.push(record.number);
  },

  verdict({ present, records }, { node, ike, state, by }) {
    const when = by === undefined ? 'at the end' : `at ${formatDuration(by)}`;
    const seen = present.length === 0 ? 'no IKE SA' : `IKE SA ${present.join(', ')}`;
    return {
      held: state === 'established' ? present.length > 0 : present.length === 0,
      evidence: `${node} has ${seen} of ${ike} ${when}`,
      records,
    };
  },
};

/** The settings of `ipsec` say which connections a node has; nothing else of them matters here. */
function unknownConnection(name: string, ike: string, nodes: readonly DescribedNode[]): readonly Problem[] {
  const settings = nodes.find((each) => each.name === name)?.plugins.ipsec as
    | { readonly connections: readonly { readonly name: string }[] }
    | undefined;
  const names = settings?.connections.map((connection) => connection.name);
  if (names === undefined || names.includes(ike)) return [];
  const near = names.length === 1 ? names[0] : nearestWord(ike, names);
  const hint = near === undefined ? `; it has ${names.join(', ') || 'none'}` : `, did you mean \`${near}\`?`;
  const message = `${name} has no connection called \`${ike}\`${hint}`;
  return [{ path: ['ike'], message, ...(near === undefined ? {} : { suggestion: near }) }];
}

function unknownNode(name: string, nodes: readonly DescribedNode[]): readonly Problem[] {
  const names = nodes.map((node) => node.name);
  const node = nodes.find((each) => each.name === name);
  if (node !== undefined) {
    if (VERSIONS.some((plugin) => node.plugins[plugin] !== undefined)) return [];
    return [{ path: [], message: `node ${name} has no plugin ikev1 or ikev2`, severity: 'warning' }];
  }
  const near = nearestWord(name, names);
  const hint = near === undefined ? '' : `, did you mean \`${near}\`?`;
  return [
    { path: [], message: `there is no node \`${name}\`${hint}`, ...(near === undefined ? {} : { suggestion: near }) },
  ];
}
