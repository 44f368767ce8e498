import { Container, Graphics, GraphicsContext } from 'pixi.js';
import type { LabDescription } from '../../workers/client.ts';
import { NODE_ICON_GRID, NODE_ICON_STROKE, nodeIcon } from '../look/node-icons.ts';
import type { Place } from '../model/layout.ts';
import type { Palette } from './palette.ts';

/** Radius of the paper that a node's icon stands on, where links end. */
export const NODE_RADIUS = 25;
/** How much of it is left where a tunnel runs through. */
const PASSED = 0.66;

interface DrawnNode {
  readonly name: string;
  readonly body: Container;
  readonly ground: Graphics;
  readonly icon: Graphics;
  readonly ring: Graphics;
}

/** Nodes: an icon by kind on a round of paper, a thin ring around the one that is selected. */
export class NodeLayer {
  readonly container = new Container();
  readonly #contexts = new Map<string, GraphicsContext>();
  #nodes: DrawnNode[] = [];

  rebuild(lab: LabDescription): void {
    for (const node of this.#nodes) node.body.destroy({ children: true });
    this.#nodes = lab.nodes.map(({ name, kind }) => {
      const body = new Container();
      const ground = new Graphics().circle(0, 0, NODE_RADIUS).fill(0xffffff);
      const icon = new Graphics(this.#context(kind));
      icon.position.set(-NODE_ICON_GRID / 2, -NODE_ICON_GRID / 2);
      const ring = new Graphics().circle(0, 0, NODE_RADIUS + 3).stroke({ width: 1.25, color: 0xffffff });
      body.addChild(ground, ring, icon);
      this.container.addChild(body);
      return { name, body, ground, icon, ring };
    });
  }

  /** `passed`: nodes that a tunnel runs through, which leave it room. */
  draw(
    places: ReadonlyMap<string, Place>,
    palette: Palette,
    selected: string | undefined,
    hovered: string | undefined,
    passed: ReadonlySet<string>,
    weight: number,
  ): void {
    for (const node of this.#nodes) {
      const place = places.get(node.name);
      node.body.visible = place !== undefined;
      if (place !== undefined) node.body.position.set(place.x, place.y);
      node.body.scale.set(weight);
      node.ground.tint = palette.paper;
      node.ground.scale.set(passed.has(node.name) ? PASSED : 1);
      node.icon.tint = palette.ink;
      node.ring.visible = node.name === selected || node.name === hovered;
      node.ring.tint = node.name === selected ? palette.tones.protected.area : palette.lineStrong;
    }
  }

  #context(kind: string): GraphicsContext {
    const path = nodeIcon(kind);
    let context = this.#contexts.get(path);
    if (context === undefined) {
      // One element a stroke: the parser joins what one path holds.
      const strokes = path
        .split(/(?=M)/)
        .map((stroke) => `<path d="${stroke}"/>`)
        .join('');
      context = new GraphicsContext().svg(
        `<svg xmlns="http://www.w3.org/2000/svg"><g fill="none" stroke="#ffffff" stroke-width="${NODE_ICON_STROKE}" stroke-linecap="round" stroke-linejoin="round">${strokes}</g></svg>`,
      );
      this.#contexts.set(path, context);
    }
    return context;
  }
}
