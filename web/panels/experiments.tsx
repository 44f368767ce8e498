import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { CellResult } from '../../core/experiment/index.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';
import { Sheet } from './sheet.tsx';

/** Experiments: one is chosen, run on a pool of workers, and shown as heat maps whose cells open their runs. */
export function Experiments() {
  const { desk, experiments, experimenting } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const reading = useSignal<string | undefined>(undefined);
  const chosen = experimenting.experiment.value;
  const { progress, mistakes } = experimenting;

  async function choose(id: string): Promise<void> {
    const shipped = experiments.find((one) => one.id === id);
    if (shipped === undefined) return;
    reading.value = id;
    await experimenting.open(shipped.text, `topologies/experiments/${id}.yaml`);
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
          value={reading.value ?? experiments.find(({ name }) => name === chosen?.name)?.id ?? ''}
          onChange={(event) => void choose(event.currentTarget.value)}
        >
          <option value="" disabled>
            {text('experiments.choose')}
          </option>
          {experiments.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        {chosen === undefined ? null : running === undefined ? (
          <button type="button" class="act" data-experiment="run" onClick={() => void experimenting.run()}>
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
      </div>
      {reading.value !== undefined ? <p class="soft">{text('experiments.reading')}</p> : null}
      {chosen === undefined ? (
        <p class="soft lead">{text('experiments.about')}</p>
      ) : (
        <p class="soft lead">{chosen.about}</p>
      )}
      {mistakes.value
        .filter(({ severity }) => severity === 'error')
        .map(({ message, line }) => (
          <p key={`${line}/${message}`} class="tone-failed">
            {text('verdicts.line', { line })}: {message}
          </p>
        ))}
      {chosen === undefined ? null : <Maps close={() => dialog.current?.close()} />}
    </Sheet>
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

function Maps({ close }: { close: () => void }) {
  const { experimenting, model, open, desk } = usePage();
  const pointed = useSignal<CellResult | undefined>(undefined);
  const code = experimenting.computing.value;
  const experiment = experimenting.experiment.value;
  if (code === undefined || experiment === undefined) return null;
  const tables = code.tablesOf(experiment, experimenting.results.value);
  const shows = experiment.measures.findIndex(({ name }) => name === experiment.table.show);

  function openRun(result: CellResult): void {
    const run = experimenting.cellRun(result);
    if (run === undefined) return;
    close();
    desk.inspectorTab.value = 'verdicts';
    const { name, fileName, text: words, seed, changes } = run;
    void open({ fileName, text: words }, { changes, ...(seed === undefined ? {} : { seed }) }).then(() => {
      desk.message.value = text('experiments.opened', { name });
    });
    model.play(false);
  }

  return (
    <>
      <div class="maps scroll">
        {tables.map((table) => (
          <table key={table.group.map(({ variation }) => variation).join('/')} class="heat">
            {table.group.length === 0 ? null : (
              <caption>{table.group.map(({ axis, variation }) => `${axis}: ${variation}`).join(' · ')}</caption>
            )}
            <thead>
              <tr>
                <th scope="col">{table.rowAxes.join(' / ')}</th>
                {table.columns.map((column) => (
                  <th key={column.join('/')} scope="col">
                    {column.join(' / ')}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, at) => (
                <tr key={row.join('/')}>
                  <th scope="row">{row.join(' / ')}</th>
                  {table.columns.map((column, across) => {
                    const result = table.cells[at]?.[across];
                    return (
                      <td key={column.join('/')}>
                        {result === undefined || result.cell.skipped !== undefined ? (
                          <span class="soft" title={result?.cell.skipped}>
                            –
                          </span>
                        ) : (
                          <button
                            type="button"
                            class={`cell ${kindOf(result)}`}
                            data-cell={result.cell.index}
                            aria-label={`${code.cellName(experiment, result.cell)}: ${saying(result)}`}
                            onPointerEnter={() => {
                              pointed.value = result;
                            }}
                            onFocus={() => {
                              pointed.value = result;
                            }}
                            onClick={() => openRun(result)}
                          >
                            {sign(result)}
                            {shows < 0 || result.outcome === undefined
                              ? null
                              : ` ${code.measureText(result.outcome.measures[shows], experiment.measures[shows]?.unit ?? '')}`}
                          </button>
                        )}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        ))}
        <Conclusions />
      </div>
      <Details result={pointed.value} />
    </>
  );
}

/** What follows from the cells, once all of them ran. */
function Conclusions() {
  const { experimenting } = usePage();
  const code = experimenting.computing.value;
  const experiment = experimenting.experiment.value;
  const results = experimenting.results.value;
  if (code === undefined || experiment === undefined) return null;
  if (results.some(({ verdict }) => verdict === 'not-run')) return null;
  const drawn = code.conclude(experiment, results);
  if (drawn.length === 0) return null;
  return (
    <ul class="conclusions">
      {drawn.map((one) => (
        <li key={`${one.about}/${one.text}`} title={one.about}>
          {one.text}
        </li>
      ))}
    </ul>
  );
}

function Details({ result }: { result: CellResult | undefined }) {
  const { experimenting } = usePage();
  const code = experimenting.computing.value;
  const experiment = experimenting.experiment.value;
  if (code === undefined || experiment === undefined) return null;
  if (result === undefined) return <p class="soft cell-details">{text('experiments.hint')}</p>;
  const { cell, outcome, surprises } = result;
  return (
    <div class="cell-details" role="status">
      <p>
        <b>{code.cellName(experiment, cell)}</b> <span class={`mark-${kindOf(result)}`}>{saying(result)}</span>
      </p>
      {outcome?.cause === undefined ? null : (
        <p>
          {outcome.cause.step.text} <span class="soft">{outcome.cause.step.source}</span>
        </p>
      )}
      {surprises.map((surprise) => (
        <p key={surprise} class="tone-failed">
          {surprise}
        </p>
      ))}
      {outcome === undefined || experiment.measures.length === 0 ? null : (
        <p class="soft">
          {experiment.measures
            .map(({ name, unit }, at) => `${name} ${code.measureText(outcome.measures[at], unit)}`)
            .join(' · ')}
        </p>
      )}
    </div>
  );
}

function kindOf({ outcome, verdict }: CellResult): string {
  if (outcome === undefined) return 'waits';
  return `${outcome.works ? 'works' : 'fails'}${verdict === 'unexpected' ? ' surprising' : ''}`;
}

function sign({ outcome, verdict }: CellResult): string {
  if (outcome === undefined) return '·';
  return `${outcome.works ? '✓' : '✗'}${verdict === 'unexpected' ? ' !' : ''}`;
}

function saying({ outcome }: CellResult): string {
  if (outcome === undefined) return text('experiments.waits');
  if (outcome.error !== undefined) return outcome.error;
  return outcome.works ? text('experiments.works') : text('experiments.fails', { cause: outcome.cause?.code ?? '' });
}
