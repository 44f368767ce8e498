import { write32 } from '../../../core/index.ts';
import {
  type ChildConfiguration,
  type Connection,
  type Proposal,
  packetSide,
  resolveSelectors,
  sameSelectors,
  TRANSFORM,
  type TrafficSelector,
  withoutCovered,
  withoutTransforms,
} from '../../ipsec/contract.ts';
import { freshExchange, freshNonce, offersMethod, preferredMethod } from '../key-exchange.ts';
import type { Machine } from '../machine.ts';
import { findPayload, type Payload, type PayloadToWrite } from '../message.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { notification } from '../notifications.ts';
import { proposalsToWrite } from '../proposals.ts';
import { selectorsFromWire, selectorsToWire } from '../selectors.ts';
import type { ChildOffer, KeyedSa, Wanted } from '../state.ts';

/** Child SAs of IKE_AUTH and CREATE_CHILD_SA as this side offers them (RFC 7296 §1.2, §1.3). */

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

/** What IKE_AUTH leaves out: its Child SA lives on the IKE SA's key exchange (RFC 7296 §1.2). */
export function withoutKeyExchange(proposals: readonly Proposal[]): readonly Proposal[] {
  return proposals.map((proposal) => withoutTransforms(proposal, TRANSFORM.keyExchange));
}

/** An offer of a Child SA. `inAuth`: IKE_AUTH carries it. */
export function offerChild(
  machine: Machine,
  sa: Pick<KeyedSa, 'local' | 'remote'>,
  child: ChildConfiguration,
  wanted: Wanted,
  options: { readonly inAuth: boolean; readonly replaces: number; readonly method?: number | undefined },
): ChildOffer {
  const { packet } = wanted;
  const localTs = resolveSelectors(child.localTs, sa.local.address);
  const remoteTs = resolveSelectors(child.remoteTs, sa.remote.address);
  const proposals = options.inAuth ? withoutKeyExchange(child.proposals) : child.proposals;
  const method = options.inAuth ? undefined : (options.method ?? preferredMethod(proposals));
  return {
    child: child.name,
    spi: machine.ipsec.allocateSpi(),
    proposals,
    // The packet that asked comes first, so that a peer that takes but one selector takes one that lets it through (RFC 7296 §2.9).
    localTs: packet === undefined ? localTs : [packetSide(packet, 'source'), ...localTs],
    remoteTs: packet === undefined ? remoteTs : [packetSide(packet, 'destination'), ...remoteTs],
    transport: child.mode === 'transport',
    exchange: method === undefined ? undefined : freshExchange(machine, method),
    nonce: options.inAuth ? undefined : freshNonce(machine),
    replaces: options.replaces,
  };
}

/** The payloads of an offer, in the order of RFC 7296 App. C.2 and C.4. */
export function offerPayloads(offer: ChildOffer): readonly PayloadToWrite[] {
  return [
    ...(offer.transport ? [notification(NOTIFY.USE_TRANSPORT_MODE)] : []),
    { kind: 'SA', value: { proposals: proposalsToWrite(offer.proposals, spiOctets(offer.spi)) } },
    ...exchangePayloads(offer.nonce, offer.exchange),
    { kind: 'TSi', value: { selectors: selectorsToWire(offer.localTs) } },
    { kind: 'TSr', value: { selectors: selectorsToWire(offer.remoteTs) } },
  ];
}

/** The nonce and the public value of CREATE_CHILD_SA; IKE_AUTH has neither. */
export function exchangePayloads(
  nonce: Uint8Array | undefined,
  exchange: ChildOffer['exchange'],
): readonly PayloadToWrite[] {
  return [
    ...(nonce === undefined ? [] : [{ kind: 'Nonce' as const, value: { value: nonce } }]),
    ...(exchange === undefined
      ? []
      : [{ kind: 'KE' as const, value: { method: exchange.method, value: exchange.publicKey } }]),
  ];
}

/** The two sides' selectors as a peer's request has them: its TSi is what is opposite. */
export function askedSelectors(payloads: readonly Payload[], initiator: boolean) {
  const tsi = selectorsFromWire(findPayload(payloads, 'TSi')?.value.selectors ?? []);
  const tsr = selectorsFromWire(findPayload(payloads, 'TSr')?.value.selectors ?? []);
  return initiator ? { localTs: tsi, remoteTs: tsr } : { localTs: tsr, remoteTs: tsi };
}

/** An INVALID_KE_PAYLOAD that names a method which this side offered as well. */
export function methodToRetry(data: Uint8Array, proposals: readonly Proposal[]): number | undefined {
  if (data.length !== 2) return undefined;
  const method = ((data[0] as number) << 8) | (data[1] as number);
  return offersMethod(proposals, method) ? method : undefined;
}

/** Are these the selectors that were asked for, apart from parts that others cover? */
export function isExactly(
  has: { readonly localTs: readonly TrafficSelector[]; readonly remoteTs: readonly TrafficSelector[] },
  wants: { readonly localTs: readonly TrafficSelector[]; readonly remoteTs: readonly TrafficSelector[] },
): boolean {
  return (
    sameSelectors(has.localTs, withoutCovered(wants.localTs)) &&
    sameSelectors(has.remoteTs, withoutCovered(wants.remoteTs))
  );
}
