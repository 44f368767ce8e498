import {
  type DiscoveryHash,
  encapsulationOf,
  type IkeMessageFace,
  type NatDialect,
  natTraversal,
  type UdpEncapsulation,
  wantsEncapsulation,
} from '../ipsec/contract.ts';
import { bodyOf, type Incoming } from './incoming.ts';
import type { Cookies } from './keys.ts';
import { chosenSuite, type Machine, ownerName } from './machine.ts';
import type { PayloadToWrite } from './message.ts';
import { ENCAPSULATION } from './names/attributes.ts';
import type { Route } from './send.ts';
import type { Established, IsakmpSa, KeyedSa } from './state.ts';

/** Where NAT traversal joins in, on nodes that have it (RFC 3947). Without it: no vendor ID, no NAT-D, no other port. */

function face(cookies: Cookies, source: Route['local'], destination: Route['remote']): IkeMessageFace {
  return { initiatorSpi: cookies.initiator, responderSpi: cookies.responder, source, destination };
}

function hashOf(machine: Machine, { proposal }: Pick<KeyedSa, 'proposal'>): DiscoveryHash {
  const { hash } = chosenSuite(proposal);
  return (octets) => machine.crypto.hash(hash, octets);
}

type Discovering = Pick<KeyedSa, 'proposal' | 'cookies' | 'peer'> & Route;

/** The own NAT-D payloads, where both sides traverse NATs. */
export function discoveryPayloads(machine: Machine, sa: Discovering, forced: boolean): readonly PayloadToWrite[] {
  const nat = machine.ctx.sibling(natTraversal);
  const dialect = sa.peer.nat;
  if (nat === undefined || dialect === undefined) return [];
  const bodies = nat.discovery(face(sa.cookies, sa.local, sa.remote), hashOf(machine, sa), forced);
  return bodies.map((value) => ({ kind: 'unknown', type: dialect.discovery, value }));
}

/** Where an ISAKMP SA goes on after the peer's NAT-D payloads have been looked at, and what was found. */
export function examined(
  machine: Machine,
  sa: Discovering,
  incoming: Pick<Incoming, 'payloads' | 'inner'>,
  forced: boolean,
): Route & Pick<IsakmpSa, 'nat'> {
  const nat = machine.ctx.sibling(natTraversal);
  const dialect = sa.peer.nat;
  const { local, remote } = sa;
  if (nat === undefined) return { local, remote, nat: undefined };
  // A peer that announced nothing has sent nothing: then that is told.
  const bodies = incoming.payloads
    .filter(({ type }) => type === dialect?.discovery)
    .map((each) => bodyOf(incoming, each));
  const found = nat.examineDiscovery(face(sa.cookies, remote, local), bodies, hashOf(machine, sa), forced);
  if (found === undefined) return { local, remote, nat: undefined };
  return {
    local: { ...local, port: found.localPort },
    remote: { ...remote, port: found.remotePort },
    nat: found.nat,
  };
}

/** The value of Encapsulation Mode for SAs of an ISAKMP SA. AH never goes in UDP. */
export function encapsulationMode(sa: Pick<Established, 'nat' | 'peer'>, transport: boolean, ah: boolean): number {
  const dialect = sa.peer.nat;
  if (dialect === undefined || ah || !wantsEncapsulation(sa.nat)) {
    return transport ? ENCAPSULATION.transport : ENCAPSULATION.tunnel;
  }
  return transport ? dialect.udpTransport : dialect.udpTunnel;
}

export function encapsulationFor(sa: Established): UdpEncapsulation | undefined {
  return encapsulationOf(sa.nat, sa.local, sa.remote);
}

/** NAT-OA payloads: each end as this node sees it, for transport mode in UDP (RFC 3947 §5.2). */
export function originalAddressPayloads(
  machine: Machine,
  sa: Established,
  initiator: boolean,
): readonly PayloadToWrite[] {
  const nat = machine.ctx.sibling(natTraversal);
  const dialect = sa.peer.nat;
  if (nat === undefined || dialect === undefined || !wantsEncapsulation(sa.nat)) return [];
  const { local, remote } = sa;
  const ends = initiator ? ([local.address, remote.address] as const) : ([remote.address, local.address] as const);
  return nat.originalAddresses(...ends).map((value) => ({ kind: 'unknown', type: dialect.originalAddress, value }));
}

/** The addresses that the peer's NAT-OA payloads name, as its packets to this node have them: source and destination. */
export function originalAddressesOf(
  machine: Machine,
  dialect: NatDialect | undefined,
  incoming: Pick<Incoming, 'payloads' | 'inner'>,
  initiator: boolean,
): { readonly source: number; readonly destination: number } | undefined {
  const nat = machine.ctx.sibling(natTraversal);
  if (nat === undefined || dialect === undefined) return undefined;
  const [first, second] = incoming.payloads
    .filter(({ type }) => type === dialect.originalAddress)
    .map((each) => nat.readOriginalAddress(bodyOf(incoming, each)));
  if (first === undefined || second === undefined) return undefined;
  // NAT-OAi comes first, NAT-OAr second: the peer's packets come from its own end.
  return initiator ? { source: second, destination: first } : { source: first, destination: second };
}

/** Keepalives for an established ISAKMP SA behind a NAT. */
export function attach(machine: Machine, sa: Established): void {
  if (sa.nat === undefined || !wantsEncapsulation(sa.nat)) return;
  machine.ctx.sibling(natTraversal)?.attach(ownerName(sa), sa.local, sa.remote, sa.nat);
}
