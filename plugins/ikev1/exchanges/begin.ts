import { type Connection, ownAddress, peerAddress } from '../../ipsec/contract.ts';
import { formatIpv4 } from '../../ipv4/contract.ts';
import { failWanted } from '../close.ts';
import { ownIdentity } from '../connections.ts';
import { tell } from '../failures.ts';
import type { Told } from '../incoming.ts';
import { COOKIE_OCTETS, freshCookie, freshExchange, freshNonce } from '../key-exchange.ts';
import { NO_LIFE } from '../lifetimes.ts';
import { MOST_ISAKMP_SAS } from '../limits.ts';
import { type Machine, putSa } from '../machine.ts';
import type { PayloadToWrite } from '../message.ts';
import { EXCHANGE } from '../names/exchanges.ts';
import { PAYLOADS } from '../payloads/index.ts';
import { choicesToWrite, ikeChoices, SAYABLE, whyNoChoice } from '../proposals.ts';
import { sendExpecting } from '../retransmission.ts';
import { clearMessage, IKE_PORT, type Route } from '../send.ts';
import type { AggressiveSent, Begun, Common, Initiation, SaSent } from '../state.ts';
import { phaseOneLife } from '../timers.ts';
import { ownVendorIds } from '../vendor-ids.ts';

/** The first message of an initiator, in Main or in Aggressive Mode (RFC 2409 §5.4). */

/** Begins a connection. Tells why where it cannot. */
export function begin(machine: Machine, initiation: Initiation): Told {
  const { ipsec, state } = machine;
  const { connection: name, wanted, why, attempt, replaces } = initiation;
  const fail = (reason: string, code = 'ikev1.cannot-begin'): undefined => {
    tell(machine, code, () => ({ connection: name, why: reason, ...SAYABLE.ike }));
    failWanted(machine, name, wanted, reason);
  };
  const connection = ipsec.connection(name);
  if (connection === undefined) return fail('there is no such connection');
  if (state.sas.size >= MOST_ISAKMP_SAS) return fail(`this node has ${MOST_ISAKMP_SAS} ISAKMP SAs`);
  const choices = ikeChoices(connection.proposals);
  if (choices.length === 0) return fail(whyNoChoice(connection.proposals), 'ikev1.cannot-say');
  const route = routeOf(machine, connection, replaces);
  if (typeof route === 'string') return fail(route);
  const common: Common & Begun = {
    id: state.nextId++,
    role: 'initiator',
    aggressive: connection.aggressive,
    local: route.local,
    remote: route.remote,
    cookies: { initiator: freshCookie(machine), responder: new Uint8Array(COOKIE_OCTETS) },
    createdAt: machine.ctx.now(),
    peer: { dpd: false, nat: undefined },
    nat: undefined,
    outstanding: undefined,
    answered: undefined,
    lastHeard: machine.ctx.now(),
    timers: {},
    begunBy: undefined,
    connection: name,
    wanted,
    attempt,
    replaces,
  };
  const life = phaseOneLife(connection);
  const [first] = choices;
  // Aggressive Mode has its public value in the first message, so all its choices have one group (RFC 2409 §5).
  const offered = connection.aggressive ? choices.filter(({ group }) => group === first?.group) : choices;
  const proposal = choicesToWrite(offered, life ?? NO_LIFE);
  const sa: PayloadToWrite = { kind: 'SA', value: { proposals: [proposal] } };
  const saBody = PAYLOADS.SA.body.encode(sa.value);
  if (!connection.aggressive) {
    const next: SaSent = Object.assign(common, { state: 'sa-sent' as const, saBody });
    put(machine, next, EXCHANGE.MAIN, [sa, ...ownVendorIds(machine)]);
  } else {
    const exchange = first === undefined ? undefined : freshExchange(machine, first.group);
    if (exchange === undefined) return fail('its first group is not known here');
    const nonce = freshNonce(machine);
    const identity = ownIdentity(connection, route.local.address);
    const own = { state: 'aggressive-sent' as const, saBody, nonce, exchange, identity };
    const next: AggressiveSent = Object.assign(common, own);
    put(machine, next, EXCHANGE.AGGRESSIVE, [
      sa,
      { kind: 'KE', value: { value: exchange.publicKey } },
      { kind: 'NONCE', value: { value: nonce } },
      { kind: 'ID', value: { ...identity, protocol: 0, port: 0 } },
      ...ownVendorIds(machine),
    ]);
  }
  const mode = connection.aggressive ? 'Aggressive Mode' : 'Main Mode';
  return () => ({ connection: name, peer: formatIpv4(route.remote.address), mode, why });
}

function put(
  machine: Machine,
  sa: SaSent | AggressiveSent,
  exchange: number,
  payloads: readonly PayloadToWrite[],
): void {
  putSa(machine, sa);
  const about = { cookies: sa.cookies, exchange, messageId: 0, payloads };
  sa.outstanding = sendExpecting(machine, sa, clearMessage(about), about);
}

/** Between which ends; a replacement goes where the old one is, behind a NAT to the port that is open there (RFC 3947 §4). */
function routeOf(machine: Machine, connection: Connection, replaces: number): Route | string {
  const old = machine.state.sas.get(replaces);
  if (old !== undefined) return { local: old.local, remote: old.remote };
  const remote = peerAddress(connection);
  if (remote === undefined) return 'remote_addrs names no single address, so only the peer can begin';
  const local = ownAddress(machine.ctx, connection, remote);
  if (local === undefined) return `there is no route to ${formatIpv4(remote)}`;
  return { local: { address: local, port: IKE_PORT }, remote: { address: remote, port: IKE_PORT } };
}
