import type { Protocol } from '../../core/index.ts';
import { type Ipv4Calls, ipv4Contract } from '../ipv4/contract.ts';
import { claimAddresses } from './addresses.ts';
import { command, followAddress } from './changes.ts';
import type { NatAction, NatConfig } from './config.ts';
import { enterForwards } from './create.ts';
import { fragmentsOver, releaseFragments } from './fragments.ts';
import { translateDestination } from './inbound.ts';
import { mappingsDue } from './lifetime.ts';
import { translateSource } from './outbound.ts';
import { createState, type NatState } from './state.ts';

/** Netfilter's order: destinations before routing, sources behind it; filters (0) see internal addresses, IPsec (300) what leaves. */
const DESTINATION_TRANSLATION = -100;
const SOURCE_TRANSLATION = 100;

export const natProtocol: Protocol<NatState, NatConfig> = {
  create: createState,

  start(state, ctx) {
    if (state.outside < 0) return;
    claimAddresses(state, ctx);
    if (state.follows) followAddress(state, ctx.sibling(ipv4Contract) as Ipv4Calls, ctx);
    else enterForwards(state, ctx);
  },

  timer(state, timer, ctx) {
    if (timer.name === 'mappings') mappingsDue(state, ctx);
    else if (timer.name === 'fragments') releaseFragments(state, timer.data as string, ctx);
    else if (timer.name === 'fragments-over') fragmentsOver(state, timer.data as string, timer.id, ctx);
  },

  command: (state, { args }, ctx) => command(state, args as NatAction, ctx),

  hooks: [
    { point: 'ipv4.prerouting', priority: DESTINATION_TRANSLATION, run: translateDestination },
    { point: 'ipv4.postrouting', priority: SOURCE_TRANSLATION, run: translateSource },
  ],
};
