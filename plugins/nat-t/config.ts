import { z } from 'zod';
import { durationSetting, MILLISECOND, SECOND } from '../../core/index.ts';

/** Settings as strongswan.conf calls them (charon.*). `encap` stands with the connection, under `ipsec`. */
export const natTraversalConfig = z
  .strictObject({
    keep_alive: durationSetting()
      .default(20 * SECOND)
      .refine((span) => span === 0 || span >= MILLISECOND, { message: 'at least 1ms, or 0' })
      .describe('A keepalive is sent when for so long nothing else was, by the side behind the NAT; 0: never'),
  })
  .describe('NAT traversal: how often a mapping is kept alive');

export type NatTraversalConfig = z.output<typeof natTraversalConfig>;
