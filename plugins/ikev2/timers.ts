import { type Duration, nextFraction } from '../../core/index.ts';
import type { Connection } from '../ipsec/contract.ts';
import { type Machine, setSaTimer, unsetSaTimer } from './machine.ts';
import type { Established } from './state.ts';

/** The clocks of an established IKE SA: liveness, rekeying, reauthentication. */

export function startTimers(machine: Machine, sa: Established, connection: Connection): void {
  unsetSaTimer(machine, sa, 'half-open');
  const { dpdDelay, rekeyTime, reauthTime, randTime } = connection;
  if (dpdDelay > 0) setSaTimer(machine, sa, 'liveness', dpdDelay);
  const rekey = rekeyTime > 0 ? earlier(machine, rekeyTime, randTime) : 0;
  const reauth = reauthTime > 0 ? earlier(machine, reauthTime, randTime) : 0;
  if (rekey > 0) setSaTimer(machine, sa, 'rekey', rekey);
  if (reauth > 0) setSaTimer(machine, sa, 'reauth', reauth);
  const life = lifetime(connection);
  if (life < Number.POSITIVE_INFINITY) setSaTimer(machine, sa, 'over', life);
}

/** How long an IKE SA may live at most; Infinity where nothing ends it. */
function lifetime({ rekeyTime, reauthTime, overTime }: Connection): Duration {
  const last = Math.max(rekeyTime, reauthTime);
  return last > 0 && overTime > 0 ? last + overTime : Number.POSITIVE_INFINITY;
}

/** How long an IKE SA has still to live. */
export function lifeLeft(machine: Machine, sa: Established): Duration {
  const connection = machine.ipsec.connection(sa.connection);
  if (connection === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, sa.establishedAt + lifetime(connection) - machine.ctx.now());
}

/** A time less a share of chance, so that both sides seldom begin at once. */
function earlier(machine: Machine, time: Duration, spread: Duration): Duration {
  if (spread === 0) return time;
  return Math.max(1, time - Math.floor(nextFraction(machine.ctx.random('rekey')) * Math.min(spread, time)));
}
