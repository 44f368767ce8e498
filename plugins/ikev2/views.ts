import { type Badge, formatDuration, type TableView, toHex, type ViewContext } from '../../core/index.ts';
import { describeProposal, type Endpoint, formatIdentity, weaknessText } from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import type { IkeSa, Ikev2State } from './state.ts';

/** The IKE SAs of a node, for terminal and page. */

const endpointText = ({ address, port }: Endpoint): string =>
  port === 500 ? formatIpv4(address) : `${formatIpv4(address)}:${port}`;

const weakness = (sa: IkeSa): string => ('proposal' in sa ? weaknessText(sa.proposal.transforms) : '');

const sas: TableView<Ikev2State> = {
  name: 'ike-sas',
  title: 'IKE SAs',
  columns: [
    { key: 'connection', title: 'Connection' },
    { key: 'state', title: 'State' },
    { key: 'role', title: 'Role' },
    { key: 'local', title: 'Local' },
    { key: 'remote', title: 'Remote' },
    { key: 'peer', title: 'Peer' },
    { key: 'spis', title: 'SPIs' },
    { key: 'proposal', title: 'Proposal' },
    { key: 'weak', title: 'Weak' },
    { key: 'age', title: 'Age' },
    { key: 'children', title: 'Child SAs' },
    { key: 'waiting', title: 'Waiting for' },
  ],
  rows: (state, view) =>
    [...state.sas.values()].map((sa) => ({
      connection: 'connection' in sa ? sa.connection : '',
      state: sa.state,
      role: sa.role,
      local: endpointText(sa.local),
      remote: endpointText(sa.remote),
      peer: 'proof' in sa ? formatIdentity(sa.proof.identity) : '',
      spis: `${toHex(sa.spis.initiator)}:${toHex(sa.spis.responder)}`,
      proposal: 'proposal' in sa ? describeProposal(sa.proposal) : '',
      weak: weakness(sa),
      age: formatDuration(view.now - sa.createdAt),
      children: 'children' in sa ? sa.children.map(({ id }) => `{${id}}`).join(' ') : '',
      waiting: sa.outstanding?.purpose.kind ?? '',
    })),
};

const closed: TableView<Ikev2State> = {
  name: 'closed-ike-sas',
  title: 'IKE SAs that are no more',
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

export const ikev2Tables: readonly TableView<Ikev2State>[] = [sas, closed];

export function ikev2Badges(state: Ikev2State, _view: ViewContext): readonly Badge[] {
  const badges: Badge[] = [];
  const all = [...state.sas.values()];
  const established = all.filter((sa) => sa.state === 'established').length;
  const making = all.filter(({ state: name }) => name !== 'established' && name !== 'deleting').length;
  if (established > 0) badges.push({ text: established === 1 ? 'IKE' : `IKE ${established}`, tone: 'key' });
  if (all.some((sa) => weakness(sa) !== '')) badges.push({ text: 'weak', tone: 'failed' });
  if (making > 0) badges.push({ text: 'IKE …', tone: 'plain' });
  if (established === 0 && making === 0 && state.closed.length > 0) badges.push({ text: 'no IKE', tone: 'failed' });
  return badges;
}
