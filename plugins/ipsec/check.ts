import { type DescribedNode, formatDuration, type Problem } from '../../core/index.ts';
import { formatIpv4, type Ipv4InterfaceAddress } from '../ipv4/contract.ts';
import type { ChildConfiguration } from './connection.ts';
import { addressIdentity, formatIdentity } from './identity.ts';
import { IP_PROTOCOL, type Proposal, SECURITY_PROTOCOL, transformOf } from './proposal.ts';
import { secretFor } from './secrets.ts';
import type { IpsecConfig } from './state.ts';
import { encryptionOf, TRANSFORM } from './transforms.ts';
import { weakTransforms } from './weakness.ts';

/** Mistakes in IPsec that show only when the whole node, or both ends, are seen. */
export function ipsecProblems(nodes: readonly DescribedNode[]): Problem[] {
  return nodes.flatMap((node) => {
    const config = node.plugins.ipsec as IpsecConfig | undefined;
    if (config === undefined) return [];
    return [
      ...connectionProblems(node, config),
      ...manualProblems(node, config, nodes),
      ...strayProblems(node, config),
    ];
  });
}

/** Host bits in a selector, which implementations pass over without a word. */
function strayProblems(node: DescribedNode, { strayBits = [] }: IpsecConfig): Problem[] {
  return strayBits.map(({ path, written, meant }) => ({
    path: ['nodes', node.name, 'plugins', 'ipsec', ...path],
    message: `${written} has bits behind its prefix length, which count for nothing: it stands for ${meant}`,
    suggestion: meant,
    severity: 'warning',
  }));
}

function connectionProblems(node: DescribedNode, config: IpsecConfig): Problem[] {
  const problems: Problem[] = [];
  for (const connection of config.connections) {
    const path = ['nodes', node.name, 'plugins', 'ipsec', 'connections', connection.name];
    const speaks = (version: 1 | 2): boolean => node.plugins[`ikev${version}`] !== undefined;
    const { version } = connection;
    if (version === 0 ? !speaks(1) && !speaks(2) : !speaks(version)) {
      const needed = version === 1 ? 'ikev1' : 'ikev2';
      problems.push({
        path,
        message: `${node.name} has no plugin ${needed} to negotiate this connection`,
        severity: 'warning',
      });
    }
    if (connection.aggressive && version === 2) {
      const message = 'Aggressive Mode is of IKEv1: with version 2 this says nothing';
      problems.push({ path: [...path, 'aggressive'], message, severity: 'warning' });
    }
    problems.push(...secretProblems(path, node, config, connection));
    problems.push(...weaknesses([...path, 'proposals'], connection.proposals));
    for (const child of connection.children) {
      if (child.mode === 'pass' || child.mode === 'drop') continue;
      problems.push(...childProblems([...path, 'children', child.name], child));
      const plugin = child.proposals.some(({ protocol }) => protocol === SECURITY_PROTOCOL.ah) ? 'ah' : 'esp';
      if (node.plugins[plugin] !== undefined) continue;
      const message = `${node.name} has no plugin ${plugin} to protect packets with`;
      problems.push({ path: [...path, 'children', child.name], message, severity: 'warning' });
    }
  }
  return problems;
}

/** No secret fits the peer, neither by its identity nor by an address: then nobody can prove who he is. */
function secretProblems(
  path: readonly string[],
  node: DescribedNode,
  { secrets }: IpsecConfig,
  { local, remote, remoteAddrs }: IpsecConfig['connections'][number],
): Problem[] {
  const addresses = remoteAddrs.filter(({ start, end }) => start === end).map(({ start }) => addressIdentity(start));
  const mine = [...(local.id === undefined ? [] : [local.id]), ...addressesOf(node).map(addressIdentity)];
  const theirs = [...(remote.id === undefined ? [] : [remote.id]), ...addresses];
  const open = remote.id === undefined && secrets.length > 0;
  if (open || secretFor(secrets, mine, theirs) !== undefined) return [];
  const peer = remote.id && formatIdentity(remote.id);
  const [whose, id] = peer === undefined ? ['', ''] : [` for ${peer}`, `id: [${peer}], `];
  const message = `${node.name} has no secret${whose}: add one under \`secrets\`, as \`ike-<name>: { ${id}secret: ... }\``;
  return [{ path: [...path, 'remote'], message, severity: 'warning' }];
}

function childProblems(path: readonly string[], { proposals, lifetimes }: ChildConfiguration): Problem[] {
  const esp = proposals.filter(({ protocol }) => protocol === SECURITY_PROTOCOL.esp);
  const ah = proposals.filter(({ protocol }) => protocol === SECURITY_PROTOCOL.ah);
  const problems = [...weaknesses([...path, 'esp_proposals'], esp), ...weaknesses([...path, 'ah_proposals'], ah)];
  const { lifeTime, rekeyTime } = lifetimes;
  if (lifeTime > 0 && rekeyTime > 0 && lifeTime <= rekeyTime) {
    const message = `the Child SA ends after ${formatDuration(lifeTime)}, and rekey_time is ${formatDuration(rekeyTime)}: nothing replaces it before`;
    problems.push({ path: [...path, 'life_time'], message, severity: 'warning' });
  }
  return problems;
}

/** Weak transforms, each named once. */
function weaknesses(path: readonly string[], proposals: readonly Proposal[]): Problem[] {
  return [...weakTransforms(proposals.flatMap(({ transforms }) => transforms))].map(([keyword, reason]) => ({
    path,
    message: `${keyword} is weak: ${reason}`,
    severity: 'warning',
  }));
}

function manualProblems(node: DescribedNode, config: IpsecConfig, nodes: readonly DescribedNode[]): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<number, string>();
  for (const manual of config.manual) {
    const path = ['nodes', node.name, 'plugins', 'ipsec', 'manual', manual.name];
    const plugin = manual.protocol === IP_PROTOCOL.ah ? 'ah' : 'esp';
    if (node.plugins[plugin] === undefined) {
      problems.push({
        path,
        message: `${node.name} has no plugin ${plugin} to protect packets with`,
        severity: 'warning',
      });
    }
    const other = taken.get(manual.inbound.spi);
    if (other === undefined) taken.set(manual.inbound.spi, manual.name);
    else problems.push({ path: [...path, 'in', 'spi'], message: `${other} receives on this SPI already` });
    const cipher = encryptionOf(transformOf(manual.proposal, TRANSFORM.encryption));
    if (cipher !== undefined && cipher.salt > 0) {
      const message = `${cipher.keyword} must not be used with manual keys: after a restart its nonces come again (${cipher.source})`;
      problems.push({ path: [...path, 'esp_proposal'], message, severity: 'warning' });
    }
    if (hasStaticAddresses(node) && !addressesOf(node).includes(manual.local)) {
      const has = addressesOf(node).map(formatIpv4).join(', ') || 'none';
      const message = `${formatIpv4(manual.local)} is no address of ${node.name}, which has ${has}`;
      problems.push({ path: [...path, 'local'], message, severity: 'warning' });
    }
    problems.push(...mirrorProblems(path, manual, nodes));
  }
  return problems;
}

/** The other end, where it is in the topology, must receive on what this one sends by. */
function mirrorProblems(
  path: string[],
  manual: IpsecConfig['manual'][number],
  nodes: readonly DescribedNode[],
): Problem[] {
  const peer = nodes.find((each) => addressesOf(each).includes(manual.remote));
  const theirs = (peer?.plugins.ipsec as IpsecConfig | undefined)?.manual.filter(
    ({ local }) => local === manual.remote,
  );
  if (peer === undefined || theirs === undefined || theirs.length === 0) return [];
  const mirror = theirs.find(({ inbound }) => inbound.spi === manual.outbound.spi);
  if (mirror !== undefined) return [];
  const there = theirs.map(({ inbound }) => `0x${inbound.spi.toString(16)}`).join(', ');
  const message = `${peer.name} receives on no such SPI (it has ${there})`;
  return [{ path: [...path, 'out', 'spi'], message, severity: 'warning' }];
}

function hasStaticAddresses(node: DescribedNode): boolean {
  return node.interfaces.every((face) => face.addresses.every(({ syntax }) => syntax === 'ipv4'));
}

function addressesOf(node: DescribedNode): number[] {
  return node.interfaces.flatMap((face) =>
    face.addresses
      .filter(({ syntax }) => syntax === 'ipv4')
      .map(({ value }) => (value as Ipv4InterfaceAddress).address),
  );
}
