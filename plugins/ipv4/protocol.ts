import type { Protocol } from '../../core/index.ts';
import { renumber } from './addresses.ts';
import { CallsOfNode } from './calls.ts';
import type { Ipv4Config, RenumberAction } from './config.ts';
import { createState } from './create.ts';
import { reassemblyTimedOut } from './reassembly.ts';
import { receive } from './receive.ts';
import { forgetTrie } from './routes.ts';
import { takeLooped } from './send.ts';
import type { Ipv4State } from './state.ts';

export const ipv4Protocol: Protocol<Ipv4State, Ipv4Config> = {
  create: createState,
  receive,

  timer(state, timer, ctx) {
    if (timer.name === 'looped') takeLooped(state, ctx);
    else if (timer.name === 'reassembly') reassemblyTimedOut(state, timer.data as string, timer.id, ctx);
  },

  linkChanged(_state, _interfaceIndex, _up, ctx) {
    forgetTrie(ctx);
  },

  command(state, command, ctx) {
    if (command.name === 'renumber') renumber(state, command.args as RenumberAction, ctx);
  },

  calls: (state, ctx) => new CallsOfNode(state, ctx),
};
