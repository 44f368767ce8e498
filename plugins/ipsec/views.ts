import { type Badge, formatDuration, type TableView, type Tube, type ViewContext } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import type { SecurityAssociation } from './calls.ts';
import { labelOf, protocolName } from './children.ts';
import { describeProposal } from './proposal.ts';
import { formatSelectors } from './selector-text.ts';
import { formatSpi } from './spi.ts';
import type { ChildSa, IpsecState, Policy } from './state.ts';
import { weaknessText } from './weakness.ts';

/** The SPD, the SAD and the monitor, for terminal and page. */

const policies: TableView<IpsecState> = {
  name: 'spd',
  title: 'Security policies (SPD)',
  columns: [
    { key: 'priority', title: 'Place' },
    { key: 'name', title: 'Policy' },
    { key: 'action', title: 'Action' },
    { key: 'direction', title: 'Way' },
    { key: 'local', title: 'Local' },
    { key: 'remote', title: 'Remote' },
    { key: 'mode', title: 'Mode' },
    { key: 'origin', title: 'Origin' },
    { key: 'sa', title: 'SA' },
    { key: 'out', title: 'Out' },
    { key: 'in', title: 'In clear' },
  ],
  rows: (state) => [
    ...state.policies.map((policy) => ({
      priority: policy.priority,
      name: policy.name,
      action: policy.action,
      direction: policy.direction,
      local: formatSelectors(policy.localTs),
      remote: formatSelectors(policy.remoteTs),
      mode: policy.mode ?? '',
      origin: policy.origin,
      sa: saOf(policy),
      out: policy.outbound,
      in: policy.inbound,
    })),
    {
      ...{ priority: '', name: 'everything else', action: state.config.otherwise, direction: 'both' },
      ...{ local: '0.0.0.0/0', remote: '0.0.0.0/0', mode: '', origin: 'configured', sa: '', out: '', in: '' },
    },
  ],
};

function saOf(policy: Policy): string {
  if (policy.action !== 'protect') return '';
  return policy.sa === 0 ? 'none' : `{${policy.sa}}`;
}

const associations: TableView<IpsecState> = {
  name: 'sad',
  title: 'Security associations (SAD)',
  columns: [
    { key: 'sa', title: 'SA' },
    { key: 'way', title: 'Way' },
    { key: 'spi', title: 'SPI' },
    { key: 'ends', title: 'From and to' },
    { key: 'mode', title: 'Mode' },
    { key: 'transforms', title: 'Transforms' },
    { key: 'weak', title: 'Weak' },
    { key: 'keying', title: 'Keys by' },
    { key: 'sequence', title: 'Number' },
    { key: 'packets', title: 'Packets' },
    { key: 'bytes', title: 'Octets' },
    { key: 'refused', title: 'Refused' },
    { key: 'age', title: 'Age' },
    { key: 'left', title: 'Ends in' },
  ],
  rows: (state, view) =>
    [...state.children.values()].flatMap((child) =>
      [child.inbound, child.outbound].map((sa) => ({
        sa: labelOf(child),
        way: sa.direction,
        spi: formatSpi(sa.spi),
        ends: endsOf(sa),
        mode: `${protocolName(child.protocol)} ${child.mode}${sa.encapsulation === undefined ? '' : ' in UDP'}`,
        transforms: describeProposal(child.proposal),
        weak: weaknessOf(child),
        keying: child.by.keying,
        sequence: sa.sequence,
        packets: sa.packets,
        bytes: sa.bytes,
        refused: sa.refused,
        age: formatDuration(view.now - child.installedAt),
        left: child.hardAt === 0 ? '' : formatDuration(Math.max(0, child.hardAt - view.now)),
      })),
    ),
};

/** With the ports, where it goes in UDP. */
function endsOf({ source, destination, encapsulation, direction }: SecurityAssociation): string {
  if (encapsulation === undefined) return `${formatIpv4(source)} to ${formatIpv4(destination)}`;
  const { localPort, remotePort } = encapsulation;
  const [from, to] = direction === 'out' ? [localPort, remotePort] : [remotePort, localPort];
  return `${formatIpv4(source)}:${from} to ${formatIpv4(destination)}:${to}`;
}

export function weaknessOf(child: ChildSa): string {
  return weaknessText(child.proposal.transforms);
}

const monitor: TableView<IpsecState> = {
  name: 'monitor',
  title: 'IPsec monitor',
  columns: [
    { key: 'what', title: 'What' },
    { key: 'count', title: 'Count' },
  ],
  rows: ({ children, policies: spd, waiting, counters }) => [
    { what: 'packets protected', count: counters.sealed },
    { what: 'octets protected', count: counters.sealedBytes },
    { what: 'packets opened', count: counters.opened },
    { what: 'octets opened', count: counters.openedBytes },
    { what: 'packets refused', count: counters.refused },
    { what: 'packets let pass in clear by a policy', count: counters.bypassed },
    { what: 'packets discarded by a policy', count: counters.discarded },
    { what: 'Child SAs installed', count: counters.installed },
    { what: 'Child SAs removed', count: counters.removed },
    { what: 'Child SAs now', count: children.size },
    { what: 'policies now', count: spd.length },
    { what: 'packets that wait for keys', count: waiting.reduce((sum, { packets }) => sum + packets.length, 0) },
  ],
};

export const ipsecTables: readonly TableView<IpsecState>[] = [policies, associations, monitor];

export function ipsecBadges(state: IpsecState, _view: ViewContext): readonly Badge[] {
  const badges: Badge[] = [];
  const { children, waiting } = state;
  if (children.size > 0) badges.push({ text: `${children.size} SA`, tone: 'protected' });
  if ([...children.values()].some((child) => weaknessOf(child) !== '')) badges.push({ text: 'weak', tone: 'failed' });
  if (waiting.length > 0) badges.push({ text: 'waiting for keys', tone: 'key' });
  return badges;
}

/** A tube for each pair of addresses, however many SAs share it. */
export function ipsecTubes(state: IpsecState, _view: ViewContext): readonly Tube[] {
  const tubes = new Map<string, { from: string; to: string; names: Set<string>; weak: boolean }>();
  for (const child of state.children.values()) {
    const from = formatIpv4(child.local);
    const to = formatIpv4(child.remote);
    const tube = tubes.get(`${from} ${to}`) ?? { from, to, names: new Set<string>(), weak: false };
    tube.names.add(child.connection === '' ? child.child : `${child.connection}/${child.child}`);
    tube.weak ||= weaknessOf(child) !== '';
    tubes.set(`${from} ${to}`, tube);
  }
  return [...tubes.values()].map(({ from, to, names, weak }) => ({
    from,
    to,
    label: `${[...names].join(', ')}${weak ? ' (weak)' : ''}`,
    tone: weak ? 'failed' : 'protected',
  }));
}
