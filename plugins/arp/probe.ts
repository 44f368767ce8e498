import { type Context, type Contract, contract, type Duration } from '../../core/index.ts';
import type { MacAddress } from '../ethernet/contract.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import type { ProbeWatcher } from './contract.ts';
import { sendProbe } from './resolve.ts';
import { type ArpState, MOST_PROBES, type Probe } from './state.ts';

/** Probing (RFC 5227 §2.1.1): a request for an address with no address of its own in it, so that nobody learns anything wrong. */

/** Plugins of a node that may probe. */
const MOST_WATCHERS = 64;
const NOBODY: MacAddress = -1;

export function probe(
  state: ArpState,
  interfaceIndex: number,
  address: Ipv4Address,
  wait: Duration,
  by: string,
  ctx: Context,
): void {
  const oldest = state.probes.length >= MOST_PROBES ? state.probes[0] : undefined;
  if (oldest !== undefined) finish(state, oldest, NOBODY, ctx);
  const timer = ctx.setTimer('probe', wait, { interface: interfaceIndex, address });
  state.probes.push({ interface: interfaceIndex, address, by, timer });
  sendProbe(interfaceIndex, address, ctx);
}

/** The time is over: nobody has it. */
export function probeTimedOut(state: ArpState, timer: number, ctx: Context): void {
  const over = state.probes.find((each) => each.timer === timer);
  if (over !== undefined) finish(state, over, NOBODY, ctx);
}

/** Something was heard of an address, in use or probed for by another station. */
export function heardOf(state: ArpState, interfaceIndex: number, address: Ipv4Address, mac: MacAddress, ctx: Context) {
  const hit = state.probes.find((each) => each.interface === interfaceIndex && each.address === address);
  if (hit !== undefined) finish(state, hit, mac, ctx);
}

function finish(state: ArpState, done: Probe, holder: MacAddress, ctx: Context): void {
  state.probes.splice(state.probes.indexOf(done), 1);
  ctx.cancelTimer(done.timer);
  const tokens = ctx.cache<Contract<ProbeWatcher>>('watchers', MOST_WATCHERS);
  const token = tokens.get(done.by) ?? contract<ProbeWatcher>(done.by);
  tokens.set(done.by, token);
  ctx.sibling(token)?.probed(done.interface, done.address, holder);
}
