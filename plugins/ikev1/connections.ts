import { addressIdentity, type Connection, connectionsBetween, type Identity, peerAddress } from '../ipsec/contract.ts';
import type { Machine } from './machine.ts';
import type { Route } from './send.ts';

const IKEV1 = 1;

/** Connections that these two ends may use in a mode, those that name the addresses most exactly first. */
export function candidates(machine: Machine, { local, remote }: Route, aggressive: boolean): readonly Connection[] {
  return allBetween(machine, { local, remote }).filter((connection) => connection.aggressive === aggressive);
}

export function allBetween(machine: Machine, { local, remote }: Route): readonly Connection[] {
  return connectionsBetween(machine.ipsec.connections(), IKEV1, local.address, remote.address);
}

export function ownIdentity(connection: Connection, address: number): Identity {
  return connection.local.id ?? addressIdentity(address);
}

/**
 * The secret of Main Mode. The identities come only when it is in use already, so the peer's address has to find it (RFC 2409 §5.4): as an
 * identity, or by the connections that name this one address, whose identities are known beforehand. For a peer that may be anywhere only a
 * secret for its present address, or for anybody, will do.
 */
export function secretByAddress(machine: Machine, { local, remote }: Route): Uint8Array | undefined {
  const named = candidates(machine, { local, remote }, false).filter((each) => peerAddress(each) === remote.address);
  const theirs = named.flatMap(({ remote: { id } }) => (id === undefined ? [] : [id]));
  const ours = named.flatMap(({ local: { id } }) => (id === undefined ? [] : [id]));
  return machine.ipsec.secretFor(
    [addressIdentity(local.address), ...ours],
    [addressIdentity(remote.address), ...theirs],
  );
}
