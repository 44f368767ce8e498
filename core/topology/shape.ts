import { z } from 'zod';
import {
  booleanSetting,
  durationSetting,
  fractionSetting,
  listSetting,
  nameSetting,
  rateSetting,
  sizeSetting,
} from '../plugin/index.ts';
import { MILLISECOND } from '../time/index.ts';
import { LONGEST_ABOUT, LONGEST_TITLE } from './limits.ts';
import type { LinkSettings } from './topology.ts';

/**
 * The topology's own keys, each declared once with its description: from here come validation, the reference, the JSON Schema and
 * completion. What plugins add stands in their manifests.
 */

export const DEFAULT_NAME = 'untitled';
export const DEFAULT_SEED = 1;

/** A short cable between gigabit ports. */
export const LINK_DEFAULTS: LinkSettings = {
  delay: MILLISECOND,
  rate: 1_000_000_000,
  mtu: 1500,
  queue: 256 * 1024,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  corrupt: 0,
  jitter: 0,
  up: true,
};

/** Octets of the link layer's payload. */
export const LEAST_MTU = 68;
export const MOST_MTU = 65_535;
/** Bits per second. */
const MOST_RATE = 1_000_000_000_000;
const MOST_QUEUE = 1024 * 1024 * 1024;

/** Single values at the top of a file. */
export const HEAD = z.strictObject({
  name: z.string().min(1).max(LONGEST_TITLE).optional().describe('what this topology is called'),
  about: z.string().max(LONGEST_ABOUT).optional().describe('what it shows, in a sentence or a few'),
  seed: z
    .int()
    .min(0)
    .optional()
    .describe(`the seed of all random streams: the same seed gives the same run; by default ${DEFAULT_SEED}`),
  duration: durationSetting({ least: 1 })
    .optional()
    .describe('when the run ends; by default when the timeline is done and traffic is quiet'),
});

/** Parts at the top of a file that have parts of their own. */
export const PARTS = {
  kinds: 'kinds of this file alone, beside those that are shipped',
  nodes: 'the nodes by name',
  links: 'what joins interfaces: a list of `a:eth0 -- b:eth0`, or of maps where a link has settings',
  timeline: 'what happens when, in any order; also what an operator may do while it runs',
  expect: 'what is checked at the end of the run, each with its evidence',
} as const;

export const KIND_KEYS = {
  about: 'what such a node is, in a sentence',
  from: 'another kind, whose plugins this one has as well',
  plugins: 'the plugins by name, each with its settings; `false` removes what `from` brings',
} as const;

export const NODE_KEYS = {
  kind: 'a named set of plugins with settings',
  interfaces:
    'the interfaces by name, each with its address, a list of addresses, a map, or nothing; or a list of names',
  plugins: "the plugins by name, each with settings laid over the kind's; `false` removes what the kind brings",
} as const;

/** An interface that is written as a map. */
export const INTERFACE = z.strictObject({
  address: listSetting(z.string()).optional().describe('an address or a list of them'),
  mtu: sizeSetting({ least: LEAST_MTU, most: MOST_MTU })
    .optional()
    .describe("the most octets that the link layer's payload may have; by default the link's"),
});

const LINK_KEYS = {
  delay: durationSetting()
    .meta({ aka: ['latency', 'propagation', 'ping'] })
    .optional()
    .describe('propagation delay; by default 1 ms'),
  rate: rateSetting({ most: MOST_RATE })
    .meta({ aka: ['bandwidth', 'speed', 'bitrate', 'capacity'] })
    .optional()
    .describe('bits per second; 0 is no limit; by default 1 Gbit/s'),
  mtu: sizeSetting({ least: LEAST_MTU, most: MOST_MTU })
    .optional()
    .describe("the most octets that the link layer's payload may have; by default 1500"),
  queue: sizeSetting({ most: MOST_QUEUE })
    .meta({ aka: ['buffer', 'queue_size', 'qlen'] })
    .optional()
    .describe('octets that may wait for transmission in each direction; by default 256 KiB'),
  loss: fractionSetting()
    .meta({ aka: ['packet_loss', 'drop', 'error_rate'] })
    .optional()
    .describe('the fraction of frames that is lost'),
  duplicate: fractionSetting().optional().describe('the fraction of frames that arrives twice'),
  reorder: fractionSetting().optional().describe('the fraction of frames that is overtaken by later ones'),
  corrupt: fractionSetting().optional().describe('the fraction of frames in which one bit is flipped'),
  jitter: durationSetting()
    .optional()
    .describe('up to so much is added to the delay, evenly spread; the order is kept'),
  up: booleanSetting().optional().describe('false while the link is cut'),
};

export const LINK_SETTINGS = z.strictObject(LINK_KEYS);

/** A link that is written as a map. */
export const LINK = z.strictObject({
  endpoints: z
    .union([z.string(), z.tuple([z.string(), z.string()])])
    .describe('the two ends: `[a:eth0, b:eth0]` or `a:eth0 -- b:eth0`'),
  ...LINK_KEYS,
});

const AT = durationSetting().describe('when it happens, since the start of the run');
const FOR = durationSetting({ least: 1 }).optional().describe('for how long; by default for good');

/** What every entry of the timeline has. */
export const TIMELINE_ENTRY = z.strictObject({ at: AT });

/** A link's settings change. */
export const LINK_ACTION = z.strictObject({
  at: AT,
  link: z.string().meta({ title: 'link' }).describe('the link, its ends in either order: `a:eth0 -- b:eth0`'),
  set: LINK_SETTINGS.describe('the settings that change'),
  for: FOR,
});

/** A plugin is taken out of a node, or put back. */
export const PLUGIN_ACTION = z.strictObject({
  at: AT,
  node: nameSetting().meta({ title: 'node' }).describe('the node'),
  plugin: nameSetting().describe('one of its plugins'),
  set: z
    .enum(['out', 'in'])
    .describe(
      '`out` takes it out with what requires it; `in` puts it back, and it starts anew as at the start of the run',
    ),
  for: FOR,
});

/** An interface goes up or down. */
export const INTERFACE_ACTION = z.strictObject({
  at: AT,
  node: nameSetting().meta({ title: 'node' }).describe('the node'),
  interface: nameSetting().describe('the interface'),
  set: z.enum(['up', 'down']).describe('what it becomes'),
  for: FOR,
});
