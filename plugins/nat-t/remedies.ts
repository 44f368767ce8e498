import { type DescribedNode, formatDuration, type Remedy, SECOND } from '../../core/index.ts';
import type { NatTraversalConfig } from './config.ts';

/** Keepalives that are tried, rarest first: as rare as is enough costs least (RFC 3948 §4 has 20 s). */
const KEEPALIVES = [20 * SECOND, 10 * SECOND, 5 * SECOND, SECOND];
/** Codes of other plugins that stand here by name: what translators and peers say where NAT traversal is missing. */
const FOR_WANT_OF_IT = [
  ...['nat.other-client', 'nat.unknown-spi', 'nat.protocol-dropped', 'nat.no-mapping', 'nat-t.not-supported'],
  ...['esp.integrity-failed', 'esp.unknown-spi', 'ipsec.selector-mismatch'],
];

/** NAT traversal on every node that has IPsec and lacks it; keepalives as often as mappings need them. */
export function natTraversalRemedies(nodes: readonly DescribedNode[]): Remedy[] {
  const without = nodes.filter(({ plugins }) => plugins.ipsec !== undefined && plugins['nat-t'] === undefined);
  const remedies: Remedy[] = [];
  const names = without.map(({ name }) => name);
  if (names.length > 0) {
    remedies.push({
      id: 'present',
      title: `put nat-t on ${names.join(' and ')}`,
      fragment: { nodes: Object.fromEntries(names.map((name) => [name, { plugins: { 'nat-t': {} } }])) },
      cures: FOR_WANT_OF_IT,
    });
  }
  const settled = nodes.flatMap(({ name, plugins }) => {
    const config = plugins['nat-t'] as NatTraversalConfig | undefined;
    return config === undefined ? [] : [{ name, every: config.keep_alive }];
  });
  for (const every of KEEPALIVES) {
    const rarer = settled.filter((one) => one.every === 0 || one.every > every).map(({ name }) => name);
    if (rarer.length === 0) continue;
    const settings = { 'nat-t': { keep_alive: `${every / SECOND}s` } };
    remedies.push({
      id: `keepalive-${every / SECOND}s`,
      title: `send keepalives every ${formatDuration(every)} from ${rarer.join(' and ')}`,
      fragment: { nodes: Object.fromEntries(rarer.map((name) => [name, { plugins: settings }])) },
      cures: ['nat.no-mapping', 'nat.expired'],
    });
  }
  return remedies;
}
