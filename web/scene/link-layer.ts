import { Container, Graphics } from 'pixi.js';
import type { LabDescription, Overview } from '../../workers/client.ts';
import { type Curve, pointOn } from './geometry.ts';
import type { Palette } from './palette.ts';

/** Width of a link without a limit, and how much each factor of ten of its rate adds. */
const LEAST_WIDTH = 1;
const PER_DECADE = 0.35;

/** Links: their width shows rate, dashes that frames get lost, a gap with a cross that they are cut. */
export class LinkLayer {
  readonly container = new Container();
  readonly #graphics = new Graphics();
  #drawn: readonly unknown[] = [];

  constructor() {
    this.container.addChild(this.#graphics);
  }

  /** `weight`: units of the world that a line of one unit is wide at the present scale. */
  draw(
    lab: LabDescription,
    overview: Overview | undefined,
    curves: readonly Curve[],
    palette: Palette,
    weight: number,
    selected: string | undefined,
  ): void {
    const down = downInterfaces(lab, overview);
    // What the picture depends on: while it is the same, thousands of curves are not cut into triangles again.
    const states = lab.links.map((link, index) => {
      const { up, loss, rate } = overview?.links[index] ?? link.settings;
      return `${up && !link.ends.some((end) => down.has(`${end.node}:${end.interface}`))}/${loss}/${rate}`;
    });
    const drawn = [curves, palette, weight, selected, states.join()];
    if (drawn.every((part, at) => part === this.#drawn[at])) return;
    this.#drawn = drawn;
    const pen = this.#graphics.clear();
    lab.links.forEach((link, index) => {
      const curve = curves[index];
      if (curve === undefined) return;
      const settings = overview?.links[index] ?? link.settings;
      const up = settings.up && !link.ends.some((end) => down.has(`${end.node}:${end.interface}`));
      const width =
        weight * (settings.rate > 0 ? Math.max(LEAST_WIDTH, (Math.log10(settings.rate) - 5) * PER_DECADE) : 1.4);
      if (link.name === selected) {
        pen.moveTo(curve.ax, curve.ay).quadraticCurveTo(curve.cx, curve.cy, curve.bx, curve.by);
        pen.stroke({ width: width + 8 * weight, color: palette.tones.protected.wash });
      }
      if (!up) {
        drawDashes(pen, curve, 7 * weight, 6 * weight);
        pen.stroke({ width, color: palette.tones.failed.area });
        drawCross(pen, curve, 7 * weight);
        pen.stroke({ width: 2 * weight, color: palette.tones.failed.area, cap: 'round' });
      } else if (settings.loss > 0) {
        drawDashes(pen, curve, 10 * weight, (3 + 8 * Math.min(1, settings.loss)) * weight);
        pen.stroke({ width, color: palette.tones.failed.area });
      } else {
        pen.moveTo(curve.ax, curve.ay).quadraticCurveTo(curve.cx, curve.cy, curve.bx, curve.by);
        pen.stroke({ width, color: palette.lineStrong });
      }
    });
  }
}

/** Interfaces that are down, as `node:interface`. */
function downInterfaces(lab: LabDescription, overview: Overview | undefined): ReadonlySet<string> {
  const live = new Map((overview?.nodes ?? []).map((node) => [node.name, node.interfacesUp]));
  return new Set(
    lab.nodes.flatMap((node) =>
      node.interfaces.flatMap(({ name }, at) => (live.get(node.name)?.[at] === false ? [`${node.name}:${name}`] : [])),
    ),
  );
}

function drawDashes(pen: Graphics, curve: Curve, dash: number, gap: number): void {
  const length = Math.hypot(curve.bx - curve.ax, curve.by - curve.ay);
  const from = { x: 0, y: 0 };
  const to = { x: 0, y: 0 };
  for (let at = 0; at < length; at += dash + gap) {
    pointOn(curve, at / length, from);
    pointOn(curve, Math.min(1, (at + dash) / length), to);
    pen.moveTo(from.x, from.y).lineTo(to.x, to.y);
  }
}

function drawCross(pen: Graphics, curve: Curve, size: number): void {
  const middle = { x: 0, y: 0 };
  pointOn(curve, 0.5, middle);
  pen.moveTo(middle.x - size, middle.y - size).lineTo(middle.x + size, middle.y + size);
  pen.moveTo(middle.x + size, middle.y - size).lineTo(middle.x - size, middle.y + size);
}
