import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { reducedMotion, theme } from '../look/theme.ts';
import { keepPositions } from '../model/positions.ts';
import { usePage } from '../panels/page.ts';
import type { Stage } from '../scene/stage-contract.ts';
import { text } from '../text/text.ts';
import { Walk } from './walk.tsx';

/** Milliseconds between two reports of what the canvas costs. */
const REPORT_EVERY = 500;

/** The place of the canvas. The drawing itself is a module of its own, loaded beside the lab. */
export function StageHost({ offer }: { offer: (stage: Stage | undefined) => void }) {
  const { model, desk, places, arrangements } = usePage();
  const host = useRef<HTMLDivElement>(null);
  const made = useRef<Stage | undefined>(undefined);
  const trouble = useSignal<string | undefined>(undefined);
  const lab = model.lab.value;

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    let live = true;
    let stage: Stage | undefined;
    const report = setInterval(() => {
      if (stage === undefined) return;
      const { mean, worst, flights, drawn } = stage.cost;
      // For whoever measures the page: milliseconds per frame of the screen.
      element.dataset.meanCost = mean.toFixed(2);
      element.dataset.worstCost = worst.toFixed(2);
      element.dataset.drawn = String(drawn);
      element.dataset.flights = String(flights);
    }, REPORT_EVERY);
    const failed = (error: unknown) => {
      trouble.value = error instanceof Error ? error.message : String(error);
    };
    void import('../scene/stage.ts')
      .then(({ createStage }) =>
        createStage(element, model, {
          places,
          arrangements,
          theme,
          reducedMotion,
          failed,
          menu(of, x, y) {
            const box = element.getBoundingClientRect();
            desk.menu.value = { of, x: box.left + x, y: box.top + y };
          },
          moved: () => {
            const id = model.source.value?.id ?? model.lab.value?.name;
            if (id !== undefined) keepPositions(id, places.value);
          },
        }),
      )
      .then((drawing) => {
        if (!live) {
          drawing.destroy();
          return;
        }
        stage = drawing;
        made.current = drawing;
        offer(drawing);
      }, failed);
    return () => {
      live = false;
      clearInterval(report);
      made.current = undefined;
      offer(undefined);
      stage?.destroy();
    };
  }, [model, desk, places, arrangements, offer, trouble]);

  return (
    <div class="stage">
      <div
        ref={host}
        class="stage-canvas"
        role="img"
        aria-label={
          lab === undefined
            ? text('lab.none')
            : text('canvas.label', { lab: lab.name, nodes: lab.nodes.length, links: lab.links.length })
        }
      />
      <Walk stage={made} />
      {trouble.value === undefined ? null : (
        <p class="empty tone-failed">{text('trouble.canvas', { reason: trouble.value })}</p>
      )}
    </div>
  );
}
