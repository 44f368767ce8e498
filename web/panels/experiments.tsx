import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { ShippedExperiment } from '../model/experimenting.ts';
import { text } from '../text/text.ts';
import { ChooseFile } from './choose-file.tsx';
import { download, fileNameOf } from './download.ts';
import { ExperimentText } from './experiment-text.tsx';
import { HeatMaps } from './heat-maps.tsx';
import { usePage } from './page.ts';
import { Sheet } from './sheet.tsx';

/** The value of the choice for an experiment that does not come with the page. */
const OWN = '*';

/** Experiments: one is chosen, opened from a file or edited, run on a pool of workers, and shown as heat maps. */
export function Experiments({ shipped: experiments }: { shipped: readonly ShippedExperiment[] }) {
  const { desk, experimenting } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const reading = useSignal<string | undefined>(undefined);
  const edits = useSignal(false);
  const chosen = experimenting.experiment.value;
  const source = experimenting.source.value;
  const { progress, mistakes } = experimenting;
  const shipped = experiments.find((one) => source?.text === one.text)?.id;
  const wrong = mistakes.value.filter(({ severity }) => severity === 'error');

  async function choose(id: string): Promise<void> {
    const found = experiments.find((one) => one.id === id);
    if (found === undefined) return;
    reading.value = id;
    await experimenting.open(found.text, `topologies/experiments/${id}.yaml`);
    reading.value = undefined;
  }

  const running = progress.value;
  return (
    <Sheet
      kind="experiments"
      title={text('experiments.title')}
      dialog={dialog}
      closed={() => {
        desk.experiments.value = false;
      }}
    >
      <div class="experiment-bar">
        <select
          aria-label={text('experiments.choose')}
          value={reading.value ?? shipped ?? (source === undefined ? '' : OWN)}
          onChange={(event) => void choose(event.currentTarget.value)}
        >
          <option value="" disabled>
            {text('experiments.choose')}
          </option>
          {source === undefined || shipped !== undefined ? null : (
            <option value={OWN}>{chosen?.name ?? source.fileName}</option>
          )}
          {experiments.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <ChooseFile title={text('experiments.file')} />
        {source === undefined ? null : (
          <button
            type="button"
            class="act"
            data-experiment="edit"
            aria-pressed={edits.value}
            onClick={() => {
              edits.value = !edits.value;
            }}
          >
            {text('experiments.edit')}
          </button>
        )}
        {chosen === undefined ? null : running === undefined ? (
          <button type="button" class="act main" data-experiment="run" onClick={() => void experimenting.run()}>
            {text('experiments.run')}
          </button>
        ) : (
          <>
            <button type="button" class="act" data-experiment="cancel" onClick={() => experimenting.cancel()}>
              {text('experiments.cancel')}
            </button>
            <progress max={running.of} value={running.finished} aria-label={text('experiments.progress')} />
            <span class="soft count">{text('experiments.done', { finished: running.finished, of: running.of })}</span>
          </>
        )}
        <Tally />
        <Results />
      </div>
      {reading.value === undefined ? null : <p class="soft">{text('experiments.reading')}</p>}
      {edits.value && source !== undefined ? (
        <ExperimentText key={source.fileName} />
      ) : (
        <p class="soft lead">{chosen === undefined ? text('experiments.about') : chosen.about}</p>
      )}
      {wrong.map(({ message, line, file }) => (
        <p key={`${file}/${line}/${message}`} class="tone-failed">
          {file === source?.fileName ? '' : `${file}, `}
          {text('verdicts.line', { line })}: {message}
        </p>
      ))}
      {wrong.length > 0 && chosen !== undefined ? <p class="soft">{text('experiments.broken')}</p> : null}
      {chosen === undefined ? null : <HeatMaps close={() => dialog.current?.close()} />}
    </Sheet>
  );
}

/** The results as files, as the terminal writes them; with what has not run marked as such. */
function Results() {
  const { experimenting } = usePage();
  const code = experimenting.computing.value;
  const experiment = experimenting.experiment.value;
  const results = experimenting.results.value;
  if (code === undefined || experiment === undefined || !results.some(({ outcome }) => outcome !== undefined)) {
    return null;
  }
  const forms = [
    ['html', 'text/html', () => code.htmlReport(experiment, results)],
    ['csv', 'text/csv', () => code.csvReport(experiment, results)],
    ['json', 'application/json', () => `${JSON.stringify(code.experimentJson(experiment, results), null, 2)}\n`],
  ] as const;
  return (
    <span class="experiment-out">
      <span class="soft">{text('experiments.export')}</span>
      {forms.map(([ending, type, write]) => (
        <button
          key={ending}
          type="button"
          class="quiet"
          data-results={ending}
          onClick={() => download(`${fileNameOf(experiment.name) || 'experiment'}.${ending}`, write(), type)}
        >
          {ending.toUpperCase()}
        </button>
      ))}
    </span>
  );
}

function Tally() {
  const { experimenting } = usePage();
  const code = experimenting.computing.value;
  if (code === undefined || experimenting.experiment.value === undefined) return null;
  const { ran, works, unexpected, cells } = code.tallyOf(experimenting.results.value);
  if (ran === 0) return <span class="soft count">{text('experiments.cells', { count: cells })}</span>;
  return (
    <span class="count" data-tally={`${works}/${ran}`}>
      {text('experiments.tally', { works, ran })}
      {unexpected === 0 ? null : (
        <span class="tone-failed"> {text('experiments.unexpected', { count: unexpected })}</span>
      )}
    </span>
  );
}
