import { type Badge, formatDuration, type TableView, type ViewContext } from '../../core/index.ts';
import { formatMac } from '../ethernet/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import type { DhcpState } from './state.ts';

function inTime(at: number, now: number): string {
  return at < 0 ? '' : formatDuration(Math.max(0, at - now));
}

const clients: TableView<DhcpState> = {
  name: 'clients',
  title: 'DHCP clients',
  columns: [
    { key: 'interface', title: 'Interface' },
    { key: 'state', title: 'State' },
    { key: 'address', title: 'Address' },
    { key: 'server', title: 'Server' },
    { key: 'routes', title: 'Routes' },
    { key: 'dns', title: 'Name servers' },
    { key: 'next', title: 'Sends in' },
    { key: 'renew', title: 'T1 in' },
    { key: 'rebind', title: 'T2 in' },
    { key: 'end', title: 'Ends in' },
  ],
  rows: (state, view) =>
    state.clients.map(({ interface: at, state: name, lease, nextAt }) => ({
      interface: view.interfaces[at] ?? '',
      state: name,
      address: lease === undefined ? '' : `${formatIpv4(lease.address)}/${lease.prefix}`,
      server: lease === undefined ? '' : formatIpv4(lease.server),
      routes: (lease?.routes ?? [])
        .map(
          ({ network, prefix, via }) =>
            `${prefix === 0 ? 'default' : `${formatIpv4(network)}/${prefix}`} via ${formatIpv4(via)}`,
        )
        .join(', '),
      dns: (lease?.nameServers ?? []).map(formatIpv4).join(', '),
      next: inTime(nextAt, view.now),
      renew: inTime(lease?.renewAt ?? -1, view.now),
      rebind: inTime(lease?.rebindAt ?? -1, view.now),
      end: inTime(lease?.endAt ?? -1, view.now),
    })),
};

/** Rows that a table shows. */
const MOST_ROWS = 1000;

const leases: TableView<DhcpState> = {
  name: 'leases',
  title: 'DHCP leases',
  columns: [
    { key: 'interface', title: 'Interface' },
    { key: 'address', title: 'Address' },
    { key: 'client', title: 'Client' },
    { key: 'host', title: 'Name' },
    { key: 'state', title: 'State' },
    { key: 'left', title: 'Ends in' },
    { key: 'next', title: 'Next' },
  ],
  rows: (state, view) =>
    state.networks.flatMap(({ interface: at, bindings, reassigned }) =>
      [...bindings.values()]
        .sort((a, b) => a.address - b.address)
        .slice(0, MOST_ROWS)
        .map(({ address, client, mac, host, state: name, until }) => {
          const over = name !== 'free' && until <= view.now;
          const to = reassigned.get(client);
          return {
            interface: view.interfaces[at] ?? '',
            address: formatIpv4(address),
            client: formatMac(mac),
            host,
            state: over ? 'expired' : name,
            left: over || name === 'free' ? '' : inTime(until, view.now),
            next: to === undefined ? '' : to === 0 ? 'another address' : formatIpv4(to),
          };
        }),
    ),
};

export const dhcpTables: readonly TableView<DhcpState>[] = [clients, leases];

export function dhcpBadges(state: DhcpState, view: ViewContext): readonly Badge[] {
  const badges: Badge[] = state.clients.map(({ lease, state: name }) => ({
    text: lease === undefined ? `DHCP: ${name}` : name === 'bound' ? 'DHCP' : `DHCP: ${name}`,
    tone: lease === undefined ? 'failed' : 'good',
  }));
  const given = state.networks.reduce(
    (sum, { bindings }) =>
      sum + [...bindings.values()].filter(({ state: name, until }) => name === 'bound' && until > view.now).length,
    0,
  );
  if (state.networks.length > 0) badges.push({ text: `${given} ${given === 1 ? 'lease' : 'leases'}`, tone: 'plain' });
  return badges;
}
