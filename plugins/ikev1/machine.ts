import { type Context, type PlainValues, toHex } from '../../core/index.ts';
import { type CryptoProvider, cryptoSlot } from '../crypto/contract.ts';
import { type Endpoint, type IpsecCalls, ipsecContract, natTraversal, type Proposal } from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { MOST_CLOSED, MOST_TASKS } from './limits.ts';
import type { Established, Ikev1State, IsakmpSa, Task } from './state.ts';
import { type Suite, suiteOf } from './suite.ts';

/** What every transition works with: the state, the context, and who is asked. Made anew for each call; holds nothing of its own. */
export interface Machine {
  readonly state: Ikev1State;
  readonly ctx: Context;
  readonly crypto: CryptoProvider;
  readonly ipsec: IpsecCalls;
}

export function machineOf(state: Ikev1State, ctx: Context): Machine {
  const ipsec = ctx.sibling(ipsecContract);
  if (ipsec === undefined) throw new Error('ikev1 runs without ipsec, which its manifest requires');
  return { state, ctx, crypto: ctx.slot(cryptoSlot), ipsec };
}

/** Nothing to tell, where nobody records. */
const UNTOLD: Readonly<PlainValues> = {};

/** Values of a story, worked out only where somebody records. */
export function told(machine: Machine, values: () => PlainValues): PlainValues {
  return machine.ctx.recording ? values() : UNTOLD;
}

export function ownCookie(sa: Pick<IsakmpSa, 'role' | 'cookies'>): Uint8Array {
  return sa.role === 'initiator' ? sa.cookies.initiator : sa.cookies.responder;
}

export function peerText(sa: Pick<IsakmpSa, 'remote'>): string {
  return formatIpv4(sa.remote.address);
}

/** `b24da80c0d801b79:e91c7e38296890f6`. */
export function cookiesText({ cookies }: Pick<IsakmpSa, 'cookies'>): string {
  return `${toHex(cookies.initiator)}:${toHex(cookies.responder)}`;
}

export function initiatorKey(cookie: Uint8Array, address: number, port: number): string {
  return `${toHex(cookie)}/${address}/${port}`;
}

function isHalfOpen(sa: IsakmpSa | undefined): boolean {
  return sa !== undefined && sa.role === 'responder' && sa.state !== 'established';
}

function countHalfOpen({ state }: Machine, address: number, change: 1 | -1): void {
  state.halfOpen += change;
  const count = (state.halfOpenOf.get(address) ?? 0) + change;
  if (count > 0) state.halfOpenOf.set(address, count);
  else state.halfOpenOf.delete(address);
}

function countPeer({ state }: Machine, address: number, change: 1 | -1): void {
  const sum = (state.perPeer.get(address) ?? 0) + change;
  if (sum > 0) state.perPeer.set(address, sum);
  else state.perPeer.delete(address);
}

/** Enters an ISAKMP SA, or what it has become: the states are told apart by the object, its number stays. */
export function putSa(machine: Machine, sa: IsakmpSa): void {
  const { state } = machine;
  const before = state.sas.get(sa.id);
  if (before === undefined) {
    state.byCookie.set(toHex(ownCookie(sa)), sa.id);
    if (sa.begunBy !== undefined) state.byInitiator.set(sa.begunBy, sa.id);
  }
  if (before !== undefined) countPeer(machine, before.remote.address, -1);
  countPeer(machine, sa.remote.address, 1);
  if (isHalfOpen(before)) countHalfOpen(machine, (before as IsakmpSa).remote.address, -1);
  if (isHalfOpen(sa)) countHalfOpen(machine, sa.remote.address, 1);
  state.sas.set(sa.id, sa);
  if (sa.state !== 'established' || before?.state === 'established') return;
  state.established++;
  machine.ctx.note(
    'ikev1.established',
    told(machine, () => ({ connection: sa.connection, peer: peerText(sa), spis: cookiesText(sa), id: sa.id })),
  );
}

/** Other ends from now on. */
export function moveSa(machine: Machine, sa: IsakmpSa, local: Endpoint, remote: Endpoint): void {
  const known = machine.state.sas.get(sa.id) === sa;
  if (known && remote.address !== sa.remote.address) {
    countPeer(machine, sa.remote.address, -1);
    countPeer(machine, remote.address, 1);
    if (isHalfOpen(sa)) {
      countHalfOpen(machine, sa.remote.address, -1);
      countHalfOpen(machine, remote.address, 1);
    }
  }
  sa.local = { ...local };
  sa.remote = { ...remote };
}

export function findByCookie(state: Ikev1State, cookie: Uint8Array): IsakmpSa | undefined {
  const id = state.byCookie.get(toHex(cookie));
  return id === undefined ? undefined : state.sas.get(id);
}

/** What NAT traversal calls an ISAKMP SA of this node. */
export function ownerName(sa: Pick<IsakmpSa, 'id'>): string {
  return `ikev1/${sa.id}`;
}

/** Takes an ISAKMP SA out, with its timers and Quick Modes. Its IPsec SAs are the caller's business. */
export function removeSa(machine: Machine, sa: IsakmpSa, why: string): void {
  const { state, ctx } = machine;
  const present = state.sas.get(sa.id);
  if (present === undefined) return;
  const { address } = present.remote;
  if (isHalfOpen(present)) countHalfOpen(machine, address, -1);
  countPeer(machine, address, -1);
  state.sas.delete(sa.id);
  state.byCookie.delete(toHex(ownCookie(present)));
  if (present.begunBy !== undefined) state.byInitiator.delete(present.begunBy);
  if (present.outstanding !== undefined) ctx.cancelTimer(present.outstanding.timer);
  for (const timer of Object.values(present.timers)) ctx.cancelTimer(timer);
  if (present.state === 'established') {
    for (const { outstanding } of present.quick.values()) {
      if (outstanding !== undefined) ctx.cancelTimer(outstanding.timer);
    }
  }
  if (present.nat !== undefined) ctx.sibling(natTraversal)?.detach(ownerName(present));
  const { id, role, cookies, createdAt } = present;
  const connection = 'connection' in present ? present.connection : '';
  state.closed.push({
    id,
    role,
    cookies,
    createdAt,
    why,
    connection,
    was: present.state,
    peer: peerText(present),
    closedAt: ctx.now(),
  });
  if (state.closed.length > MOST_CLOSED) state.closed.shift();
  ctx.note(
    'ikev1.closed',
    told(machine, () => ({ connection, peer: peerText(present), spis: cookiesText(present), why })),
  );
}

/** Gives an established ISAKMP SA something to do. False: there is too much to do already. */
export function enqueue(machine: Machine, sa: Established, task: Task): boolean {
  const { tasks } = machine.state;
  if (tasks.length >= MOST_TASKS) {
    machine.ctx.note('ikev1.too-much-to-do', { peer: peerText(sa), limit: MOST_TASKS });
    return false;
  }
  tasks.push({ sa: sa.id, task });
  return true;
}

/** Sets a timer of an ISAKMP SA; one of that name that runs is unset. */
export function setSaTimer(machine: Machine, sa: IsakmpSa, name: string, after: number): void {
  unsetSaTimer(machine, sa, name);
  sa.timers[name] = machine.ctx.setTimer(name, after, { sa: sa.id });
}

export function unsetSaTimer(machine: Machine, sa: IsakmpSa, name: string): void {
  const timer = sa.timers[name];
  if (timer === undefined) return;
  machine.ctx.cancelTimer(timer);
  delete sa.timers[name];
}

/** The suite of a proposal that was found to be one when it was chosen. */
export function chosenSuite(proposal: Proposal): Suite {
  const suite = suiteOf(proposal);
  if (suite === undefined) throw new Error('an ISAKMP SA has a proposal that is no suite');
  return suite;
}
