import { definePlugin } from '../../core/index.ts';
import { formatIpv4, readIpv4InterfaceAddress } from './address.ts';
import { addressProblems } from './check.ts';
import { ipv4Codec, quotedIpv4Codec } from './codec.ts';
import { ipv4Codes } from './codes.ts';
import { type Ipv4Config, ipv4Config, renumberAction } from './config.ts';
import { ipv4Protocol } from './protocol.ts';
import type { Ipv4State } from './state.ts';

export const ipv4 = definePlugin<Ipv4State, Ipv4Config>({
  name: 'ipv4',
  title: 'IPv4',
  about: 'Addresses, routes by longest prefix, forwarding, fragmentation and reassembly; the five hook points.',
  sources: ['RFC 791', 'RFC 1122 §3', 'RFC 1812 §4.2, §5', 'RFC 1191', 'RFC 2644', 'RFC 3021', 'RFC 6864'],
  extends: ['arp', 'icmp', 'ethernet'],
  config: ipv4Config,
  protocol: ipv4Protocol,
  hookPoints: ['prerouting', 'input', 'forward', 'output', 'postrouting'],
  binds: [{ below: 'ethernet', key: 0x0800 }],
  codecs: [ipv4Codec, quotedIpv4Codec],
  linkTypes: { 228: 'ipv4' },
  addressSyntaxes: [
    {
      name: 'ipv4',
      example: '192.168.1.20/24',
      parse(text) {
        // Whatever starts like dotted decimal is meant as such: what is wrong with it is said here.
        if (!/^[0-9]+(\.|$|\/)/.test(text) || text.includes(':')) return undefined;
        return readIpv4InterfaceAddress(text);
      },
    },
  ],
  actions: [
    {
      key: 'renumber',
      about: 'Gives an interface another IPv4 address, and where it is said another default router.',
      example: '{ at: 60s, node: laptop, renumber: eth0, to: 198.51.100.7/24, gateway: 198.51.100.1 }',
      schema: renumberAction,
      offers: ({ interfaces }) =>
        interfaces.map(({ name, addresses }) => ({
          title: `Renumber ${name}`,
          entry: `renumber: ${name}, to: ${addresses.find(({ syntax }) => syntax === 'ipv4')?.text ?? '192.0.2.20/24'}`,
          draft: true,
        })),
    },
  ],
  codes: ipv4Codes,
  tables: [
    {
      name: 'addresses',
      title: 'IPv4 addresses',
      columns: [
        { key: 'interface', title: 'Interface' },
        { key: 'address', title: 'Address' },
      ],
      rows: (state, view) =>
        state.addresses.map(({ interface: at, address, prefix }) => ({
          interface: view.interfaces[at] ?? '',
          address: `${formatIpv4(address)}/${prefix}`,
        })),
    },
    {
      name: 'routes',
      title: 'IPv4 routes',
      columns: [
        { key: 'destination', title: 'Destination' },
        { key: 'via', title: 'Via' },
        { key: 'interface', title: 'Interface' },
        { key: 'metric', title: 'Metric' },
        { key: 'origin', title: 'Origin' },
      ],
      rows: (state, view) =>
        state.routes.map((route) => ({
          destination: route.prefix === 0 ? 'default' : `${formatIpv4(route.network)}/${route.prefix}`,
          via: route.via === 0 ? '' : formatIpv4(route.via),
          interface: view.interfaces[route.interface] ?? '',
          metric: route.metric,
          origin: route.origin,
        })),
    },
  ],
  labels: (state) => state.addresses.map(({ address, prefix }) => `${formatIpv4(address)}/${prefix}`),
  checkTopology: addressProblems,
});
