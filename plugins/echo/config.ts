import { z } from 'zod';
import { durationSetting } from '../../core/index.ts';
import { ipv4AddressSetting } from '../ipv4/contract.ts';

/** `{ at: 1s, node: a, echo: 10.0.0.2, count: 3 }` */
export const echoAction = z
  .strictObject({
    echo: ipv4AddressSetting('10.0.0.2').describe('The address of the echo server'),
    count: z.int().min(1).max(1000).default(1).describe('How many datagrams to send'),
    interval: durationSetting().default(1_000_000_000).describe('Time between two of them'),
    text: z.string().max(1024).default('ikebana').describe('What each of them says'),
  })
  .describe('Sends datagrams to the echo port of a server and compares what comes back');
export type EchoAction = z.output<typeof echoAction>;

/** `{ echo: a -> 10.0.0.2, returned: 3 }` */
export const echoExpectation = z
  .strictObject({
    echo: z
      .string()
      .regex(/^\S+ -> \S+$/, 'a node, an arrow and an address expected: `a -> 10.0.0.2`')
      .describe('Who asks whom: `a -> 10.0.0.2`'),
    returned: z.int().min(0).describe('How many datagrams come back unchanged'),
  })
  .describe('Datagrams that an echo server returned');
export type EchoExpectation = z.output<typeof echoExpectation>;
