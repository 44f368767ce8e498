import { type Badge, formatDuration, type TableView, toHex, type ViewContext } from '../../core/index.ts';
import { describeProposal, type Endpoint, formatIdentity } from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import type { Ikev1State, IsakmpSa } from './state.ts';
import { weaknessOf } from './suite.ts';

/** The ISAKMP SAs of a node, for terminal and page. */

const endpointText = ({ address, port }: Endpoint): string =>
  port === 500 ? formatIpv4(address) : `${formatIpv4(address)}:${port}`;

function weakness(sa: IsakmpSa): string {
  return weaknessOf('proposal' in sa ? sa.proposal : undefined, sa.aggressive);
}

const sas: TableView<Ikev1State> = {
  name: 'isakmp-sas',
  title: 'ISAKMP SAs (IKEv1)',
  columns: [
    { key: 'connection', title: 'Connection' },
    { key: 'state', title: 'State' },
    { key: 'mode', title: 'Mode' },
    { key: 'role', title: 'Role' },
    { key: 'local', title: 'Local' },
    { key: 'remote', title: 'Remote' },
    { key: 'peer', title: 'Peer' },
    { key: 'cookies', title: 'Cookies' },
    { key: 'proposal', title: 'Proposal' },
    { key: 'weak', title: 'Weak' },
    { key: 'age', title: 'Age' },
    { key: 'children', title: 'IPsec SAs' },
    { key: 'quick', title: 'Quick Modes' },
  ],
  rows: (state, view) =>
    [...state.sas.values()].map((sa) => ({
      connection: 'connection' in sa ? sa.connection : '',
      state: sa.state === 'established' && sa.successor !== 0 ? 'replaced' : sa.state,
      mode: sa.aggressive ? 'Aggressive' : 'Main',
      role: sa.role,
      local: endpointText(sa.local),
      remote: endpointText(sa.remote),
      peer: 'proof' in sa ? formatIdentity(sa.proof.identity) : '',
      cookies: `${toHex(sa.cookies.initiator)}:${toHex(sa.cookies.responder)}`,
      proposal: 'proposal' in sa ? describeProposal(sa.proposal) : '',
      weak: weakness(sa),
      age: formatDuration(view.now - sa.createdAt),
      children: 'children' in sa ? sa.children.map(({ id }) => `{${id}}`).join(' ') : '',
      quick: 'quick' in sa ? [...sa.quick.values()].map((quick) => quick.state).join(' ') : '',
    })),
};

const closed: TableView<Ikev1State> = {
  name: 'closed-isakmp-sas',
  title: 'ISAKMP SAs that are no more',
  columns: [
    { key: 'connection', title: 'Connection' },
    { key: 'peer', title: 'Peer' },
    { key: 'role', title: 'Role' },
    { key: 'was', title: 'Last state' },
    { key: 'lived', title: 'Lived' },
    { key: 'why', title: 'Why' },
  ],
  rows: (state) =>
    state.closed.map(({ connection, peer, role, was, createdAt, closedAt, why }) => ({
      ...{ connection, peer, role, was, why },
      lived: formatDuration(closedAt - createdAt),
    })),
};

export const ikev1Tables: readonly TableView<Ikev1State>[] = [sas, closed];

export function ikev1Badges(state: Ikev1State, _view: ViewContext): readonly Badge[] {
  const badges: Badge[] = [];
  const all = [...state.sas.values()];
  const established = all.filter((sa) => sa.state === 'established').length;
  const making = all.length - established;
  if (established > 0) badges.push({ text: established === 1 ? 'IKEv1' : `IKEv1 ${established}`, tone: 'key' });
  if (making > 0) badges.push({ text: 'IKEv1 …', tone: 'plain' });
  if (all.some((sa) => weakness(sa) !== '')) badges.push({ text: 'weak', tone: 'failed' });
  if (all.length === 0 && state.closed.length > 0) badges.push({ text: 'no IKEv1', tone: 'failed' });
  return badges;
}
