import type { LabDescription } from '../../workers/client.ts';
import { keep, readKept } from './kept.ts';
import type { Place } from './layout.ts';

type Positions = Readonly<Record<string, readonly [number, number]>>;

const FARTHEST = 1e6;

/** The form of the file beside a topology, and of what the browser keeps: node to x and y. */
export function isPositions(value: unknown): value is Positions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (one) => Array.isArray(one) && one.length === 2 && one.every((part) => Math.abs(part as number) <= FARTHEST),
  );
}

/** What the reader moved, by lab. */
export function keptPositions(lab: string): Positions | undefined {
  return readKept(`positions.${lab}`, isPositions);
}

export function keepPositions(lab: string, places: ReadonlyMap<string, Place>): void {
  keep(`positions.${lab}`, toPositions(places));
}

export function toPositions(places: ReadonlyMap<string, Place>): Positions {
  return Object.fromEntries([...places].map(([name, { x, y }]) => [name, [Math.round(x), Math.round(y)] as const]));
}

/** Arranged places with those that somebody chose put over them. */
export function placed(
  lab: LabDescription,
  arranged: ReadonlyMap<string, Place>,
  ...chosen: readonly (Positions | undefined)[]
): Map<string, Place> {
  const places = new Map(arranged);
  for (const positions of chosen) {
    for (const { name } of lab.nodes) {
      const own = positions !== undefined && Object.hasOwn(positions, name) ? positions[name] : undefined;
      if (own !== undefined) places.set(name, { x: own[0], y: own[1] });
    }
  }
  return places;
}
