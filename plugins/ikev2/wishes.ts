import { enqueue, type Machine, putSa } from './machine.ts';
import type { Established, Wanted } from './state.ts';

/** What is to be brought up, whoever asks for it: the operator, a packet that met a trap, the configuration after an end. */

/** Wishes join what is there or under way for their connection (with `remote`, where given); only where nothing is, an IKE SA is begun. */
export function wish(
  machine: Machine,
  connection: string,
  wanted: readonly Wanted[],
  why: string,
  remote?: number,
): void {
  const { state } = machine;
  for (const sa of state.sas.values()) {
    if (!('connection' in sa) || sa.connection !== connection || sa.state === 'deleting') continue;
    if (remote !== undefined && sa.remote.address !== remote) continue;
    if (sa.state === 'established') {
      if (sa.successor !== 0) continue;
      for (const each of wanted) {
        if (!isUnderWay(machine, sa, each.child)) {
          enqueue(machine, sa, { kind: 'create-child', wanted: each, replaces: 0, method: undefined, tries: 0 });
        }
      }
      return;
    }
    const offered = sa.state === 'auth-sent' ? sa.offer?.child : undefined;
    const fresh = wanted.filter(({ child }) => child !== offered && !sa.wanted.some((other) => other.child === child));
    if (fresh.length > 0) putSa(machine, { ...sa, wanted: [...sa.wanted, ...fresh] });
    return;
  }
  state.initiations.push({ connection, wanted, why, attempt: 1 });
}

/** Is the child there already, or asked for? */
function isUnderWay(machine: Machine, sa: Established, child: string): boolean {
  const purpose = sa.outstanding?.purpose;
  return (
    sa.children.some(({ id }) => machine.ipsec.child(id)?.child === child) ||
    (purpose?.kind === 'create-child' && purpose.offer.child === child) ||
    sa.waiting.some((task) => task.kind === 'create-child' && task.wanted.child === child)
  );
}
