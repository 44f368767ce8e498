import { type Packet, read32 } from '../../../core/index.ts';
import {
  chooseProposal,
  formatSelectors,
  narrowSelectors,
  resolveSelectors,
  SECURITY_PROTOCOL,
  TRANSFORM,
  transformOf,
} from '../../ipsec/contract.ts';
import { selectorDifference, tell, tellNoProposal } from '../failures.ts';
import { freshExchange, freshNonce, methodName, sharedSecret } from '../key-exchange.ts';
import type { Nonces } from '../keys.ts';
import { type Machine, peerText } from '../machine.ts';
import { findPayload, type Payload, type PayloadToWrite } from '../message.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { findNotification, NOTHING, notification, number16 } from '../notifications.ts';
import { proposalFromWire, proposalToWrite, withoutNone } from '../proposals.ts';
import { selectorsToWire } from '../selectors.ts';
import type { ChildOffer, Established } from '../state.ts';
import { protocolOf } from './child-failed.ts';
import { installAgreed } from './child-install.ts';
import {
  askedSelectors,
  exchangePayloads,
  isExactly,
  keyedChildren,
  spiOctets,
  withoutKeyExchange,
} from './child-offer.ts';
import { substituted } from './child-transport.ts';

/** What answering an offer came to: payloads for the response, and the Child SA's number; 0 where none was made. */
export interface ChildAnswer {
  readonly payloads: readonly PayloadToWrite[];
  readonly id: number;
  /** The nonces that its keys are made of, where there is one. */
  readonly nonces: Nonces | undefined;
}

/** Answers a peer's offer: narrows its selectors, chooses among its proposals, installs the SAs. */
export function answerChild(
  machine: Machine,
  sa: Established,
  payloads: readonly Payload[],
  packet: Packet,
  options: { readonly inAuth: boolean; readonly replaces: number },
): ChildAnswer {
  const { ipsec, ctx } = machine;
  const connection = ipsec.connection(sa.connection);
  const peer = peerText(sa);
  const refuse = (type: number, data: Uint8Array = NOTHING): ChildAnswer => ({
    payloads: [notification(type, data)],
    id: 0,
    nonces: undefined,
  });
  const offered = findPayload(payloads, 'SA')?.value.proposals ?? [];
  const wants = askedSelectors(payloads, false);
  // A child in transport mode is looked for by what its packets will have, one in tunnel mode by what was asked (RFC 7296 §2.23.1).
  const offersTransport = findNotification(payloads, NOTIFY.USE_TRANSPORT_MODE) !== undefined;
  const plain = { ...wants, original: undefined };
  const seen = offersTransport ? substituted(sa, wants) : plain;
  const configured = (connection === undefined ? [] : keyedChildren(connection)).map((child) => ({
    child: child.name,
    configuration: child,
    localTs: resolveSelectors(child.localTs, sa.local.address),
    remoteTs: resolveSelectors(child.remoteTs, sa.remote.address),
  }));
  const fitting = configured
    .map((each) => ({ ...each, wants: each.configuration.mode === 'transport' ? seen : plain }))
    .map((each) => ({
      ...each,
      local: narrowSelectors(each.localTs, each.wants.localTs),
      remote: narrowSelectors(each.remoteTs, each.wants.remoteTs),
    }))
    .filter(({ local, remote }) => local.length > 0 && remote.length > 0);
  if (fitting.length === 0) {
    tell(
      machine,
      'ikev2.ts-unacceptable',
      () => ({
        peer,
        connection: sa.connection,
        local: formatSelectors(wants.localTs),
        remote: formatSelectors(wants.remoteTs),
        difference: selectorDifference(
          configured,
          wants,
          (mine, theirs) => narrowSelectors(mine, theirs).length > 0,
          ctx.node.name,
          peer,
        ),
      }),
      packet,
    );
    return refuse(NOTIFY.TS_UNACCEPTABLE);
  }
  const theirs = offered.map(proposalFromWire);
  // A child whose selectors are exactly those that were asked for comes before one that must be narrowed.
  const ordered = [...fitting].sort((a, b) => Number(isExactly(b, b.wants)) - Number(isExactly(a, a.wants)));
  const choices = ordered.map((each) => {
    const mine = options.inAuth ? withoutKeyExchange(each.configuration.proposals) : each.configuration.proposals;
    return { each, choice: chooseProposal(mine, options.inAuth ? withoutKeyExchange(theirs) : theirs) };
  });
  const taken = choices.find(({ choice }) => 'chosen' in choice);
  if (taken === undefined || !('chosen' in taken.choice)) {
    const [first] = choices;
    if (first !== undefined && !('chosen' in first.choice)) {
      tellNoProposal(
        machine,
        {
          what: protocolOf(first.each.configuration.proposals),
          peer,
          connection: `${sa.connection}/${first.each.child}`,
        },
        first.choice,
        packet,
      );
    }
    return refuse(NOTIFY.NO_PROPOSAL_CHOSEN);
  }
  const { each, choice } = taken;
  const chosen = withoutNone(choice.chosen);
  const wire = offered[choice.offered];
  const nonce = findPayload(payloads, 'Nonce')?.value.value;
  const method = transformOf(chosen, TRANSFORM.keyExchange)?.id;
  const ke = findPayload(payloads, 'KE');
  let secret: Uint8Array | undefined;
  let exchange: ChildOffer['exchange'];
  if (method !== undefined) {
    if (ke === undefined || ke.value.method !== method) {
      tell(
        machine,
        'ikev2.invalid-ke',
        () => ({ peer, wanted: methodName(method), sent: ke === undefined ? 'none' : methodName(ke.value.method) }),
        packet,
      );
      return refuse(NOTIFY.INVALID_KE_PAYLOAD, number16(method));
    }
    exchange = freshExchange(machine, method);
    secret = exchange === undefined ? undefined : sharedSecret(machine, exchange, ke.value.value);
    if (secret === undefined) {
      tell(machine, 'ikev2.bad-public-value', () => ({ peer, method: methodName(method) }), packet);
      return refuse(NOTIFY.INVALID_SYNTAX);
    }
  }
  if (wire === undefined || wire.spi.length !== 4) return refuse(NOTIFY.INVALID_SYNTAX);
  const ownNonce = options.inAuth ? undefined : freshNonce(machine);
  const nonces = nonce !== undefined && ownNonce !== undefined ? { initiator: nonce, responder: ownNonce } : sa.nonces;
  const transport = each.configuration.mode === 'transport' && offersTransport;
  if (sa.nat?.remote === true && chosen.protocol === SECURITY_PROTOCOL.esp) {
    const by = { keying: 'ikev2', ikeSa: sa.id } as const;
    const mode = transport ? 'transport' : 'tunnel';
    if (ipsec.refusesPeer({ by, mode, remote: sa.remote, localTs: each.local, remoteTs: each.remote })) {
      return refuse(NOTIFY.TS_UNACCEPTABLE);
    }
  }
  const spi = ipsec.allocateSpi();
  const id = installAgreed(machine, sa, {
    ...{ child: each.child, chosen, transport, nonces, secret, spi, peerSpi: read32(wire.spi, 0) },
    ...{ localTs: each.local, remoteTs: each.remote, original: transport ? each.wants.original : undefined },
    ...{ initiator: false, replaces: options.replaces },
    narrowed: !isExactly({ localTs: each.local, remoteTs: each.remote }, each.wants),
    packet,
  });
  if (id === 0) return refuse(NOTIFY.NO_PROPOSAL_CHOSEN);
  return {
    id,
    nonces,
    payloads: [
      ...(transport ? [notification(NOTIFY.USE_TRANSPORT_MODE)] : []),
      { kind: 'SA', value: { proposals: [proposalToWrite(chosen, spiOctets(spi), wire.number)] } },
      ...exchangePayloads(ownNonce, exchange),
      { kind: 'TSi', value: { selectors: selectorsToWire(each.remote) } },
      { kind: 'TSr', value: { selectors: selectorsToWire(each.local) } },
    ],
  };
}
