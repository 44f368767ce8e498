import { z } from 'zod';
import { booleanSetting, durationSetting, SECOND } from '../../core/index.ts';

export const arpConfig = z
  .strictObject({
    timeout: durationSetting({ least: SECOND })
      .describe('How long a neighbour is taken for reachable after it was last heard; then it is asked again')
      .default(60 * SECOND),
    retry: durationSetting({ least: SECOND / 100 })
      .describe('The time between two requests for one neighbour')
      .default(SECOND),
    requests: z
      .int()
      .min(1)
      .max(10)
      .describe('How often a neighbour is asked before it counts as unreachable')
      .default(3),
    announce: booleanSetting()
      .describe('Announce the addresses of the node when it starts, when a link comes up and when an address changes')
      .default(true),
  })
  .describe('Address resolution: the hardware addresses of IPv4 neighbours on Ethernet');

export type ArpConfig = z.output<typeof arpConfig>;
