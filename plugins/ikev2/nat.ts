import { type IkeMessageFace, type NatFinding, natTraversal } from '../ipsec/contract.ts';
import type { IkeSpis } from './keys.ts';
import type { Machine } from './machine.ts';
import type { Payload, PayloadToWrite } from './message.ts';
import { notification, notifications } from './notifications.ts';
import type { Route } from './send.ts';

/** Where NAT traversal joins in, on nodes that have it. */

function face(spis: IkeSpis, source: Route['local'], destination: Route['remote']): IkeMessageFace {
  return { initiatorSpi: spis.initiator, responderSpi: spis.responder, source, destination };
}

/** What NAT traversal adds to an own IKE_SA_INIT message. `forced`: its connection says `encap: yes`. */
export function addedNotifications(
  machine: Machine,
  spis: IkeSpis,
  route: Route,
  forced: boolean,
): readonly PayloadToWrite[] {
  const nat = machine.ctx.sibling(natTraversal);
  if (nat === undefined) return [];
  const added = nat.notifications(face(spis, route.local, route.remote), forced);
  return added.map(({ type, data }) => notification(type, data));
}

/** Where an IKE SA goes on after the peer's IKE_SA_INIT message has been looked at, and what was found. */
export interface ExaminedRoute extends Route {
  readonly nat: NatFinding | undefined;
}

/** `spis` are those of the message's header, which its hashes count. */
export function examinedRoute(
  machine: Machine,
  spis: IkeSpis,
  { local, remote }: Route,
  payloads: readonly Payload[],
  forced: boolean,
): ExaminedRoute {
  const found = machine.ctx.sibling(natTraversal)?.examine(
    face(spis, remote, local),
    notifications(payloads).map(({ value }) => ({ type: value.type, data: value.data })),
    forced,
  );
  if (found === undefined) return { local, remote, nat: undefined };
  return {
    local: { ...local, port: found.localPort },
    remote: { ...remote, port: found.remotePort },
    nat: found.nat,
  };
}
