import { definePlugin, formatDuration } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { pingAction } from './config.ts';
import { pingOutcome } from './expectation.ts';
import { pingProtocol } from './protocol.ts';
import type { PingState } from './state.ts';

export const ping = definePlugin<PingState, unknown>({
  name: 'ping',
  title: 'Ping',
  about: 'Asks for echoes and measures the replies.',
  sources: ['RFC 792', 'RFC 1122 §3.2.2.6'],
  requires: ['icmp', 'ipv4'],
  protocol: pingProtocol,
  binds: [
    // Echo replies, and ICMP errors that quote an ICMP packet: `errorsAbout(1)`.
    { below: 'icmp', key: 0 },
    { below: 'icmp', key: 257 },
  ],
  actions: [
    {
      key: 'ping',
      about: 'Sends echo requests to an address.',
      example: '{ at: 1s, node: laptop, ping: 10.1.0.20, count: 3 }',
      schema: pingAction,
      offers: ({ name }, nodes) => {
        const others = nodes.filter((one) => one.name !== name).flatMap(({ interfaces }) => interfaces);
        const target = others.flatMap(({ addresses }) => addresses).find(({ syntax }) => syntax === 'ipv4');
        return [{ title: 'Ping', entry: `ping: ${target?.text.split('/')[0] ?? '192.0.2.20'}, count: 3`, draft: true }];
      },
    },
  ],
  expectations: [pingOutcome],
  codes: {
    'ping.sent': { text: '{node} asks {target} for echo {sequence}', source: 'RFC 792' },
    'ping.reply': { text: '{node} got echo {sequence} from {from} in {took}', source: 'RFC 792' },
    'ping.timeout': {
      text: '{node} got no echo {sequence} from {target} within {waited}',
      cure: 'look where the request or its reply was dropped',
    },
    'ping.error': {
      text: '{node} got no echo {sequence} from {target}: {from} says {reason}',
      source: 'RFC 1122 §3.2.2',
    },
    'ping.late': { text: '{node} got echo {sequence} of {from} again, or too late' },
    'ping.finished': { text: '{node} has {answered} of {sent} echoes from {target}' },
    'ping.unasked': { text: '{node} dropped an ICMP message of {from} that answers none of its requests' },
    'ping.too-many': { text: '{node} does not ping {target}: {limit} runs are going on' },
  },
  tables: [
    {
      name: 'pings',
      title: 'Pings',
      columns: [
        { key: 'target', title: 'Target' },
        { key: 'sent', title: 'Sent' },
        { key: 'answered', title: 'Answered' },
        { key: 'lost', title: 'Lost' },
        { key: 'errors', title: 'Errors' },
        { key: 'least', title: 'Least' },
        { key: 'mean', title: 'Mean' },
        { key: 'most', title: 'Most' },
      ],
      rows: (state) =>
        state.runs.map((run) => ({
          target: formatIpv4(run.target),
          sent: run.sent,
          answered: run.answered,
          lost: run.timedOut,
          errors: run.refused,
          least: run.answered === 0 ? '' : formatDuration(run.least),
          mean: run.answered === 0 ? '' : formatDuration(Math.round(run.total / run.answered)),
          most: run.answered === 0 ? '' : formatDuration(run.most),
        })),
    },
  ],
});
