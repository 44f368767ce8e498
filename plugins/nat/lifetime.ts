import type { Context, Instant } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import { portUseOf } from './addresses.ts';
import { returnBlocks } from './blocks.ts';
import { mappingValues } from './describe.ts';
import { type Flow, KIND } from './flow.ts';
import { holdPort, isHeld, releaseHeld } from './held-ports.ts';
import { forgetDue, forgetPeersOf } from './peers.ts';
import { release } from './ports.ts';
import { hasPorts, PROTOCOL } from './protocols.ts';
import { CELL, cell, FLAG, hasFlag, setCell, setTally, TALLY, tally } from './rows.ts';
import { LIST } from './settings.ts';
import type { NatState } from './state.ts';
import { removeMapping } from './table.ts';
import { tcpList, tcpRefreshes } from './tcp.ts';
import { dueRow, earliestDeadline, listOf, refreshTimer, resetTimer } from './timers.ts';

/** How long a mapping lives, and its end. A mapping is dead from its deadline on, exactly, whatever else happens at that instant. */

/** The timer of a packet's mapping. `remotePort` is the destination port of what goes out (RFC 4787 REQ-5a). */
export function listFor(state: NatState, flow: Flow, row: number, remotePort: number, now: Instant): number {
  const { settings, table } = state;
  if (flow.kind === KIND.query || flow.kind === KIND.reply) return LIST.icmp;
  if (flow.protocol === PROTOCOL.tcp) return row < 0 ? LIST.tcpTransitory : tcpList(table, row);
  if (flow.protocol !== PROTOCOL.udp) return LIST.other;
  const { portTimers } = settings;
  for (let at = 0; at < portTimers.length; at++) {
    const timer = portTimers[at] as (typeof portTimers)[number];
    if (remotePort >= timer.low && remotePort <= timer.high) return timer.list;
  }
  const isStream =
    row >= 0 && hasFlag(table, row, FLAG.replied) && now >= tally(table, row, TALLY.created) + settings.streamAfter;
  return isStream ? LIST.udp : LIST.udpFirst;
}

/** A packet uses the mapping, outwards or inwards. Returns the list of its timer. */
export function useMapping(
  state: NatState,
  row: number,
  flow: Flow,
  remotePort: number,
  outwards: boolean,
  ctx: Context,
): number {
  const { table, settings } = state;
  const now = ctx.now();
  if (outwards) setTally(table, row, TALLY.sent, tally(table, row, TALLY.sent) + 1);
  else {
    setTally(table, row, TALLY.received, tally(table, row, TALLY.received) + 1);
    setCell(table, row, CELL.flags, cell(table, row, CELL.flags) | FLAG.replied);
  }
  const isTcp = flow.protocol === PROTOCOL.tcp && cell(table, row, CELL.protocol) === PROTOCOL.tcp;
  const refreshes =
    (outwards ? settings.refreshOutbound : settings.refreshInbound) && !(isTcp && !tcpRefreshes(flow, outwards));
  const list = listFor(state, flow, row, remotePort, now);
  // A TCP connection that closes has less time left than it had; nothing else shortens a mapping's life.
  if (
    isTcp &&
    list === LIST.tcpTransitory &&
    cell(table, row, CELL.keyPort) !== 0 &&
    listOf(table.timers, row) !== list
  ) {
    resetTimer(table.timers, row, list, now);
    setAlarm(state, table.timers.expires[row] as number, ctx);
  } else if (refreshes) refreshTimer(table.timers, row, list, now);
  return list;
}

/** Sees to it that something happens at the deadline. */
export function setAlarm(state: NatState, deadline: Instant, ctx: Context): void {
  const { alarm } = state;
  if (deadline >= alarm.at) return;
  if (alarm.at !== Number.POSITIVE_INFINITY) ctx.cancelTimer(alarm.id);
  alarm.id = ctx.setTimer('mappings', deadline - ctx.now());
  alarm.at = deadline;
}

/** The alarm went off: mappings whose time is over go, and it is set for the next deadline. */
export function mappingsDue(state: NatState, ctx: Context): void {
  state.alarm.at = Number.POSITIVE_INFINITY;
  const now = ctx.now();
  const { timers } = state.table;
  forgetDue(state.peers, state.table, now);
  for (let row = dueRow(timers, now); row >= 0; row = dueRow(timers, now)) expire(state, row, ctx);
  const next = earliestDeadline(timers);
  if (next !== Number.POSITIVE_INFINITY) setAlarm(state, next, ctx);
}

/** Is the row's time over? Then it goes at once: its timer may stand behind the present packet in the same instant. */
export function isOver(state: NatState, row: number, ctx: Context): boolean {
  if ((state.table.timers.expires[row] as number) > ctx.now()) return false;
  expire(state, row, ctx);
  return true;
}

function expire(state: NatState, row: number, ctx: Context): void {
  const { table } = state;
  const isRouted = hasFlag(table, row, FLAG.routed);
  if (!isRouted) state.counters.expired++;
  if (ctx.recording && !isRouted) {
    const span = table.timers.spans[listOf(table.timers, row)] as number;
    const packets = { sent: tally(table, row, TALLY.sent), received: tally(table, row, TALLY.received) };
    ctx.note('nat.expired', { ...mappingValues(table, row), idle: span / 1e9, ...packets });
  }
  forget(state, row, ctx.now());
}

/** Takes a mapping away with all that hangs on it. */
export function forget(state: NatState, row: number, now: Instant): void {
  const { table, peers, clients } = state;
  const flags = cell(table, row, CELL.flags);
  const protocol = cell(table, row, CELL.protocol);
  const inside = cell(table, row, CELL.insideAddress);
  const outside = cell(table, row, CELL.outsideAddress);
  forgetPeersOf(peers, table, row);
  if ((flags & FLAG.pending) !== 0) state.pending = state.pending.filter((other) => other !== row);
  if (hasPorts(protocol) && (flags & FLAG.overloaded) === 0) {
    freePort(state, outside, protocol, cell(table, row, CELL.outsidePort), now);
  }
  removeMapping(table, row);
  if ((flags & FLAG.routed) !== 0) state.routed--;
  if ((flags & (FLAG.fixed | FLAG.routed)) !== 0) return;
  const client = clients.get(inside);
  if (client === undefined) return;
  client.mappings--;
  if (client.mappings > 0) return;
  clients.delete(inside);
  if (client.blocks !== undefined) returnBlocks(state, client);
  if (state.lent.get(client.outside) === inside) state.lent.delete(client.outside);
}

/** The port of a mapping that ended is for others, at once or after a while. */
function freePort(state: NatState, address: Ipv4Address, protocol: number, port: number, now: Instant): void {
  const { settings, held } = state;
  if (settings.holdDown > 0 && isHeld(protocol)) {
    // Those whose time is over go first: they count no more.
    releaseHeld(held, now, (of, kind) => portUseOf(state, of, kind));
    if (holdPort(held, address, protocol, port, now + settings.holdDown, settings.holdDownPorts)) return;
  }
  release(portUseOf(state, address, protocol), port);
}
