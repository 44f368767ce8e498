import { nextBytes, SECOND } from '../../../core/index.ts';
import { chooseProposal, isChosenFrom, type Proposal, proposalInStory } from '../../ipsec/contract.ts';
import { tell, tellNoProposal, tellPeerChoseNothing } from '../failures.ts';
import type { Incoming, Told } from '../incoming.ts';
import { freshExchange, freshNonce, methodName, preferredMethod, sharedSecret } from '../key-exchange.ts';
import { logIkeKeys } from '../key-log.ts';
import { type IkeSpis, ikeKeys, type Nonces, rekeySkeyseed } from '../keys.ts';
import { MOST_RETRIES } from '../limits.ts';
import { chosenSuite, enqueue, type Machine, peerText, putSa, setSaTimer, spisText } from '../machine.ts';
import { findPayload } from '../message.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { errorName, findError, NOTHING, notification, number16 } from '../notifications.ts';
import { proposalFromWire, proposalsToWrite, proposalToWrite, withoutNone } from '../proposals.ts';
import type { Established, Task } from '../state.ts';
import { suiteOf } from '../suite.ts';
import { startTimers } from '../timers.ts';
import { answeredBy, request, respond } from '../window.ts';
import { methodToRetry } from './child-offer.ts';
import { answerLater, isBusy, tryLater } from './create-child-sa.ts';
import { SPI_OCTETS } from './ike-sa-init.ts';

/** CREATE_CHILD_SA for the IKE SA itself: new keys, the same identities and Child SAs (RFC 7296 §1.3.2, §2.18). */

type RekeyTask = Task & { readonly kind: 'rekey-ike' };

/** SK { SA, Ni, KEi }. */
export function startRekey(machine: Machine, sa: Established, task: RekeyTask): Told {
  const connection = machine.ipsec.connection(sa.connection);
  const method = task.method ?? preferredMethod(connection?.proposals ?? []);
  const exchange = method === undefined ? undefined : freshExchange(machine, method);
  if (connection === undefined || exchange === undefined) return undefined;
  const spi = nextBytes(machine.ctx.random('spi'), SPI_OCTETS);
  const nonce = freshNonce(machine);
  request(
    machine,
    sa,
    EXCHANGE.CREATE_CHILD_SA,
    [
      { kind: 'SA', value: { proposals: proposalsToWrite(connection.proposals, spi) } },
      { kind: 'Nonce', value: { value: nonce } },
      { kind: 'KE', value: { method: exchange.method, value: exchange.publicKey } },
    ],
    { kind: 'rekey-ike', task, spi, nonce, exchange },
  );
  return () => ({ peer: peerText(sa), connection: sa.connection });
}

/** The peer wants new keys for the IKE SA. It deletes the old one. */
export function answerIkeRekey(machine: Machine, sa: Established, { payloads, packet }: Incoming): Told {
  // Both at once: each is asked to wait, for a time of chance, so that one comes first.
  const asked = sa.outstanding?.purpose.kind;
  if (isBusy(sa) || asked === 'create-child' || asked === 'delete-child') return answerLater(machine, sa, packet);
  const connection = machine.ipsec.connection(sa.connection);
  const peer = peerText(sa);
  const refuse = (type: number, data: Uint8Array = NOTHING): undefined => {
    respond(machine, sa, EXCHANGE.CREATE_CHILD_SA, [notification(type, data)], packet);
  };
  const offered = findPayload(payloads, 'SA')?.value.proposals ?? [];
  const choice = chooseProposal(connection?.proposals ?? [], offered.map(proposalFromWire));
  if (!('chosen' in choice)) {
    tellNoProposal(machine, { what: 'IKE', peer, connection: sa.connection }, choice, packet);
    return refuse(NOTIFY.NO_PROPOSAL_CHOSEN);
  }
  const proposal = withoutNone(choice.chosen);
  const wire = offered[choice.offered];
  const suite = suiteOf(proposal);
  const ke = findPayload(payloads, 'KE');
  const nonce = findPayload(payloads, 'Nonce')?.value.value;
  if (suite === undefined || wire?.spi.length !== SPI_OCTETS || ke === undefined || nonce === undefined) {
    return refuse(NOTIFY.INVALID_SYNTAX);
  }
  const method = suite.keyExchange.id;
  if (ke.value.method !== method) {
    const sent = ke.value.method;
    tell(machine, 'ikev2.invalid-ke', () => ({ peer, wanted: methodName(method), sent: methodName(sent) }), packet);
    return refuse(NOTIFY.INVALID_KE_PAYLOAD, number16(method));
  }
  const exchange = freshExchange(machine, method);
  const secret = exchange === undefined ? undefined : sharedSecret(machine, exchange, ke.value.value);
  if (exchange === undefined || secret === undefined) {
    tell(machine, 'ikev2.bad-public-value', () => ({ peer, method: methodName(method) }), packet);
    return refuse(NOTIFY.INVALID_SYNTAX);
  }
  const own = freshNonce(machine);
  const spis = { initiator: wire.spi, responder: nextBytes(machine.ctx.random('spi'), SPI_OCTETS) };
  respond(
    machine,
    sa,
    EXCHANGE.CREATE_CHILD_SA,
    [
      { kind: 'SA', value: { proposals: [proposalToWrite(proposal, spis.responder, wire.number)] } },
      { kind: 'Nonce', value: { value: own } },
      { kind: 'KE', value: { method, value: exchange.publicKey } },
    ],
    packet,
  );
  const next = succeed(machine, sa, 'responder', spis, proposal, { initiator: nonce, responder: own }, secret);
  return () => ({ peer, connection: sa.connection, spis: spisText(next), proposal: proposalInStory(proposal) });
}

/** The peer's half of the new keys. */
export function acceptIkeRekey(machine: Machine, sa: Established, { payloads, packet }: Incoming): Told {
  const purpose = answeredBy(machine, sa)?.purpose;
  if (purpose?.kind !== 'rekey-ike') return undefined;
  const connection = machine.ipsec.connection(sa.connection);
  const proposals = findPayload(payloads, 'SA')?.value.proposals ?? [];
  const [wire] = proposals;
  const proposal = wire === undefined ? undefined : withoutNone(proposalFromWire(wire));
  const ke = findPayload(payloads, 'KE');
  const nonce = findPayload(payloads, 'Nonce')?.value.value;
  const { exchange } = purpose;
  const secret = ke?.value.method === exchange.method ? sharedSecret(machine, exchange, ke.value.value) : undefined;
  const suite = proposal === undefined ? undefined : suiteOf(proposal);
  const right =
    wire?.spi.length === SPI_OCTETS &&
    proposals.length === 1 &&
    suite?.keyExchange.id === exchange.method &&
    proposal !== undefined &&
    isChosenFrom(proposal, connection?.proposals ?? []);
  if (!right || secret === undefined || nonce === undefined) {
    const why = 'not the half of a key exchange that was asked for';
    tell(machine, 'ikev2.bad-answer', () => ({ peer: peerText(sa), connection: sa.connection, why }), packet);
    return undefined;
  }
  const spis = { initiator: purpose.spi, responder: wire.spi };
  const nonces = { initiator: purpose.nonce, responder: nonce };
  const next = succeed(machine, sa, 'initiator', spis, proposal, nonces, secret);
  enqueue(machine, sa, { kind: 'delete-ike', why: `replaced by ${spisText(next)}` });
  const values = { spis: spisText(next), proposal: proposalInStory(proposal) };
  return () => ({ peer: peerText(sa), connection: sa.connection, ...values });
}

export function rekeyRefused(machine: Machine, sa: Established, { payloads, packet }: Incoming): Told {
  const purpose = answeredBy(machine, sa)?.purpose;
  if (purpose?.kind !== 'rekey-ike') return undefined;
  const { task, exchange } = purpose;
  const proposals = machine.ipsec.connection(sa.connection)?.proposals ?? [];
  const error = findError(payloads);
  const again = task.tries < MOST_RETRIES ? { ...task, tries: task.tries + 1 } : undefined;
  const method =
    error?.value.type === NOTIFY.INVALID_KE_PAYLOAD ? methodToRetry(error.value.data, proposals) : undefined;
  if (again !== undefined && method !== undefined && method !== exchange.method) {
    enqueue(machine, sa, { ...again, method });
  } else if (again !== undefined && error?.value.type === NOTIFY.TEMPORARY_FAILURE) tryLater(machine, sa, again);
  else if (error?.value.type === NOTIFY.NO_PROPOSAL_CHOSEN) {
    tellPeerChoseNothing(machine, { what: 'IKE', peer: peerText(sa), connection: sa.connection }, proposals, packet);
  } else {
    const values = { peer: peerText(sa), connection: sa.connection, error: errorName(error) };
    tell(machine, 'ikev2.peer-refused', () => values, packet);
  }
  return () => ({ peer: peerText(sa), connection: sa.connection });
}

/** The IKE SA that takes over: identities and their proof stay, Child SAs and what waits move (RFC 7296 §2.8, §2.18). */
function succeed(
  machine: Machine,
  old: Established,
  role: Established['role'],
  spis: IkeSpis,
  proposal: Proposal,
  nonces: Nonces,
  secret: Uint8Array,
): Established {
  const { crypto, ctx, state } = machine;
  const seed = rekeySkeyseed(crypto, chosenSuite(old.proposal).prf.prf, old.keys.d, secret, nonces);
  const keys = ikeKeys(crypto, chosenSuite(proposal), seed, nonces, spis);
  logIkeKeys(machine, { spis, keys, proposal });
  const next: Established = {
    state: 'established',
    id: state.nextId++,
    role,
    local: old.local,
    remote: old.remote,
    nat: old.nat,
    spis,
    createdAt: ctx.now(),
    nextRequest: 0,
    nextExpected: 0,
    outstanding: undefined,
    answered: undefined,
    waiting: [...old.waiting],
    later: [...old.later],
    lastHeard: ctx.now(),
    sealed: 0,
    timers: {},
    begunBy: undefined,
    proposal,
    keys,
    nonces,
    fragmentation: old.fragmentation,
    gathering: { request: undefined, response: undefined },
    proof: old.proof,
    identity: old.identity,
    connection: old.connection,
    establishedAt: ctx.now(),
    children: [...old.children],
    successor: 0,
  };
  old.successor = next.id;
  if (next.later.length > 0) setSaTimer(machine, next, 'later', SECOND);
  old.children.length = 0;
  old.waiting.length = 0;
  old.later.length = 0;
  putSa(machine, next);
  state.ready.push(next.id);
  const connection = machine.ipsec.connection(old.connection);
  if (connection !== undefined) startTimers(machine, next, connection);
  for (const name of ['rekey', 'reauth', 'liveness', 'later']) {
    const timer = old.timers[name];
    if (timer !== undefined) ctx.cancelTimer(timer);
    delete old.timers[name];
  }
  return next;
}
