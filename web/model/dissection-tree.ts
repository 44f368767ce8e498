import type { DissectedField, DissectedLayer, Dissection } from '../../core/wire/index.ts';

/** One set of octets of a packet: the frame itself, then what each key opened, from the outside in. */
export interface ByteView {
  readonly depth: number;
  /** Whose key opened it; empty for the frame itself. */
  readonly key: string;
  readonly dissection: Dissection;
}

/** The frame and everything that keys opened within it. */
export function byteViews(dissection: Dissection): ByteView[] {
  const views: ByteView[] = [{ depth: 0, key: '', dissection }];
  for (const view of views) {
    for (const layer of view.dissection.layers) {
      if (layer.opened === undefined) continue;
      views.push({ depth: views.length, key: layer.opened.key, dissection: layer.opened.dissection });
    }
  }
  return views;
}

/** One line of the tree. */
export interface TreeLine {
  /** Its path, which is its identity while the packet stays the same. */
  readonly id: string;
  readonly kind: 'layer' | 'field' | 'opened' | 'fault';
  /** How far it is indented. */
  readonly level: number;
  readonly depth: number;
  readonly bit: number;
  readonly bits: number;
  readonly label: string;
  readonly value: string;
  readonly remark?: string | undefined;
  /** Where its layer is defined. */
  readonly source?: string | undefined;
  readonly sealed?: boolean;
  readonly parent: boolean;
  /** Name that filters use. */
  readonly name: string;
}

/** The lines of a dissection in order. Those below a line that is not in `open` are left out. */
export function treeLines(dissection: Dissection, open: (id: string) => boolean): TreeLine[] {
  const lines: TreeLine[] = [];
  let views = 0;

  function addFields(
    fields: readonly DissectedField[],
    id: string,
    level: number,
    depth: number,
    source: string | undefined,
  ): void {
    fields.forEach((field, at) => {
      const own = `${id}.${at}`;
      const children = field.children ?? [];
      lines.push({
        id: own,
        kind: 'field',
        level,
        depth,
        bit: field.bit,
        bits: field.bits,
        label: field.label,
        value: field.value,
        remark: field.remark,
        source,
        parent: children.length > 0,
        name: field.name,
      });
      if (children.length > 0 && open(own)) addFields(children, own, level + 1, depth, source);
    });
  }

  function addLayer(layer: DissectedLayer, id: string, level: number, depth: number): void {
    lines.push({
      id,
      kind: 'layer',
      level,
      depth,
      bit: layer.start * 8,
      bits: (layer.end - layer.start) * 8,
      label: layer.title,
      value: layer.summary,
      source: layer.source,
      sealed: layer.sealed === true,
      parent: layer.fields.length > 0,
      name: layer.name,
    });
    if (layer.fields.length > 0 && open(id)) addFields(layer.fields, id, level + 1, depth, layer.source);
    if (layer.fault === undefined) return;
    const { fault } = layer;
    lines.push({
      id: `${id}.fault`,
      kind: 'fault',
      level: level + 1,
      depth,
      bit: fault.at * 8,
      bits: 8,
      label: fault.message,
      value: '',
      parent: false,
      name: layer.name,
    });
  }

  function addDissection(one: Dissection, id: string, level: number): void {
    const depth = views++;
    one.layers.forEach((layer, at) => {
      const own = `${id}/${at}`;
      addLayer(layer, own, level, depth);
      if (layer.opened === undefined) return;
      const within = layer.opened.dissection;
      lines.push({
        id: `${own}.opened`,
        kind: 'opened',
        level: level + 1,
        depth: views,
        bit: 0,
        bits: within.bytes.length * 8,
        label: layer.opened.key,
        value: '',
        parent: false,
        name: layer.name,
      });
      addDissection(within, own, level + 1);
    });
  }

  addDissection(dissection, '', 0);
  return lines;
}

/** The innermost line of a set of octets that covers a bit; its ancestors' ids are prefixes of its own. */
export function lineAt(lines: readonly TreeLine[], depth: number, bit: number): TreeLine | undefined {
  let found: TreeLine | undefined;
  for (const line of lines) {
    if (line.depth !== depth || line.kind === 'opened' || bit < line.bit || bit >= line.bit + line.bits) continue;
    if (found === undefined || line.level > found.level || line.bits < found.bits) found = line;
  }
  return found;
}

/**
 * Which layers stand open when a packet is first looked at: the innermost of each set of octets and those that are sealed. The rest show
 * their summary, so that the whole packet is seen at once.
 */
export function firstOpen(dissection: Dissection): ReadonlySet<string> {
  const open = new Set<string>();
  const add = (one: Dissection, id: string): void => {
    const last = one.layers.findLastIndex((layer) => layer.fields.length > 0);
    one.layers.forEach((layer, at) => {
      if (at === last || layer.sealed === true) open.add(`${id}/${at}`);
      if (layer.opened !== undefined) add(layer.opened.dissection, `${id}/${at}`);
    });
  };
  add(dissection, '');
  return open;
}
