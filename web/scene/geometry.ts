import type { LabDescription } from '../../workers/client.ts';
import type { Place } from '../model/layout.ts';

/** A link as a curve from its first end to its second: straight, or bent aside where two nodes share several links. */
export interface Curve {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  /** The point that bends it; the middle where it is straight. */
  readonly cx: number;
  readonly cy: number;
}

/** Distance between links of the same two nodes. */
const FAN = 46;

export function linkCurves(lab: LabDescription, places: ReadonlyMap<string, Place>): Curve[] {
  const siblings = new Map<string, number[]>();
  lab.links.forEach((link, index) => {
    const key = link.ends
      .map((end) => end.node)
      .sort()
      .join('\n');
    siblings.set(key, [...(siblings.get(key) ?? []), index]);
  });
  const curves: Curve[] = [];
  for (const group of siblings.values()) {
    group.forEach((index, at) => {
      const link = lab.links[index];
      const a = places.get(link?.ends[0].node ?? '') ?? { x: 0, y: 0 };
      const b = places.get(link?.ends[1].node ?? '') ?? { x: 0, y: 0 };
      curves[index] = bend(
        a,
        b,
        (at - (group.length - 1) / 2) * FAN,
        (link?.ends[0].node ?? '') > (link?.ends[1].node ?? ''),
      );
    });
  }
  return curves;
}

function bend(a: Place, b: Place, aside: number, turned: boolean): Curve {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const side = turned ? -aside : aside;
  return {
    ax: a.x,
    ay: a.y,
    bx: b.x,
    by: b.y,
    cx: (a.x + b.x) / 2 - ((b.y - a.y) / length) * side * 2,
    cy: (a.y + b.y) / 2 + ((b.x - a.x) / length) * side * 2,
  };
}

/** The point `part` of the way along a curve, written into `out`. */
export function pointOn(curve: Curve, part: number, out: { x: number; y: number }): void {
  const rest = 1 - part;
  out.x = rest * rest * curve.ax + 2 * rest * part * curve.cx + part * part * curve.bx;
  out.y = rest * rest * curve.ay + 2 * rest * part * curve.cy + part * part * curve.by;
}

/** The part of a curve that is `part` of the way between the edges of the nodes at its ends, whose radius is given. */
export function betweenEdges(curve: Curve, part: number, radius: number): number {
  const edge = Math.min(0.4, radius / (Math.hypot(curve.bx - curve.ax, curve.by - curve.ay) || 1));
  return edge + (1 - 2 * edge) * part;
}

/** Pieces of a curve that are looked at for its distance from a point. */
const PIECES = 24;

/** The index of the curve that passes nearest to a point, no farther than `reach`; -1 when none does. */
export function nearestCurve(curves: readonly Curve[], x: number, y: number, reach: number): number {
  const from = { x: 0, y: 0 };
  const to = { x: 0, y: 0 };
  let best = -1;
  let least = reach;
  curves.forEach((curve, index) => {
    pointOn(curve, 0, to);
    for (let piece = 1; piece <= PIECES; piece++) {
      Object.assign(from, to);
      pointOn(curve, piece / PIECES, to);
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      const part = Math.max(0, Math.min(1, ((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy || 1)));
      const away = Math.hypot(from.x + part * dx - x, from.y + part * dy - y);
      if (away > least) continue;
      least = away;
      best = index;
    }
  });
  return best;
}
