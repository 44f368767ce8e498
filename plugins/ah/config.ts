import { z } from 'zod';

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const tally = z
  .union([
    count.transform((value) => ({ at_least: value, at_most: value })),
    z.strictObject({
      at_least: count.default(0).describe('So many or more'),
      at_most: count.default(Number.MAX_SAFE_INTEGER).describe('So many or fewer'),
    }),
  ])
  .meta({ title: 'number, or bounds', examples: ['3', '{ at_least: 1 }'] });

/** `{ node: gw-b, ah_refused: source address, rewritten_by: home }`. */
export const refusedExpectation = z.strictObject({
  node: z.string().meta({ title: 'node' }).describe('Where packets are refused'),
  ah_refused: z
    .enum(['source address', 'destination address', 'identification', 'total length', 'options'])
    .describe('The part of the header that the ICV covers and that was rewritten'),
  rewritten_by: z.string().meta({ title: 'node' }).optional().describe('By whom; left out: by anybody'),
  count: tally.prefault({ at_least: 1 }).describe('How many packets; left out: at least one'),
});
export type RefusedExpectation = z.output<typeof refusedExpectation>;
