import { type IkeMessageFace, natTraversal } from './contract.ts';
import type { IkeSpis } from './keys.ts';
import type { Machine } from './machine.ts';
import type { Payload, PayloadToWrite } from './message.ts';
import { notification, notifications } from './notifications.ts';
import type { Route } from './send.ts';

/** Where NAT traversal joins in, on nodes that have it. */

function face(spis: IkeSpis, source: Route['local'], destination: Route['remote']): IkeMessageFace {
  return { initiatorSpi: spis.initiator, responderSpi: spis.responder, source, destination };
}

/** What NAT traversal adds to an own IKE_SA_INIT message. */
export function addedNotifications(machine: Machine, spis: IkeSpis, route: Route): readonly PayloadToWrite[] {
  const nat = machine.ctx.sibling(natTraversal);
  if (nat === undefined) return [];
  return nat.notifications(face(spis, route.local, route.remote)).map(({ type, data }) => notification(type, data));
}

/** The ends to go on with, after the peer's IKE_SA_INIT message has been looked at. */
export function examinedRoute(machine: Machine, spis: IkeSpis, route: Route, payloads: readonly Payload[]): Route {
  const found = machine.ctx.sibling(natTraversal)?.examine(
    face(spis, route.remote, route.local),
    notifications(payloads).map(({ value }) => ({ type: value.type, data: value.data })),
  );
  if (found === undefined) return { local: route.local, remote: route.remote };
  return {
    local: { ...route.local, port: found.localPort },
    remote: { ...route.remote, port: found.remotePort },
  };
}
