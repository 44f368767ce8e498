import { nextBytes, sameBytes } from '../../../core/index.ts';
import { type Connection, chooseProposal, type Proposal, proposalInStory } from '../../ipsec/contract.ts';
import { formatIpv4 } from '../../ipv4/contract.ts';
import { candidates } from '../connections.ts';
import { cookieFor, cookieHolds } from '../cookie.ts';
import { type NoChoice, tell, tellNoProposal } from '../failures.ts';
import { agreesOnFragmentation, sendsFragments } from '../fragmentation.ts';
import type { Incoming, Told } from '../incoming.ts';
import { freshExchange, freshNonce, methodName, sharedSecret } from '../key-exchange.ts';
import { logIkeKeys } from '../key-log.ts';
import { ikeKeys, skeyseed } from '../keys.ts';
import { MOST_IKE_SAS } from '../limits.ts';
import { initiatorKey, type Machine, putSa, setSaTimer, spisText } from '../machine.ts';
import { findPayload, type PayloadToWrite } from '../message.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { addedNotifications, examinedRoute } from '../nat.ts';
import { findNotification, NOTHING, notification, number16 } from '../notifications.ts';
import { proposalFromWire, proposalToWrite, withoutNone } from '../proposals.ts';
import type { HalfOpen } from '../state.ts';
import { suiteOf } from '../suite.ts';
import { respondAgain, respondInit, respondStateless } from '../window.ts';
import { SPI_OCTETS } from './ike-sa-init.ts';

/** IKE_SA_INIT of the responder (RFC 7296 §1.2, §2.6, §2.7). Until it has found a request to its liking it keeps nothing. */

/** Refuses outside of any SA. */
function refuse(
  machine: Machine,
  { message, route, packet }: Incoming,
  payloads: readonly PayloadToWrite[],
): undefined {
  const { initiatorSpi, messageId } = message.header;
  respondStateless(
    machine,
    route,
    {
      ...{ spis: { initiator: initiatorSpi, responder: new Uint8Array(SPI_OCTETS) }, messageId, payloads },
      exchange: EXCHANGE.IKE_SA_INIT,
    },
    packet,
  );
}

/** The same request came again: the same answer goes (RFC 7296 §2.1). `late`: its IKE SA is past that. */
export function answerInitAgain(
  machine: Machine,
  { message, bytes, route, packet }: Incoming,
): 'answered' | 'late' | 'new' {
  const { state } = machine;
  const key = initiatorKey(message.header.initiatorSpi, route.remote.address, route.remote.port);
  const sa = state.sas.get(state.byInitiator.get(key) ?? 0);
  if (sa === undefined) return 'new';
  // Another message under the same SPI while the first is half open is another initiator, or one that begins anew.
  if (sa.state === 'half-open' && !sameBytes(sa.first.peer, bytes)) return 'new';
  if (sa.state !== 'half-open') return 'late';
  // The IKE SA may have floated meanwhile; this answer still goes from where it went first.
  respondAgain(machine, sa, EXCHANGE.IKE_SA_INIT, packet, route);
  return 'answered';
}

/** Are there so many half-open IKE SAs that no more are taken, cookie or not? */
export function isFull({ state }: Machine): boolean {
  const { init_limit_half_open } = state.settings;
  return (init_limit_half_open > 0 && state.halfOpen >= init_limit_half_open) || state.sas.size >= MOST_IKE_SAS;
}

/** SPI, cookie, proposal and public value are looked at, in this order: the cheaper first. */
export function answerInit(machine: Machine, incoming: Incoming): Told {
  const { state, ctx } = machine;
  const { message, payloads, packet, route, bytes } = incoming;
  const peer = formatIpv4(route.remote.address);
  const { cookie_threshold } = state.settings;
  const initiatorSpi = message.header.initiatorSpi;
  const nonce = findPayload(payloads, 'Nonce')?.value.value ?? NOTHING;
  const ke = findPayload(payloads, 'KE');
  if (cookie_threshold > 0 && state.halfOpen >= cookie_threshold) {
    const cookie = findNotification(payloads, NOTIFY.COOKIE)?.value.data;
    if (cookie === undefined || !cookieHolds(machine, cookie, nonce, initiatorSpi, route.remote)) {
      tell(machine, 'ikev2.cookie-asked', () => ({ peer, halfOpen: state.halfOpen }), packet);
      const fresh = cookieFor(machine, nonce, initiatorSpi, route.remote);
      return refuse(machine, incoming, [notification(NOTIFY.COOKIE, fresh)]);
    }
  }
  const chosen = choose(machine, incoming, peer);
  const suite = chosen === undefined ? undefined : suiteOf(chosen.proposal);
  if (chosen === undefined || suite === undefined || ke === undefined) {
    return refuse(machine, incoming, [notification(NOTIFY.NO_PROPOSAL_CHOSEN)]);
  }
  const method = suite.keyExchange.id;
  if (ke.value.method !== method) {
    const sent = ke.value.method;
    tell(machine, 'ikev2.invalid-ke', () => ({ peer, wanted: methodName(method), sent: methodName(sent) }), packet);
    return refuse(machine, incoming, [notification(NOTIFY.INVALID_KE_PAYLOAD, number16(method))]);
  }
  const exchange = freshExchange(machine, method);
  const secret = exchange === undefined ? undefined : sharedSecret(machine, exchange, ke.value.value);
  if (exchange === undefined || secret === undefined) {
    tell(machine, 'ikev2.bad-public-value', () => ({ peer, method: methodName(method) }), packet);
    return refuse(machine, incoming, [notification(NOTIFY.INVALID_SYNTAX)]);
  }
  const own = freshNonce(machine);
  const spis = { initiator: initiatorSpi, responder: nextBytes(ctx.random('spi'), SPI_OCTETS) };
  const nonces = { initiator: nonce, responder: own };
  const keys = ikeKeys(machine.crypto, suite, skeyseed(machine.crypto, suite.prf.prf, nonces, secret), nonces, spis);
  logIkeKeys(machine, { spis, keys, proposal: chosen.proposal });
  // The hashes of a first message count its header, where the responder's SPI is still zeros.
  const asked = { initiator: initiatorSpi, responder: message.header.responderSpi };
  const floated = examinedRoute(machine, asked, route, payloads, chosen.connection.encap);
  // Whoever sent none would not look at any.
  const added = floated.nat === undefined ? [] : addedNotifications(machine, spis, route, chosen.connection.encap);
  const half: HalfOpen = {
    state: 'half-open',
    id: state.nextId++,
    role: 'responder',
    spis,
    local: route.local,
    remote: route.remote,
    nat: floated.nat,
    proposal: chosen.proposal,
    keys,
    nonces,
    fragmentation: sendsFragments(chosen.connection, payloads),
    gathering: { request: undefined, response: undefined },
    first: { own: NOTHING, peer: bytes },
    createdAt: ctx.now(),
    nextRequest: 0,
    nextExpected: 1,
    outstanding: undefined,
    answered: undefined,
    waiting: [],
    later: [],
    lastHeard: ctx.now(),
    sealed: 0,
    timers: {},
    begunBy: initiatorKey(initiatorSpi, route.remote.address, route.remote.port),
  };
  const answer = respondInit(
    machine,
    half,
    [
      { kind: 'SA', value: { proposals: [proposalToWrite(chosen.proposal, NOTHING, chosen.number)] } },
      { kind: 'KE', value: { method, value: exchange.publicKey } },
      { kind: 'Nonce', value: { value: own } },
      ...added,
      ...(agreesOnFragmentation(chosen.connection, payloads)
        ? [notification(NOTIFY.IKEV2_FRAGMENTATION_SUPPORTED)]
        : []),
    ],
    packet,
  );
  const sa: HalfOpen = { ...half, ...floated, first: { own: answer, peer: bytes } };
  putSa(machine, sa);
  if (sa.begunBy !== undefined) state.byInitiator.set(sa.begunBy, sa.id);
  setSaTimer(machine, sa, 'half-open', state.settings.half_open_timeout);
  return () => ({ peer, proposal: proposalInStory(chosen.proposal), spis: spisText(sa) });
}

/** One of the peer's proposals that a connection for these two ends admits. */
function choose(
  machine: Machine,
  { payloads, route, packet }: Incoming,
  peer: string,
): { readonly proposal: Proposal; readonly number: number; readonly connection: Connection } | undefined {
  const offered = findPayload(payloads, 'SA')?.value.proposals ?? [];
  const theirs = offered.map(proposalFromWire);
  const fitting = candidates(machine, route);
  let nearest: { readonly choice: NoChoice; readonly connection: string } | undefined;
  for (const connection of fitting) {
    const choice = chooseProposal(connection.proposals, theirs);
    if ('chosen' in choice) {
      const number = offered[choice.offered]?.number ?? 1;
      return { proposal: withoutNone(choice.chosen), number, connection };
    }
    nearest ??= { choice, connection: connection.name };
  }
  if (nearest === undefined) tell(machine, 'ikev2.no-connection-here', () => ({ peer }), packet);
  else tellNoProposal(machine, { what: 'IKE', peer, connection: nearest.connection }, nearest.choice, packet);
  return undefined;
}
