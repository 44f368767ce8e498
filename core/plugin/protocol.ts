import type { Packet } from '../packet/index.ts';
import type { PlainValue } from '../trace/index.ts';
import type { Context, HookVerdict } from './context.ts';

/** A timer that fired. */
export interface Timer {
  readonly id: number;
  readonly name: string;
  readonly data: PlainValue | undefined;
}

/** A command from the timeline or the operator: an action of the plugin's manifest with its checked settings. */
export interface Command {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the action's schema; the protocol that declares it knows it.
  readonly args: any;
}

/** One function at a hook point of a protocol below: `plugin.point`. Lower priorities are asked first (netfilter's order). */
export interface HookRegistration<State> {
  readonly point: string;
  readonly priority: number;
  /** `egress` is the interface it would leave by; -1 where that is not known. */
  run(state: State, packet: Packet, ctx: Context, egress: number): HookVerdict;
}

/**
 * Behaviour over plain state. Everything outside comes in through `ctx` and goes out through `ctx`. State is made once, changed in
 * place, and cloned with the run: no methods, no class instances, no views of shared buffers.
 */
export interface Protocol<State, Config> {
  /** Makes the state. The node's interfaces are there; siblings and links may not be: nothing is sent from here. */
  create(config: Config, ctx: Context): State;
  /** The run begins: timers may be set, packets sent, ports bound. Asked once, in the order of requirements. */
  start?(state: State, ctx: Context): void;
  /** A packet from the protocol below. It is now in this protocol's hand. */
  receive?(state: State, packet: Packet, ctx: Context): void;
  timer?(state: State, timer: Timer, ctx: Context): void;
  command?(state: State, command: Command, ctx: Context): void;
  /** An interface of the node went up or down. */
  linkChanged?(state: State, interfaceIndex: number, up: boolean, ctx: Context): void;
  /** The calls that siblings may make, over this state; made anew whenever the run is taken up from a snapshot. */
  calls?(state: State, ctx: Context): object;
  readonly hooks?: readonly HookRegistration<State>[];
}
