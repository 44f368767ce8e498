import { type Endpoint, encapsulationOf, endpointText, followsPeer } from '../ipsec/contract.ts';
import { tell } from './failures.ts';
import type { Incoming } from './incoming.ts';
import { attachPath, type Machine, moveSa } from './machine.ts';
import type { Established, KeyedSa } from './state.ts';

/** Where an IKE SA goes when its peer's mapping changes (RFC 7296 §2.23), and where a half-open one goes on. */

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address && a.port === b.port;
}

/**
 * An authentic message, newer than all before it, came from the ends of `incoming`. An IKE SA that is half open goes on there: that is how the
 * initiator floats, and its answer belongs where the request came from (RFC 7296 §2.11). One that is established follows its peer.
 */
export function followMessage(machine: Machine, sa: KeyedSa, { route, packet }: Incoming): void {
  if (sa.state === 'half-open') {
    if (isSame(sa.local, route.local) && isSame(sa.remote, route.remote)) return;
    moveSa(machine, sa, route.local, route.remote);
    return;
  }
  if (sa.state !== 'established' || !followsPeer(sa.nat) || isSame(sa.remote, route.remote)) return;
  const before = sa.remote;
  move(machine, sa, route.remote);
  tell(
    machine,
    'ikev2.peer-moved',
    () => ({ before: endpointText(before), after: endpointText(route.remote), by: 'IKE message' }),
    packet,
  );
}

/** An authentic ESP packet of one of its Child SAs came from there. */
export function followPacket(machine: Machine, sa: Established, remote: Endpoint): void {
  if (!followsPeer(sa.nat) || isSame(sa.remote, remote)) return;
  const before = sa.remote;
  move(machine, sa, remote);
  tell(machine, 'ikev2.peer-moved', () => ({
    before: endpointText(before),
    after: endpointText(remote),
    by: 'ESP packet',
  }));
}

function move(machine: Machine, sa: Established, remote: Endpoint): void {
  moveSa(machine, sa, sa.local, remote);
  attachPath(machine, sa);
  const encapsulation = encapsulationOf(sa.nat, sa.local, sa.remote);
  for (const { id } of sa.children) {
    machine.ipsec.moveChild(id, sa.local.address, sa.remote.address, encapsulation);
  }
}
