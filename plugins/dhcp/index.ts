import { definePlugin } from '../../core/index.ts';
import { dhcpProblems } from './check.ts';
import { dhcpCodec } from './codec.ts';
import { DHCP_CODES } from './codes.ts';
import { dhcpAction, dhcpConfig } from './config.ts';
import { leaseOutcome } from './expectation.ts';
import { CLIENT_PORT, SERVER_PORT } from './headers.ts';
import { dhcpProtocol } from './protocol.ts';
import type { DhcpSettings, DhcpState } from './state.ts';
import { dhcpBadges, dhcpTables } from './views.ts';

export const dhcp = definePlugin<DhcpState, DhcpSettings>({
  name: 'dhcp',
  title: 'DHCP',
  about:
    'Addresses by lease: a client on each interface whose address is `dhcp`, and a server for the links of a node.',
  sources: ['RFC 2131', 'RFC 2132', 'RFC 3396', 'RFC 3442', 'RFC 3203', 'RFC 5227 §2.1.1'],
  requires: ['ipv4'],
  extends: ['udp', 'arp', 'ethernet'],
  config: dhcpConfig,
  protocol: dhcpProtocol,
  binds: [
    { below: 'udp', key: SERVER_PORT },
    { below: 'udp', key: CLIENT_PORT },
  ],
  codecs: [dhcpCodec],
  addressSyntaxes: [
    {
      name: 'dhcp',
      example: 'dhcp',
      parse: (text) => (text === 'dhcp' ? { value: text } : undefined),
    },
  ],
  actions: [
    {
      key: 'dhcp',
      about:
        'Has a client renew, release or acquire its lease, or a host with an address ask for settings; has a server give another address, forget leases, or call clients.',
      example: '{ at: 60s, node: home, dhcp: reassign, client: laptop, to: 192.168.1.150 }',
      schema: dhcpAction,
      offers: ({ interfaces, plugins }) => [
        ...(interfaces.some(({ addresses }) => addresses.some(({ syntax }) => syntax === 'dhcp'))
          ? [
              { title: 'Renew the lease', entry: 'dhcp: renew' },
              { title: 'Release the lease', entry: 'dhcp: release' },
              { title: 'Ask for a lease anew', entry: 'dhcp: acquire' },
            ]
          : []),
        ...((plugins.dhcp as DhcpSettings).serve.length > 0
          ? [
              { title: 'Forget all leases', entry: 'dhcp: forget' },
              { title: 'Call clients to renew', entry: 'dhcp: force-renew' },
            ]
          : []),
      ],
    },
  ],
  expectations: [leaseOutcome],
  codes: DHCP_CODES,
  tables: dhcpTables,
  badges: dhcpBadges,
  checkTopology: dhcpProblems,
});
