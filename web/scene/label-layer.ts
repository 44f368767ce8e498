import { Container, Graphics, Text } from 'pixi.js';
import type { Badge, Tone } from '../../core/index.ts';
import type { LabDescription, Overview } from '../../workers/client.ts';
import type { Place } from '../model/layout.ts';
import { type Camera, sizeAt } from './camera.ts';
import { NODE_RADIUS } from './node-layer.ts';
import type { Palette } from './palette.ts';
import type { DrawnTube } from './tube-layer.ts';

const SANS = 'Source Sans 3';
const MONO = 'JetBrains Mono';
/** Lines of addresses that a node shows; the inspector has them all. */
const MOST_LINES = 4;
const BELOW = 3;
/** Room above and below letters that two words may share. */
const HALO = 3;

interface Label {
  readonly view: Container;
  width: number;
  height: number;
  /** Where its anchor lies in the world, and from there its middle top on the screen. */
  readonly anchor: () => Place | undefined;
  readonly dx: (size: number) => number;
  readonly dy: (size: number) => number;
  readonly priority: number;
  /** The node whose word it is; empty for words of tunnels. */
  readonly node: string;
  /** Shown only where the label of this index is. */
  readonly after?: Label;
  /** Not shown at smaller scales. */
  readonly least: number;
}

/** Words on the canvas: always upright and of one size, and never two over each other: those that matter less make way. */
export class LabelLayer {
  readonly container = new Container();
  #labels: Label[] = [];
  #content = '';
  /** What the words were last placed by. */
  #placed: readonly unknown[] = [];
  #places: ReadonlyMap<string, Place> = new Map();
  readonly #resolution: number;
  /** By node: where its lowest word ends on the screen. */
  readonly #bottoms = new Map<string, number>();

  constructor(resolution: number) {
    this.#resolution = resolution;
  }

  /** Makes the words anew where they changed. */
  update(
    lab: LabDescription,
    overview: Overview | undefined,
    tubes: readonly DrawnTube[],
    places: ReadonlyMap<string, Place>,
    palette: Palette,
  ): void {
    this.#places = places;
    const live = new Map((overview?.nodes ?? []).map((node) => [node.name, node]));
    const content = JSON.stringify([lab.nodes.map(({ name }) => [name, live.get(name)]), tubes, palette]);
    if (content === this.#content) return;
    this.#content = content;
    for (const { view } of this.#labels) view.destroy({ children: true });
    this.#labels = [];
    for (const node of lab.nodes) {
      const anchor = () => this.#places.get(node.name);
      const name = this.#add({
        view: this.#text(node.name, SANS, 14, '600', palette.ink, palette.paper),
        anchor,
        node: node.name,
        dx: () => 0,
        dy: (size) => NODE_RADIUS * size + BELOW,
        priority: 3,
        least: 0,
      });
      const declared = node.interfaces.flatMap((one) => one.addresses);
      const present = live.get(node.name)?.labels ?? [];
      const labels = present.length > 0 ? present : declared;
      const lines = labels.length > MOST_LINES ? [...labels.slice(0, MOST_LINES - 1), '…'] : labels;
      if (lines.length > 0) {
        this.#add({
          view: this.#text(lines.join('\n'), MONO, 11, '400', palette.soft, palette.paper),
          anchor,
          node: node.name,
          dx: () => 0,
          dy: (size) => NODE_RADIUS * size + BELOW + 19,
          priority: 1,
          after: name,
          least: 0.45,
        });
      }
      (live.get(node.name)?.badges ?? []).forEach((badge, at) => {
        this.#add({
          view: this.#badge(badge, palette),
          anchor,
          node: node.name,
          dx: (size) => (NODE_RADIUS - 2) * size + 8,
          dy: (size) => -(NODE_RADIUS + 4) * size - 8 - at * 20,
          priority: 2,
          least: 0.3,
        });
      });
    }
    for (const tube of tubes) {
      if (tube.labels.length === 0) continue;
      this.#add({
        view: this.#text(
          tube.labels.slice(0, 3).join('  '),
          SANS,
          12,
          '400',
          palette.tones[tube.tone].text,
          palette.paper,
        ),
        node: '',
        anchor: () => midway(tube.way.flatMap((name) => this.#places.get(name) ?? [])),
        dx: () => 0,
        dy: (size) => -14 * size - 24,
        priority: 2,
        least: 0.4,
      });
    }
    this.#labels.sort((a, b) => b.priority - a.priority);
  }

  /** Puts the words where the camera has their nodes, and hides those that would lie over more important ones. */
  place(camera: Camera, width: number, height: number): void {
    // While only frames move, every word stays where it is.
    const placed = [camera.x, camera.y, camera.scale, width, height, this.#places, this.#labels];
    if (placed.every((part, at) => part === this.#placed[at])) return;
    this.#placed = placed;
    const taken = new Taken();
    const size = sizeAt(camera.scale);
    this.#bottoms.clear();
    // An icon is worth more than a word: no word lies over the middle of another node.
    const reach = NODE_RADIUS * size * 0.7;
    for (const place of this.#places.values()) {
      taken.put(
        place.x * camera.scale + camera.x - reach,
        place.y * camera.scale + camera.y - reach,
        2 * reach,
        2 * reach,
      );
    }
    const shown = new Set<Label>();
    for (const label of this.#labels) {
      const anchor = label.anchor();
      const x = anchor === undefined ? 0 : anchor.x * camera.scale + camera.x + label.dx(size);
      const y = anchor === undefined ? 0 : anchor.y * camera.scale + camera.y + label.dy(size);
      const left = x - label.width / 2;
      const visible =
        anchor !== undefined &&
        camera.scale >= label.least &&
        (label.after === undefined || shown.has(label.after)) &&
        left < width &&
        left + label.width > 0 &&
        y < height &&
        y + label.height > 0 &&
        taken.take(left, y + HALO, label.width, label.height - 2 * HALO);
      label.view.visible = visible;
      if (!visible) continue;
      shown.add(label);
      label.view.position.set(Math.round(left), Math.round(y));
      if (label.node !== '')
        this.#bottoms.set(label.node, Math.max(this.#bottoms.get(label.node) ?? 0, y + label.height));
    }
  }

  /** Where the lowest word of a node ends on the screen; undefined where it shows none. */
  bottomOf(node: string): number | undefined {
    return this.#bottoms.get(node);
  }

  /** How many words are shown, for tests of the drawing. */
  get shown(): number {
    return this.#labels.filter(({ view }) => view.visible).length;
  }

  #add(label: Omit<Label, 'width' | 'height'>): Label {
    const whole = { ...label, width: label.view.width, height: label.view.height };
    this.container.addChild(label.view);
    this.#labels.push(whole);
    return whole;
  }

  #text(text: string, family: string, size: number, weight: '400' | '600', fill: number, halo: number): Text {
    return new Text({
      text,
      resolution: this.#resolution,
      style: {
        fontFamily: [family, 'sans-serif'],
        fontSize: size,
        fontWeight: weight,
        fill,
        align: 'center',
        lineHeight: Math.round(size * 1.35),
        stroke: { color: halo, width: 4, join: 'round' },
      },
    });
  }

  #badge(badge: Badge, palette: Palette): Container {
    const { area, text, wash } = palette.tones[badge.tone as Tone] ?? palette.tones.plain;
    const word = new Text({
      text: badge.text,
      resolution: this.#resolution,
      style: { fontFamily: [SANS, 'sans-serif'], fontSize: 11, fontWeight: '600', fill: text },
    });
    const wide = word.width + 12;
    const view = new Container();
    view.addChild(new Graphics().roundRect(0, 0, wide, 17, 8.5).fill(wash).stroke({ width: 1, color: area }), word);
    word.position.set(6, (17 - word.height) / 2);
    return view;
  }
}

/** Rectangles that are taken, in a grid, so that each is held against its neighbours alone. */
class Taken {
  readonly #cells = new Map<number, [number, number, number, number][]>();

  /** Takes a rectangle where nothing lies yet; false where something does. */
  take(x: number, y: number, width: number, height: number): boolean {
    for (const cell of cellsOf(x, y, width, height)) {
      for (const [ox, oy, ow, oh] of this.#cells.get(cell) ?? []) {
        if (x < ox + ow && ox < x + width && y < oy + oh && oy < y + height) return false;
      }
    }
    this.put(x, y, width, height);
    return true;
  }

  /** Takes a rectangle whatever lies there. */
  put(x: number, y: number, width: number, height: number): void {
    for (const cell of cellsOf(x, y, width, height)) {
      const list = this.#cells.get(cell);
      if (list === undefined) this.#cells.set(cell, [[x, y, width, height]]);
      else list.push([x, y, width, height]);
    }
  }
}

const CELL = 64;

function cellsOf(x: number, y: number, width: number, height: number): number[] {
  const cells: number[] = [];
  for (let cx = Math.floor(x / CELL); cx <= Math.floor((x + width) / CELL); cx++) {
    for (let cy = Math.floor(y / CELL); cy <= Math.floor((y + height) / CELL); cy++) cells.push(cx * 8192 + cy);
  }
  return cells;
}

/** The point half-way along a line. */
function midway(points: readonly Place[]): Place | undefined {
  const lengths = points.slice(1).map((point, at) => {
    const before = points[at] as Place;
    return Math.hypot(point.x - before.x, point.y - before.y);
  });
  let left = lengths.reduce((sum, one) => sum + one, 0) / 2;
  for (const [at, length] of lengths.entries()) {
    const from = points[at] as Place;
    const to = points[at + 1] as Place;
    if (left <= length) {
      const part = length === 0 ? 0 : left / length;
      return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
    }
    left -= length;
  }
  return points[0];
}
