import { type Instant, slot } from '../../core/index.ts';

/** Where frames go that leave the run: the host fills it. A host that does not fill it cannot run a topology with an outside. */
export interface Outlet {
  /** A whole frame has arrived at the outside. `frame` is the callee's own. */
  leave(node: string, interfaceName: string, at: Instant, frame: Uint8Array): void;
}

/** Named so in the manifest's `uses`. */
export const outlet = slot<Outlet>('outlet');

/** For a run whose outside is an input log: what leaves it went its way when the log was written. */
export const CLOSED_OUTLET: Outlet = { leave: () => {} };

/** The settings as a host reads them from a checked topology. */
export interface OutsideSettings {
  /** Port of this machine's loopback address where datagrams are awaited, each a frame. */
  readonly local: number;
  /** Port there to which frames go, and from which alone they are taken. */
  readonly remote: number;
}
