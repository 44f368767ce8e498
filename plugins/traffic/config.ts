import { z } from 'zod';
import {
  booleanSetting,
  durationSetting,
  listSetting,
  MICROSECOND,
  rateSetting,
  sizeSetting,
} from '../../core/index.ts';
import { ipv4AddressSetting } from '../ipv4/contract.ts';
import { LEAST_PAYLOAD } from './headers.ts';

/** The port that sinks listen at and sources send to unless told otherwise. */
export const DEFAULT_PORT = 5001;
/** The most data of a datagram in IPv4 without options. */
const MOST_PAYLOAD = 65_507;
const MOST_COUNT = 0xffff_ffff;

const addressSetting = ipv4AddressSetting('10.1.0.20');

const portSetting = z.int().min(1).max(65_535);

const flowKeys = {
  port: portSetting.default(DEFAULT_PORT).describe('The port of the sink'),
  size: sizeSetting({ least: LEAST_PAYLOAD, most: MOST_PAYLOAD })
    .default(512)
    .describe('Octets of data in each datagram'),
  rate: rateSetting({ least: 1 })
    .optional()
    .describe('Data sent in a second, headers not counted; instead of `interval`'),
  interval: durationSetting({ least: MICROSECOND / 1000 })
    .optional()
    .describe('The time between two datagrams, instead of `rate`; left out with `rate`: 100ms'),
  count: z
    .int()
    .min(1)
    .max(MOST_COUNT)
    .optional()
    .describe('How many datagrams; left out: 10, or as many as fit `duration`'),
  duration: durationSetting().optional().describe('How long the flow lasts'),
  dscp: z.int().min(0).max(63).default(0).describe('Differentiated services codepoint of the packets'),
  source_port: portSetting.optional().describe('The port to send from; left out: a free one'),
  source: addressSetting
    .optional()
    .describe('The address to send from; left out: the one of the interface it leaves by'),
  dont_fragment: booleanSetting().default(false).describe('Forbid routers to fragment the packets'),
  checksum: booleanSetting().default(true).describe('Send with a UDP checksum'),
};

const ONE_PACE = { message: 'give `rate` or `interval`, not both' };
const onePace = (flow: { rate?: number | undefined; interval?: number | undefined }): boolean =>
  flow.rate === undefined || flow.interval === undefined;

const flowSetting = z
  .strictObject({
    to: addressSetting.describe('The address of the sink'),
    start: durationSetting().default(0).describe('When the flow begins'),
    ...flowKeys,
  })
  .refine(onePace, ONE_PACE);

export const trafficConfig = z
  .strictObject({
    listen: listSetting(portSetting)
      .default([DEFAULT_PORT])
      .describe('Ports at which what arrives is counted and measured; an empty list: none'),
    flows: z.array(flowSetting).max(1024).default([]).describe('Streams of datagrams that the node sends'),
  })
  .describe('A source and sink of UDP test traffic');

export type TrafficConfig = z.output<typeof trafficConfig>;
export type FlowSettings = z.output<typeof flowSetting>;

/** `{ traffic: 10.1.0.20, rate: 1Mbit/s, count: 100 }`. */
export const trafficAction = z
  .strictObject({ traffic: addressSetting.describe('The address of the sink'), ...flowKeys })
  .refine(onePace, ONE_PACE)
  .describe('Starts a stream of datagrams');

export type TrafficAction = z.output<typeof trafficAction>;

const pathSetting = z
  .string()
  .transform((text, context): { from: string; to: string } => {
    const [, from, to] = /^\s*(\S+)\s*->\s*(\S+)\s*$/.exec(text) ?? [];
    if (from !== undefined && to !== undefined) return { from, to };
    context.issues.push({ code: 'custom', message: 'expected who sends to whom: `a -> b`', input: text });
    return z.NEVER;
  })
  .meta({ title: 'path', examples: ['a -> b', 'a -> 10.1.0.20'] });

const countSetting = z.int().min(0).max(MOST_COUNT);
const boundsSetting = z.union([
  countSetting.transform((count) => ({ at_least: count, at_most: count })),
  z.strictObject({
    at_least: countSetting.default(0).describe('No fewer than this'),
    at_most: countSetting.default(MOST_COUNT).describe('No more than this'),
  }),
]);

export type CountBounds = z.output<typeof boundsSetting>;

/** `{ traffic: a -> b, received: 100, lost: 0 }`. */
export const trafficExpectation = z
  .strictObject({
    traffic: pathSetting.describe('The node that sends, and the node or address that it sends to; all flows together'),
    port: portSetting.optional().describe('Only flows to this port'),
    received: boundsSetting.optional().describe('Datagrams that arrived, each counted once: a number or bounds'),
    lost: boundsSetting.optional().describe('Datagrams that were sent and did not arrive'),
    duplicates: boundsSetting.optional().describe('Datagrams that arrived again'),
    reordered: boundsSetting.optional().describe('Datagrams that arrived after a later one'),
    delay_below: durationSetting().optional().describe('Every datagram was under way for less than this'),
    jitter_below: durationSetting().optional().describe('The jitter at the end (RFC 3550 §6.4.1) is less than this'),
  })
  .describe('What became of test traffic; without counts: all that was sent arrived');

export type TrafficExpectation = z.output<typeof trafficExpectation>;
