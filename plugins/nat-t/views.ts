import { type Badge, formatDuration, type TableView, type ViewContext } from '../../core/index.ts';
import { endpointText } from '../ipsec/contract.ts';
import type { Flow, NatTraversalState, Path } from './state.ts';

/** The ways through NATs of a node, for terminal and page. */

/** The most rows that a table shows. */
const MOST_SHOWN = 1000;

function behind({ nat }: Path): string {
  if (nat.local && nat.remote) return 'both';
  if (nat.local) return 'this side';
  if (nat.remote) return 'the peer';
  return nat.forced ? 'nobody (forced)' : 'nobody';
}

function flowOf({ flows }: NatTraversalState, owner: string): Flow | undefined {
  for (const list of flows.values()) {
    const flow = list.find(({ owners }) => owners.includes(owner));
    if (flow !== undefined) return flow;
  }
  return undefined;
}

const paths: TableView<NatTraversalState> = {
  name: 'nat-paths',
  title: 'NAT traversal',
  columns: [
    { key: 'owner', title: 'IKE SA' },
    { key: 'local', title: 'Local' },
    { key: 'remote', title: 'Remote' },
    { key: 'behind', title: 'Behind a NAT' },
    { key: 'next', title: 'Keepalive in' },
    { key: 'keepalives', title: 'Keepalives' },
  ],
  rows: (state, { now }) =>
    [...state.paths].slice(0, MOST_SHOWN).map(([owner, path]) => {
      const flow = flowOf(state, owner);
      const due = flow === undefined ? 0 : flow.lastSent + state.settings.keep_alive - now;
      return {
        owner,
        local: endpointText(path.local),
        remote: endpointText(path.remote),
        behind: behind(path),
        next: flow === undefined ? 'none' : formatDuration(Math.max(0, due)),
        keepalives: flow?.keepalives ?? 0,
      };
    }),
};

const traffic: TableView<NatTraversalState> = {
  name: 'port-4500',
  title: 'Port 4500',
  columns: [
    { key: 'what', title: 'What' },
    { key: 'sent', title: 'Sent' },
    { key: 'received', title: 'Received' },
  ],
  rows: ({ counters }) => [
    { what: 'IKE', sent: counters.sentIke, received: counters.receivedIke },
    { what: 'ESP', sent: counters.sentEsp, received: counters.receivedEsp },
    { what: 'keepalives', sent: counters.sentKeepalives, received: counters.receivedKeepalives },
  ],
};

export const natTraversalTables: readonly TableView<NatTraversalState>[] = [paths, traffic];

export function natTraversalBadges({ paths: all }: NatTraversalState, _view: ViewContext): readonly Badge[] {
  const throughNat = [...all.values()].filter(({ nat }) => nat.local || nat.remote).length;
  return throughNat === 0 ? [] : [{ text: `${throughNat} through NAT`, tone: 'translation' }];
}
