import { type StateMachine, toHex } from '../../core/index.ts';
import { EXCHANGE_TYPES } from '../isakmp/contract.ts';
import type { Ikev2State } from './state.ts';
import { BEGIN, MESSAGES, type MessageRow, TASKS } from './transitions.ts';

/** The state machine of IKE SAs as terminal and page draw it: from the very rows that the machine runs by. */
export const ikeSaMachine: StateMachine<Ikev2State> = {
  name: 'ike-sa',
  title: 'IKE SA (IKEv2)',
  transitions: [
    { ...BEGIN, from: BEGIN.state, on: 'wish to begin', to: BEGIN.next, code: `ikev2.${BEGIN.name}` },
    ...MESSAGES.map((row) => ({ ...told(row), from: row.state, on: messageText(row) })),
    ...TASKS.map((row) => ({ ...told(row), from: row.state, on: `task ${row.task}` })),
  ].map(({ from, on, to, code, source }) => ({ from, on, to, code, source })),
  running: ({ sas }) =>
    [...sas.values()].map((sa) => ({
      name: 'connection' in sa && sa.connection !== '' ? sa.connection : toHex(sa.spis.initiator),
      state: sa.state,
    })),
};

function told({ name, next, source }: Pick<MessageRow, 'name' | 'next' | 'source'>) {
  return { to: next, code: `ikev2.${name}`, source };
}

function messageText({ on, exchange, requires }: MessageRow): string {
  const parts = requires.length === 0 ? '' : ` with ${requires.join(', ')}`;
  return `${EXCHANGE_TYPES[exchange] ?? exchange} ${on}${parts}`;
}
