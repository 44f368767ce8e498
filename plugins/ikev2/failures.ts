import type { Packet, PlainValues } from '../../core/index.ts';
import {
  describeDifference,
  describeProposals,
  formatSelectors,
  type Proposal,
  type ProposalChoice,
  type TrafficSelector,
} from '../ipsec/contract.ts';
import { type Machine, told } from './machine.ts';

/** What went wrong, told in the trace with what each side had. */

export type NoChoice = Exclude<ProposalChoice, { readonly chosen: Proposal }>;

/** The responder chose nothing: which transform types do not meet, and what each side has. */
export function tellNoProposal(
  machine: Machine,
  about: { readonly what: string; readonly peer: string; readonly connection: string },
  choice: NoChoice,
  packet: Packet,
): void {
  const me = machine.ctx.node.name;
  machine.ctx.note(
    'ikev2.no-proposal-chosen',
    told(machine, () => ({
      ...about,
      difference: describeDifference(choice.difference, me, about.peer),
      accepted: choice.mine,
      offered: choice.theirs,
    })),
    packet,
  );
}

/** The peer chose nothing of what this side offered. */
export function tellPeerChoseNothing(
  machine: Machine,
  about: { readonly what: string; readonly peer: string; readonly connection: string },
  offered: readonly Proposal[],
  packet: Packet,
): void {
  machine.ctx.note(
    'ikev2.peer-chose-no-proposal',
    told(machine, () => ({ ...about, offered: describeProposals(offered) })),
    packet,
  );
}

/** Selectors of one child of the configuration, as this side has them. */
export interface ConfiguredSelectors {
  readonly child: string;
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
}

export interface AskedSelectors {
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
}

/** Which side's selectors do not meet, child by child. */
export function selectorDifference(
  configured: readonly ConfiguredSelectors[],
  asked: AskedSelectors,
  meets: (mine: readonly TrafficSelector[], theirs: readonly TrafficSelector[]) => boolean,
  me: string,
  peer: string,
): string {
  if (configured.length === 0) return `${me} has no child to offer`;
  return configured
    .map(({ child, localTs, remoteTs }) => {
      const parts: string[] = [];
      const part = (side: string, mine: readonly TrafficSelector[], theirs: readonly TrafficSelector[]): void => {
        if (meets(mine, theirs)) return;
        parts.push(`${side} ${me}: ${me} has ${formatSelectors(mine)}, ${peer} asked for ${formatSelectors(theirs)}`);
      };
      part('behind', localTs, asked.localTs);
      part('on the far side of', remoteTs, asked.remoteTs);
      return `${child}: ${parts.join('; ') || 'selectors meet'}`;
    })
    .join(' | ');
}

/** Tells a failure by its code. */
export function tell(machine: Machine, code: string, values: () => PlainValues, packet?: Packet): void {
  machine.ctx.note(code, told(machine, values), packet);
}
