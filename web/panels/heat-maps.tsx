import { useSignal } from '@preact/signals';
import type { CellResult } from '../../core/experiment/index.ts';
import { text } from '../text/text.ts';
import { ComparedCells } from './compared-cells.tsx';
import { usePage } from './page.ts';

/** The results as heat maps: a cell opens its run, or is compared with another. */
export function HeatMaps({ close }: { close: () => void }) {
  const { experimenting, model, open, desk } = usePage();
  const pointed = useSignal(-1);
  const compares = useSignal(false);
  const first = useSignal<CellResult | undefined>(undefined);
  const code = experimenting.computing.value;
  const experiment = experimenting.experiment.value;
  if (code === undefined || experiment === undefined) return null;
  const tables = code.tablesOf(experiment, experimenting.results.value);
  const shows = experiment.measures.findIndex(({ name }) => name === experiment.table.show);

  function openRun(result: CellResult, moment?: number, seed?: number): void {
    const run = experimenting.cellRun(result);
    if (run === undefined) return;
    close();
    desk.inspectorTab.value = 'verdicts';
    const { name, fileName, text: words, changes } = run;
    const kept = seed ?? run.seed;
    const options = {
      changes,
      ...(kept === undefined ? {} : { seed: kept }),
      ...(moment === undefined ? {} : { moment }),
    };
    void open({ fileName, text: words }, options).then(() => {
      desk.message.value = text('experiments.opened', { name });
    });
    model.play(false);
  }

  function choose(result: CellResult): void {
    if (!compares.value) openRun(result);
    else if (first.value === undefined || first.value.cell.index === result.cell.index) first.value = result;
    else {
      void experimenting.compare(first.value, result);
      first.value = undefined;
    }
  }

  function turnComparing(): void {
    compares.value = !compares.value;
    first.value = undefined;
    if (!compares.value) experimenting.comparing.value = undefined;
  }

  const one = first.value?.cell;
  const isNear = (other: readonly string[]) =>
    one !== undefined && one.variations.filter((name, axis) => name !== other[axis]).length === 1;

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
                            class={`cell ${kindOf(result)}${one?.index === result.cell.index ? ' first' : ''}${isNear(result.cell.variations) ? ' near' : ''}`}
                            data-cell={result.cell.index}
                            aria-label={`${code.cellName(experiment, result.cell)}: ${saying(result)}`}
                            onPointerEnter={() => {
                              pointed.value = result.cell.index;
                            }}
                            onFocus={() => {
                              pointed.value = result.cell.index;
                            }}
                            onClick={() => choose(result)}
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
      <div class="map-foot">
        <button
          type="button"
          class="act"
          data-experiment="compare"
          aria-pressed={compares.value}
          onClick={turnComparing}
        >
          {text('compare.turn')}
        </button>
        {!compares.value ? null : (
          <span class="soft">
            {one === undefined
              ? text('compare.first')
              : text('compare.second', { name: code.cellName(experiment, one) })}
          </span>
        )}
      </div>
      {compares.value && experimenting.comparing.value !== undefined ? (
        <ComparedCells open={openRun} />
      ) : (
        <Details result={experimenting.results.value.find(({ cell }) => cell.index === pointed.value)} />
      )}
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
