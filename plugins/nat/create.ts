import type { Context, Packet } from '../../core/index.ts';
import { ICMP_TYPE, icmpContract, UNREACHABLE } from '../icmp/contract.ts';
import { formatIpv4, type Ipv4Address } from '../ipv4/contract.ts';
import { addressesFor, addressesText, clientOf, lendAddress, portUseOf } from './addresses.ts';
import { portInBlocks } from './blocks.ts';
import { flowValues, mappingValues } from './describe.ts';
import { type Flow, KIND } from './flow.ts';
import { releaseHeld } from './held-ports.ts';
import { forget, listFor, setAlarm } from './lifetime.ts';
import { choosePort, isIke, take } from './ports.ts';
import { ANY_PROTOCOL, hasPorts, PROTOCOL } from './protocols.ts';
import { CELL, FLAG, setCell } from './rows.ts';
import { mapInward, mapOutward } from './settings.ts';
import { waitForSpi } from './spi.ts';
import type { Client, NatState } from './state.ts';
import { addMapping, findOutside, type NewMapping } from './table.ts';
import { idlestRow } from './timers.ts';

/** New mappings. */

/** Why there is no mapping: the code of a drop and its values. */
interface Refusal {
  readonly code: string;
  readonly values: { readonly [key: string]: string | number };
}

/**
 * Makes the mapping of a packet from inside, whose key `findOutward` left in `state.key`. -1 when it was refused: then the packet was
 * dropped and its sender told (RFC 5508 REQ-8).
 */
export function createOutward(
  state: NatState,
  packet: Packet,
  flow: Flow,
  remote: Ipv4Address,
  remotePort: number,
  ctx: Context,
): number {
  const made = make(state, flow, remotePort, ctx);
  if (typeof made === 'number') {
    setCell(state.table, made, CELL.lastAddress, remote);
    setCell(state.table, made, CELL.lastPort, flow.kind === KIND.ports ? remotePort : 0);
    entered(state, made, ctx);
    return made;
  }
  state.counters.refused++;
  const error = { type: ICMP_TYPE.unreachable, code: UNREACHABLE.prohibited };
  ctx.sibling(icmpContract)?.sendError(error, packet, packet.ingress);
  ctx.drop(packet, made.code, { ...flowValues(flow), ...made.values });
  return -1;
}

/**
 * The mapping of one of the translator's own packets: its external end is its own, unless a host inside has that already. -1 when none can
 * be made: it goes out as it is.
 */
export function createOwn(state: NatState, flow: Flow, remotePort: number, ctx: Context): number {
  const { settings, table, key } = state;
  if (settings.type !== 'napt' || table.count - table.fixed >= settings.limit) return -1;
  const port = portFor(state, flow, flow.source, -1, ctx);
  if (port < 0) return -1;
  return enterMapping(state, flow, FLAG.own, flow.source, port, key.port, remotePort, ctx);
}

/** The static mapping of an external address, made when it is first used from outside; -1 when there is none. */
export function createInward(state: NatState, flow: Flow, ctx: Context): number {
  const inside = mapInward(state.settings.maps, flow.destination);
  if (inside < 0 || mapOutward(state.settings.maps, inside) !== flow.destination) return -1;
  return enterStatic(state, inside, flow.destination, ctx);
}

/** Enters the port forwards of the external addresses there are now. */
export function enterForwards(state: NatState, ctx: Context): void {
  const { table, settings } = state;
  const outside = state.addresses[0];
  if (outside === undefined) return;
  for (const { protocol, outsidePort, to, toPort } of settings.forwards) {
    if (findOutside(table, protocol, outside, outsidePort, 0, 0) >= 0) continue;
    const mapping: NewMapping = {
      protocol,
      flags: FLAG.fixed | FLAG.open,
      insideAddress: to,
      insidePort: toPort,
      outsideAddress: outside,
      outsidePort,
      keyAddress: 0,
      keyPort: 0,
      list: 0,
    };
    const row = addMapping(table, mapping, ctx.now());
    if (row < 0) return;
    if (hasPorts(protocol)) take(portUseOf(state, outside, protocol), outsidePort);
  }
}

function make(state: NatState, flow: Flow, remotePort: number, ctx: Context): number | Refusal {
  const { settings, table } = state;
  const hasNoPorts = flow.kind === KIND.spi || flow.kind === KIND.other;
  if (hasNoPorts && settings.other === 'drop') return { code: 'nat.protocol-dropped', values: {} };
  const mapped = mapOutward(settings.maps, flow.source);
  if (mapped >= 0) return enterStatic(state, flow.source, mapped, ctx);
  if (settings.type === 'one-to-one') return { code: 'nat.not-mapped', values: { host: formatIpv4(flow.source) } };
  if (flow.kind === KIND.reply && settings.type === 'napt') return { code: 'nat.unasked-reply', values: {} };
  const client = clientOf(state, flow.source);
  if (client.mappings >= settings.limitPerClient) {
    return { code: 'nat.client-limit', values: { host: formatIpv4(flow.source), limit: settings.limitPerClient } };
  }
  if (table.count - table.fixed >= settings.limit) {
    const idlest = settings.onFull === 'evict-oldest' ? idlestRow(table.timers) : -1;
    if (idlest < 0) return { code: 'nat.table-full', values: { limit: settings.limit } };
    if (ctx.recording) ctx.note('nat.evicted', { ...mappingValues(table, idlest), limit: settings.limit });
    forget(state, idlest, ctx.now());
  }
  return settings.type === 'pool'
    ? lend(state, flow, client, remotePort, ctx)
    : share(state, flow, client, remotePort, ctx);
}

/** A whole external address of the pool for one host. */
function lend(state: NatState, flow: Flow, client: Client, remotePort: number, ctx: Context): number | Refusal {
  const address = lendAddress(state, flow.source);
  if (address < 0) return { code: 'nat.pool-exhausted', values: { addresses: state.addresses.length } };
  client.outside = address;
  return enterMapping(state, flow, 0, address, 0, 0, remotePort, ctx);
}

/** A port of a shared external address; for protocols without ports, the address towards this remote end. */
function share(state: NatState, flow: Flow, client: Client, remotePort: number, ctx: Context): number | Refusal {
  const { key } = state;
  const addresses = addressesFor(state, client, ctx);
  if (addresses.length === 0) return { code: 'nat.no-address', values: {} };
  for (const address of addresses) {
    const port = portFor(state, flow, address, -1, ctx);
    if (port < 0) continue;
    client.outside = address;
    const waits = flow.protocol === PROTOCOL.esp && state.settings.other === 'spi-guess';
    const row = enterMapping(state, flow, waits ? FLAG.pending : 0, address, port, key.port, remotePort, ctx);
    if (waits) waitForSpi(state, row);
    return row;
  }
  if (flow.kind === KIND.spi || flow.kind === KIND.other) {
    return { code: 'nat.other-client', values: { outside: addressesText(state) } };
  }
  const { ports } = state.settings;
  const isKept = ports === 'static' || (ports === 'static-500' && isIke(flow.protocol, flow.sourcePort));
  return isKept
    ? { code: 'nat.port-taken', values: { port: flow.sourcePort } }
    : { code: 'nat.no-port', values: { outside: addressesText(state), mode: ports } };
}

/** The external port (0 for protocols without ports) that a packet's mapping can have on an address; -1 when it can have none. */
export function portFor(state: NatState, flow: Flow, address: Ipv4Address, not: number, ctx: Context): number {
  const { table, settings, key } = state;
  const { protocol } = flow;
  const clashes = (port: number): boolean =>
    findOutside(table, protocol, address, port, key.address, key.remotePort) >= 0;
  if (flow.kind === KIND.spi || flow.kind === KIND.other) {
    // ESP that waits for its SPI has no external key yet, and clashes with nobody.
    if (key.port !== 0) return 0;
    if (!key.overloaded) return findOutside(table, protocol, address, 0, 0, 0) >= 0 ? -1 : 0;
    return clashes(0) ? -1 : 0;
  }
  const wish = { protocol, wanted: flow.sourcePort, not, ...(key.overloaded ? { clashes } : {}) };
  if (settings.holdDown > 0) releaseHeld(state.held, ctx.now(), (of, kind) => portUseOf(state, of, kind));
  // The translator's own packets keep their ports, and identifiers of queries are nobody's block.
  if (settings.portBlock > 0 && flow.kind === KIND.ports && flow.source !== address) {
    return portInBlocks(state, flow.source, address, wish, ctx);
  }
  return choosePort(portUseOf(state, address, protocol), settings, wish, () => ctx.random('ports'));
}

function enterMapping(
  state: NatState,
  flow: Flow,
  flags: number,
  address: Ipv4Address,
  port: number,
  insidePort: number,
  remotePort: number,
  ctx: Context,
): number {
  const { table, key, clients, settings } = state;
  const isWhole = settings.type === 'pool';
  const now = ctx.now();
  const mapping: NewMapping = {
    protocol: isWhole ? ANY_PROTOCOL : flow.protocol,
    flags: flags | (key.overloaded && !isWhole ? FLAG.overloaded : 0),
    insideAddress: flow.source,
    insidePort,
    outsideAddress: address,
    outsidePort: port,
    keyAddress: isWhole ? 0 : key.address,
    keyPort: isWhole ? 0 : key.remotePort,
    list: listFor(state, flow, -1, remotePort, now),
  };
  const row = addMapping(table, mapping, now);
  if (row < 0) return row;
  if (hasPorts(mapping.protocol) && (mapping.flags & FLAG.overloaded) === 0) {
    take(portUseOf(state, address, flow.protocol), port);
  }
  const client = clients.get(flow.source) ?? { outside: address, mappings: 0 };
  client.mappings++;
  clients.set(flow.source, client);
  setAlarm(state, table.timers.expires[row] as number, ctx);
  return row;
}

/** A static row is made when its address is first used: a prefix may have many that never are. */
function enterStatic(state: NatState, inside: Ipv4Address, outside: Ipv4Address, ctx: Context): number {
  const mapping: NewMapping = {
    protocol: ANY_PROTOCOL,
    flags: FLAG.fixed,
    insideAddress: inside,
    insidePort: 0,
    outsideAddress: outside,
    outsidePort: 0,
    keyAddress: 0,
    keyPort: 0,
    list: 0,
  };
  return addMapping(state.table, mapping, ctx.now());
}

function entered(state: NatState, row: number, ctx: Context): void {
  state.counters.made++;
  if (ctx.recording) ctx.note('nat.mapped', mappingValues(state.table, row));
}
