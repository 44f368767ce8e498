import type { Context } from '../../core/index.ts';
import { type Flow, KIND } from './flow.ts';
import { isOver, listFor, setAlarm, useMapping } from './lifetime.ts';
import { FLAG, hasFlag } from './rows.ts';
import type { NatState } from './state.ts';
import { addMapping, findInside } from './table.ts';

/**
 * What came in from outside by routes alone, for an internal address: out of a tunnel, say. Its answers must leave as they are, as netfilter
 * decides on translation with the first packet of a connection only. So it has a mapping that changes nothing, towards that remote end alone.
 */

/** A packet comes in untranslated. */
export function enterRouted(state: NatState, flow: Flow, ctx: Context): void {
  if (flow.kind === KIND.error || flow.kind === KIND.link || flow.kind === KIND.reply) return;
  const { table, settings } = state;
  const remotePort = remotePortOf(flow, flow.sourcePort);
  const row = find(state, flow, flow.destination, flow.destinationPort, flow.source, remotePort, ctx);
  if (row >= 0) {
    useMapping(state, row, flow, remotePort, false, ctx);
    return;
  }
  // Answers to what went out translated come to external addresses; this is the first of a connection from outside.
  if (table.count - table.fixed >= settings.limit) return;
  const port = portOf(flow, flow.destinationPort);
  const now = ctx.now();
  const made = addMapping(
    table,
    {
      protocol: flow.protocol,
      flags: FLAG.routed | FLAG.overloaded,
      insideAddress: flow.destination,
      insidePort: port,
      outsideAddress: flow.destination,
      outsidePort: port,
      keyAddress: flow.source,
      keyPort: remotePort,
      list: listFor(state, flow, -1, remotePort, now),
    },
    now,
  );
  if (made < 0) return;
  state.routed++;
  setAlarm(state, table.timers.expires[made] as number, ctx);
}

/** Does the packet answer one that came in untranslated? Then it leaves as it is. */
export function answersRouted(state: NatState, flow: Flow, ctx: Context): boolean {
  if (state.routed === 0) return false;
  const remotePort = remotePortOf(flow, flow.destinationPort);
  const row = find(state, flow, flow.source, flow.sourcePort, flow.destination, remotePort, ctx);
  if (row < 0) return false;
  useMapping(state, row, flow, remotePort, true, ctx);
  return true;
}

function find(
  state: NatState,
  flow: Flow,
  inside: number,
  insidePort: number,
  remote: number,
  remotePort: number,
  ctx: Context,
): number {
  const { table } = state;
  const row = findInside(table, flow.protocol, inside, portOf(flow, insidePort), remote, remotePort);
  if (row < 0 || !hasFlag(table, row, FLAG.routed)) return -1;
  return isOver(state, row, ctx) ? -1 : row;
}

/** SPIs of the two directions have nothing in common: ESP is known by its addresses. */
function portOf(flow: Flow, port: number): number {
  return flow.kind === KIND.spi ? 0 : port;
}

function remotePortOf(flow: Flow, port: number): number {
  return flow.kind === KIND.ports ? port : 0;
}
