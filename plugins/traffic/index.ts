import { definePlugin, formatDuration, formatInstant } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { type TrafficConfig, trafficAction, trafficConfig } from './config.ts';
import { trafficOutcome } from './expectation.ts';
import { trafficCodec } from './headers.ts';
import { type TrafficState, trafficProtocol } from './protocol.ts';

export const traffic = definePlugin<TrafficState, TrafficConfig>({
  name: 'traffic',
  title: 'Test traffic',
  about: 'Sends streams of datagrams, and measures what arrives: loss, duplicates, order, delay, jitter.',
  sources: ['RFC 3550 §6.4.1', 'RFC 4737 §3'],
  requires: ['udp', 'ipv4'],
  extends: ['icmp'],
  config: trafficConfig,
  protocol: trafficProtocol,
  binds: [{ below: 'udp', key: 5001 }],
  codecs: [trafficCodec],
  actions: [
    {
      key: 'traffic',
      about: 'Starts a stream of datagrams to an address.',
      example: '{ at: 1s, node: a, traffic: 10.1.0.20, rate: 1Mbit/s, size: 512, count: 100 }',
      schema: trafficAction,
      offers: ({ name }, nodes) => {
        const others = nodes.filter((one) => one.name !== name).flatMap(({ interfaces }) => interfaces);
        const target = others.flatMap(({ addresses }) => addresses).find(({ syntax }) => syntax === 'ipv4');
        const to = target?.text.split('/')[0] ?? '192.0.2.20';
        return [
          { title: 'Send datagrams', entry: `traffic: ${to}, rate: 1Mbit/s, size: 512, count: 100`, draft: true },
        ];
      },
    },
  ],
  expectations: [trafficOutcome],
  codes: {
    'traffic.started': { text: '{node} starts to send {count} datagrams of {size} octets to {to}, port {port}' },
    'traffic.finished': { text: '{node} has sent all {sent} datagrams to {to}, port {port}' },
    'traffic.arriving': { text: '{node} gets test traffic from {from} at port {port}' },
    'traffic.refused': {
      text: '{node}: {from} says of the traffic to {to}, port {port}: {reason}',
      source: 'RFC 1122 §4.1.3.3',
    },
    'traffic.foreign': { text: '{node} dropped a datagram of {from} at port {port}: it is no test traffic' },
    'traffic.port-taken': { text: '{node} cannot listen at port {port}: another protocol has it' },
    'traffic.no-port': { text: '{node} has no free port to send to {to} from' },
    'traffic.too-many': { text: '{node} does not send to {to}: it has {limit} flows already' },
  },
  tables: [
    {
      name: 'flows',
      title: 'Traffic sent',
      columns: [
        { key: 'to', title: 'To' },
        { key: 'port', title: 'Port' },
        { key: 'size', title: 'Octets' },
        { key: 'sent', title: 'Sent' },
        { key: 'count', title: 'Of' },
        { key: 'refused', title: 'ICMP errors' },
        { key: 'started', title: 'Started' },
      ],
      rows: (state) =>
        state.flows.map((flow) => ({
          to: formatIpv4(flow.destination),
          port: flow.port,
          size: flow.size,
          sent: flow.sent,
          count: flow.count,
          refused: flow.refused,
          started: formatInstant(flow.started),
        })),
    },
    {
      name: 'arrivals',
      title: 'Traffic received',
      columns: [
        { key: 'from', title: 'From' },
        { key: 'port', title: 'Port' },
        { key: 'received', title: 'Received' },
        { key: 'missing', title: 'Missing' },
        { key: 'duplicates', title: 'Twice' },
        { key: 'reordered', title: 'Out of order' },
        { key: 'delay', title: 'Delay (mean)' },
        { key: 'jitter', title: 'Jitter' },
      ],
      rows: (state) =>
        [...state.arrivals.values()].map((arrival) => ({
          from: formatIpv4(arrival.source),
          port: arrival.port,
          received: arrival.received,
          // What was sent after the last arrival is not known here.
          missing: arrival.highest + 1 - arrival.received,
          duplicates: arrival.duplicates,
          reordered: arrival.reordered,
          delay: formatDuration(Math.round(arrival.delayTotal / Math.max(1, arrival.received))),
          jitter: formatDuration(Math.round(arrival.jitter)),
        })),
    },
  ],
});
