import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { reducedMotion, theme } from '../look/theme.ts';
import { keepPositions } from '../model/positions.ts';
import { usePage } from '../panels/page.ts';
import type { Stage } from '../scene/stage.ts';
import { text } from '../text/text.ts';

/** Milliseconds between two reports of what the canvas costs. */
const REPORT_EVERY = 500;

/** The place of the canvas. The drawing itself is a module of its own, loaded beside the lab. */
export function StageHost({ offer }: { offer: (stage: Stage | undefined) => void }) {
  const { model, places, arrangements } = usePage();
  const host = useRef<HTMLDivElement>(null);
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
          moved: () => {
            const id = model.source.value?.id ?? model.lab.value?.name;
            if (id !== undefined) keepPositions(id, places.value);
          },
        }),
      )
      .then((made) => {
        if (!live) {
          made.destroy();
          return;
        }
        stage = made;
        offer(made);
      }, failed);
    return () => {
      live = false;
      clearInterval(report);
      offer(undefined);
      stage?.destroy();
    };
  }, [model, places, arrangements, offer, trouble]);

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
      {lab === undefined ? null : (
        <ul class="unseen" aria-label={text('canvas.nodes')}>
          {lab.nodes.map(({ name, kind }) => (
            <li key={name}>
              <button type="button" tabIndex={-1} onClick={() => void model.select({ kind: 'node', name })}>
                {name}, {kind}
              </button>
            </li>
          ))}
        </ul>
      )}
      {trouble.value === undefined ? null : (
        <p class="empty tone-failed">{text('trouble.canvas', { reason: trouble.value })}</p>
      )}
    </div>
  );
}
