import type { DescribedNode, Remedy } from '../../core/index.ts';
import type { Ipv4InterfaceAddress } from '../ipv4/contract.ts';
import type { AddressRange, ChildConfiguration, Connection } from './connection.ts';
import { sameIdentity } from './identity.ts';
import { formatPattern, type SelectorPattern } from './selector-text.ts';
import type { IpsecConfig } from './state.ts';

interface End {
  readonly node: DescribedNode;
  readonly connection: Connection;
}

/** One side's selectors made the mirror image of the other's, for each two ends of a connection, either way. */
export function mirrorRemedies(nodes: readonly DescribedNode[]): Remedy[] {
  const ends = nodes.flatMap((node): End[] => {
    const config = node.plugins.ipsec as IpsecConfig | undefined;
    return (config?.connections ?? []).map((connection) => ({ node, connection }));
  });
  const remedies: Remedy[] = [];
  for (const one of ends) {
    for (const other of ends) {
      if (one.node === other.node || !means(one, other) || !means(other, one)) continue;
      const children = mirrored(one.connection.children, other.connection.children);
      if (children === undefined) continue;
      const connections = { [other.connection.name]: { children } };
      remedies.push({
        id: 'mirror-selectors',
        title: `give ${other.node.name} the traffic selectors of ${one.node.name}, mirrored`,
        fragment: { nodes: { [other.node.name]: { plugins: { ipsec: { connections } } } } },
        cures: ['ikev2.ts-unacceptable', 'ikev2.peer-ts-unacceptable', 'ipsec.not-covered', 'ipsec.selector-mismatch'],
      });
    }
  }
  return remedies;
}

/** The selectors of each child as its mirror has them; `undefined` where all are mirrored already. */
function mirrored(from: readonly ChildConfiguration[], to: readonly ChildConfiguration[]) {
  const changed = to.flatMap((child, at) => {
    const image = from.find(({ name }) => name === child.name) ?? from[at];
    if (image === undefined) return [];
    const [local, remote] = [texts(image.remoteTs), texts(image.localTs)];
    if (same(local, texts(child.localTs)) && same(remote, texts(child.remoteTs))) return [];
    return [[child.name, { local_ts: local, remote_ts: remote }] as const];
  });
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

function texts(patterns: readonly SelectorPattern[]): string[] {
  return patterns.map(formatPattern);
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.join() === other.join();
}

/** Could the other end be whom this one means? By identity where both say one, else by address. */
function means({ connection }: End, other: End): boolean {
  const { id } = connection.remote;
  const theirs = other.connection.local.id;
  if (id !== undefined && theirs !== undefined && sameIdentity(id, theirs)) return true;
  const addresses = other.node.interfaces.flatMap((face) =>
    face.addresses
      .filter(({ syntax }) => syntax === 'ipv4')
      .map(({ value }) => (value as Ipv4InterfaceAddress).address),
  );
  const within = ({ start, end }: AddressRange): boolean =>
    addresses.some((address) => address >= start && address <= end);
  return connection.remoteAddrs.some(within);
}
