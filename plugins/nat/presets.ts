import { MINUTE, SECOND } from '../../core/index.ts';
import type { NatConfig } from './config.ts';

import type { PresetName } from './preset-names.ts';

/** A known translator: what it sets, and where that is written. */
export interface Preset {
  readonly about: string;
  readonly sources: readonly string[];
  readonly sets: Readonly<
    Partial<Omit<NatConfig, 'preset' | 'inside' | 'outside' | 'addresses' | 'map' | 'forwards' | 'sources' | 'except'>>
  >;
}

const pf = {
  mapping: 'address-and-port-dependent',
  filtering: 'address-and-port-dependent',
  range: { low: 50_001, high: 65_535 },
  overloading: true,
  pooling: 'arbitrary',
  hairpinning: 'off',
  refresh: 'both',
  udp_timeout: 60 * SECOND,
  icmp_timeout: 20 * SECOND,
  tcp_timeout: 86_400 * SECOND,
  tcp_transitory_timeout: 120 * SECOND,
  other_timeout: 60 * SECOND,
  other: 'address-only',
  fragments: 'any-order',
} as const;

/** The cones of RFC 3489 differ in who may send back, and in nothing else. */
const cone = {
  mapping: 'endpoint-independent',
  ports: 'preserving',
  hairpinning: 'external',
  refresh: 'outbound',
  udp_timeout: 5 * MINUTE,
} as const;

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  'linux-masquerade': {
    about: 'Netfilter with MASQUERADE: a mapping per connection whose port is kept where the connection stays unique',
    sources: [
      'iptables-extensions(8), MASQUERADE',
      'Linux Documentation/networking/nf_conntrack-sysctl.rst: nf_conntrack_udp_timeout 30, _udp_timeout_stream 120 (180 before the change of December 2018), _icmp_timeout 30, _generic_timeout 600, _tcp_timeout_established 432000, _tcp_timeout_syn_sent, _fin_wait and _time_wait 120; its shorter stages (_syn_recv 60, _close_wait 60, _last_ack 30, _close 10) are not told apart here',
      'Linux net/netfilter/nf_conntrack_proto_udp.c: the longer timer once something came back and the connection is 2 s old',
    ],
    sets: {
      mapping: 'address-and-port-dependent',
      filtering: 'address-and-port-dependent',
      ports: 'preserving',
      overloading: true,
      pooling: 'paired',
      hairpinning: 'off',
      refresh: 'both',
      udp_timeout: 120 * SECOND,
      udp_first_timeout: 30 * SECOND,
      udp_stream_after: 2 * SECOND,
      icmp_timeout: 30 * SECOND,
      tcp_timeout: 432_000 * SECOND,
      tcp_transitory_timeout: 120 * SECOND,
      other_timeout: 600 * SECOND,
      other: 'address-only',
      fragments: 'any-order',
      limit: 65_536,
    },
  },
  pf: {
    about: "OpenBSD's packet filter with nat-to: random ports from 50001 on, a state per connection",
    sources: [
      'pf.conf(5), nat-to, static-port, sticky-address',
      'OpenBSD sys/net/pfvar.h: PF_NAT_PROXY_PORT_LOW 50001; PFTM_UDP_FIRST_PACKET 60, _UDP_SINGLE 30, _UDP_MULTIPLE 60, _ICMP_FIRST_PACKET 20, _TCP_ESTABLISHED 86400, _TCP_FIRST_PACKET 120, _OTHER_MULTIPLE 60; what is shorter (UDP_SINGLE, ICMP_ERROR_REPLY 10, the stages of TCP) is not told apart here',
    ],
    sets: { ...pf, ports: 'random' },
  },
  'pf-static-port': {
    about: 'pf with static-port: ports are kept, so two hosts cannot use one port towards the same remote end',
    sources: ['pf.conf(5), static-port'],
    sets: { ...pf, ports: 'static' },
  },
  'full-cone': {
    about: 'Anybody may send to a mapping',
    sources: ['RFC 3489 §5', 'RFC 4787 §4.1, §5: endpoint-independent mapping and filtering'],
    sets: { ...cone, filtering: 'endpoint-independent' },
  },
  'restricted-cone': {
    about: 'Addresses that were sent to may send back, from any port',
    sources: ['RFC 3489 §5', 'RFC 4787 §5: address-dependent filtering'],
    sets: { ...cone, filtering: 'address-dependent' },
  },
  'port-restricted-cone': {
    about: 'Addresses and ports that were sent to may send back',
    sources: ['RFC 3489 §5', 'RFC 4787 §5: address and port-dependent filtering'],
    sets: { ...cone, filtering: 'address-and-port-dependent' },
  },
  symmetric: {
    about: 'A new external port for every remote end',
    sources: ['RFC 3489 §5', 'RFC 4787 §4.1: address and port-dependent mapping'],
    sets: {
      mapping: 'address-and-port-dependent',
      filtering: 'address-and-port-dependent',
      ports: 'random',
      hairpinning: 'off',
      refresh: 'outbound',
      udp_timeout: 2 * MINUTE,
    },
  },
  carrier: {
    about: 'A carrier-grade translator that keeps to its requirements: many hosts, a bounded share of ports for each',
    sources: [
      'RFC 6888 §3 REQ-1 (all of RFC 4787, 5382, 5508), REQ-2 (paired), REQ-7 (endpoint-independent filtering), REQ-8 (120 s)',
      'RFC 6888 §3 REQ-4: a bound for each subscriber, whose number it leaves to the operator; 1024 is chosen here',
      'RFC 6888 §3 REQ-15, RFC 7857 §9: ports that are hard to guess',
    ],
    sets: {
      mapping: 'endpoint-independent',
      filtering: 'endpoint-independent',
      ports: 'random',
      pooling: 'paired',
      hairpinning: 'external',
      refresh: 'outbound',
      udp_timeout: 5 * MINUTE,
      icmp_timeout: 60 * SECOND,
      limit: 1_048_576,
      limit_per_client: 1024,
      hold_down: 120 * SECOND,
      unsolicited: 'drop',
    },
  },
  'cloud-1to1': {
    about:
      'A cloud edge: each host has an external address of its own, nothing else of a packet changes and no timer runs',
    sources: ['RFC 3022 §2.1 (Basic NAT), static'],
    sets: {
      type: 'one-to-one',
      mapping: 'endpoint-independent',
      filtering: 'endpoint-independent',
      hairpinning: 'external',
      other: 'address-only',
      unsolicited: 'drop',
    },
  },
  'short-timer': {
    about: 'A translator that forgets idle UDP mappings after two seconds, to see what keepalives are for',
    sources: ['RFC 4787 REQ-5, which it breaks on purpose'],
    sets: { ...cone, filtering: 'address-and-port-dependent', udp_timeout: 2 * SECOND, icmp_timeout: 2 * SECOND },
  },
};
