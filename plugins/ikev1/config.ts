import { z } from 'zod';
import { durationSetting, MILLISECOND, SECOND } from '../../core/index.ts';

/** Settings as strongswan.conf calls them (charon.*). Connections stand under `ipsec`. */
export const ikev1Config = z
  .strictObject({
    retransmit_timeout: durationSetting({ least: MILLISECOND })
      .default(4 * SECOND)
      .describe('How long an answer is waited for before a message is sent again'),
    retransmit_base: z.number().min(1).max(10).default(1.8).describe('Each further wait is longer by this factor'),
    retransmit_tries: z.int().min(0).max(100).default(5).describe('How often a message is sent again'),
    half_open_timeout: durationSetting({ least: SECOND })
      .default(30 * SECOND)
      .describe('How long a responder keeps an ISAKMP SA whose initiator does not go on'),
    block_threshold: z
      .int()
      .min(0)
      .max(65_536)
      .default(30)
      .describe('From so many half-open ISAKMP SAs of one address on no more of it are taken; 0: no limit'),
    init_limit_half_open: z
      .int()
      .min(0)
      .max(65_536)
      .default(1000)
      .describe('From so many half-open ISAKMP SAs in all on no more are taken; 0: no limit'),
  })
  .describe('IKEv1: how long to wait, and how many strangers to deal with');

export type Ikev1Config = z.output<typeof ikev1Config>;
