import { FATE, type Packet } from '../packet/index.ts';
import { absentInstances, missing } from './absent.ts';
import type { Engine } from './engine.ts';
import { unsetTimersOf } from './timers.ts';
import type { Instance, WiredNode } from './wiring.ts';

/** Plugins that are taken out of a node while the run goes on, and put back. */

/** Takes a plugin out of its node, with what requires it, or puts it back, with what went with it. */
export function changePresence(engine: Engine, instance: Instance, present: boolean): void {
  const { run, registry, wiring } = engine;
  const node = wiring.nodes[instance.node] as WiredNode;
  const { takenOut } = run;
  const at = takenOut.indexOf(instance.index);
  if (at < 0 === present) {
    engine.record('note', instance.index, 0, 'core.plugin-as-was', { state: present ? 'there' : 'out' });
    return;
  }
  if (present) takenOut.splice(at, 1);
  else {
    takenOut.push(instance.index);
    takenOut.sort((a, b) => a - b);
  }
  const before = engine.absent;
  engine.absent = absentInstances(wiring, registry, takenOut);
  const required = missing(node, registry, takenOut);
  const gone = node.instances.filter(({ index }) => before[index] === 0 && !engine.isPresent(index));
  const back = node.instances.filter(({ index }) => before[index] === 1 && engine.isPresent(index));
  for (const one of gone) unbindAll(engine, node, one.index);
  engine.rejoin(node);
  // Those that stood on others go first.
  for (const one of gone.reverse()) leave(engine, one, required.get(one.index) as string);
  if (present && !engine.isPresent(instance.index)) {
    const waited = required.get(instance.index) as string;
    engine.record('note', instance.index, 0, 'core.plugin-waits', { required: waited });
  }
  comeBack(engine, back);
}

/** A plugin that goes is bound to nobody. What is bound to it stays in the run, and is found again when it is back. */
function unbindAll(engine: Engine, node: WiredNode, instance: number): void {
  for (const below of node.instances) {
    const bound = engine.run.bound[below.index] ?? [];
    for (let at = bound.length - 2; at >= 0; at -= 2) if (bound[at + 1] === instance) bound.splice(at, 2);
  }
}

function leave(engine: Engine, { index, plugin }: Instance, required: string): void {
  const { run } = engine;
  if (required === plugin.name) engine.record('note', index, 0, 'core.plugin-out');
  else engine.record('note', index, 0, 'core.plugin-went', { required });
  unsetTimersOf(run, index);
  for (const packet of heldPackets(run.states[index])) engine.drop(index, packet, 'core.plugin-gone');
  run.states[index] = undefined;
  engine.context(index).state = undefined;
}

/** As at the start of the run: all states first, then each protocol starts. Only chance goes on where it was: nothing is drawn twice. */
function comeBack(engine: Engine, back: readonly Instance[]): void {
  for (const instance of back) {
    engine.record('note', instance.index, 0, 'core.plugin-back');
    engine.create(instance);
    engine.bindStatic(instance);
  }
  for (const { index } of back) {
    const context = engine.context(index);
    context.protocol?.start?.(context.state, context);
    engine.endEvent();
  }
}

/** The packets that a state holds, wherever in it they are, in the order in which they were made. */
function heldPackets(state: unknown): Packet[] {
  const seen = new Set<object>();
  const found: Packet[] = [];
  const left: unknown[] = [state];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) continue;
    seen.add(value);
    if (isHeld(value)) found.push(value);
    else for (const one of valuesOf(value)) left.push(one);
  }
  return found.sort((a, b) => a.id - b.id);
}

function isHeld(value: object): value is Packet {
  return 'fate' in value && value.fate === FATE.held && 'buffer' in value && 'ingress' in value;
}

/** Lists, maps and sets have their own way; told by it and not by their class, which is another one where a clone comes from elsewhere. */
function valuesOf(value: object): Iterable<unknown> {
  const { values } = value as { readonly values?: unknown };
  return typeof values === 'function' ? values.call(value) : Object.values(value);
}
