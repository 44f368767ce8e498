import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3-force';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Distance between linked nodes, in units of the canvas. */
export const SPACING = 210;
/** More nodes than these stand around a centre instead of along a line. */
const MOST_ALONG = 60;
/** Where links close more circles than these, forces place the nodes. */
const MOST_CIRCLES = 2;
const FORCE_TICKS = 150;
/** Milliseconds of ticks at a stretch: the page breathes in between. */
const SLICE = 24;

/** What of a lab decides the places of its nodes. */
export interface Outline {
  readonly nodes: readonly { readonly name: string }[];
  readonly links: readonly { readonly ends: readonly [{ readonly node: string }, { readonly node: string }] }[];
}

/**
 * Places for the nodes of a lab: the same for the same lab, always. Chains and small trees run from left to right, large
 * trees stand around their middle, meshes are placed by forces.
 */
export async function arrange(lab: Outline): Promise<Map<string, Place>> {
  if (lab.nodes.length === 0) return new Map();
  if (lab.links.length - lab.nodes.length + 1 > MOST_CIRCLES) return arrangeForces(lab);
  return lab.nodes.length <= MOST_ALONG ? arrangeAlong(lab) : centred([...arrangeAround(lab)]);
}

/** Nodes on rings around the middle of the longest way, each branch in a sector as wide as it has leaves. */
function arrangeAround(lab: Outline): Map<string, Place> {
  const near = neighbours(lab);
  const [first, last] = peripheral(lab);
  const spine = wayBetween(lab, first, last) ?? [first];
  const middle = spine[spine.length >> 1] ?? first;
  const depth = new Map<string, number>();
  const children = new Map<string, string[]>();
  const order: string[] = [];
  // Parts that no link joins with the middle begin rings of their own.
  for (const root of [middle, ...lab.nodes.map(({ name }) => name)]) {
    if (depth.has(root)) continue;
    depth.set(root, root === middle ? 0 : 1);
    if (root !== middle) children.get(middle)?.push(root);
    const queue = [root];
    for (const name of queue) {
      order.push(name);
      const below = (near.get(name) ?? []).filter((next) => !depth.has(next));
      for (const next of below) depth.set(next, (depth.get(name) ?? 0) + 1);
      children.set(name, [...new Set(below)]);
      queue.push(...new Set(below));
    }
  }
  const leaves = new Map<string, number>();
  for (const name of order.toReversed()) {
    leaves.set(
      name,
      Math.max(
        1,
        (children.get(name) ?? []).reduce((sum, child) => sum + (leaves.get(child) ?? 1), 0),
      ),
    );
  }
  // The fullest ring decides how far rings stand apart.
  const crowd = Math.max(1, ...[...leaves.values()]) / Math.max(1, ...depth.values());
  const ring = Math.max(SPACING * 0.9, (crowd * 78) / (2 * Math.PI));
  const places = new Map<string, Place>();
  const sectors: [name: string, from: number, to: number][] = [[middle, 0, 2 * Math.PI]];
  for (const [name, from, to] of sectors) {
    const radius = (depth.get(name) ?? 0) * ring;
    const angle = (from + to) / 2;
    places.set(name, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
    const below = children.get(name) ?? [];
    const all = below.reduce((sum, child) => sum + (leaves.get(child) ?? 1), 0);
    let at = from;
    for (const child of below) {
      const wide = ((to - from) * (leaves.get(child) ?? 1)) / all;
      sectors.push([child, at, at + wide]);
      at += wide;
    }
  }
  return places;
}

/** Rows between two nodes of one column. */
const ROW = 138;

/**
 * The longest way as a straight line from left to right, and what branches off it to the right of where it does, above and below in
 * turn, as near to the line as there is room.
 */
function arrangeAlong(lab: Outline): Map<string, Place> {
  const near = neighbours(lab);
  const [first, last] = peripheral(lab);
  const spine = wayBetween(lab, first, last) ?? [first];
  const seen = new Set(spine);
  const taken = new Map<number, Set<number>>();
  const take = (column: number, row: number) => taken.set(column, (taken.get(column) ?? new Set()).add(row));
  const cells = new Map<string, readonly [column: number, row: number]>();
  spine.forEach((name, column) => {
    cells.set(name, [column, 0]);
    take(column, 0);
  });

  /** What hangs on a node as columns of names, each with the row of its branch, from its own first row on. */
  function branch(root: string, column: number): { readonly cells: [string, number, number][]; readonly rows: number } {
    seen.add(root);
    const below = (near.get(root) ?? []).filter((name) => !seen.has(name));
    for (const name of below) seen.add(name);
    let rows = 0;
    const within: [string, number, number][] = [];
    for (const name of new Set(below)) {
      const part = branch(name, column + 1);
      within.push(...part.cells.map(([one, at, row]): [string, number, number] => [one, at, row + rows]));
      rows += part.rows;
    }
    const own = Math.max(1, rows);
    return { cells: [[root, column, (own - 1) / 2], ...within], rows: own };
  }

  function place(root: string, column: number): void {
    const part = branch(root, column);
    const columns = new Set(part.cells.map(([, at]) => at));
    const free = (from: number) =>
      [...columns].every((at) => {
        for (let row = from; row < from + part.rows; row++) if (taken.get(at)?.has(row)) return false;
        return true;
      });
    for (let away = 0; ; away++) {
      const from = [away, -away - part.rows + 1].find(free);
      if (from === undefined) continue;
      for (const [name, at, row] of part.cells) cells.set(name, [at, from + row]);
      for (const at of columns) for (let row = from; row < from + part.rows; row++) take(at, row);
      return;
    }
  }

  spine.forEach((name, column) => {
    for (const next of near.get(name) ?? []) if (!seen.has(next)) place(next, column + 1);
  });
  // Parts that no link joins with the rest stand below it.
  for (const { name } of lab.nodes) if (!seen.has(name)) place(name, 0);
  return centred(
    [...cells].map(([name, [column, row]]): [string, Place] => [name, { x: column * SPACING, y: row * ROW }]),
  );
}

async function arrangeForces(lab: Outline): Promise<Map<string, Place>> {
  const around = arrangeAround(lab);
  const nodes = lab.nodes.map(({ name }) => ({ id: name, ...(around.get(name) ?? { x: 0, y: 0 }) }));
  // The forces draw from a generator of their own: two runs give one picture.
  const simulation = forceSimulation(nodes)
    .alphaDecay(1 - 0.001 ** (1 / FORCE_TICKS))
    .force(
      'link',
      forceLink(lab.links.map((link) => ({ source: link.ends[0].node, target: link.ends[1].node })))
        .id((node) => (node as { id: string }).id)
        .distance(SPACING * 0.8),
    )
    .force(
      'charge',
      forceManyBody()
        .strength(-900)
        .distanceMax(SPACING * 6),
    )
    .force('collide', forceCollide(64))
    .force('x', forceX(0).strength(0.03))
    .force('y', forceY(0).strength(0.05))
    .stop();
  let began = performance.now();
  for (let tick = 0; tick < FORCE_TICKS; tick++) {
    simulation.tick();
    if (performance.now() - began < SLICE) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    began = performance.now();
  }
  return centred(turned(simulation.nodes().map((node): [string, Place] => [node.id, { x: node.x, y: node.y }])));
}

/** Links that leave a node, by name. */
function neighbours(lab: Outline): Map<string, string[]> {
  const all = new Map<string, string[]>(lab.nodes.map((node) => [node.name, []]));
  for (const link of lab.links) {
    all.get(link.ends[0].node)?.push(link.ends[1].node);
    all.get(link.ends[1].node)?.push(link.ends[0].node);
  }
  return all;
}

/** Hops from a node to every node that it reaches. */
export function distances(lab: Outline, from: string): Map<string, number> {
  const near = neighbours(lab);
  const found = new Map([[from, 0]]);
  const queue = [from];
  for (const name of queue) {
    for (const next of near.get(name) ?? []) {
      if (found.has(next)) continue;
      found.set(next, (found.get(name) ?? 0) + 1);
      queue.push(next);
    }
  }
  return found;
}

/** The ends of the longest of shortest ways, the left of the picture first. */
function peripheral(lab: Outline): [string, string] {
  const far = (from: string) => [...distances(lab, from)].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  const a = far(lab.nodes[0]?.name ?? '');
  const b = far(a);
  return a < b ? [a, b] : [b, a];
}

/** The shortest way between two nodes as names, both included; undefined where there is none. */
export function wayBetween(lab: Outline, from: string, to: string): string[] | undefined {
  const near = neighbours(lab);
  const before = new Map<string, string>([[from, '']]);
  const queue = [from];
  for (const name of queue) {
    if (name === to) break;
    for (const next of near.get(name) ?? []) {
      if (before.has(next)) continue;
      before.set(next, name);
      queue.push(next);
    }
  }
  if (!before.has(to)) return undefined;
  const way: string[] = [];
  for (let at = to; at !== ''; at = before.get(at) ?? '') way.unshift(at);
  return way;
}

/** Turns a cloud of places so that it lies along the width of the screen. */
function turned(places: [string, Place][]): [string, Place][] {
  const count = Math.max(1, places.length);
  const mx = places.reduce((sum, [, place]) => sum + place.x, 0) / count;
  const my = places.reduce((sum, [, place]) => sum + place.y, 0) / count;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (const [, { x, y }] of places) {
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
    xy += (x - mx) * (y - my);
  }
  const angle = -Math.atan2(2 * xy, xx - yy) / 2;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return places.map(([name, { x, y }]) => [name, { x: x * cos - y * sin, y: x * sin + y * cos }]);
}

function centred(places: readonly [string, Place][]): Map<string, Place> {
  const xs = places.map(([, place]) => place.x);
  const ys = places.map(([, place]) => place.y);
  const cx = (Math.min(...xs) + Math.max(...xs)) / 2;
  const cy = (Math.min(...ys) + Math.max(...ys)) / 2;
  return new Map(places.map(([name, { x, y }]) => [name, { x: Math.round(x - cx), y: Math.round(y - cy) }]));
}
