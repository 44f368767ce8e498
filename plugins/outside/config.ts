import { z } from 'zod';

const port = () => z.int().min(1).max(65_535);

export const outsideConfig = z
  .strictObject({
    local: port().describe('UDP port of 127.0.0.1 where `ikebana attach` awaits frames, one a datagram'),
    remote: port().describe('UDP port of 127.0.0.1 to which frames go; only what comes from there is taken'),
  })
  .describe('What is outside of the run: another network stack of this machine, joined by `ikebana attach`');

export type OutsideConfig = z.output<typeof outsideConfig>;
