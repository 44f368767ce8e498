import type { Context } from '../../core/index.ts';
import { connectionOf } from './children.ts';
import { keyingFor } from './keying.ts';
import type { IpsecState } from './state.ts';

/** Wishes that keys be made or given up go to who negotiates; where nobody does, the trace says so. */

export interface Target {
  readonly connection: string;
  readonly child: string | undefined;
}

export function initiate(state: IpsecState, { connection, child }: Target, why: string, ctx: Context): void {
  const keying = keyingOrNote(state, { connection, child }, ctx);
  keying?.initiate(connection, child, why);
}

export function terminate(state: IpsecState, target: Target, ctx: Context): void {
  keyingOrNote(state, target, ctx)?.terminate(target.connection, target.child, 'asked for');
}

function keyingOrNote(state: IpsecState, { connection, child }: Target, ctx: Context) {
  const what = child === undefined ? connection : `${connection}/${child}`;
  const configured = connectionOf(state, connection);
  const keying = configured === undefined ? undefined : keyingFor(state, connection, ctx);
  if (configured === undefined) ctx.note('ipsec.not-initiated', { what, why: `there is no connection ${connection}` });
  else if (child !== undefined && !configured.children.some(({ name }) => name === child)) {
    ctx.note('ipsec.not-initiated', { what, why: `connection ${connection} has no child ${child}` });
    return undefined;
  } else if (keying === undefined) {
    ctx.note('ipsec.not-initiated', { what, why: `no plugin of this node speaks IKE version ${configured.version}` });
  }
  return keying;
}
