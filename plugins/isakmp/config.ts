import { z } from 'zod';
import { durationSetting, nameSetting } from '../../core/index.ts';

const pairSetting = z
  .string()
  .transform((text, context): { a: string; b: string } => {
    const [, a, b] = /^\s*(\S+)\s*<->\s*(\S+)\s*$/.exec(text) ?? [];
    if (a !== undefined && b !== undefined) return { a, b };
    context.issues.push({ code: 'custom', message: 'expected two nodes: `laptop <-> office`', input: text });
    return z.NEVER;
  })
  .meta({ title: 'pair of nodes', examples: ['laptop <-> office'] });

const countSetting = z.int().min(0).max(1_000_000);

/** `{ exchange: a <-> b, ike_packets: 4 }`. */
export const exchangeExpectation = z
  .strictObject({
    exchange: pairSetting.describe('The two nodes'),
    ike_packets: z
      .union([
        countSetting.transform((count) => ({ at_least: count, at_most: count })),
        z.strictObject({
          at_least: countSetting.default(0).describe('The fewest messages'),
          at_most: countSetting.optional().describe('The most messages'),
        }),
      ])
      .describe(
        'IKE messages that the two put on their links for each other, a fragment counting as one: a number, or bounds',
      ),
    by: durationSetting().optional().describe('Counted until this time of the run; left out: to its end'),
  })
  .describe('How many IKE messages two nodes exchange');
export type ExchangeExpectation = z.output<typeof exchangeExpectation>;

/** `{ node: a, ike: office, state: established, by: 2s }`. */
export const ikeExpectation = z
  .strictObject({
    node: nameSetting().describe('The node that has the connection'),
    ike: z.string().describe('The connection'),
    state: z
      .enum(['established', 'none'])
      .default('established')
      .describe('`established`: an IKE SA of it is there; `none`: there is none'),
    by: durationSetting().optional().describe('At this time of the run; left out: at its end'),
  })
  .describe('Whether a node has an IKE SA of a connection');
export type IkeExpectation = z.output<typeof ikeExpectation>;

const tallySetting = z.union([
  countSetting.transform((count) => ({ at_least: count, at_most: count })),
  z.strictObject({
    at_least: countSetting.default(0).describe('So many or more'),
    at_most: countSetting.optional().describe('So many or fewer'),
  }),
]);

/** `{ link: home:wan -- isp:home, readable: taro@example.jp, count: 0 }`. */
export const readableExpectation = z
  .strictObject({
    link: z.string().meta({ title: 'link' }).describe('The link whose frames are looked through'),
    readable: z
      .string()
      .min(1)
      .max(256)
      .describe('What an eavesdropper looks for in the octets of the frames: text, or octets in hexadecimal behind 0x'),
    count: tallySetting
      .prefault({ at_least: 1 })
      .describe('In how many frames it can be read: a number, or bounds; left out: in one at least'),
  })
  .describe('What anybody can read on a link');
export type ReadableExpectation = z.output<typeof readableExpectation>;
