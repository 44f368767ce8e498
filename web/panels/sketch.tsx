import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { NODE_ICON_GRID, nodeIcon } from '../look/node-icons.ts';
import type { Place } from '../model/layout.ts';
import { fitSketch, sketchOf } from '../model/sketch.ts';

const WIDTH = 320;
const HEIGHT = 84;
const ICON = 22;

/** A lab in small: its nodes by kind and its links. */
export function SketchPicture({ text }: { text: string }) {
  const sketch = useMemo(() => sketchOf(text), [text]);
  const places = useSignal<ReadonlyMap<string, Place>>(new Map());

  useEffect(() => {
    let live = true;
    const outline = {
      nodes: sketch.nodes,
      links: sketch.links.map(([a, b], at) => ({ name: String(at), ends: [{ node: a }, { node: b }] as const })),
    };
    void import('../model/layout.ts')
      .then(({ arrange }) => arrange(outline))
      .then((arranged) => {
        if (live) places.value = fitSketch(arranged, WIDTH, HEIGHT, ICON);
      });
    return () => {
      live = false;
    };
  }, [sketch, places]);

  const at = (name: string) => places.value.get(name);
  return (
    <svg
      class="sketch"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="xMinYMid meet"
      aria-hidden="true"
      focusable="false"
    >
      {sketch.links.map(([a, b]) => {
        const [from, to] = [at(a), at(b)];
        return from === undefined || to === undefined ? null : (
          <line key={`${a} ${b}`} x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
        );
      })}
      {sketch.nodes.map(({ name, kind }) => {
        const place = at(name);
        if (place === undefined) return null;
        const scale = ICON / NODE_ICON_GRID;
        return (
          <g key={name} transform={`translate(${place.x - ICON / 2} ${place.y - ICON / 2}) scale(${scale})`}>
            <circle cx={NODE_ICON_GRID / 2} cy={NODE_ICON_GRID / 2} r={NODE_ICON_GRID / 2 + 3} />
            <path d={nodeIcon(kind)} vector-effect="non-scaling-stroke" />
          </g>
        );
      })}
    </svg>
  );
}
