import { type Connection, connectionsBetween } from '../ipsec/contract.ts';
import type { Machine } from './machine.ts';
import type { Route } from './send.ts';

const IKEV2 = 2;

/** Connections that these two ends may use, those that name the addresses most exactly first. */
export function candidates(machine: Machine, { local, remote }: Route): readonly Connection[] {
  return connectionsBetween(machine.ipsec.connections(), IKEV2, local.address, remote.address);
}
