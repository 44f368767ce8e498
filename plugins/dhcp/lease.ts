import { type Instant, SECOND } from '../../core/index.ts';
import { inIpv4Prefix, ipv4Mask } from '../ipv4/contract.ts';
import { textOf } from './headers.ts';
import { addressOption, type DhcpMessage, OPTION } from './message.ts';
import { type ClasslessRoute, many32, one32, readRoutes } from './options.ts';
import type { Lease } from './state.ts';

/** Longer leases, and those of all ones (RFC 2131 §3.3), do not end within a run: its clock ends before. */
const LONGEST = 9_000_000;
/** The most routes that are taken from one lease. */
const MOST_ROUTES = 64;

/** The lease that a DHCPACK gives, counted from `since`, when it was asked for; or why it is of no use. */
export function leaseOf(message: DhcpMessage, since: Instant): Lease | { readonly wrong: string } {
  const { options, yourAddress: address } = message;
  const seconds = one32(options.get(OPTION.leaseTime));
  const server = addressOption(message, OPTION.server);
  if (server === undefined) return { wrong: 'it does not say whose it is' };
  if (seconds === undefined) return { wrong: 'it says no lease time' };
  if (seconds === 0) return { wrong: 'its lease time is 0' };
  const mask = one32(options.get(OPTION.mask)) ?? classMask(address);
  const prefix = prefixOf(mask);
  if (prefix === undefined) return { wrong: 'its subnet mask has a gap' };
  if (!isHost(address, prefix)) return { wrong: 'no station can have it' };
  const [renew, rebind] = timesOf(
    seconds,
    one32(options.get(OPTION.renewalTime)),
    one32(options.get(OPTION.rebindingTime)),
  );
  const at = (after: number): Instant => (seconds > LONGEST ? -1 : since + after);
  return {
    ...{ address, prefix, server, since, routes: routesOf(message, address, prefix) },
    nameServers: many32(options.get(OPTION.nameServers)).slice(0, MOST_ROUTES),
    domain: textOf(options.get(OPTION.domainName) ?? new Uint8Array(0)),
    ...{ renewAt: at(renew), rebindAt: at(rebind), endAt: at(seconds * SECOND) },
  };
}

/** T1 and T2 in nanoseconds: as the server says, where that makes sense, else half and seven eighths of the lease (RFC 2131 §4.4.5). */
function timesOf(seconds: number, renew: number | undefined, rebind: number | undefined): readonly [number, number] {
  const t2 = rebind !== undefined && rebind > 0 && rebind < seconds ? rebind * SECOND : seconds * 7 * (SECOND / 8);
  const t1 =
    renew !== undefined && renew > 0 && renew * SECOND < t2 ? renew * SECOND : Math.min(seconds * (SECOND / 2), t2);
  return [t1, t2];
}

/** Option 121 takes the place of option 3 (RFC 3442). Of several routers the first one is used. */
function routesOf({ options }: DhcpMessage, address: number, prefix: number): readonly ClasslessRoute[] {
  const usable = ({ via }: ClasslessRoute): boolean => via !== address && (via === 0 || isHost(via, 32));
  const classless = options.get(OPTION.classlessRoutes);
  const routes = classless === undefined ? undefined : readRoutes(classless);
  if (routes !== undefined) {
    return routes
      .filter(usable)
      .slice(0, MOST_ROUTES)
      .map((route) => ({ ...route, network: (route.network & ipv4Mask(route.prefix)) >>> 0 }));
  }
  const network = (address & ipv4Mask(prefix)) >>> 0;
  const router = many32(options.get(OPTION.routers)).find(
    (via) => inIpv4Prefix(via, network, prefix) && via !== address,
  );
  return router === undefined ? [] : [{ network: 0, prefix: 0, via: router }];
}

/** The mask of an address's class, where the server names none. */
function classMask(address: number): number {
  const first = address >>> 24;
  return ipv4Mask(first < 128 ? 8 : first < 192 ? 16 : 24);
}

/** The length of a mask's prefix; `undefined` where its ones are not all in front. */
function prefixOf(mask: number): number | undefined {
  for (let prefix = 1; prefix <= 32; prefix++) if (ipv4Mask(prefix) >>> 0 === mask >>> 0) return prefix;
  return undefined;
}

/** May a station have it: no network, broadcast, loopback, multicast or reserved address? */
function isHost(address: number, prefix: number): boolean {
  const first = address >>> 24;
  if (first === 0 || first === 127 || first >= 224) return false;
  if (prefix >= 31) return true;
  const host = (address & ~ipv4Mask(prefix)) >>> 0;
  return host !== 0 && host !== ~ipv4Mask(prefix) >>> 0;
}
