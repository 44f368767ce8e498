import type { Cache, Context } from '../../core/index.ts';
import { IP_PROTOCOL } from './proposal.ts';
import { isAnyPort, type PacketSelector, selectorAdmits, type TrafficSelector } from './selectors.ts';
import { type IpsecState, MOST_POLICIES, type Policy } from './state.ts';

const UDP = 17;

/** The SPD: an ordered list (RFC 4301 §4.4.1), asked from the front. */

/** Flows whose policy is remembered. */
const MOST_DECISIONS = 4096;
/** Up to so many policies, asking each is quicker than remembering. */
const FEW_POLICIES = 4;

/**
 * Where policies stand that name no priority: what bypasses or discards before what protects, traps behind; within each the narrower
 * selectors first. The figures are strongSwan's manner, so that a configuration behaves as it does there.
 */
const PRIORITY_CLASS = { shunt: 100_000, installed: 200_000, trap: 300_000 } as const;

/** The place of a policy by its selectors: more fixed bits of address, a protocol and ports bring it forward. */
export function priorityOf(
  place: keyof typeof PRIORITY_CLASS,
  localTs: readonly TrafficSelector[],
  remoteTs: readonly TrafficSelector[],
): number {
  const narrow = Math.min(...localTs.map(narrowness)) + Math.min(...remoteTs.map(narrowness));
  return PRIORITY_CLASS[place] - narrow * 512;
}

/** From 0, anything, to 67: one address, one protocol, some ports. */
function narrowness(selector: TrafficSelector): number {
  let size = selector.end - selector.start + 1;
  let free = 0;
  while (size > 1) {
    size /= 2;
    free++;
  }
  return 2 * (32 - free) + (selector.protocol === 0 ? 0 : 1) + (isAnyPort(selector) ? 0 : 2);
}

/** Puts a policy into its place: behind those of lower priority, before its equals. False when the SPD is full. */
export function addPolicy(
  state: IpsecState,
  policy: Omit<Policy, 'id' | 'outbound' | 'inbound'>,
  ctx: Context,
): Policy | undefined {
  if (state.policies.length >= MOST_POLICIES) return undefined;
  const entry: Policy = Object.assign({}, policy, { id: state.nextPolicy++, outbound: 0, inbound: 0 });
  const before = state.policies.findIndex((other) => other.priority >= entry.priority);
  state.policies.splice(before < 0 ? state.policies.length : before, 0, entry);
  state.nesting = state.policies.some(isAroundSealed);
  decisionsOf(ctx).clear();
  return entry;
}

export function removePolicies(state: IpsecState, gone: (policy: Policy) => boolean, ctx: Context): void {
  state.policies = state.policies.filter((policy) => !gone(policy));
  state.nesting = state.policies.some(isAroundSealed);
  decisionsOf(ctx).clear();
}

/** Does a policy name this protocol, and not just any? Sealed packets and their keying meet only such policies. */
export function namesProtocol({ localTs, remoteTs }: Policy, protocol: number): boolean {
  return [...localTs, ...remoteTs].some((selector) => selector.protocol === protocol);
}

/**
 * Does a policy decide on what passes policies anyway, by naming it? Not on key exchange where it has its own keys made by that: the first
 * message would wait for what only it can bring.
 */
export function decidesByName(policy: Policy, protocol: number): boolean {
  return namesProtocol(policy, protocol) && (protocol !== UDP || policy.connection === '');
}

/** One SA around another (RFC 4301 App. E): the policy is about ESP or AH packets. */
function isAroundSealed(policy: Policy): boolean {
  return namesProtocol(policy, IP_PROTOCOL.esp) || namesProtocol(policy, IP_PROTOCOL.ah);
}

/** To be called when something else changed what policies decide. */
export function forgetDecisions(ctx: Context): void {
  decisionsOf(ctx).clear();
}

interface Decision extends PacketSelector {
  readonly outbound: boolean;
  readonly policy: Policy | undefined;
}

function decisionsOf(ctx: Context): Cache<Decision> {
  return ctx.cache<Decision>('decisions', MOST_DECISIONS);
}

/**
 * The first policy that a packet meets (RFC 4301 §5.1 step 2, §5.2 step 3b). `undefined`: none names it. `'opaque'`: a fragment that
 * shows no ports met a policy that goes by ports, so nobody can say whether it is meant (RFC 4301 §7.4).
 */
export function findPolicy(
  state: IpsecState,
  packet: PacketSelector,
  outbound: boolean,
  fragment: boolean,
  ctx: Context,
): Policy | undefined | 'opaque' {
  const { policies } = state;
  if (policies.length <= FEW_POLICIES || fragment) return searchPolicy(policies, packet, outbound, fragment);
  const decisions = decisionsOf(ctx);
  const key = flowKey(packet, outbound);
  const known = decisions.get(key);
  if (known !== undefined && known.outbound === outbound && sameFlow(known, packet)) return known.policy;
  const policy = searchPolicy(policies, packet, outbound, false);
  if (policy !== 'opaque') decisions.set(key, { ...packet, outbound, policy });
  return policy;
}

function searchPolicy(
  policies: readonly Policy[],
  packet: PacketSelector,
  outbound: boolean,
  fragment: boolean,
): Policy | undefined | 'opaque' {
  for (let at = 0; at < policies.length; at++) {
    const policy = policies[at] as Policy;
    if (policy.direction !== 'both' && (policy.direction === 'out') !== outbound) continue;
    // An SA that only receives so far sends nothing out: the next policy has the packet.
    if (outbound && policy.origin === 'installed' && policy.sa === 0) continue;
    const match = matchPolicy(policy, packet, outbound, fragment);
    if (match === 'opaque') return 'opaque';
    if (match) return policy;
  }
  return undefined;
}

function matchPolicy(policy: Policy, packet: PacketSelector, outbound: boolean, fragment: boolean): boolean | 'opaque' {
  const local = outbound ? packet.source : packet.destination;
  const remote = outbound ? packet.destination : packet.source;
  const localPort = outbound ? packet.sourcePort : packet.destinationPort;
  const remotePort = outbound ? packet.destinationPort : packet.sourcePort;
  if (admitsAny(policy.localTs, local, packet.protocol, localPort)) {
    if (admitsAny(policy.remoteTs, remote, packet.protocol, remotePort)) return true;
  }
  if (!fragment) return false;
  const hidden =
    admitsBesidesPorts(policy.localTs, local, packet.protocol) &&
    admitsBesidesPorts(policy.remoteTs, remote, packet.protocol);
  return hidden ? 'opaque' : false;
}

export function admitsAny(
  selectors: readonly TrafficSelector[],
  address: number,
  protocol: number,
  port: number,
): boolean {
  for (let at = 0; at < selectors.length; at++) {
    if (selectorAdmits(selectors[at] as TrafficSelector, address, protocol, port)) return true;
  }
  return false;
}

function admitsBesidesPorts(selectors: readonly TrafficSelector[], address: number, protocol: number): boolean {
  return selectors.some(
    (selector) =>
      address >= selector.start &&
      address <= selector.end &&
      (selector.protocol === 0 || selector.protocol === protocol),
  );
}

function flowKey(packet: PacketSelector, outbound: boolean): number {
  let hash = Math.imul(packet.source ^ (outbound ? 0x5bd1e995 : 0), 0x9e3779b1);
  hash = Math.imul(hash ^ packet.destination ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (packet.sourcePort << 16) ^ packet.destinationPort ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ packet.protocol ^ (hash >>> 16)) >>> 0;
}

function sameFlow(a: PacketSelector, b: PacketSelector): boolean {
  return (
    a.source === b.source &&
    a.destination === b.destination &&
    a.protocol === b.protocol &&
    a.sourcePort === b.sourcePort &&
    a.destinationPort === b.destinationPort
  );
}
