import { type DescribedNode, MINUTE, type PlainValues, type Remedy } from '../../core/index.ts';
import type { NatConfig } from './config.ts';
import { DEPENDS, LIST, type NatSettings, resolveSettings } from './settings.ts';

interface Setting {
  readonly id: string;
  readonly says: string;
  readonly sets: PlainValues;
  readonly cures: readonly string[];
  /** Would it change anything? */
  readonly differs: (settings: NatSettings) => boolean;
}

/** Behaviours of translators that let more through, each with what it is known for. */
const SETTINGS: readonly Setting[] = [
  {
    id: 'longer-timer',
    says: 'let {nodes} keep idle UDP mappings for 5 minutes (RFC 4787 REQ-5)',
    sets: { udp_timeout: '5min', udp_first_timeout: '5min' },
    cures: ['nat.no-mapping', 'nat.expired'],
    differs: ({ spans }) => (spans[LIST.udp] ?? 0) < 5 * MINUTE || (spans[LIST.udpFirst] ?? 0) < 5 * MINUTE,
  },
  {
    id: 'open-filtering',
    says: 'let {nodes} filter by nothing: anybody may send to a mapping (RFC 4787 REQ-8)',
    sets: { filtering: 'endpoint-independent' },
    cures: ['nat.filtered'],
    differs: ({ filtering }) => filtering !== DEPENDS.nothing,
  },
  {
    id: 'one-mapping',
    says: 'let {nodes} keep one mapping towards all (RFC 4787 REQ-1)',
    sets: { mapping: 'endpoint-independent' },
    cures: ['nat.no-mapping', 'nat.filtered'],
    differs: ({ mapping }) => mapping !== DEPENDS.nothing,
  },
  {
    id: 'hairpinning',
    says: 'let {nodes} turn back what inside hosts send to external addresses (RFC 4787 REQ-9)',
    sets: { hairpinning: 'external' },
    cures: ['nat.no-hairpinning'],
    differs: ({ hairpinning }) => hairpinning !== 'external',
  },
  {
    id: 'choose-ports',
    says: 'let {nodes} choose another port where one is taken (RFC 4787 REQ-3)',
    sets: { ports: 'preserving' },
    cures: ['nat.port-taken', 'nat.no-port'],
    differs: ({ ports }) => ports === 'static' || ports === 'static-500',
  },
  {
    id: 'guess-spi',
    says: 'let {nodes} tell ESP of several hosts apart by guessing (RFC 3715 §2.1(f))',
    sets: { other: 'spi-guess' },
    cures: ['nat.other-client', 'nat.unknown-spi', 'nat.protocol-dropped'],
    differs: ({ other }) => other !== 'spi-guess',
  },
  {
    id: 'pass-protocols',
    says: 'let {nodes} translate the addresses of protocols without ports',
    sets: { other: 'address-only' },
    cures: ['nat.protocol-dropped'],
    differs: ({ other }) => other === 'drop',
  },
  {
    id: 'fragments',
    says: 'let {nodes} pass fragments in any order (RFC 4787 REQ-14)',
    sets: { fragments: 'any-order' },
    cures: ['nat.fragment-dropped', 'nat.fragment-out-of-order'],
    differs: ({ fragments }) => fragments !== 'any-order',
  },
  {
    id: 'errors',
    says: 'let {nodes} translate ICMP errors with what they quote (RFC 5508 REQ-4)',
    sets: { icmp_errors: 'translate' },
    cures: [],
    differs: ({ icmpErrors }) => icmpErrors !== 'translate',
  },
];

/** Each behaviour on all translators that do not have it. */
export function natRemedies(nodes: readonly DescribedNode[]): Remedy[] {
  const translators = nodes.flatMap(({ name, plugins }) =>
    plugins.nat === undefined ? [] : [{ name, settings: resolveSettings(plugins.nat as NatConfig) }],
  );
  return SETTINGS.flatMap(({ id, says, sets, cures, differs }) => {
    const names = translators.filter(({ settings }) => differs(settings)).map(({ name }) => name);
    if (names.length === 0) return [];
    const parts = names.map((name) => [name, { plugins: { nat: sets } }] as const);
    const title = says.replace('{nodes}', names.join(' and '));
    return [{ id, title, fragment: { nodes: Object.fromEntries(parts) }, cures }];
  });
}
