import { type Context, nextBelow } from '../../core/index.ts';
import type { Ipv4InterfaceAddress } from './address.ts';
import type { Ipv4Config } from './config.ts';
import type { Ipv4Route } from './contract.ts';
import type { Ipv4State } from './state.ts';
import { rebuildRoutes } from './table.ts';

/** The state at the start of a run: addresses and routes as the topology gives them. */
export function createState(config: Ipv4Config, ctx: Context): Ipv4State {
  const numberOf = (name: string | undefined): number =>
    name === undefined ? -1 : (ctx.node.interfaces.find((face) => face.name === name)?.index ?? -1);
  const listed = config.routes.map(
    (route): Ipv4Route => ({
      network: route.to.network,
      prefix: route.to.prefix,
      via: route.via ?? 0,
      interface: numberOf(route.interface),
      metric: route.metric,
    }),
  );
  const { gateway } = config;
  const configured =
    gateway === undefined ? listed : listed.concat({ network: 0, prefix: 0, via: gateway, interface: -1, metric: 0 });
  const state: Ipv4State = {
    forwarding: config.forwarding,
    ttl: config.ttl,
    addresses: ctx.node.interfaces.flatMap((face) =>
      face.addresses
        .filter((address) => address.syntax === 'ipv4')
        .map((address) => ({ interface: face.index, ...(address.value as Ipv4InterfaceAddress) })),
    ),
    own: new Map(),
    ownMarks: 0,
    configured,
    added: [],
    routes: [],
    // Drawn once: a stream of each node would be the largest part of the state of a large topology's run.
    identification: nextBelow(ctx.randomOnce('identification'), 0x1_0000),
    reassemblies: undefined,
    reassemblyOctets: 0,
    pathMtus: undefined,
    watchers: [],
    looped: [],
  };
  rebuildRoutes(state);
  return state;
}
