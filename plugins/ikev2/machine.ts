import { type Context, type PlainValues, toHex } from '../../core/index.ts';
import { type CryptoProvider, cryptoSlot } from '../crypto/contract.ts';
import {
  type Endpoint,
  type IpsecCalls,
  ipsecContract,
  natTraversal,
  type Proposal,
  wantsEncapsulation,
} from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';

import { MOST_CLOSED, MOST_WAITING_TASKS } from './limits.ts';
import type { DirectionKeys } from './sk.ts';
import type { IkeSa, Ikev2State, KeyedSa, Task } from './state.ts';
import { type Suite, suiteOf } from './suite.ts';

/** What every transition works with: the state, the context, and who is asked. Made anew for each call; holds nothing of its own. */
export interface Machine {
  readonly state: Ikev2State;
  readonly ctx: Context;
  readonly crypto: CryptoProvider;
  readonly ipsec: IpsecCalls;
}

export function machineOf(state: Ikev2State, ctx: Context): Machine {
  const ipsec = ctx.sibling(ipsecContract);
  if (ipsec === undefined) throw new Error('ikev2 runs without ipsec, which its manifest requires');
  return { state, ctx, crypto: ctx.slot(cryptoSlot), ipsec };
}

/** Nothing to tell, where nobody records. */
const UNTOLD: Readonly<PlainValues> = {};

/** Values of a story, worked out only where somebody records. */
export function told(machine: Machine, values: () => PlainValues): PlainValues {
  return machine.ctx.recording ? values() : UNTOLD;
}

export function ownSpi(sa: Pick<IkeSa, 'role' | 'spis'>): Uint8Array {
  return sa.role === 'initiator' ? sa.spis.initiator : sa.spis.responder;
}

export function peerText(sa: Pick<IkeSa, 'remote'>): string {
  return formatIpv4(sa.remote.address);
}

/** `b24da80c0d801b79:e91c7e38296890f6`. */
export function spisText({ spis }: Pick<IkeSa, 'spis'>): string {
  return `${toHex(spis.initiator)}:${toHex(spis.responder)}`;
}

export function initiatorKey(initiatorSpi: Uint8Array, address: number, port: number): string {
  return `${toHex(initiatorSpi)}/${address}/${port}`;
}

/** Enters an IKE SA, or what it has become: the states are told apart by the object, its number stays. */
export function putSa(machine: Machine, sa: IkeSa): void {
  const { state } = machine;
  const before = state.sas.get(sa.id);
  if (before === undefined) {
    state.bySpi.set(toHex(ownSpi(sa)), sa.id);
    state.perPeer.set(sa.remote.address, (state.perPeer.get(sa.remote.address) ?? 0) + 1);
  }
  if (sa.state === 'half-open' && before?.state !== 'half-open') state.halfOpen++;
  if (sa.state !== 'half-open' && before?.state === 'half-open') state.halfOpen--;
  state.sas.set(sa.id, sa);
  if (sa.state === 'auth-sent' || sa.state === 'established') attachPath(machine, sa);
  if (sa.state !== 'established' || before?.state === 'established') return;
  state.established++;
  machine.ctx.note(
    'ikev2.established',
    told(machine, () => ({ connection: sa.connection, peer: peerText(sa), spis: spisText(sa), id: sa.id })),
  );
}

export function findBySpi(state: Ikev2State, spi: Uint8Array): IkeSa | undefined {
  const id = state.bySpi.get(toHex(spi));
  return id === undefined ? undefined : state.sas.get(id);
}

/** Other ends from now on. */
export function moveSa({ state }: Machine, sa: IkeSa, local: Endpoint, remote: Endpoint): void {
  if (remote.address !== sa.remote.address) {
    leavePeer(state, sa.remote.address);
    state.perPeer.set(remote.address, (state.perPeer.get(remote.address) ?? 0) + 1);
  }
  sa.local = { ...local };
  sa.remote = { ...remote };
}

function leavePeer(state: Ikev2State, address: number): void {
  const others = (state.perPeer.get(address) ?? 1) - 1;
  if (others > 0) state.perPeer.set(address, others);
  else state.perPeer.delete(address);
}

/** Tells NAT traversal, where it found something to traverse, by which ends the IKE SA goes. */
export function attachPath({ ctx }: Machine, { id, local, remote, nat }: IkeSa): void {
  if (nat === undefined || !wantsEncapsulation(nat)) return;
  ctx.sibling(natTraversal)?.attach(`ikev2/${id}`, local, remote, nat);
}

/** Takes an IKE SA out, with its timers. Its Child SAs are the caller's business. */
export function removeSa(machine: Machine, sa: IkeSa, why: string): void {
  const { state, ctx } = machine;
  const present = state.sas.get(sa.id);
  if (present === undefined) return;
  if (present.state === 'half-open') state.halfOpen--;
  leavePeer(state, present.remote.address);
  if (present.nat !== undefined) ctx.sibling(natTraversal)?.detach(`ikev2/${sa.id}`);
  state.sas.delete(sa.id);
  state.bySpi.delete(toHex(ownSpi(sa)));
  if (present.begunBy !== undefined) state.byInitiator.delete(present.begunBy);
  if (present.outstanding !== undefined) ctx.cancelTimer(present.outstanding.timer);
  for (const timer of Object.values(present.timers)) ctx.cancelTimer(timer);
  const { id, role, spis, createdAt } = sa;
  state.closed.push({
    ...{ id, role, spis, createdAt, why, was: present.state, peer: peerText(sa), closedAt: ctx.now() },
    connection: 'connection' in present ? present.connection : '',
  });
  if (state.closed.length > MOST_CLOSED) state.closed.shift();
  const connection = 'connection' in present ? present.connection : '';
  ctx.note(
    'ikev2.closed',
    told(machine, () => ({ connection, peer: peerText(sa), spis: spisText(present), why })),
  );
}

/** Gives an IKE SA something to do, in its turn. False: it has too much to do already. */
export function enqueue(machine: Machine, sa: IkeSa, task: Task): boolean {
  if (sa.waiting.length >= MOST_WAITING_TASKS) {
    machine.ctx.note('ikev2.too-much-to-do', { peer: peerText(sa), limit: MOST_WAITING_TASKS });
    return false;
  }
  sa.waiting.push(task);
  machine.state.ready.push(sa.id);
  return true;
}

/** Sets a timer of an IKE SA; one of that name that runs is unset. */
export function setSaTimer(machine: Machine, sa: IkeSa, name: string, after: number): void {
  unsetSaTimer(machine, sa, name);
  sa.timers[name] = machine.ctx.setTimer(name, after, sa.id);
}

export function unsetSaTimer(machine: Machine, sa: IkeSa, name: string): void {
  const timer = sa.timers[name];
  if (timer === undefined) return;
  machine.ctx.cancelTimer(timer);
  delete sa.timers[name];
}

/** The suite of a proposal that was found to be one when it was chosen. */
export function chosenSuite(proposal: Proposal): Suite {
  const suite = suiteOf(proposal);
  if (suite === undefined) throw new Error('an IKE SA has a proposal that is no suite');
  return suite;
}

/** The keys for messages from the original initiator, or from the responder. */
export function directionKeys(sa: Pick<KeyedSa, 'keys'>, fromInitiator: boolean): DirectionKeys {
  const { keys } = sa;
  return fromInitiator ? { encryption: keys.ei, integrity: keys.ai } : { encryption: keys.er, integrity: keys.ar };
}
