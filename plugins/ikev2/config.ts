import { z } from 'zod';
import { durationSetting, MILLISECOND, SECOND } from '../../core/index.ts';

/** Settings as strongswan.conf calls them (charon.*). Connections stand under `ipsec`. */
export const ikev2Config = z
  .strictObject({
    retransmit_timeout: durationSetting({ least: MILLISECOND })
      .default(4 * SECOND)
      .describe('How long an answer is waited for before a request is sent again'),
    retransmit_base: z.number().min(1).max(10).default(1.8).describe('Each further wait is longer by this factor'),
    retransmit_tries: z.int().min(0).max(100).default(5).describe('How often a request is sent again'),
    half_open_timeout: durationSetting({ least: SECOND })
      .default(30 * SECOND)
      .describe('How long a responder keeps an IKE SA whose initiator does not go on'),
    cookie_threshold: z
      .int()
      .min(0)
      .max(65_536)
      .default(30)
      .describe('From so many half-open IKE SAs on initiators must return a cookie first; 0: never'),
    init_limit_half_open: z
      .int()
      .min(0)
      .max(65_536)
      .default(0)
      .describe('From so many half-open IKE SAs on no more are taken; 0: no limit'),
    fragment_size: z
      .int()
      .refine((size) => size === 0 || (size >= 256 && size <= 65_535), '0, or 256 to 65535 octets')
      .default(1280)
      .describe(
        'Octets of the longest IP datagram that carries an IKE message whole, where the peer takes fragments; 0: 576, what IPv4 promises to carry',
      ),
    max_packet: z
      .int()
      .min(576)
      .max(65_535)
      .default(10_000)
      .describe('Octets of the longest message that is put together from fragments'),
  })
  .describe('IKEv2: how long to wait, and how many strangers to deal with');

export type Ikev2Config = z.output<typeof ikev2Config>;
