import { pushEvent } from '../time/index.ts';
import type { LinkSettings, TimelineEntry } from '../topology/index.ts';
import type { PlainValues } from '../trace/index.ts';
import { cutLink } from './links.ts';
import { OPCODE } from './opcodes.ts';
import type { Simulation } from './simulation.ts';

/** Lets one entry of the input log happen. */
export function applyInput(simulation: Simulation, entry: TimelineEntry): void {
  const { wiring } = simulation;
  simulation.cause = 0;
  if (entry.kind === 'command') {
    const node = wiring.nodeByName.get(entry.node);
    if (node === undefined) return;
    const provider = node.providers.get(entry.plugin);
    simulation.cause = simulation.record('input', provider?.index ?? -1, 0, 'core.command', {
      node: entry.node,
      command: entry.name,
      args: plainArgs(entry.args),
    });
    simulation.command(node, entry.plugin, entry.name, entry.args);
  } else if (entry.kind === 'link') {
    const link = wiring.linkByName.get(entry.link);
    if (link === undefined) return;
    simulation.cause = simulation.record('input', -1, 0, 'core.link-changed', {
      link: entry.link,
      change: changeText(entry.set),
    });
    const before = changeLink(simulation, link, entry.set);
    if (entry.for === undefined) return;
    const restoration = { link, set: before };
    const at = simulation.run.restorations.push(restoration) - 1;
    pushEvent(simulation.run.queue, simulation.run.now + entry.for, OPCODE.restore, 0, at, simulation.cause);
  } else {
    const node = wiring.nodeByName.get(entry.node);
    const face = node?.face.interfaces.find((one) => one.name === entry.interface);
    if (node === undefined || face === undefined) return;
    simulation.cause = simulation.record('input', -1, 0, 'core.interface-changed', {
      node: entry.node,
      interface: entry.interface,
      state: entry.up ? 'up' : 'down',
    });
    const number = node.firstInterface + face.index;
    changeInterface(simulation, number, entry.up);
    if (entry.for === undefined) return;
    const { queue, now } = simulation.run;
    pushEvent(queue, now + entry.for, OPCODE.interface, number, entry.up ? 0 : 1, simulation.cause);
  }
}

/** A link gets back what it was before a change for a while. */
export function restoreLink(simulation: Simulation, at: number): void {
  const restoration = simulation.run.restorations[at];
  simulation.run.restorations[at] = null;
  if (restoration === null || restoration === undefined) return;
  const name = simulation.topology.links[restoration.link]?.name ?? '';
  simulation.cause = simulation.record('note', -1, 0, 'core.link-changed', {
    link: name,
    change: changeText(restoration.set),
  });
  changeLink(simulation, restoration.link, restoration.set);
}

export function restoreInterface(simulation: Simulation, number: number, up: number): void {
  const { wiring } = simulation;
  const node = wiring.nodes[wiring.nodeOfInterface[number] as number];
  const face = node?.face.interfaces[number - node.firstInterface];
  simulation.cause = simulation.record('note', -1, 0, 'core.interface-changed', {
    node: node?.name ?? '',
    interface: face?.name ?? '',
    state: up === 1 ? 'up' : 'down',
  });
  changeInterface(simulation, number, up === 1);
}

/** Changes a link and returns what the changed settings were before. */
function changeLink(simulation: Simulation, link: number, set: Partial<LinkSettings>): Partial<LinkSettings> {
  const { run, wiring } = simulation;
  const present = run.links[link] as LinkSettings;
  const before = Object.fromEntries(
    Object.keys(set).map((key) => [key, present[key as keyof LinkSettings]]),
  ) as Partial<LinkSettings>;
  const ends = [2 * link, 2 * link + 1].map((direction) => wiring.receiverInterface[direction] as number);
  const wasUp = ends.map((number) => wiring.faces[number]?.up === true);
  run.links[link] = { ...present, ...set };
  for (const number of ends) simulation.refreshInterface(number);
  if (present.up && set.up === false) cutLink(simulation, link);
  tellChanges(simulation, ends, wasUp);
  return before;
}

function changeInterface(simulation: Simulation, number: number, up: boolean): void {
  const { run, wiring } = simulation;
  const direction = wiring.directionOf[number] as number;
  const ends = direction < 0 ? [number] : [number, wiring.receiverInterface[direction] as number];
  const wasUp = ends.map((one) => wiring.faces[one]?.up === true);
  run.interfacesUp[number] = up;
  for (const one of ends) simulation.refreshInterface(one);
  if (direction >= 0 && !up) cutLink(simulation, direction >> 1);
  tellChanges(simulation, ends, wasUp);
}

function tellChanges(simulation: Simulation, ends: readonly number[], wasUp: readonly boolean[]): void {
  ends.forEach((number, at) => {
    const isUp = simulation.wiring.faces[number]?.up === true;
    if (isUp !== wasUp[at]) simulation.tellLinkChanged(number, isUp);
  });
}

function changeText(set: Partial<LinkSettings>): string {
  if (set.up === false) return 'cut';
  if (set.up === true) return 'joined again';
  return Object.entries(set)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

function plainArgs(args: unknown): PlainValues {
  return typeof args === 'object' && args !== null ? (args as PlainValues) : {};
}
