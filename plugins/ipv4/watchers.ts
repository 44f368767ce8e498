import { type Context, type Contract, contract } from '../../core/index.ts';
import type { AddressChange, AddressWatcher } from './contract.ts';
import type { Ipv4State } from './state.ts';

/** Plugins of a node that may watch. */
const MOST_WATCHERS = 64;

/** Tells those who asked for it that an address came or is gone, in the order in which they asked. */
export function tellWatchers(state: Ipv4State, change: AddressChange, ctx: Context): void {
  const tokens = ctx.cache<Contract<AddressWatcher>>('watchers', MOST_WATCHERS);
  for (const name of state.watchers) {
    const token = tokens.get(name) ?? contract<AddressWatcher>(name);
    tokens.set(name, token);
    ctx.sibling(token)?.addressChanged(change);
  }
}
