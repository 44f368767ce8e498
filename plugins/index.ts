import type { Plugin } from '../core/index.ts';
import { ah } from './ah/index.ts';
import { arp } from './arp/index.ts';
import { bridge } from './bridge/index.ts';
import { crypto } from './crypto/index.ts';
import { cryptoNoble } from './crypto-noble/index.ts';
import { dhcp } from './dhcp/index.ts';
import { echo } from './echo/index.ts';
import { esp } from './esp/index.ts';
import { ethernet } from './ethernet/index.ts';
import { icmp } from './icmp/index.ts';
import { ikev1 } from './ikev1/index.ts';
import { ikev2 } from './ikev2/index.ts';
import { ipsec } from './ipsec/index.ts';
import { ipv4 } from './ipv4/index.ts';
import { ipv6 } from './ipv6/index.ts';
import { isakmp } from './isakmp/index.ts';
import { nat } from './nat/index.ts';
import { natT } from './nat-t/index.ts';
import { outside } from './outside/index.ts';
import { ping } from './ping/index.ts';
import { recordedLinks } from './recorded-links/index.ts';
import { traffic } from './traffic/index.ts';
import { udp } from './udp/index.ts';

/** The plugins that run anywhere. Where several read or parse the same thing, the first one does. */
export const plugins: readonly Plugin[] = [
  ethernet,
  arp,
  bridge,
  outside,
  ipv4,
  icmp,
  udp,
  dhcp,
  nat,
  ping,
  traffic,
  echo,
  crypto,
  cryptoNoble,
  ipsec,
  esp,
  ah,
  natT,
  isakmp,
  ikev1,
  ikev2,
  ipv6,
  recordedLinks,
];

// What a host needs to join the outside of a run.
export { CLOSED_OUTLET, type Outlet, type OutsideSettings, outlet } from './outside/index.ts';
