import { acceptCreate, answerCreate, answerRekey, createRefused, startChild } from './exchanges/create-child-sa.ts';
import { acceptAuth, authRefused } from './exchanges/ike-auth.ts';
import { answerAuth } from './exchanges/ike-auth-answer.ts';
import { acceptInit, begin, followCookie, followMethod, initRefused } from './exchanges/ike-sa-init.ts';
import { answerInit } from './exchanges/ike-sa-init-answer.ts';
import {
  acceptDeleteChild,
  acceptDeleteIke,
  acceptLiveness,
  answerInformational,
  answerWhileDeleting,
  startDeleteChild,
  startDeleteIke,
  startLiveness,
} from './exchanges/informational.ts';
import { acceptIkeRekey, answerIkeRekey, rekeyRefused, startRekey } from './exchanges/rekey-ike.ts';
import type { Incoming, Told } from './incoming.ts';
import type { Machine } from './machine.ts';
import type { Payload } from './message.ts';
import { EXCHANGE } from './names/exchanges.ts';
import { PROTOCOL } from './names/identifiers.ts';
import { NOTIFY } from './names/notify-types.ts';
import { findError, findNotification } from './notifications.ts';
import type { PayloadKind } from './payloads/index.ts';
import type { IkeSa, Initiation, Purpose, StateName, Task } from './state.ts';

/**
 * The state machine of an IKE SA as one table: in which state, on what, which payloads it takes, what is done, where it leads, and the
 * sentence that tells it. The machine runs from the table, and so do diagrams and the counting of what tests have seen.
 */

interface Row {
  /** The code of its story: `ikev2.<name>`. */
  readonly name: string;
  readonly story: string;
  readonly source: string;
  /** States it may lead to; `closed`: the IKE SA is gone; `none`: nothing is kept. */
  readonly next: readonly (StateName | 'closed' | 'none')[];
}

/** On a message: a request of the peer, or its response to a request of this side. */
export interface MessageRow extends Row {
  readonly on: 'request' | 'response';
  readonly state: StateName | 'none';
  readonly exchange: number;
  /** For responses: what the request was for. */
  readonly to?: Purpose['kind'];
  /** Payloads that must be there. */
  readonly requires: readonly PayloadKind[];
  /** A condition on the payloads beyond those required. */
  readonly when?: (payloads: readonly Payload[]) => boolean;
  readonly run: (machine: Machine, sa: never, incoming: Incoming) => Told;
}

/** On something that this side wants to do. */
export interface TaskRow extends Row {
  readonly on: 'task';
  readonly state: StateName;
  readonly task: Task['kind'];
  readonly run: (machine: Machine, sa: never, task: never) => Told;
}

/** On the wish to begin. */
export interface BeginRow extends Row {
  readonly on: 'initiation';
  readonly state: 'none';
  readonly run: (machine: Machine, initiation: Initiation) => Told;
}

type InState<S extends StateName> = Extract<IkeSa, { readonly state: S }>;

function request<S extends StateName>(
  row: Omit<MessageRow, 'on' | 'run' | 'state'> & {
    readonly state: S;
    readonly run: (machine: Machine, sa: InState<S>, incoming: Incoming) => Told;
  },
): MessageRow {
  return { on: 'request', ...row };
}

function response<S extends StateName>(
  row: Omit<MessageRow, 'on' | 'run' | 'state'> & {
    readonly state: S;
    readonly to: Purpose['kind'];
    readonly run: (machine: Machine, sa: InState<S>, incoming: Incoming) => Told;
  },
): MessageRow {
  return { on: 'response', ...row };
}

function task<K extends Task['kind']>(
  row: Omit<TaskRow, 'on' | 'run' | 'state' | 'task'> & {
    readonly task: K;
    readonly run: (machine: Machine, sa: InState<'established'>, task: Extract<Task, { readonly kind: K }>) => Told;
  },
): TaskRow {
  return { on: 'task', state: 'established', ...row };
}

const notifies = (type: number) => (payloads: readonly Payload[]) => findNotification(payloads, type) !== undefined;
const fails = (payloads: readonly Payload[]): boolean => findError(payloads) !== undefined;
const rekeysIke = (payloads: readonly Payload[]): boolean =>
  payloads.some((payload) => payload.kind === 'SA' && payload.value.proposals[0]?.protocol === PROTOCOL.IKE);

export const BEGIN: BeginRow = {
  on: 'initiation',
  state: 'none',
  name: 'begun',
  story: '{node} begins {connection} with {peer}: {why}',
  source: 'RFC 7296 §1.2',
  next: ['init-sent', 'none'],
  run: begin,
};

/** Rows of one state and trigger are asked in this order: what is particular before what is general. */
export const MESSAGES: readonly MessageRow[] = [
  {
    ...{ on: 'request', name: 'init-answered', state: 'none', exchange: EXCHANGE.IKE_SA_INIT },
    ...{ requires: ['SA', 'KE', 'Nonce'], next: ['half-open', 'none'] },
    story: '{node} answers {peer} with {proposal}: IKE SA {spis} is half open',
    source: 'RFC 7296 §1.2',
    run: (machine, _sa, incoming) => answerInit(machine, incoming),
  },
  response({
    ...{ name: 'cookie-returned', state: 'init-sent', exchange: EXCHANGE.IKE_SA_INIT, to: 'init' },
    ...{ requires: ['N'], when: notifies(NOTIFY.COOKIE), next: ['init-sent', 'closed'] },
    story: '{peer} has many half-open IKE SAs and wants its cookie back: {node} asks again with it',
    source: 'RFC 7296 §2.6',
    run: followCookie,
  }),
  response({
    ...{ name: 'method-changed', state: 'init-sent', exchange: EXCHANGE.IKE_SA_INIT, to: 'init' },
    ...{ requires: ['N'], when: notifies(NOTIFY.INVALID_KE_PAYLOAD), next: ['init-sent', 'closed'] },
    story: '{peer} wants {wanted}, not {sent}: {node} asks again with a public value of it',
    source: 'RFC 7296 §1.2',
    run: followMethod,
  }),
  response({
    ...{ name: 'init-refused', state: 'init-sent', exchange: EXCHANGE.IKE_SA_INIT, to: 'init' },
    ...{ requires: ['N'], when: fails, next: ['closed'] },
    story: '{peer} refuses {node}',
    source: 'RFC 7296 §2.21.1',
    run: initRefused,
  }),
  response({
    ...{ name: 'keys-made', state: 'init-sent', exchange: EXCHANGE.IKE_SA_INIT, to: 'init' },
    ...{ requires: ['SA', 'KE', 'Nonce'], next: ['auth-sent', 'closed'] },
    story: '{node} and {peer} have keys by {proposal}: IKE SA {spis}',
    source: 'RFC 7296 §2.14',
    run: acceptInit,
  }),
  request({
    ...{ name: 'initiator-accepted', state: 'half-open', exchange: EXCHANGE.IKE_AUTH },
    ...{ requires: ['IDi'], next: ['established', 'closed'] },
    story: '{peer} has proved to be {identity}: {connection} is established',
    source: 'RFC 7296 §2.15',
    run: answerAuth,
  }),
  response({
    ...{ name: 'responder-accepted', state: 'auth-sent', exchange: EXCHANGE.IKE_AUTH, to: 'auth' },
    ...{ requires: ['IDr', 'AUTH'], next: ['established', 'closed'] },
    story: '{peer} has proved to be {identity}: {connection} is established',
    source: 'RFC 7296 §2.15',
    run: acceptAuth,
  }),
  response({
    ...{ name: 'auth-refused', state: 'auth-sent', exchange: EXCHANGE.IKE_AUTH, to: 'auth' },
    ...{ requires: ['N'], when: fails, next: ['closed'] },
    story: '{peer} refuses {node}',
    source: 'RFC 7296 §2.21.2',
    run: authRefused,
  }),
  request({
    ...{ name: 'ike-rekey-answered', state: 'established', exchange: EXCHANGE.CREATE_CHILD_SA },
    ...{ requires: ['SA', 'Nonce', 'KE'], when: rekeysIke, next: ['established'] },
    story: '{peer} has the keys of {connection} made anew: IKE SA {spis} by {proposal}',
    source: 'RFC 7296 §1.3.2',
    run: answerIkeRekey,
  }),
  request({
    ...{ name: 'child-rekey-answered', state: 'established', exchange: EXCHANGE.CREATE_CHILD_SA },
    ...{ requires: ['SA', 'Nonce', 'TSi', 'TSr'], when: notifies(NOTIFY.REKEY_SA), next: ['established'] },
    story: '{peer} has the keys of {child} made anew',
    source: 'RFC 7296 §1.3.3',
    run: answerRekey,
  }),
  request({
    ...{ name: 'child-answered', state: 'established', exchange: EXCHANGE.CREATE_CHILD_SA },
    ...{ requires: ['SA', 'Nonce', 'TSi', 'TSr'], next: ['established'] },
    story: '{peer} has got a further Child SA of {connection}',
    source: 'RFC 7296 §1.3.1',
    run: answerCreate,
  }),
  response({
    ...{ name: 'ike-rekey-refused', state: 'established', exchange: EXCHANGE.CREATE_CHILD_SA, to: 'rekey-ike' },
    ...{ requires: ['N'], when: fails, next: ['established'] },
    story: '{peer} refuses new keys for {connection}',
    source: 'RFC 7296 §2.21.3',
    run: rekeyRefused,
  }),
  response({
    ...{ name: 'ike-rekeyed', state: 'established', exchange: EXCHANGE.CREATE_CHILD_SA, to: 'rekey-ike' },
    ...{ requires: ['SA', 'Nonce', 'KE'], next: ['established'] },
    story: '{connection} has new keys with {peer}: IKE SA {spis} by {proposal}',
    source: 'RFC 7296 §2.18',
    run: acceptIkeRekey,
  }),
  response({
    ...{ name: 'child-refused', state: 'established', exchange: EXCHANGE.CREATE_CHILD_SA, to: 'create-child' },
    ...{ requires: ['N'], when: fails, next: ['established'] },
    story: '{peer} refuses a Child SA',
    source: 'RFC 7296 §2.21.3',
    run: createRefused,
  }),
  response({
    ...{ name: 'child-accepted', state: 'established', exchange: EXCHANGE.CREATE_CHILD_SA, to: 'create-child' },
    ...{ requires: ['SA', 'Nonce', 'TSi', 'TSr'], next: ['established'] },
    story: '{node} and {peer} have made {child}',
    source: 'RFC 7296 §1.3.1',
    run: acceptCreate,
  }),
  request({
    ...{ name: 'informed', state: 'established', exchange: EXCHANGE.INFORMATIONAL, requires: [] },
    next: ['established', 'closed'],
    story: '{node} answers {peer}; {deleted} Child SAs are deleted',
    source: 'RFC 7296 §1.4',
    run: answerInformational,
  }),
  response({
    ...{ name: 'alive', state: 'established', exchange: EXCHANGE.INFORMATIONAL, to: 'liveness', requires: [] },
    next: ['established'],
    story: '{peer} is there',
    source: 'RFC 7296 §2.4',
    run: acceptLiveness,
  }),
  response({
    ...{ name: 'child-deleted', state: 'established', exchange: EXCHANGE.INFORMATIONAL, to: 'delete-child' },
    ...{ requires: [], next: ['established'] },
    story: '{peer} has deleted its half of the Child SA',
    source: 'RFC 7296 §1.4.1',
    run: acceptDeleteChild,
  }),
  request({
    ...{ name: 'informed-while-deleting', state: 'deleting', exchange: EXCHANGE.INFORMATIONAL, requires: [] },
    next: ['deleting', 'closed'],
    story: '{node} answers {peer} while it deletes the IKE SA',
    source: 'RFC 7296 §2.25',
    run: answerWhileDeleting,
  }),
  response({
    ...{ name: 'deleted', state: 'deleting', exchange: EXCHANGE.INFORMATIONAL, to: 'delete-ike', requires: [] },
    next: ['closed'],
    story: '{peer} has deleted {connection} as well: {why}',
    source: 'RFC 7296 §1.4.1',
    run: acceptDeleteIke,
  }),
];

export const TASKS: readonly TaskRow[] = [
  task({
    ...{ name: 'child-asked', task: 'create-child', next: ['established'] },
    story: '{node} asks {peer} for {child}',
    source: 'RFC 7296 §1.3.1',
    run: startChild,
  }),
  task({
    ...{ name: 'ike-rekey-asked', task: 'rekey-ike', next: ['established'] },
    story: '{node} asks {peer} for new keys of {connection}',
    source: 'RFC 7296 §1.3.2',
    run: startRekey,
  }),
  task({
    ...{ name: 'child-delete-sent', task: 'delete-child', next: ['established'] },
    story: '{node} tells {peer} that a Child SA is deleted: {why}',
    source: 'RFC 7296 §1.4.1',
    run: startDeleteChild,
  }),
  task({
    ...{ name: 'delete-sent', task: 'delete-ike', next: ['deleting'] },
    story: '{node} tells {peer} that {connection} is deleted: {why}',
    source: 'RFC 7296 §1.4.1',
    run: startDeleteIke,
  }),
  task({
    ...{ name: 'liveness-asked', task: 'liveness', next: ['established'] },
    story: '{node} asks whether {peer} is there',
    source: 'RFC 7296 §2.4',
    run: startLiveness,
  }),
];

/** The row for a message. Of rows whose required payloads are missing, none: `missing` then says what the first of them lacks. */
export function findRow(
  on: 'request' | 'response',
  state: StateName | 'none',
  exchange: number,
  to: Purpose['kind'] | undefined,
  payloads: readonly Payload[],
): { readonly row: MessageRow } | { readonly missing: readonly PayloadKind[] } | undefined {
  let missing: readonly PayloadKind[] | undefined;
  for (const row of MESSAGES) {
    if (row.on !== on || row.state !== state || row.exchange !== exchange || row.to !== to) continue;
    if (row.when !== undefined && !row.when(payloads)) continue;
    const lacking = row.requires.filter((kind) => !payloads.some((payload) => payload.kind === kind));
    if (lacking.length === 0) return { row };
    missing ??= lacking;
  }
  return missing === undefined ? undefined : { missing };
}
