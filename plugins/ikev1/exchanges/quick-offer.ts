import { write32 } from '../../../core/index.ts';
import {
  type ChildConfiguration,
  type Connection,
  type Proposal,
  resolveSelectors,
  SECURITY_PROTOCOL,
  TRANSFORM,
  transformsOf,
} from '../../ipsec/contract.ts';
import { freshExchange, freshNonce } from '../key-exchange.ts';
import { offeredLife } from '../lifetimes.ts';
import type { Machine } from '../machine.ts';
import type { PayloadToWrite } from '../message.ts';
import { encapsulationMode, originalAddressPayloads } from '../nat.ts';
import { type ProxyIds, proxyIdOf } from '../proxy-ids.ts';
import { quickToWrite } from '../quick-proposals.ts';
import type { Established, QuickOffering } from '../state.ts';

/** IPsec SAs of Quick Mode as this side offers them (RFC 2409 §5.5). */

export function spiOctets(spi: number): Uint8Array {
  const octets = new Uint8Array(4);
  write32(octets, 0, spi);
  return octets;
}

/** Children that a keying protocol makes: pass and drop are policies alone. */
export function keyedChildren(connection: Connection): readonly ChildConfiguration[] {
  return connection.children.filter(({ mode }) => mode === 'tunnel' || mode === 'transport');
}

export function childNamed(connection: Connection, name: string): ChildConfiguration | undefined {
  return keyedChildren(connection).find((child) => child.name === name);
}

/** The pair of selectors that Quick Mode has room for: of several the first on each side. */
export function configuredIds(
  sa: Pick<Established, 'local' | 'remote'>,
  child: ChildConfiguration,
): ProxyIds | undefined {
  const [local] = resolveSelectors(child.localTs, sa.local.address);
  const [remote] = resolveSelectors(child.remoteTs, sa.remote.address);
  return local === undefined || remote === undefined ? undefined : { local, remote };
}

/** Does a child have more selectors than Quick Mode has room for? */
export function hasMoreSelectors(child: ChildConfiguration): boolean {
  return child.localTs.length > 1 || child.remoteTs.length > 1;
}

/** The group of the public values: all transforms of one Quick Mode share it (RFC 2409 §5.5), so the first that is named. */
export function preferredGroup(proposals: readonly Proposal[]): number | undefined {
  for (const proposal of proposals) {
    const [first] = transformsOf(proposal, TRANSFORM.keyExchange);
    return first === undefined || first.id === 0 ? undefined : first.id;
  }
  return undefined;
}

export function isAh(proposals: readonly Proposal[]): boolean {
  return proposals[0]?.protocol === SECURITY_PROTOCOL.ah;
}

/** An offer; a text where there is none to make. */
export function offerChild(
  machine: Machine,
  sa: Established,
  child: ChildConfiguration,
  replaces: number,
): { readonly offering: QuickOffering; readonly payloads: readonly PayloadToWrite[] } | string {
  const ids = configuredIds(sa, child);
  const [local, remote] = ids === undefined ? [] : [proxyIdOf(ids.local), proxyIdOf(ids.remote)];
  if (ids === undefined || local === undefined || remote === undefined)
    return 'IKEv1 has no way to say a range of ports';
  const { proposals } = child;
  const group = preferredGroup(proposals);
  const exchange = group === undefined ? undefined : freshExchange(machine, group);
  if (group !== undefined && exchange === undefined) return 'its first group is not known here';
  const transport = child.mode === 'transport';
  const encapsulation = encapsulationMode(sa, transport, isAh(proposals));
  const life = offeredLife(child.lifetimes);
  const spi = machine.ipsec.allocateSpi();
  const written = quickToWrite(proposals, spiOctets(spi), { encapsulation, life, group });
  if (written.length === 0) {
    machine.ipsec.releaseSpi(spi);
    return 'none of its proposals has the group of the first';
  }
  const nonce = freshNonce(machine);
  const offering: QuickOffering = {
    child: child.name,
    spi,
    proposals,
    ids,
    transport,
    encapsulation,
    life,
    exchange,
    nonce,
    replaces,
  };
  const payloads: readonly PayloadToWrite[] = [
    { kind: 'SA', value: { proposals: written } },
    { kind: 'NONCE', value: { value: nonce } },
    ...(exchange === undefined ? [] : [{ kind: 'KE' as const, value: { value: exchange.publicKey } }]),
    { kind: 'ID', value: local },
    { kind: 'ID', value: remote },
    ...(transport ? originalAddressPayloads(machine, sa, true) : []),
  ];
  return { offering, payloads };
}
