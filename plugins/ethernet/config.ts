import { z } from 'zod';
import { formatMac, isGroupMac, type MacAddress, parseMac } from './mac.ts';

const macSetting = z
  .string()
  .transform((text, context): MacAddress => {
    const mac = parseMac(text);
    const wrong =
      mac === undefined
        ? `\`${text.slice(0, 40)}\` is not an Ethernet address such as 02:00:00:00:00:01`
        : isGroupMac(mac)
          ? `${formatMac(mac)} is a group address: the lowest bit of the first octet must be 0`
          : mac === 0
            ? 'an address of zeros names no station'
            : undefined;
    if (mac !== undefined && wrong === undefined) return mac;
    context.issues.push({ code: 'custom', message: wrong ?? '', input: text });
    return z.NEVER;
  })
  .describe('A station address such as 02:00:00:00:00:01')
  .meta({ title: 'Ethernet address', examples: ['02:00:00:00:00:01'] });

export const ethernetConfig = z
  .strictObject({
    macs: z
      .record(z.string(), macSetting)
      .describe('Addresses of interfaces, by interface name. Others get one from the node and interface name.')
      .default({}),
  })
  .describe('Ethernet II framing on every interface of the node');

export type EthernetConfig = z.output<typeof ethernetConfig>;
