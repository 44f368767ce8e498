import { type StateMachine, toHex } from '../../core/index.ts';
import { exchangeName } from './names/exchanges.ts';
import type { Ikev1State, IsakmpSa } from './state.ts';
import { BEGIN, MESSAGES, QUICK, TASKS } from './transitions.ts';

/** The state machines of IKEv1 as terminal and page draw them: from the very rows that the machines run by. */

const QUICK_TASK = 'quick';

const nameOf = (sa: IsakmpSa): string =>
  'connection' in sa && sa.connection !== '' ? sa.connection : toHex(sa.cookies.initiator);

function told({ name, next, source }: { name: string; next: readonly string[]; source: string }) {
  return { to: next, code: `ikev1.${name}`, source };
}

export const isakmpSaMachine: StateMachine<Ikev1State> = {
  name: 'isakmp-sa',
  title: 'ISAKMP SA (IKEv1)',
  transitions: [
    { ...told(BEGIN), from: 'none', on: 'wish to begin' },
    ...MESSAGES.map((row) => ({
      ...told(row),
      from: row.state,
      on: `${exchangeName(row.exchange)} with ${row.requires.join(', ')}`,
    })),
    ...TASKS.filter(({ task }) => task !== QUICK_TASK).map((row) => ({
      ...told(row),
      from: 'established',
      on: `task ${row.task}`,
    })),
  ],
  running: ({ sas }) => [...sas.values()].map((sa) => ({ name: nameOf(sa), state: sa.state })),
};

export const quickModeMachine: StateMachine<Ikev1State> = {
  name: 'quick-mode',
  title: 'Quick Mode (IKEv1)',
  transitions: [
    ...TASKS.filter(({ task }) => task === QUICK_TASK).map((row) => ({
      ...told(row),
      from: 'none',
      on: `task ${row.task}`,
    })),
    ...QUICK.map((row) => ({ ...told(row), from: row.state, on: `Quick Mode with ${row.requires.join(', ')}` })),
  ],
  running: ({ sas }) =>
    [...sas.values()].flatMap((sa) =>
      'quick' in sa ? [...sa.quick.values()].map(({ state }) => ({ name: nameOf(sa), state })) : [],
    ),
};
