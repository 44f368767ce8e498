import { setImmediate as turn } from 'node:timers/promises';
import type { TimelineAction } from '../../core/topology/index.ts';
import { type Outlet, type OutsideSettings, outlet } from '../../plugins/index.ts';
import type { Progress } from '../../workers/api.ts';
import type { OpenLab } from '../../workers/open-lab.ts';
import type { Cable, CableEnds, Waiting } from './cable.ts';
import type { InputLogOutput } from './input-log.ts';
import { Lateness } from './lateness.ts';
import type { WallClock } from './wall-clock.ts';

/** Octets of a link header that a frame has beside the link's MTU: two addresses, two tags, a type. */
const LINK_HEADER = 22;
/** Events of one slice: signals and sockets get their turn in between. */
const SLICE_EVENTS = 5000;
/** Milliseconds between two looks at what happened, and the longest rest. */
const LOOK = 100;
/** What is due sooner than this, in milliseconds, is waited for without a timer: timers are not that exact. */
const NEAR = 1;

/** The cables of a lab: one for each node that is outside. */
export function cablesOf({ history }: OpenLab): CableEnds[] {
  const { topology, registry } = history.head;
  return topology.nodes.flatMap((node) =>
    node.order
      .filter((name) => registry.plugins.get(name)?.uses?.includes(outlet.slot) === true)
      .flatMap((name) => {
        const { local, remote } = node.plugins[name] as OutsideSettings;
        return node.interfaces.map((face) => ({ node: node.name, interface: face.name, local, remote }));
      }),
  );
}

/** The door of a run to its outside. It is open only while the run itself goes on: what is computed again sends nothing again. */
export class Door implements Outlet {
  send: ((node: string, interfaceName: string, at: number, frame: Uint8Array) => void) | undefined;

  leave(node: string, interfaceName: string, at: number, frame: Uint8Array): void {
    this.send?.(node, interfaceName, at, frame);
  }
}

export interface LiveSettings {
  readonly open: OpenLab;
  readonly door: Door;
  readonly cables: readonly Cable[];
  readonly clock: WallClock;
  readonly log: InputLogOutput | undefined;
  /** The last instant of the run. */
  readonly until: number;
  readonly interrupted: () => boolean;
  /** Sees the run from time to time. */
  readonly look: (progress: Progress) => void;
}

export interface LiveOutcome {
  readonly progress: Progress;
  readonly lateness: Lateness;
  readonly logFull: boolean;
}

/** Lets a run go on in step with the wall clock, its outside joined to sockets. */
export async function runLive(settings: LiveSettings): Promise<LiveOutcome> {
  const { open, door, cables, clock, log, until } = settings;
  const lateness = new Lateness();
  const byPlace = new Map(cables.map((cable) => [`${cable.ends.node}:${cable.ends.interface}`, cable]));
  let waiting: Waiting[] = [];
  let wake: (() => void) | undefined;
  const send = (node: string, interfaceName: string, at: number, frame: Uint8Array): void => {
    byPlace.get(`${node}:${interfaceName}`)?.send(frame);
    lateness.add(clock.asWall(clock.now() - at));
  };
  const advance = (to: number): Progress => {
    door.send = send;
    try {
      return open.advance(Math.min(to, until), SLICE_EVENTS);
    } finally {
      door.send = undefined;
    }
  };
  let lastEntered = 0;
  const enter = ({ cable, frame }: Waiting): void => {
    cable.waiting--;
    if (open.history.head.now >= until) return;
    const action: TimelineAction = {
      kind: 'frame',
      node: cable.ends.node,
      interface: cable.ends.interface,
      bytes: frame,
    };
    const entry = open.history.head.enter(action);
    lastEntered = entry.at;
    log?.take({ ...action, at: entry.at });
  };
  // A run ends where its log ends: all that was entered has happened, and all of the last instant.
  const settle = (): Progress => {
    for (;;) {
      const { events, stopped } = open.progress();
      const after = advance(Math.max(open.history.head.now, lastEntered));
      if (after.ended || stopped !== undefined || after.events === events) return after;
    }
  };
  clock.start();
  for (const cable of cables) {
    cable.listen({
      now: () => clock.now(),
      largest: () => largestOf(open, cable.ends),
      arrived: (one) => {
        waiting.push(one);
        wake?.();
      },
    });
  }
  let looked = performance.now();
  let progress = open.progress();
  for (;;) {
    const began = performance.now();
    let taken = 0;
    while (taken < waiting.length && performance.now() - began < LOOK) {
      const one = waiting[taken++] as Waiting;
      // Time goes on to when it came: a frame enters neither earlier nor, where the run keeps step, later.
      progress = advance(one.at);
      enter(one);
    }
    waiting = waiting.slice(taken);
    // What was entered stands a nanosecond ahead.
    progress = advance(Math.max(clock.now(), open.history.head.now + 1));
    const over = progress.ended || progress.stopped !== undefined || settings.interrupted() || log?.full === true;
    if (over) progress = settle();
    if (over || performance.now() - looked >= LOOK) {
      looked = performance.now();
      log?.flush();
      settings.look(progress);
    }
    if (over) return { progress, lateness, logFull: log?.full === true };
    await turn();
    if (waiting.length > 0) continue;
    const due = clock.until(open.history.head.nextTime);
    if (due < NEAR) continue;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(due, LOOK));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = undefined;
  }
}

function largestOf({ history }: OpenLab, ends: CableEnds): number {
  const { wiring } = history.head;
  const face = wiring.nodeByName.get(ends.node)?.face.interfaces.find(({ name }) => name === ends.interface);
  return (face?.mtu ?? 0) + LINK_HEADER;
}
