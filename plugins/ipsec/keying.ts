import type { Context } from '../../core/index.ts';
import { type KeyingCalls, keyExchange } from './calls.ts';
import type { IpsecState } from './state.ts';

/** Who negotiates for a connection: by its version; where both would do, IKEv2. An SA that is there already belongs to who made it. */
export function keyingFor(
  state: IpsecState,
  connection: string,
  ctx: Context,
  maker?: 'manual' | 'ikev1' | 'ikev2',
): KeyingCalls | undefined {
  if (maker === 'manual') return undefined;
  if (maker === 'ikev1') return ctx.sibling(keyExchange[1]);
  if (maker === 'ikev2') return ctx.sibling(keyExchange[2]);
  const configured = state.config.connections.find(({ name }) => name === connection);
  if (configured === undefined) return undefined;
  if (configured.version !== 0) return ctx.sibling(keyExchange[configured.version]);
  return ctx.sibling(keyExchange[2]) ?? ctx.sibling(keyExchange[1]);
}

/** Does anything on this node negotiate keys? */
export function hasKeying(ctx: Context): boolean {
  return ctx.sibling(keyExchange[2]) !== undefined || ctx.sibling(keyExchange[1]) !== undefined;
}
