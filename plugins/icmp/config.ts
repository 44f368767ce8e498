import { z } from 'zod';

export const icmpConfig = z
  .strictObject({
    error_rate: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(100)
      .describe('How many errors a second the node sends, all kinds together; 0: none'),
    error_burst: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(50)
      .describe('How many errors it may send at once before the rate counts'),
  })
  .describe('ICMP: echo replies, and errors about packets that could not be delivered');

export type IcmpConfig = z.output<typeof icmpConfig>;
