import { z } from 'zod';
import { booleanSetting, durationSetting, listSetting, nameSetting, SECOND } from '../../core/index.ts';
import { type Ipv4Address, type Ipv4Prefix, type Ipv4Reading, readIpv4, readIpv4Prefix } from '../ipv4/contract.ts';
import { PRESET_NAMES } from './preset-names.ts';
import { hasPorts, PROTOCOL, protocolNumber } from './protocols.ts';

/** Bounds of a translator's tables. */
export const MOST_MAPPINGS = 1_048_576;
export const MOST_ADDRESSES = 1024;
const MOST_STATIC = 256;
const MOST_FORWARDS = 1024;
const MOST_PORT_TIMEOUTS = 64;
/** Ports of a block: fewer would be many blocks to search. */
const LEAST_BLOCK = 16;
const MOST_BLOCK = 32_768;
const MOST_BLOCKS = 64;
/** The shortest prefix of a static map: the rows of all its addresses must fit. */
const LEAST_MAP_PREFIX = 16;

export function written<T>(
  title: string,
  example: string,
  read: (text: string) => Ipv4Reading<T>,
): z.ZodType<T, string | number> {
  return z
    .union([z.string(), z.number()])
    .transform((text, context): T => {
      const reading = read(String(text).trim());
      if ('value' in reading) return reading.value;
      context.issues.push({ code: 'custom', message: reading.wrong, input: text });
      return z.NEVER;
    })
    .meta({ title, examples: [example] });
}

const addressSetting = written<Ipv4Address>('IPv4 address', '198.51.100.7', readIpv4);
const prefixSetting = written<Ipv4Prefix>('IPv4 prefix', '10.1.0.0/24', readIpv4Prefix);

export const protocolSetting = written<number>('protocol', 'udp', (text) => {
  const value = protocolNumber(text);
  return value === undefined
    ? {
        wrong: `\`${text.slice(0, 40)}\` is no IP protocol: a name such as udp, esp, ah or gre, or a number from 1 to 255`,
      }
    : { value };
});

/** `1024-65535` or one port. */
function readRange(text: string): Ipv4Reading<{ low: number; high: number }> {
  const [, first, last] = /^([0-9]{1,5})(?:\s*-\s*([0-9]{1,5}))?$/.exec(text) ?? [];
  const low = Number(first);
  const high = Number(last ?? first);
  if (first === undefined || high > 65_535) {
    return { wrong: `\`${text.slice(0, 40)}\` is no range of ports such as 1024-65535` };
  }
  return low > high ? { wrong: `\`${text}\` ends before it begins` } : { value: { low, high } };
}

const dependence = z.enum(['endpoint-independent', 'address-dependent', 'address-and-port-dependent']);

/** Addresses of a pool: one, or a range `198.51.100.8-198.51.100.11`. */
function readPool(text: string): Ipv4Reading<Ipv4Address[]> {
  const parts = text.split('-');
  const first = readIpv4((parts[0] as string).trim());
  if ('wrong' in first) return first;
  const last = parts.length === 1 ? first : readIpv4(parts.slice(1).join('-').trim());
  if ('wrong' in last) return last;
  const count = last.value - first.value + 1;
  if (count < 1) return { wrong: `\`${text}\` ends before it begins` };
  if (count > MOST_ADDRESSES)
    return { wrong: `\`${text}\` has ${count} addresses, at most ${MOST_ADDRESSES} are allowed` };
  return { value: Array.from({ length: count }, (_, at) => first.value + at) };
}

const poolSetting = written<Ipv4Address[]>('address or range', '198.51.100.8-198.51.100.11', readPool);

const staticSetting = z
  .strictObject({
    inside: prefixSetting.describe('An internal address, or a prefix whose addresses are mapped one by one'),
    outside: prefixSetting.describe('The external address, or a prefix of the same length'),
  })
  .refine(({ inside, outside }) => inside.prefix === outside.prefix, {
    message: 'both prefixes must have the same length',
  })
  .refine(({ inside }) => inside.prefix >= LEAST_MAP_PREFIX, {
    message: `a prefix has at least ${LEAST_MAP_PREFIX} bits here`,
  });

const portSetting = z.int().min(1).max(65_535);

const forwardSetting = z
  .strictObject({
    protocol: protocolSetting.default(PROTOCOL.udp).describe('udp, tcp, or a protocol without ports such as esp'),
    outside_port: portSetting.optional().describe('The external port; for protocols with ports'),
    to: addressSetting.describe('The internal host'),
    to_port: portSetting.optional().describe('Its port; left out: the same'),
  })
  .superRefine(({ protocol, outside_port, to_port }, context) => {
    if (protocol === PROTOCOL.icmp) {
      context.addIssue({ code: 'custom', path: ['protocol'], message: 'ICMP queries have no port to forward' });
    } else if (hasPorts(protocol) && outside_port === undefined) {
      context.addIssue({ code: 'custom', path: ['outside_port'], message: 'which external port is forwarded?' });
    } else if (!hasPorts(protocol) && (outside_port ?? to_port) !== undefined) {
      context.addIssue({ code: 'custom', path: ['protocol'], message: 'this protocol has no ports' });
    }
  });

const timer = (what: string) => durationSetting({ least: 1 }).optional().describe(what);

/** Everything but which interfaces and addresses: what a preset may set. Each key left out is the preset's, else RFC 4787's advice. */
export const behaviour = {
  type: z
    .enum(['napt', 'pool', 'one-to-one'])
    .optional()
    .describe(
      'napt: many hosts share addresses by ports (RFC 3022 §2.2); pool: each host gets an address of its own from the pool while it is active (RFC 3022 §2.1); one-to-one: the static `map` alone. Default napt',
    ),
  mapping: dependence
    .optional()
    .describe(
      'When packets from one internal address and port keep their external one (RFC 4787 §4.1). Default endpoint-independent',
    ),
  filtering: dependence
    .optional()
    .describe('Who may send to a mapping (RFC 4787 §5). Default address-and-port-dependent'),
  ports: z
    .enum(['preserving', 'contiguous', 'random', 'parity', 'static', 'static-500'])
    .optional()
    .describe(
      'How external ports are chosen (RFC 4787 §4.2): the same number while it is free; one after the other; at random; at random and odd or even as it was; the same or none at all; or at random except that UDP 500 stays 500. Default preserving',
    ),
  range: written('range of ports', '1024-65535', readRange)
    .optional()
    .describe(
      'External ports to choose from. Default: 1-1023 for ports up to 1023, 1024-65535 for others (RFC 4787 REQ-3a)',
    ),
  overloading: booleanSetting()
    .optional()
    .describe(
      'Whether an external port may serve several hosts towards different remote ends (RFC 4787 §4.2.1). Default false',
    ),
  pooling: z
    .enum(['paired', 'arbitrary'])
    .optional()
    .describe('Whether a host keeps one external address for all its mappings (RFC 4787 §4.1). Default paired'),
  hairpinning: z
    .enum(['off', 'internal', 'external'])
    .optional()
    .describe(
      'Whether internal hosts reach each other by external addresses, and whose source they see (RFC 4787 §6). Default external',
    ),
  refresh: z
    .enum(['outbound', 'inbound', 'both'])
    .optional()
    .describe('Packets of which direction keep a mapping alive (RFC 4787 §4.3). Default outbound'),
  udp_timeout: timer('How long an idle UDP mapping lives (RFC 4787 REQ-5). Default 5 min'),
  udp_first_timeout: timer('As `udp_timeout`, until something came back. Default: the same'),
  udp_stream_after: durationSetting()
    .optional()
    .describe('`udp_first_timeout` counts until a mapping is this old, even if something came back. Default 0'),
  timeouts: z
    .record(z.string(), durationSetting({ least: 1 }))
    .optional()
    .describe(
      'UDP timers by destination port or range of ports: `{ 53: 10s, 0-1023: 30s }` (RFC 4787 REQ-5a); the first that fits counts',
    ),
  icmp_timeout: timer('How long an idle mapping of ICMP queries lives (RFC 5508 REQ-2). Default 60 s'),
  tcp_timeout: timer('How long an idle established TCP connection lives (RFC 5382 REQ-5). Default 2 h 4 min'),
  tcp_transitory_timeout: timer('How long a half-open or closing one lives. Default 4 min'),
  other_timeout: timer('How long an idle mapping of another protocol lives. Default 10 min'),
  other: z
    .enum(['drop', 'address-only', 'single-client', 'spi-guess'])
    .optional()
    .describe(
      'What becomes of protocols without ports, such as ESP: dropped; the address translated, for one host per remote address; for one host at a time altogether; or ESP told apart by guessing which SPI answers which (RFC 3715 §2.1(f)). Default address-only',
    ),
  icmp_errors: z
    .enum(['translate', 'outer-only', 'drop'])
    .optional()
    .describe(
      'ICMP errors: translated with the packet that they quote (RFC 5508 §4), without it, or dropped. Default translate',
    ),
  fragments: z
    .enum(['any-order', 'in-order', 'drop'])
    .optional()
    .describe(
      'Fragments: kept until the first one came, dropped until then, or all dropped (RFC 4787 §11). Default any-order',
    ),
  limit: z.int().min(1).max(MOST_MAPPINGS).optional().describe('The most mappings at once. Default 65536'),
  limit_per_client: z
    .int()
    .min(1)
    .max(MOST_MAPPINGS)
    .optional()
    .describe('The most mappings of one internal host (RFC 6888 REQ-4). Default: no limit of its own'),
  port_block: z
    .int()
    .min(LEAST_BLOCK)
    .max(MOST_BLOCK)
    .optional()
    .describe(
      'Each host gets so many ports in a row at once (RFC 6888 REQ-14, RFC 7422), and only those. Default: ports one by one',
    ),
  blocks_per_client: z
    .int()
    .min(1)
    .max(MOST_BLOCKS)
    .optional()
    .describe('How many blocks of ports a host may have (RFC 6888 REQ-4). Default 1'),
  hold_down: durationSetting()
    .optional()
    .describe(
      'How long nobody gets the external port of a mapping that ended; TCP is followed and exempt (RFC 6888 REQ-8, which wants 120 s). Default 0',
    ),
  hold_down_ports: z
    .int()
    .min(1)
    .max(MOST_MAPPINGS)
    .optional()
    .describe('The most ports that are held so; further ones are free at once. Default 16384'),
  on_full: z
    .enum(['refuse', 'evict-oldest'])
    .optional()
    .describe('At the limit: the new mapping is refused, or the one idle for longest goes. Default refuse'),
  unsolicited: z
    .enum(['local', 'drop'])
    .optional()
    .describe(
      'What came from outside for an external address and belongs to no mapping: handed to this node itself, or dropped. Default local',
    ),
} as const;

export const natConfig = z
  .strictObject({
    preset: z
      .enum(PRESET_NAMES)
      .optional()
      .describe('A known translator; every other key given here overrides what it says'),
    inside: listSetting(z.string())
      .optional()
      .describe('Interfaces towards those whose addresses are translated; left out: all but `outside`'),
    outside: z
      .string()
      .optional()
      .describe(
        'The interface with the external addresses; left out: the one named wan or outside, else the only one with a public address',
      ),
    addresses: listSetting(poolSetting)
      .optional()
      .describe('External addresses, and ranges of them; left out: the address of `outside`'),
    map: z
      .array(staticSetting)
      .max(MOST_STATIC)
      .optional()
      .describe('Static translations of addresses, one to one, in both directions; they come before all others'),
    forwards: z
      .array(forwardSetting)
      .max(MOST_FORWARDS)
      .optional()
      .describe('Port forwards: what comes to an external port goes to an internal host'),
    sources: listSetting(prefixSetting)
      .optional()
      .describe('Internal addresses that are translated; left out: all. Others pass as they are'),
    except: listSetting(prefixSetting)
      .optional()
      .describe('Destinations towards which nothing is translated, such as the networks behind a tunnel'),
    ...behaviour,
  })
  .superRefine(({ addresses, timeouts }, context) => {
    const count = (addresses ?? []).reduce((sum, part) => sum + part.length, 0);
    if (count > MOST_ADDRESSES) {
      context.addIssue({
        code: 'custom',
        path: ['addresses'],
        message: `${count} addresses, at most ${MOST_ADDRESSES}`,
      });
    }
    const keys = Object.keys(timeouts ?? {});
    if (keys.length > MOST_PORT_TIMEOUTS) {
      context.addIssue({
        code: 'custom',
        path: ['timeouts'],
        message: `at most ${MOST_PORT_TIMEOUTS} ranges of ports`,
      });
    }
    for (const key of keys) {
      const range = readRange(key);
      if ('wrong' in range) context.addIssue({ code: 'custom', path: ['timeouts', key], message: range.wrong });
    }
  })
  .describe('Network address translation whose behaviour can be set, RFC 4787 requirement by requirement');

export type NatConfig = z.output<typeof natConfig>;

/** The range of ports that a key of `timeouts` names. */
export function portRange(key: string): { readonly low: number; readonly high: number } {
  const range = readRange(key);
  return 'value' in range ? range.value : { low: 0, high: -1 };
}

/** `{ at: 30s, node: home, nat: flush }`. */
export const natAction = z
  .strictObject({
    nat: z
      .enum(['flush', 'reboot', 'rebind'])
      .describe(
        'flush: forget all mappings; reboot: forget everything, and pass nothing for a while; rebind: give every mapping another external port, or address where there are several',
      ),
    client: addressSetting.optional().describe('Only the mappings of this internal address; for flush and rebind'),
    for: durationSetting()
      .default(0 * SECOND)
      .describe('How long a reboot takes'),
  })
  .superRefine((action, context) => {
    if (action.nat === 'reboot' && action.client !== undefined) {
      context.addIssue({ code: 'custom', path: ['client'], message: 'a reboot forgets the mappings of all' });
    }
    if (action.nat !== 'reboot' && action.for !== 0) {
      context.addIssue({ code: 'custom', path: ['for'], message: `only a reboot takes time, ${action.nat} does not` });
    }
  })
  .describe('Makes a translator forget or change its mappings');

export type NatAction = z.output<typeof natAction>;

/** The most that an expectation counts. */
export const MOST_COUNT = 10_000_000;

/** One end of a mapping: `192.168.1.10`, or with a port `192.168.1.10:500`. */
const endSetting = written<string>('address, or address and port', '192.168.1.10:500', (text) => {
  const [, address = '', port] = /^([^:]*)(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const reading = readIpv4(address);
  if ('wrong' in reading) return reading;
  if (Number(port ?? 0) > 65_535) return { wrong: `\`${text}\`: ${port} is no port` };
  return { value: text };
});

const countSetting = z.int().min(0).max(MOST_COUNT);

/** `{ node: home, mapping: { protocol: udp, inside: 192.168.1.10:500 }, count: 1, state: live }`. */
export const mappingExpectation = z
  .strictObject({
    node: nameSetting().meta({ title: 'node' }).describe('The translator'),
    mapping: z
      .strictObject({
        protocol: protocolSetting.optional().describe('udp, tcp, icmp, esp, or a number'),
        inside: endSetting.optional().describe('The internal end'),
        outside: endSetting.optional().describe('The external end'),
        remote: endSetting.optional().describe('The remote end that it was last used towards'),
        kept: z
          .enum(['port', 'parity', 'range'])
          .optional()
          .describe(
            'Those whose external port is the internal one; odd or even as that is (RFC 4787 REQ-4); or well-known (up to 1023) as that is or not (REQ-3a)',
          ),
      })
      .describe('Which mappings are meant; `{}`: all'),
    state: z
      .enum(['live', 'made', 'expired', 'rebound'])
      .default('live')
      .describe('live: there at the end; made, expired, rebound: while it ran'),
    count: z
      .union([
        countSetting.transform((count) => ({ at_least: count, at_most: count })),
        z.strictObject({
          at_least: countSetting.default(0).describe('No fewer than this'),
          at_most: countSetting.default(MOST_COUNT).describe('No more than this'),
        }),
      ])
      .default({ at_least: 1, at_most: MOST_COUNT })
      .describe('How many: a number or bounds; left out: at least one'),
    by: durationSetting().optional().describe('Only what happened until this time counts; not for `live`'),
  })
  .describe('Which mappings a translator has, made, or forgot');

export type MappingExpectation = z.output<typeof mappingExpectation>;
