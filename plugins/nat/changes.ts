import type { Context, Instant } from '../../core/index.ts';
import { formatIpv4, type Ipv4Address, type Ipv4Calls } from '../ipv4/contract.ts';
import { addressesFor, lendAddress, outsideAddress, portUseOf } from './addresses.ts';
import type { NatAction } from './config.ts';
import { enterForwards, portFor } from './create.ts';
import { mappingValues, outsideText } from './describe.ts';
import { KIND } from './flow.ts';
import { forgetFragments } from './fragments.ts';
import { createHeldPorts } from './held-ports.ts';
import { forget } from './lifetime.ts';
import { release, take } from './ports.ts';
import { hasPorts, PROTOCOL } from './protocols.ts';
import { CELL, cell, FLAG, hasFlag, isLive } from './rows.ts';
import { type Client, emptyTables, type NatState } from './state.ts';
import { moveOutside } from './table.ts';

/** What happens to mappings all at once: the external address changes, somebody flushes, reboots or rebinds. */

/** More mappings than this are not told one by one. */
const MOST_TOLD = 1000;

/** The external address is that of the outside interface: when it changed, the mappings of the old one are worth nothing. */
export function followAddress(state: NatState, ipv4: Ipv4Calls, ctx: Context): void {
  const before = state.addresses[0] ?? 0;
  const present = outsideAddress(state, ipv4);
  if (present === before) return;
  const lost = removeAll(state, () => true, ctx.now());
  state.addresses = present === 0 ? [] : [present];
  state.ports.clear();
  state.blocks.clear();
  state.held = createHeldPorts();
  if (before !== 0 || lost > 0) {
    const text = (address: Ipv4Address): string => (address === 0 ? 'none' : formatIpv4(address));
    ctx.note('nat.address-changed', { before: text(before), after: text(present), lost });
  }
  enterForwards(state, ctx);
}

export function command(state: NatState, action: NatAction, ctx: Context): void {
  if (action.nat === 'flush') flush(state, action.client, ctx);
  else if (action.nat === 'rebind') rebind(state, action.client, ctx);
  else reboot(state, action.for, ctx);
}

/** Forgets dynamic mappings: all, or those of one client. */
function flush(state: NatState, client: Ipv4Address | undefined, ctx: Context): void {
  const { table } = state;
  const lost = removeAll(
    state,
    (row) =>
      !hasFlag(table, row, FLAG.fixed) && (client === undefined || cell(table, row, CELL.insideAddress) === client),
    ctx.now(),
  );
  ctx.note('nat.flushed', { lost, ...(client === undefined ? { of: 'everybody' } : { of: formatIpv4(client) }) });
}

/** Forgets everything, and what it would have given out next; until it is up again nothing is translated. */
function reboot(state: NatState, duration: number, ctx: Context): void {
  const lost = state.table.count - state.table.fixed;
  forgetFragments(state, ctx);
  if (state.alarm.at !== Number.POSITIVE_INFINITY) ctx.cancelTimer(state.alarm.id);
  Object.assign(state, emptyTables(state.settings, ctx));
  state.downUntil = ctx.now() + duration;
  ctx.note('nat.rebooted', { lost, down: duration / 1e9 });
  enterForwards(state, ctx);
}

/** Gives dynamic mappings another external port, or address where there are several. What cannot be changed goes. */
function rebind(state: NatState, client: Ipv4Address | undefined, ctx: Context): void {
  const { table } = state;
  let moved = 0;
  for (let row = 0; row < table.capacity; row++) {
    if (!isLive(table, row)) continue;
    const flags = cell(table, row, CELL.flags);
    if ((flags & (FLAG.fixed | FLAG.own | FLAG.routed)) !== 0) continue;
    if (client !== undefined && cell(table, row, CELL.insideAddress) !== client) continue;
    const before = outsideText(table, row);
    if (!moveElsewhere(state, row, ctx)) {
      forget(state, row, ctx.now());
      continue;
    }
    if (ctx.recording && moved++ < MOST_TOLD) ctx.note('nat.rebound', { ...mappingValues(table, row), before });
  }
}

function moveElsewhere(state: NatState, row: number, ctx: Context): boolean {
  const { table, clients, flow, key } = state;
  const protocol = cell(table, row, CELL.protocol);
  const flags = cell(table, row, CELL.flags);
  const address = cell(table, row, CELL.outsideAddress);
  const port = cell(table, row, CELL.outsidePort);
  const client = clients.get(cell(table, row, CELL.insideAddress));
  if (client === undefined) return false;
  if (state.settings.type === 'pool') return lendAnother(state, row, client);
  if (!hasPorts(protocol)) return false;
  flow.kind = protocol === PROTOCOL.icmp ? KIND.query : KIND.ports;
  flow.protocol = protocol;
  flow.source = cell(table, row, CELL.insideAddress);
  flow.sourcePort = cell(table, row, CELL.insidePort);
  key.port = flow.sourcePort;
  key.address = cell(table, row, CELL.keyAddress);
  key.remotePort = cell(table, row, CELL.keyPort);
  key.overloaded = (flags & FLAG.overloaded) !== 0;
  for (const candidate of addressesFor(state, client, ctx)) {
    const to = portFor(state, flow, candidate, port, ctx);
    if (to < 0) continue;
    if (!key.overloaded) {
      release(portUseOf(state, address, protocol), port);
      take(portUseOf(state, candidate, protocol), to);
    }
    moveOutside(table, row, candidate, to);
    return true;
  }
  return false;
}

/** Another address of the pool, where one is free. */
function lendAnother(state: NatState, row: number, client: Client): boolean {
  const before = client.outside;
  const address = lendAddress(state, cell(state.table, row, CELL.insideAddress));
  if (address < 0) return false;
  state.lent.delete(before);
  client.outside = address;
  moveOutside(state.table, row, address, 0);
  return true;
}

function removeAll(state: NatState, which: (row: number) => boolean, now: Instant): number {
  const { table } = state;
  let count = 0;
  for (let row = 0; row < table.capacity; row++) {
    if (!isLive(table, row) || !which(row)) continue;
    if (!hasFlag(table, row, FLAG.fixed)) count++;
    forget(state, row, now);
  }
  return count;
}
