import type { Context } from '../../core/index.ts';
import { type Endpoint, endpointText, type NatFinding } from '../ipsec/contract.ts';
import { udpContract } from '../udp/contract.ts';
import { KEEPALIVE } from './headers.ts';
import type { Flow, NatTraversalState } from './state.ts';

/** Keepalives (RFC 3948 §4): from the side behind the NAT, and only where nothing else was sent for as long. */

const TWO_TO_16 = 0x1_0000;

function keyOf({ address, port }: Endpoint): number {
  return address * TWO_TO_16 + port;
}

function findFlow(
  state: NatTraversalState,
  address: number,
  port: number,
  remoteAddress: number,
  remotePort: number,
): Flow | undefined {
  if (state.flows.size === 0) return undefined;
  const there = state.flows.get(remoteAddress * TWO_TO_16 + remotePort);
  return there?.find(({ local }) => local.address === address && local.port === port);
}

/** Something went from here to there: the mapping is fresh. */
export function touch(
  state: NatTraversalState,
  address: number,
  port: number,
  remoteAddress: number,
  remotePort: number,
  ctx: Context,
): void {
  const flow = findFlow(state, address, port, remoteAddress, remotePort);
  if (flow !== undefined) flow.lastSent = ctx.now();
}

/** `NatTraversalCalls.attach`. */
export function attach(
  state: NatTraversalState,
  owner: string,
  local: Endpoint,
  remote: Endpoint,
  nat: NatFinding,
  ctx: Context,
): void {
  const before = state.paths.get(owner);
  if (before !== undefined) {
    const same = keyOf(before.local) === keyOf(local) && keyOf(before.remote) === keyOf(remote);
    if (same && before.nat.local === nat.local) return;
    detach(state, owner, ctx);
  }
  state.paths.set(owner, { local: { ...local }, remote: { ...remote }, nat: { ...nat } });
  const { keep_alive } = state.settings;
  if (!nat.local || keep_alive === 0) return;
  const known = findFlow(state, local.address, local.port, remote.address, remote.port);
  if (known !== undefined) {
    known.owners.push(owner);
    return;
  }
  const key = keyOf(remote);
  const flow: Flow = {
    local: { ...local },
    remote: { ...remote },
    owners: [owner],
    lastSent: ctx.now(),
    keepalives: 0,
    timer: ctx.setTimer('keepalive', keep_alive, { key, local: keyOf(local) }),
  };
  state.flows.set(key, [...(state.flows.get(key) ?? []), flow]);
}

/** `NatTraversalCalls.detach`. */
export function detach(state: NatTraversalState, owner: string, ctx: Context): void {
  const path = state.paths.get(owner);
  if (path === undefined) return;
  state.paths.delete(owner);
  const key = keyOf(path.remote);
  const flows = state.flows.get(key);
  const flow = flows?.find((each) => each.owners.includes(owner));
  if (flows === undefined || flow === undefined) return;
  flow.owners.splice(flow.owners.indexOf(owner), 1);
  if (flow.owners.length > 0) return;
  ctx.cancelTimer(flow.timer);
  const rest = flows.filter((each) => each !== flow);
  if (rest.length > 0) state.flows.set(key, rest);
  else state.flows.delete(key);
}

/** The timer of a flow: a keepalive, or a wait for what is left of its span. */
export function keepAlive(state: NatTraversalState, data: { key: number; local: number }, ctx: Context): void {
  const flow = state.flows.get(data.key)?.find(({ local }) => keyOf(local) === data.local);
  if (flow === undefined) return;
  const { keep_alive } = state.settings;
  const idle = ctx.now() - flow.lastSent;
  if (idle < keep_alive) {
    flow.timer = ctx.setTimer('keepalive', keep_alive - idle, { ...data });
    return;
  }
  const { local, remote } = flow;
  const packet = ctx.createPacket(1);
  packet.buffer[packet.start] = KEEPALIVE;
  if (ctx.recording) ctx.note('nat-t.keepalive', { peer: endpointText(remote), idle: idle / 1e9 }, packet);
  ctx.sibling(udpContract)?.send(packet, {
    source: local.address,
    sourcePort: local.port,
    destination: remote.address,
    destinationPort: remote.port,
    // RFC 3948 §2.3: the checksum SHOULD be transmitted as zero.
    withoutChecksum: true,
  });
  flow.lastSent = ctx.now();
  flow.keepalives++;
  state.counters.sentKeepalives++;
  flow.timer = ctx.setTimer('keepalive', keep_alive, { ...data });
}
