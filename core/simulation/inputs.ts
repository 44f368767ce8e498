import { HEADROOM } from '../packet/index.ts';
import { pushEvent } from '../time/index.ts';
import type { LinkSettings, TimelineEntry } from '../topology/index.ts';
import type { PlainValues } from '../trace/index.ts';
import type { Engine } from './engine.ts';
import { cutLink, sendFrame } from './links.ts';
import { OPCODE } from './opcodes.ts';
import { changePresence } from './presence.ts';

/** Lets one entry of the input log happen. */
export function applyInput(engine: Engine, entry: TimelineEntry): void {
  const { wiring } = engine;
  engine.cause = 0;
  if (entry.kind === 'command') {
    const node = wiring.nodeByName.get(entry.node);
    if (node === undefined) return;
    const provider = node.providers.get(entry.plugin);
    engine.cause = engine.record('input', provider?.index ?? -1, 0, 'core.command', {
      node: entry.node,
      command: entry.name,
      what: entry.text ?? entry.name,
      args: plainArgs(entry.args),
    });
    if (!engine.command(node, entry.plugin, entry.name, entry.args) && provider !== undefined) {
      engine.record('note', provider.index, 0, 'core.nobody-does', { what: entry.text ?? entry.name });
    }
  } else if (entry.kind === 'link') {
    const link = wiring.linkByName.get(entry.link);
    if (link === undefined) return;
    engine.cause = engine.record('input', -1, 0, 'core.link-changed', {
      link: entry.link,
      change: changeText(entry.set),
    });
    const before = changeLink(engine, link, entry.set);
    if (entry.for === undefined) return;
    const restoration = { link, set: before };
    const at = engine.run.restorations.push(restoration) - 1;
    pushEvent(engine.run.queue, engine.run.now + entry.for, OPCODE.restore, 0, at, engine.cause);
  } else if (entry.kind === 'frame') {
    enterFrame(engine, entry.node, entry.interface, entry.bytes);
  } else if (entry.kind === 'plugin') {
    const instance = wiring.nodeByName.get(entry.node)?.instances.find(({ plugin }) => plugin.name === entry.plugin);
    if (instance === undefined) return;
    engine.cause = engine.record('input', instance.index, 0, 'core.plugin-changed', {
      change: changeOf(entry.present),
    });
    changePresence(engine, instance, entry.present);
    if (entry.for === undefined) return;
    const { queue, now } = engine.run;
    pushEvent(queue, now + entry.for, OPCODE.plugin, instance.index, entry.present ? 0 : 1, engine.cause);
  } else {
    const node = wiring.nodeByName.get(entry.node);
    const face = node?.face.interfaces.find((one) => one.name === entry.interface);
    if (node === undefined || face === undefined) return;
    engine.cause = engine.record('input', -1, 0, 'core.interface-changed', {
      node: entry.node,
      interface: entry.interface,
      state: entry.up ? 'up' : 'down',
    });
    const number = node.firstInterface + face.index;
    changeInterface(engine, number, entry.up);
    if (entry.for === undefined) return;
    const { queue, now } = engine.run;
    pushEvent(queue, now + entry.for, OPCODE.interface, number, entry.up ? 0 : 1, engine.cause);
  }
}

/**
 * The input log of a run that others made: what a file says happens, and what came in, by time. At one instant the file's entries are
 * first, as they are when `Simulation.enter` finds them there.
 */
export function mergeInputs(timeline: readonly TimelineEntry[], entered: readonly TimelineEntry[]): TimelineEntry[] {
  return [...timeline, ...entered].sort((a, b) => a.at - b.at);
}

/** A whole frame comes in from outside and goes on the link. */
function enterFrame(engine: Engine, nodeName: string, interfaceName: string, bytes: Uint8Array): void {
  const node = engine.wiring.nodeByName.get(nodeName);
  const face = node?.face.interfaces.find((one) => one.name === interfaceName);
  if (node === undefined || face === undefined) return;
  const packet = engine.newPacket(bytes.length, HEADROOM, -1);
  packet.buffer.set(bytes, packet.start);
  engine.cause = engine.record('input', -1, packet.id, 'core.frame-entered', {
    node: nodeName,
    interface: interfaceName,
    size: bytes.length,
  });
  sendFrame(engine, -1, packet, node.firstInterface + face.index);
}

/** A link gets back what it was before a change for a while. */
export function restoreLink(engine: Engine, at: number): void {
  const restoration = engine.run.restorations[at];
  engine.run.restorations[at] = null;
  if (restoration === null || restoration === undefined) return;
  const name = engine.topology.links[restoration.link]?.name ?? '';
  engine.cause = engine.record('note', -1, 0, 'core.link-changed', {
    link: name,
    change: changeText(restoration.set),
  });
  changeLink(engine, restoration.link, restoration.set);
}

export function restoreInterface(engine: Engine, number: number, up: number): void {
  const { wiring } = engine;
  const node = wiring.nodes[wiring.nodeOfInterface[number] as number];
  const face = node?.face.interfaces[number - node.firstInterface];
  engine.cause = engine.record('note', -1, 0, 'core.interface-changed', {
    node: node?.name ?? '',
    interface: face?.name ?? '',
    state: up === 1 ? 'up' : 'down',
  });
  changeInterface(engine, number, up === 1);
}

/** After a while a plugin is put back, or taken out again. */
export function restorePlugin(engine: Engine, at: number, present: number): void {
  const instance = engine.wiring.instances[at];
  if (instance === undefined) return;
  engine.cause = engine.record('note', at, 0, 'core.plugin-changed', { change: changeOf(present === 1) });
  changePresence(engine, instance, present === 1);
}

function changeOf(present: boolean): string {
  return present ? 'put back' : 'taken out';
}

/** Changes a link and returns what the changed settings were before. */
function changeLink(engine: Engine, link: number, set: Partial<LinkSettings>): Partial<LinkSettings> {
  const { run, wiring } = engine;
  const present = run.links[link] as LinkSettings;
  const before = Object.fromEntries(
    Object.keys(set).map((key) => [key, present[key as keyof LinkSettings]]),
  ) as Partial<LinkSettings>;
  const ends = [2 * link, 2 * link + 1].map((direction) => wiring.receiverInterface[direction] as number);
  const wasUp = ends.map((number) => wiring.faces[number]?.up === true);
  run.links[link] = { ...present, ...set };
  for (const number of ends) engine.refreshInterface(number);
  if (present.up && set.up === false) cutLink(engine, link);
  tellChanges(engine, ends, wasUp);
  return before;
}

function changeInterface(engine: Engine, number: number, up: boolean): void {
  const { run, wiring } = engine;
  const direction = wiring.directionOf[number] as number;
  const ends = direction < 0 ? [number] : [number, wiring.receiverInterface[direction] as number];
  const wasUp = ends.map((one) => wiring.faces[one]?.up === true);
  run.interfacesUp[number] = up;
  for (const one of ends) engine.refreshInterface(one);
  if (direction >= 0 && !up) cutLink(engine, direction >> 1);
  tellChanges(engine, ends, wasUp);
}

function tellChanges(engine: Engine, ends: readonly number[], wasUp: readonly boolean[]): void {
  ends.forEach((number, at) => {
    const isUp = engine.wiring.faces[number]?.up === true;
    if (isUp !== wasUp[at]) engine.tellLinkChanged(number, isUp);
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
