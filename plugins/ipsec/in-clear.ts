import type { Context } from '../../core/index.ts';
import { formatIpv4, ipv4Contract } from '../ipv4/contract.ts';
import type { ChildConfiguration, Connection } from './connection.ts';
import { keyingFor } from './keying.ts';
import { passesAnyway } from './keying-traffic.ts';
import type { PacketFace } from './packet-selector.ts';
import { admitsAny } from './policies.ts';
import { formatSelectors, resolveSelectors, type SelectorPattern } from './selector-text.ts';
import type { TrafficSelector } from './selectors.ts';
import type { ChildSa, IpsecState } from './state.ts';
import { peerAddress } from './which-connection.ts';

/**
 * What left in clear, though a child of the configuration is meant for it or nearly so. Where no SA came up and no trap holds the traffic, the
 * SPD has no entry for it (RFC 4301 §4.4.1), and where `otherwise` lets it pass it goes on as if there were no IPsec: told once for each child
 * and pair of addresses.
 */

/** Pairs of addresses that are told of, for all children of a node. */
export const MOST_CLEAR_TOLD = 256;

/** To be called for a packet that no policy names and that goes on in clear. */
export function tellInClear(state: IpsecState, face: PacketFace, ctx: Context): void {
  if (state.config.connections.length === 0 || passesAnyway(face, 'out', ctx)) return;
  let near: (() => void) | undefined;
  for (const connection of state.config.connections) {
    for (const child of connection.children) {
      if (child.mode === 'pass' || child.mode === 'drop' || !child.policies) continue;
      const localTs = endsOf(connection, child.localTs, 'local', ctx);
      const remoteTs = endsOf(connection, child.remoteTs, 'remote', ctx);
      const hasSource = admitsAny(localTs, face.source, face.protocol, face.sourcePort);
      const hasDestination = admitsAny(remoteTs, face.destination, face.protocol, face.destinationPort);
      const values = {
        connection: connection.name,
        child: child.name,
        source: formatIpv4(face.source),
        destination: formatIpv4(face.destination),
      };
      if (hasSource && hasDestination) {
        if (!isNews(state, connection, child, face)) return;
        ctx.note('ipsec.went-in-clear', { ...values, why: whyAbsent(state, connection, child, ctx) });
        return;
      }
      const ends = { localTs: formatSelectors(localTs), remoteTs: formatSelectors(remoteTs) };
      if (hasDestination && !remoteTs.every(isEverything)) {
        near = () => isNews(state, connection, child, face) && ctx.note('ipsec.source-outside', { ...values, ...ends });
      } else if (hasSource && near === undefined && isElsewhere(localTs, face.destination)) {
        near = () =>
          isNews(state, connection, child, face) && ctx.note('ipsec.destination-outside', { ...values, ...ends });
      }
    }
  }
  near?.();
}

/** Why there is no SA of a child, or none that carries all that its selectors name. */
function whyAbsent(state: IpsecState, connection: Connection, child: ChildConfiguration, ctx: Context): string {
  const { name, startAction } = child;
  const there = [...state.children.values()].find((each) => each.connection === connection.name && each.child === name);
  if (there !== undefined) return whyNotBy(there);
  const ended = state.absent.get(`${connection.name}/${name}`);
  if (ended !== undefined) return ended;
  if (keyingFor(state, connection.name, ctx) === undefined) {
    const version = connection.version === 0 ? '' : ` version ${connection.version}`;
    return `no plugin of this node speaks IKE${version}`;
  }
  if (startAction === 'trap') return 'its trap could not be set';
  if (startAction === 'none') return 'start_action is none, and nothing that the peer began has come to an SA';
  if (state.waitingForAddress.includes(connection.name)) return 'this node has no address towards the peer yet';
  if (peerAddress(connection) === undefined) return 'remote_addrs names no single address to begin with';
  return 'its keys are still being negotiated';
}

function whyNotBy({ outboundActive, localTs, remoteTs }: ChildSa): string {
  if (!outboundActive) return 'its SA only receives so far';
  return `its SA was agreed for no more than ${formatSelectors(localTs)} === ${formatSelectors(remoteTs)}`;
}

/** The selectors with `dynamic` replaced by the address of that side, as far as it is known; others are left out. */
function endsOf(
  connection: Connection,
  patterns: readonly SelectorPattern[],
  side: 'local' | 'remote',
  ctx: Context,
): readonly TrafficSelector[] {
  if (!patterns.some(({ dynamic }) => dynamic)) return patterns.map(({ selector }) => selector);
  const remote = peerAddress(connection);
  const [own] = connection.localAddrs;
  const local =
    own !== undefined && own.start === own.end
      ? own.start
      : remote === undefined
        ? undefined
        : ctx.sibling(ipv4Contract)?.sourceFor(remote);
  const address = side === 'remote' ? remote : local;
  const known = address === undefined ? patterns.filter(({ dynamic }) => !dynamic) : patterns;
  return resolveSelectors(known, address ?? 0);
}

/** Keeps in mind what was told; false for what was told already, and when no more is told. */
function isNews(state: IpsecState, { name }: Connection, child: ChildConfiguration, face: PacketFace): boolean {
  const flow = `${name}/${child.name} ${face.source} ${face.destination}`;
  if (state.clearTold.has(flow) || state.clearTold.size >= MOST_CLEAR_TOLD) return false;
  state.clearTold.add(flow);
  return true;
}

function isEverything({ start, end }: TrafficSelector): boolean {
  return start === 0 && end === 0xffffffff;
}

/** A private address that is none of this side. */
function isElsewhere(localTs: readonly TrafficSelector[], address: number): boolean {
  return isPrivate(address) && !localTs.some(({ start, end }) => address >= start && address <= end);
}

/** Addresses that no route of the internet leads to (RFC 1918 §3). */
function isPrivate(address: number): boolean {
  return address >>> 24 === 10 || address >>> 20 === 0xac1 || address >>> 16 === 0xc0a8;
}
