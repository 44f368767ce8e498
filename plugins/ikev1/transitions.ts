import { acceptAggressive } from './exchanges/aggressive-mode.ts';
import { answerAggressive, answerProof } from './exchanges/aggressive-mode-answer.ts';
import { begin } from './exchanges/begin.ts';
import { startLiveness } from './exchanges/dead-peer-detection.ts';
import { answerInformational, startDeleteChild, startDeleteIsakmp } from './exchanges/informational.ts';
import { acceptId, acceptKe, acceptSa, refused } from './exchanges/main-mode.ts';
import { answerId, answerKe, answerSa } from './exchanges/main-mode-answer.ts';
import { acceptQuick, startQuick } from './exchanges/quick-mode.ts';
import { answerQuick, confirmQuick } from './exchanges/quick-mode-answer.ts';
import type { Incoming, Told } from './incoming.ts';
import type { Machine } from './machine.ts';
import type { Payload } from './message.ts';
import { EXCHANGE } from './names/exchanges.ts';
import { findError } from './notifications.ts';
import type { PayloadKind } from './payloads/index.ts';
import type { Initiation, IsakmpSa, QuickMode, QuickStateName, StateName, Task } from './state.ts';

/**
 * The state machines of an ISAKMP SA and of its Quick Modes as one table: in which state, on what, which payloads it takes, what is done,
 * where it leads, and the sentence that tells it. The machine runs from the table, and so do diagrams and the counting of what tests have seen.
 */

interface Row {
  /** The code of its story: `ikev1.<name>`. */
  readonly name: string;
  readonly story: string;
  readonly source: string;
  /** States it may lead to; `closed`: the SA is gone; `done`: the Quick Mode is over; `none`: nothing is kept. */
  readonly next: readonly (StateName | QuickStateName | 'closed' | 'done' | 'none')[];
}

/** On a message. */
export interface MessageRow extends Row {
  readonly on: 'message';
  readonly state: StateName | 'none';
  readonly exchange: number;
  /** Payloads that must be there. */
  readonly requires: readonly PayloadKind[];
  /** Whether it must be encrypted: `either` where RFC 2409 leaves it to the sender. */
  readonly sealed: 'yes' | 'no' | 'either';
  readonly when?: (payloads: readonly Payload[]) => boolean;
  readonly run: (machine: Machine, sa: never, incoming: Incoming) => Told;
}

/** On a message of Quick Mode, whose HASH has been found right. */
export interface QuickRow extends Row {
  readonly on: 'quick';
  readonly state: QuickStateName | 'none';
  readonly requires: readonly PayloadKind[];
  readonly run: (
    machine: Machine,
    sa: InState<'established'>,
    quick: never,
    incoming: Incoming,
    iv: Uint8Array,
  ) => Told;
}

/** On something that this side wants to do. */
export interface TaskRow extends Row {
  readonly on: 'task';
  readonly task: Task['kind'];
  readonly run: (machine: Machine, sa: InState<'established'>, task: never) => Told;
}

/** On the wish to begin. */
export interface BeginRow extends Row {
  readonly on: 'initiation';
  readonly run: (machine: Machine, initiation: Initiation) => Told;
}

type InState<S extends StateName> = Extract<IsakmpSa, { readonly state: S }>;

function message<S extends StateName>(
  row: Omit<MessageRow, 'on' | 'run' | 'state'> & {
    readonly state: S;
    readonly run: (machine: Machine, sa: InState<S>, incoming: Incoming) => Told;
  },
): MessageRow {
  return { on: 'message', ...row };
}

function quick<S extends QuickStateName>(
  row: Omit<QuickRow, 'on' | 'run' | 'state'> & {
    readonly state: S;
    readonly run: (
      machine: Machine,
      sa: InState<'established'>,
      quick: Extract<QuickMode, { readonly state: S }>,
      incoming: Incoming,
    ) => Told;
  },
): QuickRow {
  return { on: 'quick', ...row };
}

function task<K extends Task['kind']>(
  row: Omit<TaskRow, 'on' | 'run' | 'task'> & {
    readonly task: K;
    readonly run: (machine: Machine, sa: InState<'established'>, task: Extract<Task, { readonly kind: K }>) => Told;
  },
): TaskRow {
  return { on: 'task', ...row };
}

const fails = (payloads: readonly Payload[]): boolean => findError(payloads) !== undefined;

export const BEGIN: BeginRow = {
  on: 'initiation',
  name: 'begun',
  story: '{node} begins {connection} with {peer} in {mode}: {why}',
  source: 'RFC 2409 §5',
  next: ['sa-sent', 'aggressive-sent', 'none'],
  run: begin,
};

/** Rows of one state and exchange are asked in this order. */
export const MESSAGES: readonly MessageRow[] = [
  {
    ...{ on: 'message', name: 'sa-answered', state: 'none', exchange: EXCHANGE.MAIN, sealed: 'no' },
    ...{ requires: ['SA'], next: ['sa-answered', 'none'] },
    story: '{node} answers {peer} with {proposal}: ISAKMP SA {spis} is half open',
    source: 'RFC 2409 §5.4',
    run: (machine, _sa, incoming) => answerSa(machine, incoming),
  },
  {
    ...{ on: 'message', name: 'aggressive-answered', state: 'none', exchange: EXCHANGE.AGGRESSIVE, sealed: 'no' },
    ...{ requires: ['SA', 'KE', 'NONCE', 'ID'], next: ['aggressive-answered', 'none'] },
    story: '{node} answers {peer}, who says to be {identity}, with {proposal}: ISAKMP SA {spis} is half open',
    source: 'RFC 2409 §5.4',
    run: (machine, _sa, incoming) => answerAggressive(machine, incoming),
  },
  message({
    ...{ name: 'proposal-agreed', state: 'sa-sent', exchange: EXCHANGE.MAIN, sealed: 'no' },
    ...{ requires: ['SA'], next: ['ke-sent', 'closed'] },
    story: '{peer} has chosen {proposal} for {connection}: {node} sends its public value',
    source: 'RFC 2409 §5.4',
    run: acceptSa,
  }),
  message({
    ...{ name: 'ke-answered', state: 'sa-answered', exchange: EXCHANGE.MAIN, sealed: 'no' },
    ...{ requires: ['KE', 'NONCE'], next: ['ke-answered', 'closed'] },
    story: '{node} and {peer} have keys: ISAKMP SA {spis}',
    source: 'RFC 2409 §5.4',
    run: answerKe,
  }),
  message({
    ...{ name: 'keys-made', state: 'ke-sent', exchange: EXCHANGE.MAIN, sealed: 'no' },
    ...{ requires: ['KE', 'NONCE'], next: ['id-sent', 'closed'] },
    story: '{node} and {peer} have keys for {connection}: ISAKMP SA {spis}',
    source: 'RFC 2409 §5.4',
    run: acceptKe,
  }),
  message({
    ...{ name: 'initiator-accepted', state: 'ke-answered', exchange: EXCHANGE.MAIN, sealed: 'yes' },
    ...{ requires: ['ID', 'HASH'], next: ['established', 'closed'] },
    story: '{peer} has proved to be {identity}: {connection} is established',
    source: 'RFC 2409 §5.4',
    run: answerId,
  }),
  message({
    ...{ name: 'responder-accepted', state: 'id-sent', exchange: EXCHANGE.MAIN, sealed: 'yes' },
    ...{ requires: ['ID', 'HASH'], next: ['established', 'closed'] },
    story: '{peer} has proved to be {identity}: {connection} is established',
    source: 'RFC 2409 §5.4',
    run: acceptId,
  }),
  message({
    ...{ name: 'aggressive-accepted', state: 'aggressive-sent', exchange: EXCHANGE.AGGRESSIVE, sealed: 'no' },
    ...{ requires: ['SA', 'KE', 'NONCE', 'ID', 'HASH'], next: ['established', 'closed'] },
    story: '{peer} has proved to be {identity} with {proposal}: {connection} is established',
    source: 'RFC 2409 §5.4',
    run: acceptAggressive,
  }),
  message({
    ...{ name: 'aggressive-proved', state: 'aggressive-answered', exchange: EXCHANGE.AGGRESSIVE, sealed: 'either' },
    ...{ requires: ['HASH'], next: ['established', 'closed'] },
    story: '{peer} has proved to be {identity}: {connection} is established',
    source: 'RFC 2409 §5.4',
    run: answerProof,
  }),
  ...(['sa-sent', 'ke-sent', 'aggressive-sent'] as const).map((state) =>
    message({
      ...{ name: 'refused', state, exchange: EXCHANGE.INFORMATIONAL, sealed: 'no', requires: ['N'], when: fails },
      next: ['closed'],
      story: '{peer} refuses {node}',
      source: 'RFC 2408 §4.8',
      run: refused,
    }),
  ),
  message({
    ...{ name: 'informed', state: 'established', exchange: EXCHANGE.INFORMATIONAL, sealed: 'yes', requires: ['HASH'] },
    next: ['established', 'closed'],
    story: '{peer} tells {node}: {said}',
    source: 'RFC 2409 §5.7',
    run: answerInformational,
  }),
];

export const QUICK: readonly QuickRow[] = [
  {
    ...{ on: 'quick', name: 'quick-answered', state: 'none', requires: ['HASH', 'SA', 'NONCE'] },
    next: ['quick-answered', 'none'],
    story: '{node} agrees with {peer} on {child}, and waits for its proof that it is there',
    source: 'RFC 2409 §5.5',
    run: (machine, sa, _quick, incoming, iv) => answerQuick(machine, sa, incoming, iv),
  },
  quick({
    ...{ name: 'quick-accepted', state: 'quick-sent', requires: ['HASH', 'SA', 'NONCE'], next: ['done'] },
    story: '{node} and {peer} have made {child}',
    source: 'RFC 2409 §5.5',
    run: acceptQuick,
  }),
  quick({
    ...{ name: 'quick-confirmed', state: 'quick-answered', requires: ['HASH'], next: ['done'] },
    story: '{peer} has got {child}',
    source: 'RFC 2409 §5.5',
    run: confirmQuick,
  }),
];

export const TASKS: readonly TaskRow[] = [
  task({
    ...{ name: 'quick-asked', task: 'quick', next: ['quick-sent', 'none'] },
    story: '{node} asks {peer} for {child}',
    source: 'RFC 2409 §5.5',
    run: startQuick,
  }),
  task({
    ...{ name: 'child-delete-sent', task: 'delete-child', next: ['established'] },
    story: '{node} tells {peer} that an IPsec SA is deleted: {why}',
    source: 'RFC 2408 §5.15',
    run: startDeleteChild,
  }),
  task({
    ...{ name: 'delete-sent', task: 'delete-isakmp', next: ['closed'] },
    story: '{node} tells {peer} that {connection} is deleted: {why}',
    source: 'RFC 2408 §5.15',
    run: startDeleteIsakmp,
  }),
  task({
    ...{ name: 'liveness-asked', task: 'liveness', next: ['established'] },
    story: '{node} asks whether {peer} is there ({sequence})',
    source: 'RFC 3706 §5.4',
    run: startLiveness,
  }),
];

export type Found<R> = { readonly row: R } | { readonly missing: readonly PayloadKind[] } | undefined;

/** The first of some rows whose required payloads are there; `missing` says what the first of them lacks. */
function firstComplete<R extends { readonly requires: readonly PayloadKind[] }>(
  rows: readonly R[],
  payloads: readonly Payload[],
): Found<R> {
  let missing: readonly PayloadKind[] | undefined;
  for (const row of rows) {
    const lacking = row.requires.filter((kind) => !payloads.some((payload) => payload.kind === kind));
    if (lacking.length === 0) return { row };
    missing ??= lacking;
  }
  return missing === undefined ? undefined : { missing };
}

/** The row for a message that is not of Quick Mode. */
export function findRow(
  state: StateName | 'none',
  exchange: number,
  sealed: boolean,
  payloads: readonly Payload[],
): Found<MessageRow> {
  const fitting = MESSAGES.filter(
    (row) =>
      row.state === state &&
      row.exchange === exchange &&
      (row.sealed === 'either' || (row.sealed === 'yes') === sealed) &&
      (row.when === undefined || row.when(payloads)),
  );
  return firstComplete(fitting, payloads);
}

export function findQuickRow(state: QuickStateName | 'none', payloads: readonly Payload[]): Found<QuickRow> {
  return firstComplete(
    QUICK.filter((row) => row.state === state),
    payloads,
  );
}
