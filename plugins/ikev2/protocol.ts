import type { Context, Packet, Protocol, Timer } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { EXCHANGE_TYPES } from '../isakmp/contract.ts';
import { abandonWaiting, closeIkeSa } from './close.ts';
import type { Ikev2Calls } from './contract.ts';
import { keyedChildren } from './exchanges/child-offer.ts';
import { tell } from './failures.ts';

import { fragmentsOver, timerOf } from './gathering.ts';
import { enqueue, type Machine, machineOf, peerText, removeSa, setSaTimer } from './machine.ts';
import { followPacket } from './moved.ts';
import { receive } from './receive.ts';
import {
  createState,
  type Established,
  type IkeSa,
  type Ikev2Settings,
  type Ikev2State,
  type Wanted,
} from './state.ts';
import { BEGIN, TASKS } from './transitions.ts';
import { isLong, retransmit } from './window.ts';
import { wish } from './wishes.ts';

/** IKEv2 on a node: messages, timers and wishes come in here, and when each is dealt with, what waits has its turn. */
export const ikev2Protocol: Protocol<Ikev2State, Ikev2Settings> = {
  create: (settings) => createState(settings),

  receive(state, packet: Packet, ctx) {
    const machine = machineOf(state, ctx);
    receive(machine, packet, ctx);
    goOn(machine);
  },

  timer(state, timer, ctx) {
    const machine = machineOf(state, ctx);
    const sa = state.sas.get(Number(timer.data));
    if (sa !== undefined) onTimer(machine, sa, timer);
    goOn(machine);
  },

  calls: callsOf,
};

function callsOf(state: Ikev2State, ctx: Context): Ikev2Calls {
  const machine = (): Machine => machineOf(state, ctx);
  return {
    initiate(connection, child, why) {
      const here = machine();
      wish(here, connection, wantedOf(here, connection, child), why);
      goOn(here);
    },
    acquire(connection, child, packet) {
      const here = machine();
      wish(here, connection, [{ child, packet }], 'a packet met its trap');
      goOn(here);
    },
    childExpired(id, limit, reason) {
      const here = machine();
      childExpired(here, id, limit, reason);
      goOn(here);
    },
    peerMoved(id, remote) {
      const here = machine();
      const sa = saOfChild(here, id);
      if (sa !== undefined) followPacket(here, sa, remote);
    },
    addressGone(address) {
      const here = machine();
      const ended = addressGone(here, address);
      goOn(here);
      return ended;
    },
    terminate(connection, child, why) {
      const here = machine();
      terminate(here, connection, child, why);
      goOn(here);
    },
  };
}

/** The children that a wish without one means: those that start by themselves, else all. */
function wantedOf(machine: Machine, name: string, child: string | undefined): readonly Wanted[] {
  if (child !== undefined) return [{ child, packet: undefined }];
  const connection = machine.ipsec.connection(name);
  const all = connection === undefined ? [] : keyedChildren(connection);
  const starting = all.filter(({ startAction }) => startAction === 'start');
  return (starting.length > 0 ? starting : all).map((each) => ({ child: each.name, packet: undefined }));
}

function saOfChild({ state }: Machine, id: number): Established | undefined {
  for (const sa of state.sas.values()) {
    if (sa.state === 'established' && sa.children.some((child) => child.id === id)) return sa;
  }
  return undefined;
}

function childExpired(machine: Machine, id: number, limit: 'soft' | 'hard', reason: string): void {
  const sa = saOfChild(machine, id);
  const reference = sa?.children.find((child) => child.id === id);
  if (sa === undefined || reference === undefined) return;
  if (limit === 'hard') {
    const { protocol, spi } = reference;
    enqueue(machine, sa, { kind: 'delete-child', protocol, spi, why: `its lifetime is over (${reason})` });
    return;
  }
  if (reference.replaced) return;
  const view = machine.ipsec.child(id);
  const purpose = sa.outstanding?.purpose;
  const rekeying =
    (purpose?.kind === 'create-child' && purpose.offer.replaces === id) ||
    sa.waiting.some((task) => task.kind === 'create-child' && task.replaces === id);
  if (view === undefined || rekeying) return;
  const wanted = { child: view.child, packet: undefined };
  enqueue(machine, sa, { kind: 'create-child', wanted, replaces: id, method: undefined, tries: 0 });
}

function terminate(machine: Machine, connection: string, child: string | undefined, why: string): void {
  const { state, ipsec } = machine;
  for (const sa of [...state.sas.values()]) {
    if (!('connection' in sa) || sa.connection !== connection || sa.state === 'deleting') continue;
    if (sa.state !== 'established') {
      if (child === undefined) closeIkeSa(machine, sa, why, 'self');
      continue;
    }
    if (child === undefined) {
      enqueue(machine, sa, { kind: 'delete-ike', why });
      continue;
    }
    for (const { id, protocol, spi } of sa.children) {
      if (ipsec.child(id)?.child === child) enqueue(machine, sa, { kind: 'delete-child', protocol, spi, why });
    }
  }
}

/** IKE SAs of an address that the node no longer has end without a word: nothing reaches the peer from there. */
function addressGone(machine: Machine, address: number): readonly string[] {
  const ended = new Set<string>();
  for (const sa of [...machine.state.sas.values()]) {
    if (sa.local.address !== address) continue;
    if ('connection' in sa) ended.add(sa.connection);
    closeIkeSa(machine, sa, `this node no longer has ${formatIpv4(address)}`, 'self');
  }
  return [...ended];
}

/** What waits has its turn: connections to be begun, and of each IKE SA without a request under way the next task. */
function goOn(machine: Machine): void {
  const { state, ctx } = machine;
  for (;;) {
    const initiation = state.initiations.shift();
    if (initiation !== undefined) {
      const values = BEGIN.run(machine, initiation);
      if (values !== undefined && ctx.recording) ctx.note(`ikev2.${BEGIN.name}`, values());
      continue;
    }
    const id = state.ready.shift();
    if (id === undefined) return;
    const sa = state.sas.get(id);
    if (sa?.state !== 'established' || sa.outstanding !== undefined) continue;
    const task = sa.waiting.shift();
    if (task === undefined) continue;
    const row = TASKS.find((each) => each.task === task.kind);
    const values = row?.run(machine, sa as never, task as never);
    if (row !== undefined && values !== undefined && ctx.recording) ctx.note(`ikev2.${row.name}`, values());
    // A task that came to nothing leaves the turn to the next one.
    if (sa.outstanding === undefined) state.ready.push(id);
  }
}

function onTimer(machine: Machine, sa: IkeSa, { name }: Timer): void {
  delete sa.timers[name];
  switch (name) {
    case 'retransmit':
      if (!retransmit(machine, sa)) givenUp(machine, sa);
      return;
    case 'half-open':
      if (sa.state !== 'half-open') return;
      fragmentsOver(machine, sa, 'request');
      tell(machine, 'ikev2.half-open-over', () => ({ peer: peerText(sa) }));
      removeSa(machine, sa, 'its initiator did not go on');
      return;
    case 'request-fragments':
    case 'response-fragments':
      if (sa.state !== 'init-sent') fragmentsOver(machine, sa, name === timerOf('request') ? 'request' : 'response');
      return;
    case 'liveness':
      if (sa.state === 'established') checkLiveness(machine, sa);
      return;
    case 'rekey':
      enqueue(machine, sa, { kind: 'rekey-ike', method: undefined, tries: 0 });
      return;
    case 'reauth':
      if (sa.state === 'established') reauthenticate(machine, sa);
      return;
    case 'over':
      // Requests that wait for each other could keep it alive for long.
      if (sa.state === 'established') abandonWaiting(machine, sa, 'its lifetime is over');
      enqueue(machine, sa, { kind: 'delete-ike', why: 'its lifetime is over' });
      return;
    case 'later':
      for (const task of sa.later.splice(0)) enqueue(machine, sa, task);
      return;
  }
}

/** The peer does not answer, however often it was asked. */
function givenUp(machine: Machine, sa: IkeSa): void {
  const { state } = machine;
  const peer = peerText(sa);
  const tries = sa.outstanding?.tries ?? 0;
  tell(machine, 'ikev2.no-answer', () => ({ peer, connection: 'connection' in sa ? sa.connection : '', tries }));
  const { outstanding } = sa;
  if (sa.state !== 'init-sent' && outstanding !== undefined && isLong(machine, sa, outstanding.datagrams)) {
    const octets = outstanding.datagrams[0]?.length ?? 0;
    tell(machine, 'ikev2.long-message-lost', () => ({
      peer,
      octets,
      exchange: EXCHANGE_TYPES[outstanding.exchange] ?? '',
    }));
  }
  if (sa.state !== 'init-sent') fragmentsOver(machine, sa, 'response');
  if (sa.state === 'deleting') {
    removeSa(machine, sa, sa.why);
    return;
  }
  if (sa.state === 'init-sent' || sa.state === 'auth-sent') {
    const tryAgain = machine.ipsec.connection(sa.connection)?.keyingTries ?? 1;
    if (tryAgain === 0 || sa.attempt < tryAgain) {
      const offered =
        sa.state === 'auth-sent' && sa.offer !== undefined ? [{ child: sa.offer.child, packet: undefined }] : [];
      const wanted = [...offered, ...sa.wanted];
      if (sa.state === 'auth-sent' && sa.offer !== undefined) machine.ipsec.releaseSpi(sa.offer.spi);
      removeSa(machine, sa, `${peer} does not answer`);
      state.initiations.push({ connection: sa.connection, wanted, why: 'no answer', attempt: sa.attempt + 1 });
      return;
    }
  }
  closeIkeSa(machine, sa, `${peer} does not answer`, 'dead');
}

/** Asks the peer whether it is there, unless it was heard of lately: keying messages count, and packets by its SAs (RFC 7296 §2.4). */
function checkLiveness(machine: Machine, sa: Established): void {
  const { ipsec, ctx } = machine;
  const delay = ipsec.connection(sa.connection)?.dpdDelay ?? 0;
  if (delay === 0) return;
  let heard = sa.lastHeard;
  for (const { id } of sa.children) heard = Math.max(heard, ipsec.usage(id)?.inbound.lastUse ?? -1);
  const quiet = ctx.now() - heard;
  if (quiet >= delay && sa.outstanding === undefined) enqueue(machine, sa, { kind: 'liveness' });
  setSaTimer(machine, sa, 'liveness', quiet >= delay ? delay : delay - quiet);
}

/** A new IKE SA with authentication; the old one goes first (strongSwan's way without make_before_break). */
function reauthenticate(machine: Machine, sa: Established): void {
  const wanted: Wanted[] = [];
  for (const { id } of sa.children) {
    const child = machine.ipsec.child(id)?.child;
    if (child !== undefined) wanted.push({ child, packet: undefined });
  }
  enqueue(machine, sa, { kind: 'delete-ike', why: 'it is authenticated anew' });
  // Only who began it knows that it may begin.
  if (sa.role === 'initiator') {
    machine.state.initiations.push({ connection: sa.connection, wanted, why: 'reauthentication', attempt: 1 });
  }
}
