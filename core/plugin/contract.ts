/**
 * How plugins of one node talk: a contract names a set of calls. The plugin that provides it exports the token from its `contract.ts`
 * and answers the calls; siblings reach them, typed, through `ctx.sibling(token)`.
 */
export interface Contract<Calls> {
  readonly contract: string;
  /** Never there: it only carries the type. */
  readonly calls?: Calls;
}

export function contract<Calls>(name: string): Contract<Calls> {
  return { contract: name };
}

/**
 * A slot is filled by the host for all nodes of a run, never by the topology: the crypto provider is one. What fills it holds no
 * run state.
 */
export interface Slot<Filling> {
  readonly slot: string;
  readonly filling?: Filling;
}

export function slot<Filling>(name: string): Slot<Filling> {
  return { slot: name };
}
