import { type Dissection, dissect, type Openers, type PlainValues, type Registry } from '../core/index.ts';
import type { History } from '../core/simulation/index.ts';
import type { Shell, ShellStack } from './api.ts';
import type { FrameIndex } from './frames.ts';

/** The layer of octets that no codec reads. */
const UNREAD = 'data';
/** Different stacks that are told apart; frames beyond share the last. */
const MOST_STACKS = 65_535;

/** Takes the frames of a run apart, with the keys of its key log. */
export class FrameReader {
  readonly #history: History;
  readonly #index: FrameIndex;
  readonly #registry: Registry;
  readonly #openers: Openers;
  readonly #owners: ReadonlyMap<string, string>;
  readonly #stacks: ShellStack[] = [{ shells: [] }];
  readonly #stackIds = new Map<string, number>();
  readonly #keys = new Map<string, { entries: PlainValues[]; read: number }>();

  constructor(history: History, index: FrameIndex) {
    this.#history = history;
    this.#index = index;
    this.#registry = history.head.registry;
    this.#owners = codecOwners(this.#registry);
    this.#openers = { keys: (format) => this.#keysOf(format), slots: history.head.slots };
  }

  /** What people call a dissected frame by. */
  headline(dissection: Dissection): Headline {
    return headline(dissection, this.#owners);
  }

  get stacks(): readonly ShellStack[] {
    return this.#stacks;
  }

  /** A frame's bytes taken apart; `undefined` when the row is not there. */
  dissect(row: number): Dissection | undefined {
    const record = this.#history.record(this.#index.record.at(row));
    if (record?.bytes === undefined) return undefined;
    const { wiring } = this.#history.head;
    const sender = wiring.senderNode[this.#index.direction.at(row)] as number;
    const below = { below: 'link', key: linkTypeOf(this.#history, sender) };
    const dissection = dissect(this.#registry, record.bytes, below, this.#openers);
    if (this.#index.stack.at(row) === 0) this.#index.stack.values[row] = this.#stackOf(dissection);
    return dissection;
  }

  /** Looks into a frame if nobody did; its stack's index, 0 when its bytes are not to be had. */
  stack(row: number): number {
    if (this.#index.stack.at(row) === 0) this.dissect(row);
    return this.#index.stack.at(row);
  }

  /** The key log may have been taken back. */
  forgetKeys(): void {
    this.#keys.clear();
  }

  #keysOf(format: string): readonly PlainValues[] {
    const { keyLog } = this.#history.head.run;
    let known = this.#keys.get(format);
    // A full key log loses its oldest entry for each new one: then its length says nothing.
    if (known === undefined || known.read > keyLog.length) {
      known = { entries: [], read: 0 };
      this.#keys.set(format, known);
    }
    for (; known.read < keyLog.length; known.read++) {
      const entry = keyLog[known.read];
      if (entry?.format === format) known.entries.push(entry.entry);
    }
    return known.entries;
  }

  #stackOf(dissection: Dissection): number {
    const shells = shellsOf(dissection, false);
    const key = shells.map((one) => `${one.name}${one.sealed ? '*' : ''}${one.opened ? '+' : ''}`).join('>');
    let id = this.#stackIds.get(key);
    if (id === undefined) {
      if (this.#stacks.length >= MOST_STACKS) return MOST_STACKS - 1;
      id = this.#stacks.push({ shells }) - 1;
      this.#stackIds.set(key, id);
    }
    return id;
  }
}

function shellsOf(dissection: Dissection, opened: boolean): Shell[] {
  return dissection.layers.flatMap((layer) => {
    const shell = { name: layer.name, title: layer.title, sealed: layer.sealed === true, opened };
    return layer.opened === undefined ? [shell] : [shell, ...shellsOf(layer.opened.dissection, true)];
  });
}

/** What people call a frame by: the innermost layer that a codec read, what it says, and between whom. */
export interface Headline {
  readonly protocol: string;
  readonly title: string;
  readonly summary: string;
  /** Of the innermost layer that names both. */
  readonly source: string;
  readonly destination: string;
}

/** Which plugin each codec belongs to: a plugin may read its layers in parts. */
export function codecOwners(registry: Registry): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const plugin of registry.plugins.values()) {
    for (const codec of plugin.codecs ?? []) owners.set(codec.name, plugin.name);
  }
  return owners;
}

export function headline(dissection: Dissection, owners: ReadonlyMap<string, string>): Headline {
  let best = { protocol: UNREAD, title: 'Data', summary: `${dissection.bytes.length} octets` };
  let ends = { source: '', destination: '' };
  for (const layer of dissection.layers) {
    const protocol = owners.get(layer.name) ?? layer.name;
    if (layer.name !== UNREAD) best = { protocol, title: layer.title, summary: layer.summary };
    const source = layer.fields.find(({ name }) => name === `${layer.name}.source`);
    const destination = layer.fields.find(({ name }) => name === `${layer.name}.destination`);
    if (source !== undefined && destination !== undefined) {
      ends = { source: source.value, destination: destination.value };
    }
    if (layer.opened === undefined) continue;
    const inner = headline(layer.opened.dissection, owners);
    // The sealed part of a protocol's own message is no packet of its own: the message is what it is called by.
    if (inner.protocol !== UNREAD && inner.protocol !== protocol) best = inner;
    if (inner.source !== '') ends = inner;
  }
  const { protocol, title, summary } = best;
  return { protocol, title, summary, source: ends.source, destination: ends.destination };
}

export const NO_HEADLINE: Headline = { protocol: '', title: '', summary: '', source: '', destination: '' };

/** The link type of what a node sends: the key under which its lowest plugin reads the wire. */
export function linkTypeOf(history: History, node: number): number {
  const wired = history.head.wiring.nodes[node];
  for (const { plugin } of wired?.instances ?? []) {
    const binding = plugin.binds?.find(({ below }) => below === 'link');
    if (binding !== undefined) return binding.key;
  }
  return 0;
}
