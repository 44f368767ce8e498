import { type Duration, nextFraction, SECOND } from '../../core/index.ts';
import type { Connection } from '../ipsec/contract.ts';
import { type Life, secondsOf } from './lifetimes.ts';
import { REPLACED_SECONDS } from './limits.ts';
import { type Machine, setSaTimer, unsetSaTimer } from './machine.ts';
import type { Established } from './state.ts';

/** The clocks of an established ISAKMP SA: dead peer detection, replacement, end. */

/** When it is replaced: IKEv1 knows no other rekeying of an ISAKMP SA than a new one, so both settings mean that. 0: never. */
function replacedAfter({ rekeyTime, reauthTime }: Connection): Duration {
  if (rekeyTime === 0 || reauthTime === 0) return Math.max(rekeyTime, reauthTime);
  return Math.min(rekeyTime, reauthTime);
}

/** What an ISAKMP SA of a connection lives, as it is offered; `undefined`: for ever. */
export function phaseOneLife(connection: Connection): Life | undefined {
  const due = replacedAfter(connection);
  return due === 0 ? undefined : { seconds: secondsOf(due + connection.overTime), kilobytes: 0 };
}

/** Sets them by the age that the SA has: one that takes business back from a successor that ended has no life anew. */
export function startTimers(machine: Machine, sa: Established, connection: Connection): void {
  unsetSaTimer(machine, sa, 'half-open');
  const { dpdDelay, randTime } = connection;
  if (dpdDelay > 0 && sa.peer.dpd) setSaTimer(machine, sa, 'liveness', dpdDelay);
  const age = machine.ctx.now() - sa.establishedAt;
  const life = sa.life.seconds * SECOND;
  const due = replacedAfter(connection);
  // Of a life that the peer wants shorter the last tenth is left for the replacement.
  const before = life === 0 ? due : Math.min(due, life - Math.floor(life / 10));
  if (due > 0) {
    const at = earlier(machine, before, Math.min(randTime, Math.floor(before / 10) || randTime));
    setSaTimer(machine, sa, 'rekey', age === 0 ? at : Math.max(at - age, overdue(life, age)));
  }
  if (life > 0) setSaTimer(machine, sa, 'over', Math.max(1, life - age));
}

/** One whose time for replacement has passed waits for what its peer may have to say still, and not past its end. */
function overdue(life: Duration, age: Duration): Duration {
  const most = REPLACED_SECONDS * SECOND;
  return life === 0 ? most : Math.max(1, Math.min(most, Math.floor((life - age) / 2)));
}

/** A time less a share of chance, so that both sides seldom begin at once. */
function earlier(machine: Machine, time: Duration, spread: Duration): Duration {
  if (spread === 0) return time;
  return Math.max(1, time - Math.floor(nextFraction(machine.ctx.random('rekey')) * Math.min(spread, time)));
}
