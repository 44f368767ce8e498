import { z } from 'zod';
import { booleanSetting, durationSetting, HOUR, listSetting, MILLISECOND, MINUTE, SECOND } from '../../core/index.ts';
import { ipv4AddressSetting, parseIpv4, readIpv4Prefix } from '../ipv4/contract.ts';
import type { AddressSpan, DhcpSettings } from './state.ts';

const span = z
  .string()
  .transform((text, context): AddressSpan => {
    const reading = readSpan(text.trim());
    if (typeof reading !== 'string') return reading;
    context.issues.push({ code: 'custom', message: reading, input: text });
    return z.NEVER;
  })
  .meta({ title: 'range of IPv4 addresses', examples: ['192.168.1.100-199'] });

/** `192.168.1.100-199`, `192.168.1.100-192.168.1.199`, `192.168.1.100`. */
function readSpan(text: string): AddressSpan | string {
  const wrong = `${text} is no range of IPv4 addresses: write 192.168.1.100-199`;
  const [first = '', last = first, ...more] = text.split('-').map((part) => part.trim());
  const start = parseIpv4(first);
  const end = /^\d{1,3}$/.test(last) ? parseIpv4(first.replace(/\d+$/, last)) : parseIpv4(last);
  if (start === undefined || end === undefined || more.length > 0) return wrong;
  return start <= end ? { start, end } : `${text}: the range ends before it starts`;
}

const address = ipv4AddressSetting();

const route = z.strictObject({
  to: z
    .string()
    .transform((text, context) => {
      const reading = text === 'default' ? { value: { network: 0, prefix: 0 } } : readIpv4Prefix(text.trim());
      if ('value' in reading) return reading.value;
      context.issues.push({ code: 'custom', message: reading.wrong, input: text });
      return z.NEVER;
    })
    .meta({ title: 'IPv4 prefix', examples: ['10.1.0.0/24'] })
    .describe('`default`, or the prefix that the route leads to'),
  via: address.describe('The next router'),
});

const served = z.strictObject({
  range: listSetting(span).describe('The pool: `192.168.1.100-199`, or a list of such'),
  lease: durationSetting({ least: SECOND })
    .default(HOUR)
    .describe('How long a client may keep an address without asking again'),
  renew: durationSetting({ least: SECOND })
    .optional()
    .describe('T1, when clients ask their server again; default: half of the lease'),
  rebind: durationSetting({ least: SECOND })
    .optional()
    .describe('T2, when clients ask any server; default: 7/8 of the lease'),
  router: address.optional().describe('The default router; default: this node itself'),
  no_router: booleanSetting().default(false).describe('Give no default router'),
  dns: listSetting(address).default([]).describe('Name servers'),
  domain: z.string().max(255).optional().describe('The domain name of the clients'),
  routes: z
    .array(route)
    .max(64)
    .default([])
    .describe('Classless static routes (RFC 3442); clients then ignore the default router'),
  reserve: z
    .record(z.string().max(63), address)
    .default({})
    .describe('Addresses kept for clients, by host name or Ethernet address: `{ laptop: 192.168.1.50 }`'),
  authoritative: booleanSetting()
    .default(true)
    .describe('Refuse (DHCPNAK) clients that ask for an address which is not theirs; else say nothing'),
  offer_time: durationSetting({ least: SECOND })
    .default(MINUTE)
    .describe('So long an offered address is kept for who was offered it'),
});

export const dhcpConfig: z.ZodType<DhcpSettings, object> = z
  .strictObject({
    client: z
      .strictObject({
        start_delay: durationSetting()
          .default(0)
          .describe('The first message goes out after up to so long, by chance; RFC 2131 §4.4.1 says 1 to 10 s'),
        broadcast: booleanSetting()
          .default(false)
          .describe('Have answers sent to everybody on the link, as clients do that cannot hear their own address yet'),
        check: durationSetting()
          .default(500 * MILLISECOND)
          .describe(
            'Ask with ARP whether somebody has the address already, and wait so long for an answer; 0: do not ask',
          ),
        force_renew: booleanSetting()
          .default(false)
          .describe('Obey a DHCPFORCERENEW without authentication, against RFC 3203 §6'),
      })
      .prefault({})
      .describe('How interfaces with the address `dhcp` ask for one'),
    serve: z.record(z.string(), served).default({}).describe('Serve addresses on these interfaces'),
  })
  .describe('DHCP: addresses by lease, for clients and for servers')
  .transform(
    ({ client, serve }): DhcpSettings => ({
      client: {
        startDelay: client.start_delay,
        broadcast: client.broadcast,
        check: client.check,
        forceRenew: client.force_renew,
      },
      serve: Object.entries(serve)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, each]) => ({
          interface: name,
          settings: {
            ranges: each.range,
            lease: each.lease,
            renew: each.renew,
            rebind: each.rebind,
            // 0: none is given; the node itself is found when it answers.
            router: each.no_router ? 0 : each.router,
            nameServers: each.dns,
            domain: each.domain,
            routes: each.routes.map(({ to, via }) => ({ ...to, via })),
            reserved: Object.entries(each.reserve)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([who, reserved]) => ({ who: who.toLowerCase(), address: reserved })),
            authoritative: each.authoritative,
            offerTime: each.offer_time,
          },
        })),
    }),
  );

/** `{ node: laptop, dhcp: renew, interface: eth0 }`, `{ node: home, dhcp: reassign, client: laptop, to: 192.168.1.150 }`. */
export const dhcpAction = z
  .strictObject({
    dhcp: z
      .enum(['renew', 'release', 'acquire', 'inform', 'reassign', 'forget', 'force-renew'])
      .describe(
        'Client: `renew` asks its server now, `release` gives the address back, `acquire` begins anew, `inform` asks for settings with an address that the host has already (RFC 2131 §3.4). Server: `reassign` has another address for a client at its next request, `forget` forgets its leases, `force-renew` tells clients to ask again now',
      ),
    interface: z.string().optional().describe('Client: which interface; left out: all that use DHCP'),
    client: z.string().optional().describe('Server: which client, by host name or Ethernet address; left out: all'),
    to: address.optional().describe('`reassign`: the address to give; left out: any other of the pool'),
  })
  .refine(({ dhcp, to }) => to === undefined || dhcp === 'reassign', {
    message: '`to` goes with `reassign`',
    path: ['to'],
  });
export type DhcpAction = z.output<typeof dhcpAction>;

/** `{ node: laptop, lease: bound, address: 192.168.1.100, by: 5s }`. */
export const leaseExpectation = z.strictObject({
  node: z.string().meta({ title: 'node' }).describe('The client'),
  lease: z.enum(['bound', 'none']).describe('`bound`: it has a lease; `none`: it has none'),
  interface: z.string().optional().describe('On which interface; left out: on any'),
  address: address.optional().describe('Which address'),
  by: durationSetting().optional().describe('At this instant; left out: at the end'),
});
export type LeaseExpectation = z.output<typeof leaseExpectation>;
