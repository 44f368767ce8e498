import { nextBytes } from '../../../core/index.ts';
import {
  type Connection,
  describeProposal,
  isChosenFrom,
  ownAddress,
  peerAddress,
  proposalInStory,
} from '../../ipsec/contract.ts';
import { formatIpv4 } from '../../ipv4/contract.ts';
import { closeIkeSa, failWanted } from '../close.ts';
import { tell, tellPeerChoseNothing } from '../failures.ts';
import { offersFragmentation, sendsFragments } from '../fragmentation.ts';
import type { Incoming, Told } from '../incoming.ts';
import { freshExchange, freshNonce, methodName, preferredMethod, sharedSecret } from '../key-exchange.ts';
import { logIkeKeys } from '../key-log.ts';
import { ikeKeys, skeyseed } from '../keys.ts';
import { MOST_IKE_SAS, MOST_RETRIES } from '../limits.ts';
import { type Machine, peerText, putSa, spisText } from '../machine.ts';
import { findPayload, type PayloadToWrite } from '../message.ts';
import { NOTIFY } from '../names/notify-types.ts';
import { addedNotifications, examinedRoute } from '../nat.ts';
import { errorName, findError, findNotification, NOTHING, notification } from '../notifications.ts';
import { proposalFromWire, proposalsToWrite, withoutNone } from '../proposals.ts';
import { IKE_PORT } from '../send.ts';
import type { Initiation, InitSent } from '../state.ts';
import { suiteOf } from '../suite.ts';
import { answeredBy, requestInit } from '../window.ts';
import { methodToRetry } from './child-offer.ts';
import { sendAuth } from './ike-auth.ts';

/** IKE_SA_INIT of the initiator (RFC 7296 §1.2): algorithms, nonces and a key exchange, in the clear. */

export const SPI_OCTETS = 8;

/** Begins a connection. Tells why where it cannot. */
export function begin(machine: Machine, initiation: Initiation): Told {
  const { ipsec, ctx, state } = machine;
  const { connection: name, wanted, why, attempt } = initiation;
  const fail = (reason: string): undefined => {
    tell(machine, 'ikev2.cannot-begin', () => ({ connection: name, why: reason }));
    failWanted(machine, name, wanted, reason);
  };
  const connection = ipsec.connection(name);
  if (connection === undefined) return fail('there is no such connection');
  if (state.sas.size >= MOST_IKE_SAS) return fail(`this node has ${MOST_IKE_SAS} IKE SAs`);
  const remote = peerAddress(connection);
  if (remote === undefined) return fail('remote_addrs names no single address, so only the peer can begin');
  const local = ownAddress(ctx, connection, remote);
  if (local === undefined) return fail(`there is no route to ${formatIpv4(remote)}`);
  const method = preferredMethod(connection.proposals);
  const exchange = method === undefined ? undefined : freshExchange(machine, method);
  if (exchange === undefined) return fail('its proposals have no key exchange that is known here');
  const sa: InitSent = {
    state: 'init-sent',
    id: state.nextId++,
    role: 'initiator',
    connection: name,
    wanted,
    why,
    attempt,
    local: { address: local, port: IKE_PORT },
    remote: { address: remote, port: IKE_PORT },
    nat: undefined,
    spis: { initiator: nextBytes(ctx.random('spi'), SPI_OCTETS), responder: new Uint8Array(SPI_OCTETS) },
    nonce: freshNonce(machine),
    exchange,
    cookie: undefined,
    retries: 0,
    createdAt: ctx.now(),
    nextRequest: 0,
    nextExpected: 0,
    outstanding: undefined,
    answered: undefined,
    waiting: [],
    later: [],
    lastHeard: ctx.now(),
    sealed: 0,
    timers: {},
    begunBy: undefined,
  };
  putSa(machine, sa);
  sendInit(machine, sa, connection);
  return () => ({ connection: name, peer: formatIpv4(remote), why });
}

/** HDR, [N(COOKIE)], SAi1, KEi, Ni, and what others add. */
function sendInit(machine: Machine, sa: InitSent, connection: Connection): void {
  const payloads: PayloadToWrite[] = [
    ...(sa.cookie === undefined ? [] : [notification(NOTIFY.COOKIE, sa.cookie)]),
    { kind: 'SA', value: { proposals: proposalsToWrite(connection.proposals, NOTHING) } },
    { kind: 'KE', value: { method: sa.exchange.method, value: sa.exchange.publicKey } },
    { kind: 'Nonce', value: { value: sa.nonce } },
    ...addedNotifications(machine, sa.spis, sa, connection.encap),
    ...(offersFragmentation(connection) ? [notification(NOTIFY.IKEV2_FRAGMENTATION_SUPPORTED)] : []),
  ];
  requestInit(machine, sa, payloads);
}

/** Does the request go out once more in the form that the responder asked for? */
function again(machine: Machine, sa: InitSent, change: Partial<InitSent>): boolean {
  const connection = machine.ipsec.connection(sa.connection);
  if (connection === undefined || sa.retries >= MOST_RETRIES) {
    closeIkeSa(machine, sa, `${peerText(sa)} asked for the first message in another form too often`, 'self');
    return false;
  }
  answeredBy(machine, sa);
  const next: InitSent = { ...sa, outstanding: undefined, retries: sa.retries + 1, ...change };
  putSa(machine, next);
  sendInit(machine, next, connection);
  return true;
}

/** N(COOKIE): the same request with the cookie in front (RFC 7296 §2.6). */
export function followCookie(machine: Machine, sa: InitSent, { payloads }: Incoming): Told {
  const cookie = findNotification(payloads, NOTIFY.COOKIE)?.value.data;
  if (cookie === undefined || !again(machine, sa, { cookie })) return undefined;
  return () => ({ peer: peerText(sa) });
}

/** N(INVALID_KE_PAYLOAD): the same proposals with a public value of the method that the responder chose (RFC 7296 §1.2). */
export function followMethod(machine: Machine, sa: InitSent, { payloads, packet }: Incoming): Told {
  const wanted = findNotification(payloads, NOTIFY.INVALID_KE_PAYLOAD)?.value.data ?? NOTHING;
  const connection = machine.ipsec.connection(sa.connection);
  const method = methodToRetry(wanted, connection?.proposals ?? []);
  const exchange = method === undefined || method === sa.exchange.method ? undefined : freshExchange(machine, method);
  if (exchange === undefined) {
    tell(machine, 'ikev2.unusable-method', () => ({ peer: peerText(sa), connection: sa.connection }), packet);
    closeIkeSa(machine, sa, `${peerText(sa)} wants a key exchange that was not offered`, 'self');
    return undefined;
  }
  const before = sa.exchange.method;
  if (!again(machine, sa, { exchange })) return undefined;
  return () => ({ peer: peerText(sa), wanted: methodName(exchange.method), sent: methodName(before) });
}

/** An error in place of an answer. It is not authentic, but it comes from where the request went, and nothing better will come. */
export function initRefused(machine: Machine, sa: InitSent, { payloads, packet }: Incoming): Told {
  const error = findError(payloads);
  const connection = machine.ipsec.connection(sa.connection);
  const peer = peerText(sa);
  if (error?.value.type === NOTIFY.NO_PROPOSAL_CHOSEN) {
    const about = { what: 'IKE', peer, connection: sa.connection };
    tellPeerChoseNothing(machine, about, connection?.proposals ?? [], packet);
  } else {
    tell(machine, 'ikev2.peer-refused', () => ({ peer, connection: sa.connection, error: errorName(error) }), packet);
  }
  closeIkeSa(machine, sa, `${peer} answered ${errorName(error)}`, 'self');
  return () => ({ peer });
}

/** The responder's answer: keys are made, and IKE_AUTH goes out under them. */
export function acceptInit(machine: Machine, sa: InitSent, incoming: Incoming): Told {
  const { message, payloads, packet, bytes } = incoming;
  const peer = peerText(sa);
  const connection = machine.ipsec.connection(sa.connection);
  const fail = (why: string): undefined => {
    tell(machine, 'ikev2.bad-answer', () => ({ peer, connection: sa.connection, why }), packet);
    closeIkeSa(machine, sa, why, 'self');
  };
  const proposals = findPayload(payloads, 'SA')?.value.proposals ?? [];
  const [wire] = proposals;
  const chosen = wire === undefined ? undefined : withoutNone(proposalFromWire(wire));
  if (connection === undefined || chosen === undefined || proposals.length !== 1) return fail('no single proposal');
  if (!isChosenFrom(chosen, connection.proposals)) return fail(`${describeProposal(chosen)} was not offered`);
  const suite = suiteOf(chosen);
  const ke = findPayload(payloads, 'KE');
  const nonce = findPayload(payloads, 'Nonce')?.value.value;
  if (suite === undefined || ke === undefined || nonce === undefined) return fail('not all that keys are made of');
  if (suite.keyExchange.id !== sa.exchange.method || ke.value.method !== sa.exchange.method) {
    return fail(`a public value of ${methodName(ke.value.method)} for ${methodName(sa.exchange.method)}`);
  }
  const secret = sharedSecret(machine, sa.exchange, ke.value.value);
  if (secret === undefined) return fail(`a public value that is none of ${methodName(sa.exchange.method)}`);
  const own = answeredBy(machine, sa)?.datagrams[0] ?? NOTHING;
  const spis = { initiator: sa.spis.initiator, responder: message.header.responderSpi };
  const nonces = { initiator: sa.nonce, responder: nonce };
  const seed = skeyseed(machine.crypto, suite.prf.prf, nonces, secret);
  const keys = ikeKeys(machine.crypto, suite, seed, nonces, spis);
  logIkeKeys(machine, { spis, keys, proposal: chosen });
  const route = examinedRoute(machine, spis, sa, payloads, connection.encap);
  const went = sendAuth(machine, { ...sa, ...route, outstanding: undefined, spis }, connection, {
    ...{ proposal: chosen, keys, nonces, fragmentation: sendsFragments(connection, payloads) },
    first: { own, peer: bytes },
  });
  if (!went) return undefined;
  return () => ({ peer, connection: sa.connection, proposal: proposalInStory(chosen), spis: spisText({ spis }) });
}
