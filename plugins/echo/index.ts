import { definePlugin, type Expectation } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { echoCodec } from './codec.ts';
import { type EchoExpectation, echoAction, echoExpectation } from './config.ts';
import { ECHO_PORT, echoProtocol } from './protocol.ts';
import type { EchoState } from './state.ts';

/** How many datagrams came back, counted from the notes of the client. */
const returned: Expectation<EchoExpectation, { count: number; records: number[] }> = {
  key: 'echo',
  about: 'datagrams that an echo server returned',
  example: '{ echo: a -> 10.0.0.2, returned: 3 }',
  schema: echoExpectation,
  observes: ['note'],
  create: () => ({ count: 0, records: [] }),
  observe(state, record, spec) {
    const [client, server] = spec.echo.split(' -> ');
    if (record.code !== 'echo.returned' || record.node !== client || record.values?.server !== server) return;
    state.count++;
    if (state.records.length < 10) state.records.push(record.number);
  },
  verdict: (state, spec) => ({
    held: state.count === spec.returned,
    evidence: `${state.count} came back to ${spec.echo.replace(' -> ', ' from ')}, ${spec.returned} expected`,
    records: state.records,
  }),
};

export const echo = definePlugin<EchoState, object>({
  name: 'echo',
  title: 'Echo',
  about:
    'Returns every datagram to its sender as it is; asks others to do so. The worked plugin of docs/plugin-guide.md',
  sources: ['RFC 862'],
  requires: ['udp', 'ipv4'],
  protocol: echoProtocol,
  binds: [{ below: 'udp', key: ECHO_PORT }],
  codecs: [echoCodec],
  actions: [
    {
      key: 'echo',
      about: 'sends datagrams to the echo port of a server and compares what comes back',
      example: '{ at: 1s, node: a, echo: 10.0.0.2, count: 3 }',
      schema: echoAction,
    },
  ],
  expectations: [returned],
  codes: {
    'echo.returned': { text: '{node} got its echo number {number} back from {server}' },
    'echo.changed': { text: '{node} got an echo from {server} that is not what it sent' },
    'echo.unasked': { text: '{node} got an echo from {source} that it did not ask for' },
    'echo.loop': {
      text: '{node} does not answer {source}, whose own port is the echo port: they would answer each other for ever',
      source: 'RFC 862',
    },
    'echo.no-port': { text: '{node} has no free port to send an echo from' },
  },
  tables: [
    {
      name: 'exchanges',
      title: 'Echo exchanges',
      columns: [
        { key: 'server', title: 'Server' },
        { key: 'sent', title: 'Sent' },
        { key: 'returned', title: 'Returned' },
      ],
      rows: (state) =>
        state.exchanges.map(({ server, sent, returned: back }) => ({
          server: formatIpv4(server),
          sent,
          returned: back,
        })),
    },
  ],
});
