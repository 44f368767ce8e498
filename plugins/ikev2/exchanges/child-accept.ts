import { type Packet, read32 } from '../../../core/index.ts';
import {
  describeProposal,
  isChosenFrom,
  narrowSelectors,
  sameSelectors,
  TRANSFORM,
  type TrafficSelector,
  transformOf,
  withoutCovered,
} from '../../ipsec/contract.ts';
import { tell } from '../failures.ts';
import { methodName, sharedSecret } from '../key-exchange.ts';
import { type Machine, peerText } from '../machine.ts';
import { findPayload, type Payload } from '../message.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { findNotification } from '../notifications.ts';
import { proposalFromWire, withoutNone } from '../proposals.ts';
import type { ChildOffer, Established } from '../state.ts';
import { installAgreed } from './child-install.ts';
import { askedSelectors, isExactly } from './child-offer.ts';
import { substituted } from './child-transport.ts';

/** Why an answer cannot be taken; `told` where the trace knows already. */
export type ChildFailure = { readonly why: string };

/** Takes the peer's answer to an offer and installs the SAs. */
export function acceptChild(
  machine: Machine,
  sa: Established,
  offer: ChildOffer,
  payloads: readonly Payload[],
  packet: Packet,
): { readonly id: number } | ChildFailure {
  const peer = peerText(sa);
  const proposals = findPayload(payloads, 'SA')?.value.proposals ?? [];
  const [wire] = proposals;
  const chosen = wire === undefined ? undefined : withoutNone(proposalFromWire(wire));
  if (wire === undefined || chosen === undefined || proposals.length !== 1 || wire.spi.length !== 4) {
    return { why: `${peer} chose no single proposal` };
  }
  if (!isChosenFrom(chosen, offer.proposals)) {
    return { why: `${peer} chose ${describeProposal(chosen)}, which was not offered` };
  }
  const transport = offer.transport && findNotification(payloads, NOTIFY.USE_TRANSPORT_MODE) !== undefined;
  const asked = askedSelectors(payloads, true);
  const has = transport ? substituted(sa, asked) : { ...asked, original: undefined };
  const subset = (part: readonly TrafficSelector[], whole: readonly TrafficSelector[]): boolean =>
    part.length > 0 && sameSelectors(narrowSelectors(whole, part), withoutCovered(part));
  if (!subset(has.localTs, offer.localTs) || !subset(has.remoteTs, offer.remoteTs)) {
    return { why: `${peer} answered with selectors that are no part of those offered` };
  }
  const nonce = findPayload(payloads, 'Nonce')?.value.value;
  const nonces =
    offer.nonce !== undefined && nonce !== undefined ? { initiator: offer.nonce, responder: nonce } : sa.nonces;
  let secret: Uint8Array | undefined;
  const method = transformOf(chosen, TRANSFORM.keyExchange)?.id;
  if (method !== undefined) {
    const ke = findPayload(payloads, 'KE');
    if (ke === undefined || offer.exchange?.method !== method || ke.value.method !== method) {
      return { why: `${peer} chose ${methodName(method)} without a public value of it` };
    }
    secret = sharedSecret(machine, offer.exchange, ke.value.value);
    if (secret === undefined) return { why: `${peer} sent a public value that is none of ${methodName(method)}` };
  }
  if (offer.transport && !transport) {
    tell(machine, 'ikev2.transport-declined', () => ({ peer, child: offer.child }), packet);
  }
  const id = installAgreed(machine, sa, {
    ...{ child: offer.child, chosen, transport, nonces, secret, spi: offer.spi, peerSpi: read32(wire.spi, 0) },
    ...{
      localTs: has.localTs,
      remoteTs: has.remoteTs,
      original: has.original,
      initiator: true,
      replaces: offer.replaces,
    },
    narrowed: !isExactly(has, offer),
    packet,
  });
  return id === 0 ? { why: 'this node cannot use the SAs that were chosen' } : { id };
}
