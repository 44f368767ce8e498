import type { Context, Packet, Protocol, Timer } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { abandonQuick, closeSa } from './close.ts';
import type { Ikev1Calls } from './contract.ts';
import { checkLiveness, liveWaitOver } from './exchanges/dead-peer-detection.ts';
import { keyedChildren } from './exchanges/quick-offer.ts';
import { tell } from './failures.ts';
import { enqueue, type Machine, machineOf, peerText, putSa, removeSa } from './machine.ts';
import { followPacket } from './moved.ts';
import { receive } from './receive.ts';
import { retransmit } from './retransmission.ts';
import {
  createState,
  type Established,
  type Ikev1Settings,
  type Ikev1State,
  type IsakmpSa,
  type Wanted,
} from './state.ts';
import { isReplaced, replaceSa } from './succession.ts';
import { BEGIN, TASKS } from './transitions.ts';

/** IKEv1 on a node: messages, timers and wishes come in here, and when each is dealt with, what waits has its turn. */
export const ikev1Protocol: Protocol<Ikev1State, Ikev1Settings> = {
  create: (settings) => createState(settings),

  receive(state, packet: Packet, ctx) {
    const machine = machineOf(state, ctx);
    receive(machine, packet, ctx);
    goOn(machine);
  },

  timer(state, timer, ctx) {
    const machine = machineOf(state, ctx);
    onTimer(machine, timer);
    goOn(machine);
  },

  calls: callsOf,
};

function callsOf(state: Ikev1State, ctx: Context): Ikev1Calls {
  const act = (what: (machine: Machine) => void): void => {
    const machine = machineOf(state, ctx);
    what(machine);
    goOn(machine);
  };
  return {
    initiate: (connection, child, why) =>
      act((machine) => initiate(machine, connection, wantedOf(machine, connection, child), why)),
    acquire: (connection, child, packet) =>
      act((machine) => initiate(machine, connection, [{ child, packet }], 'a packet met its trap')),
    childExpired: (id, limit, reason) => act((machine) => childExpired(machine, id, limit, reason)),
    peerMoved: (id, remote) =>
      act((machine) => {
        const sa = saOfChild(machine, id);
        if (sa !== undefined) followPacket(machine, sa, remote);
      }),
    addressGone(address) {
      const machine = machineOf(state, ctx);
      const ended = addressGone(machine, address);
      goOn(machine);
      return ended;
    },
    terminate: (connection, child, why) => act((machine) => terminate(machine, connection, child, why)),
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

/** Wishes join what is there or under way for their connection; only where nothing is, an ISAKMP SA is begun. */
function initiate(machine: Machine, connection: string, wanted: readonly Wanted[], why: string): void {
  const { state } = machine;
  const own = [...state.sas.values()].filter((sa) => 'connection' in sa && sa.connection === connection);
  const present = own.find((sa): sa is Established => sa.state === 'established' && sa.successor === 0);
  if (present !== undefined) {
    for (const each of wanted) {
      if (!isUnderWay(machine, present, each.child))
        enqueue(machine, present, { kind: 'quick', wanted: each, replaces: 0 });
    }
    return;
  }
  for (const sa of own) {
    if (!('wanted' in sa)) continue;
    const fresh = wanted.filter(({ child }) => !sa.wanted.some((other) => other.child === child));
    if (fresh.length > 0) putSa(machine, { ...sa, wanted: [...sa.wanted, ...fresh] });
    return;
  }
  const waiting = state.initiations.findIndex((each) => each.connection === connection);
  const [before] = waiting < 0 ? [] : state.initiations.splice(waiting, 1);
  const all = [...(before?.wanted ?? []), ...wanted];
  state.initiations.push({ attempt: 1, replaces: 0, ...before, connection, wanted: all, why: before?.why ?? why });
}

/** Is the child there already, or asked for? */
function isUnderWay({ ipsec, state }: Machine, sa: Established, child: string): boolean {
  return (
    sa.children.some(({ id }) => ipsec.child(id)?.child === child) ||
    [...sa.quick.values()].some((quick) => quick.state === 'quick-sent' && quick.offering.child === child) ||
    state.tasks.some(({ sa: id, task }) => id === sa.id && task.kind === 'quick' && task.wanted.child === child)
  );
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
  const { protocol, spi } = reference;
  if (limit === 'hard') {
    enqueue(machine, sa, { kind: 'delete-child', protocol, spi, why: `its lifetime is over (${reason})` });
    return;
  }
  const view = machine.ipsec.child(id);
  const rekeying = [...sa.quick.values()].some(
    (quick) => quick.state === 'quick-sent' && quick.offering.replaces === id,
  );
  if (view === undefined || rekeying || isReplaced(machine, sa, id)) return;
  enqueue(machine, sa, { kind: 'quick', wanted: { child: view.child, packet: undefined }, replaces: id });
}

function terminate(machine: Machine, connection: string, child: string | undefined, why: string): void {
  const { state, ipsec } = machine;
  state.initiations.splice(
    0,
    state.initiations.length,
    ...state.initiations.filter((each) => each.connection !== connection || child !== undefined),
  );
  for (const sa of [...state.sas.values()]) {
    if (!('connection' in sa) || sa.connection !== connection) continue;
    if (sa.state !== 'established') {
      if (child === undefined) closeSa(machine, sa, why, 'self');
    } else if (child === undefined) enqueue(machine, sa, { kind: 'delete-isakmp', why });
    else {
      for (const { id, protocol, spi } of sa.children) {
        if (ipsec.child(id)?.child === child) enqueue(machine, sa, { kind: 'delete-child', protocol, spi, why });
      }
    }
  }
}

/** Nothing reaches a peer from an address that is gone: what was keyed from it ends here and now. Returns the connections that ended. */
function addressGone(machine: Machine, address: number): readonly string[] {
  const ended = new Set<string>();
  for (const sa of [...machine.state.sas.values()]) {
    if (sa.local.address !== address) continue;
    if ('connection' in sa) ended.add(sa.connection);
    closeSa(machine, sa, `this node no longer has ${formatIpv4(address)}`, 'self');
  }
  return [...ended];
}

/** What waits has its turn: connections to be begun, and what ISAKMP SAs have to do. */
function goOn(machine: Machine): void {
  const { state, ctx } = machine;
  for (;;) {
    const initiation = state.initiations.shift();
    if (initiation !== undefined) {
      const values = BEGIN.run(machine, initiation);
      if (values !== undefined && ctx.recording) ctx.note(`ikev1.${BEGIN.name}`, values());
      continue;
    }
    const next = state.tasks.shift();
    if (next === undefined) return;
    const sa = state.sas.get(next.sa);
    if (sa?.state !== 'established') continue;
    const row = TASKS.find((each) => each.task === next.task.kind);
    const values = row?.run(machine, sa, next.task as never);
    if (row !== undefined && values !== undefined && ctx.recording) ctx.note(`ikev1.${row.name}`, values());
  }
}

interface TimerOf {
  readonly sa?: number;
  readonly messageId?: number;
  readonly child?: number;
}

function onTimer(machine: Machine, { name, data }: Timer): void {
  const of = (data ?? {}) as TimerOf;
  if (name === 'child-replaced') {
    removeReplaced(machine, of.child ?? 0);
    return;
  }
  const sa = machine.state.sas.get(of.sa ?? 0);
  if (sa === undefined) return;
  if (name === 'retransmit') {
    sendAgain(machine, sa, of.messageId ?? 0);
    return;
  }
  delete sa.timers[name];
  if (name === 'half-open') {
    if (sa.state === 'established') return;
    tell(machine, 'ikev1.half-open-over', () => ({ peer: peerText(sa) }));
    removeSa(machine, sa, 'its initiator did not go on');
    return;
  }
  if (sa.state !== 'established') return;
  switch (name) {
    case 'liveness':
      checkLiveness(machine, sa);
      return;
    case 'dpd':
      liveWaitOver(machine, sa);
      return;
    case 'rekey':
      replaceSa(machine, sa, 'it is replaced before it ends');
      return;
    case 'over':
      enqueue(machine, sa, { kind: 'delete-isakmp', why: 'its lifetime is over' });
      return;
    case 'replaced':
      enqueue(machine, sa, { kind: 'delete-isakmp', why: 'it was replaced' });
      return;
  }
}

/** IPsec SAs that others have taken the place of, after a while. */
function removeReplaced(machine: Machine, id: number): void {
  const sa = saOfChild(machine, id);
  const reference = sa?.children.find((child) => child.id === id);
  if (sa === undefined || reference === undefined || !isReplaced(machine, sa, id)) return;
  const { protocol, spi } = reference;
  enqueue(machine, sa, { kind: 'delete-child', protocol, spi, why: 'it was replaced' });
}

function sendAgain(machine: Machine, sa: IsakmpSa, messageId: number): void {
  if (messageId === 0) {
    if (!retransmit(machine, sa, sa)) givenUp(machine, sa);
    return;
  }
  const quick = sa.state === 'established' ? sa.quick.get(messageId) : undefined;
  if (sa.state !== 'established' || quick === undefined || retransmit(machine, sa, quick)) return;
  const peer = peerText(sa);
  const child = quick.state === 'quick-sent' ? quick.offering.child : quick.agreed.child;
  const tries = quick.outstanding?.tries ?? 0;
  tell(machine, 'ikev1.no-answer', () => ({ peer, connection: `${sa.connection}/${child}`, tries }));
  abandonQuick(machine, sa, quick, `${peer} does not answer`);
}

/** The peer does not answer, however often it was asked. */
function givenUp(machine: Machine, sa: IsakmpSa): void {
  const { state } = machine;
  const peer = peerText(sa);
  const tries = sa.outstanding?.tries ?? 0;
  const code = sa.state === 'id-sent' ? 'ikev1.no-answer-to-proof' : 'ikev1.no-answer';
  tell(machine, code, () => ({ peer, connection: 'connection' in sa ? sa.connection : '', tries }));
  if ('wanted' in sa) {
    const { connection, wanted, attempt, replaces } = sa;
    const most = machine.ipsec.connection(connection)?.keyingTries ?? 1;
    if (most === 0 || attempt < most) {
      removeSa(machine, sa, `${peer} does not answer`);
      state.initiations.push({ connection, wanted, why: 'no answer', attempt: attempt + 1, replaces });
      return;
    }
  }
  closeSa(machine, sa, `${peer} does not answer`, 'dead');
}
