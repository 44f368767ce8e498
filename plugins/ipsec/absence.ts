import type { IpsecState } from './state.ts';

/** Why children have no SA: what a packet that goes in clear for want of one is told with. */

/** Why a child has no SA, until it has one; what goes in clear from now on is news. */
export function keepAbsence(state: IpsecState, connection: string, child: string, why: string): void {
  const configured = state.config.connections.find(({ name }) => name === connection);
  if (configured?.children.some(({ name }) => name === child) !== true) return;
  if ([...state.children.values()].some((each) => each.connection === connection && each.child === child)) return;
  const name = `${connection}/${child}`;
  if (state.absent.get(name) === why) return;
  forgetAbsence(state, connection, child);
  state.absent.set(name, why);
}

/** An SA of a child is there. */
export function forgetAbsence(state: IpsecState, connection: string, child: string): void {
  const name = `${connection}/${child}`;
  state.absent.delete(name);
  for (const flow of state.clearTold) if (flow.startsWith(`${name} `)) state.clearTold.delete(flow);
}
