import type { Context } from '../../core/index.ts';
import type { Ipv4Address } from './address.ts';
import type { Ipv4State, Route } from './state.ts';

/** Up to so many routes are looked through one by one, which is as fast as the trie and takes no memory. */
export const MOST_LINEAR_ROUTES = 12;

const TRIES = 'routes';
const TRIE_KEY = 0;

/** The best route to a destination by an interface that is up: the longest prefix, then the lowest metric (RFC 1812 §5.2.4.3). */
export function findRoute(state: Ipv4State, destination: Ipv4Address, ctx: Context): Route | undefined {
  const { routes } = state;
  if (routes.length <= MOST_LINEAR_ROUTES) {
    const { interfaces } = ctx.node;
    for (let at = 0; at < routes.length; at++) {
      const route = routes[at] as Route;
      if ((destination & route.mask) === route.bits && interfaces[route.interface]?.up === true) return route;
    }
    return undefined;
  }
  const cache = ctx.cache<Int32Array>(TRIES, 1);
  let trie = cache.get(TRIE_KEY);
  if (trie === undefined) {
    trie = buildTrie(routes, (route) => ctx.node.interfaces[route.interface]?.up === true);
    cache.set(TRIE_KEY, trie);
  }
  const index = lookUp(trie, destination);
  return index < 0 ? undefined : routes[index];
}

/** A route that would lead there if its interface were up. */
export function findDownRoute(state: Ipv4State, destination: Ipv4Address): Route | undefined {
  return state.routes.find((route) => (destination & route.mask) === route.bits);
}

/** Routes or interfaces changed: what was derived from them is made anew when it is needed. */
export function forgetTrie(ctx: Context): void {
  ctx.cache<Int32Array>(TRIES, 1).clear();
}

const STRIDE = 256;

/**
 * A trie with a stride of 8 bits in one array: block `n` has the 256 entries from `n * 256`. An entry is the number of the block of the
 * next octet (above 0), -1 - index of a route (below 0), or 0 for no route. `routes` stand best first; those of which `use`
 * says no are left out.
 */
export function buildTrie(routes: readonly Route[], use: (route: Route) => boolean): Int32Array {
  let blocks = new Int32Array(STRIDE * 4);
  let count = 1;
  // From the worst to the best, so that a better route writes over a worse one and a block is born with what it refines.
  for (let index = routes.length - 1; index >= 0; index--) {
    const route = routes[index] as Route;
    if (!use(route)) continue;
    const { network, prefix } = route;
    let block = 0;
    let depth = 0;
    for (; prefix > (depth + 1) * 8; depth++) {
      const at = block * STRIDE + ((network >>> (24 - depth * 8)) & 255);
      let next = blocks[at] as number;
      if (next <= 0) {
        if ((count + 1) * STRIDE > blocks.length) {
          const wider = new Int32Array(blocks.length * 2);
          wider.set(blocks);
          blocks = wider;
        }
        blocks.fill(next, count * STRIDE, (count + 1) * STRIDE);
        next = count++;
        blocks[at] = next;
      }
      block = next;
    }
    const first = block * STRIDE + ((network >>> (24 - depth * 8)) & 255);
    blocks.fill(-1 - index, first, first + (1 << ((depth + 1) * 8 - prefix)));
  }
  return blocks;
}

/** The index of the best route; -1 for none. */
export function lookUp(trie: Int32Array, destination: Ipv4Address): number {
  let entry = trie[destination >>> 24] as number;
  if (entry > 0) entry = trie[entry * STRIDE + ((destination >>> 16) & 255)] as number;
  if (entry > 0) entry = trie[entry * STRIDE + ((destination >>> 8) & 255)] as number;
  if (entry > 0) entry = trie[entry * STRIDE + (destination & 255)] as number;
  return entry < 0 ? -1 - entry : -1;
}
