import { z } from 'zod';
import { booleanSetting } from '../../core/index.ts';
import {
  type Ipv4Address,
  type Ipv4InterfaceAddress,
  type Ipv4Prefix,
  type Ipv4Reading,
  readIpv4,
  readIpv4InterfaceAddress,
  readIpv4Prefix,
} from './address.ts';

/** A setting that is written as a text which `read` understands; what is wrong with it is told at its place. */
function writtenSetting<T>(
  title: string,
  example: string,
  read: (text: string) => Ipv4Reading<T>,
): z.ZodType<T, string> {
  return z
    .string()
    .transform((text, context): T => {
      const reading = read(text.trim());
      if ('value' in reading) return reading.value;
      context.issues.push({ code: 'custom', message: reading.wrong, input: text });
      return z.NEVER;
    })
    .meta({ title, examples: [example] });
}

/** An IPv4 address: `192.168.1.1`. Yields the unsigned 32-bit number. */
export function ipv4AddressSetting(example = '192.168.1.1'): z.ZodType<Ipv4Address, string> {
  return writtenSetting<Ipv4Address>('IPv4 address', example, readIpv4);
}

const addressSetting = ipv4AddressSetting();

const prefixSetting = writtenSetting<Ipv4Prefix>('IPv4 prefix', '10.1.0.0/24', (text) =>
  text === 'default' ? { value: { network: 0, prefix: 0 } } : readIpv4Prefix(text),
);

const routeSetting = z
  .strictObject({
    to: prefixSetting
      .meta({ aka: ['destination', 'dest', 'dst', 'network', 'prefix', 'subnet'] })
      .describe('`default`, or the prefix that the route leads to: 10.1.0.0/24'),
    via: addressSetting
      .meta({ aka: ['next_hop', 'nexthop', 'gateway', 'gw', 'router'] })
      .optional()
      .describe('The next router; left out when the destinations are on the link itself'),
    interface: z
      .string()
      .meta({ aka: ['dev', 'device', 'oif'] })
      .optional()
      .describe('The interface to leave by; left out: the one whose network has the next router'),
    metric: z.int().min(0).max(1_000_000).default(0).describe('Of routes to the same prefix the lowest metric wins'),
  })
  .refine((route) => route.via !== undefined || route.interface !== undefined, {
    message: 'a route needs `via`, `interface` or both',
  });

export const ipv4Config = z
  .strictObject({
    forwarding: booleanSetting()
      .meta({ aka: ['ip_forward', 'forward', 'routing'] })
      .default(false)
      .describe('Forward packets for others: what makes a router'),
    gateway: addressSetting
      .meta({ aka: ['default_gateway', 'default', 'gw', 'default_route', 'router', 'via'] })
      .optional()
      .describe('The router for everything without a better route: a default route via it'),
    routes: z.array(routeSetting).max(100_000).default([]).describe('Static routes; the longest prefix wins'),
    ttl: z.int().min(1).max(255).default(64).describe('Time to live of packets that this node sends'),
  })
  .describe('IPv4: addresses, routes, forwarding, fragmentation');

export type Ipv4Config = z.output<typeof ipv4Config>;

/** `{ renumber: eth0, to: 10.0.0.9/24, gateway: 10.0.0.1 }`. */
export const renumberAction = z
  .strictObject({
    renumber: z.string().describe('The interface whose addresses are replaced'),
    to: writtenSetting<Ipv4InterfaceAddress>(
      'IPv4 address of an interface',
      '192.168.1.20/24',
      readIpv4InterfaceAddress,
    ).describe('The new address with its prefix length'),
    gateway: addressSetting.optional().describe('The new default router; left out: routes stay as they are'),
  })
  .describe('Gives an interface another address, as after a move or a new lease');

export type RenumberAction = z.output<typeof renumberAction>;
