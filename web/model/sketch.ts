import type { Place } from './layout.ts';

/** A lab as the gallery draws it before anything has run: its nodes and who is joined with whom, as the text suggests. */
export interface Sketch {
  readonly nodes: readonly { readonly name: string; readonly kind: string }[];
  readonly links: readonly (readonly [string, string])[];
}

const MOST_NODES = 60;
const END = String.raw`([\w-]+):[\w./-]+`;
const PAIR = new RegExp(String.raw`${END}\s*(?:--|,)\s*${END}`, 'g');

/** Reads a topology's text for a picture alone. What the worker makes of it is what counts when it runs. */
export function sketchOf(yaml: string): Sketch {
  const links = sectionOf(yaml, 'links');
  const pairs = [...links.matchAll(PAIR)].map((found) => [found[1] as string, found[2] as string] as const);
  const names = [...new Set(pairs.flat())].slice(0, MOST_NODES);
  const known = new Set(names);
  const nodes = sectionOf(yaml, 'nodes');
  return {
    nodes: names.map((name) => ({ name, kind: kindOf(nodes, name) })),
    links: pairs.filter(([a, b]) => known.has(a) && known.has(b)),
  };
}

/** The lines below a key of the top level. */
function sectionOf(yaml: string, key: string): string {
  const lines = yaml.split('\n');
  const first = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (first < 0) return '';
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((line) => /^[^\s#]/.test(line));
  return [lines[first], ...(end < 0 ? rest : rest.slice(0, end))].join('\n');
}

function kindOf(nodes: string, name: string): string {
  const at = nodes.search(new RegExp(String.raw`^\s+${name}:`, 'm'));
  return at < 0 ? 'generic' : (/\bkind:\s*([\w-]+)/.exec(nodes.slice(at))?.[1] ?? 'generic');
}

/** Places turned into a picture of the given size, from its left, with room around; never larger than half of life. */
export function fitSketch(
  places: ReadonlyMap<string, Place>,
  width: number,
  height: number,
  margin: number,
): Map<string, Place> {
  const all = [...places.values()];
  const left = Math.min(...all.map(({ x }) => x));
  const spread = (pick: (place: Place) => number) => Math.max(...all.map(pick)) - Math.min(...all.map(pick));
  const scale = Math.min(
    0.5,
    (width - 2 * margin) /
      Math.max(
        1,
        spread(({ x }) => x),
      ),
    (height - 2 * margin) /
      Math.max(
        1,
        spread(({ y }) => y),
      ),
  );
  return new Map(
    [...places].map(([name, { x, y }]) => [name, { x: margin + (x - left) * scale, y: height / 2 + y * scale }]),
  );
}
