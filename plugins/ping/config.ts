import { z } from 'zod';
import { booleanSetting, durationSetting, MILLISECOND, SECOND, sizeSetting } from '../../core/index.ts';
import { ipv4AddressSetting } from '../ipv4/contract.ts';

/** The most data that fits an IPv4 packet behind its header and ICMP's. */
const MOST_DATA = 65_507;
/** Sequence numbers have 16 bits. */
const MOST_COUNT = 65_535;

const addressSetting = ipv4AddressSetting('10.1.0.20');

/** `{ ping: 10.1.0.20, count: 3 }`. */
export const pingAction = z
  .strictObject({
    ping: addressSetting.describe('The address that is asked for an echo'),
    count: z.int().min(1).max(MOST_COUNT).default(3).describe('How many echo requests are sent'),
    interval: durationSetting({ least: MILLISECOND }).default(SECOND).describe('The time between two requests'),
    size: sizeSetting({ most: MOST_DATA }).default(56).describe('Octets of data in each request'),
    timeout: durationSetting({ least: MILLISECOND })
      .default(5 * SECOND)
      .describe('How long a reply is waited for'),
    dont_fragment: booleanSetting().default(false).describe('Forbid routers to fragment the request'),
    ttl: z.int().min(1).max(255).optional().describe('Time to live; left out: what the node uses'),
    source: addressSetting
      .optional()
      .describe('The address to ask from; left out: the one of the interface it leaves by'),
  })
  .describe('Sends echo requests and measures the replies');

export type PingAction = z.output<typeof pingAction>;

const pathSetting = z
  .string()
  .transform((text, context): { from: string; to: string } => {
    const [, from, to] = /^\s*(\S+)\s*->\s*(\S+)\s*$/.exec(text) ?? [];
    if (from !== undefined && to !== undefined) return { from, to };
    context.issues.push({ code: 'custom', message: 'expected who asks whom: `laptop -> 10.1.0.20`', input: text });
    return z.NEVER;
  })
  .meta({ title: 'path', examples: ['laptop -> 10.1.0.20', 'laptop -> server'] });

const countSetting = z.int().min(0).max(1_000_000);

/** `{ ping: a -> 10.1.0.20, answered: 3 }`. */
export const pingExpectation = z
  .strictObject({
    ping: pathSetting.describe('The node that asks, and the address or node that is asked'),
    answered: z
      .union([
        countSetting.transform((count) => ({ at_least: count, at_most: count })),
        z.strictObject({
          at_least: countSetting.default(0).describe('The fewest replies'),
          at_most: countSetting.optional().describe('The most replies'),
        }),
      ])
      .optional()
      .describe('How many requests are answered: a number, or bounds; left out: all that were sent, and one at least'),
    rtt_below: durationSetting().optional().describe('Every reply came within less than this'),
    by: durationSetting().optional().describe('The replies count that came until this time of the run'),
  })
  .describe('Whether echo requests are answered');

export type PingExpectation = z.output<typeof pingExpectation>;
