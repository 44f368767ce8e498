import { Container, Graphics } from 'pixi.js';
import type { Tone } from '../../core/index.ts';
import type { LabDescription, Overview, TubeView } from '../../workers/client.ts';
import { type Place, wayBetween } from '../model/layout.ts';
import type { Palette } from './palette.ts';

/** One tunnel on the canvas: what both ends tell of it, drawn once. */
export interface DrawnTube {
  readonly from: string;
  readonly to: string;
  readonly tone: Tone;
  readonly labels: readonly string[];
  /** Names of nodes that it runs along. */
  readonly way: readonly string[];
}

const BORE = 21;
const WALL = 1.25;
const APART = 25;

/** Tunnels, while their associations stand: tubes along the links between their ends. */
export class TubeLayer {
  readonly container = new Container();
  readonly #graphics = new Graphics();

  constructor() {
    this.container.addChild(this.#graphics);
  }

  draw(tubes: readonly DrawnTube[], places: ReadonlyMap<string, Place>, palette: Palette, weight: number): void {
    const pen = this.#graphics.clear();
    const laid = new Map<string, number>();
    for (const tube of tubes) {
      const key = [tube.from, tube.to].sort().join('\n');
      const nth = laid.get(key) ?? 0;
      laid.set(key, nth + 1);
      const points = shifted(
        tube.way.flatMap((name) => places.get(name) ?? []),
        (nth % 2 === 1 ? 1 : -1) * Math.ceil(nth / 2) * APART * weight,
      );
      const [first, ...rest] = points;
      if (first === undefined || rest.length === 0) continue;
      const { area, wash } = palette.tones[tube.tone];
      for (const [width, color] of [
        [BORE + 2 * WALL, area],
        [BORE, wash],
      ] as const) {
        pen.moveTo(first.x, first.y);
        for (const point of rest) pen.lineTo(point.x, point.y);
        pen.stroke({ width: width * weight, color, cap: 'round', join: 'round' });
      }
    }
  }
}

/** Tubes with a way on this canvas; what both ends tell is one. */
export function drawnTubes(lab: LabDescription, overview: Overview | undefined): DrawnTube[] {
  const found = new Map<string, { tube: TubeView; labels: Set<string>; way: string[] }>();
  for (const tube of overview?.tubes ?? []) {
    const ends = [tube.from, tube.to].sort();
    const key = [...ends, tube.tone].join('\n');
    const present = found.get(key);
    if (present !== undefined) {
      if (tube.label !== '') present.labels.add(tube.label);
      continue;
    }
    const way = wayBetween(lab, ends[0] as string, ends[1] as string);
    if (way === undefined || way.length < 2) continue;
    found.set(key, { tube, labels: new Set(tube.label === '' ? [] : [tube.label]), way });
  }
  return [...found.values()].map(({ tube, labels, way }) => ({
    from: tube.from,
    to: tube.to,
    tone: tube.tone,
    labels: [...labels],
    way,
  }));
}

/** A line moved sideways as a whole. */
function shifted(points: readonly Place[], by: number): Place[] {
  const first = points[0];
  const last = points.at(-1);
  if (by === 0 || first === undefined || last === undefined) return [...points];
  const length = Math.hypot(last.x - first.x, last.y - first.y) || 1;
  const dx = (-(last.y - first.y) / length) * by;
  const dy = ((last.x - first.x) / length) * by;
  return points.map(({ x, y }) => ({ x: x + dx, y: y + dy }));
}
