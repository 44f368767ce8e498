import { type Endpoint, encapsulationOf, endpointText, followsPeer } from '../ipsec/contract.ts';
import { tell } from './failures.ts';
import type { Incoming } from './incoming.ts';
import { type Machine, moveSa } from './machine.ts';
import { attach } from './nat.ts';
import type { Established } from './state.ts';

/** Where an ISAKMP SA goes when its peer's mapping changes: after it, on authentic packets alone (RFC 3947 §7). */

export function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address && a.port === b.port;
}

/** An authentic message came from there. */
export function followMessage(machine: Machine, sa: Established, { route }: Incoming): void {
  follow(machine, sa, route.remote, 'IKE message');
}

/** An authentic ESP packet of one of its IPsec SAs came from there. */
export function followPacket(machine: Machine, sa: Established, remote: Endpoint): void {
  follow(machine, sa, remote, 'ESP packet');
}

function follow(machine: Machine, sa: Established, remote: Endpoint, by: string): void {
  if (!followsPeer(sa.nat) || isSame(sa.remote, remote)) return;
  const before = sa.remote;
  moveSa(machine, sa, sa.local, remote);
  attach(machine, sa);
  const encapsulation = encapsulationOf(sa.nat, sa.local, sa.remote);
  for (const { id } of sa.children) machine.ipsec.moveChild(id, sa.local.address, sa.remote.address, encapsulation);
  tell(machine, 'ikev1.peer-moved', () => ({ before: endpointText(before), after: endpointText(remote), by }));
}
