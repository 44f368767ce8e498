import { z } from 'zod';
import { durationSetting, SECOND } from '../../core/index.ts';

export const bridgeConfig = z
  .strictObject({
    ageing: durationSetting({ least: SECOND, most: 1_000_000 * SECOND })
      .describe('How long a station that sends nothing is remembered at its port')
      .default(300 * SECOND),
    flood_rate: z
      .int()
      .min(1)
      .max(10_000_000)
      .describe('Storm control: how many frames a second may be flooded, all ports together; more are dropped')
      .default(10_000),
    flood_burst: z
      .int()
      .min(1)
      .max(1_000_000)
      .describe('Storm control: how many frames may be flooded at once before the rate counts')
      .default(1_000),
  })
  .describe('A learning bridge over all interfaces of the node');

export type BridgeConfig = z.output<typeof bridgeConfig>;
