import type { CellResult } from '../../core/experiment/index.ts';
import type { Sentence } from '../../workers/client.ts';
import { formatMoment } from '../model/format.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';
import { Told } from './told.tsx';

/** Two cells side by side: where their runs part, what each did there and why, and what came out otherwise. */
export function ComparedCells({ open }: { open: (cell: CellResult, moment?: number, seed?: number) => void }) {
  const { experimenting } = usePage();
  const comparing = experimenting.comparing.value;
  const code = experimenting.computing.value;
  const experiment = experimenting.experiment.value;
  if (comparing === undefined || code === undefined || experiment === undefined) return null;
  const { a, b, compared } = comparing;
  const [nameA, nameB] = [code.cellName(experiment, a.cell), code.cellName(experiment, b.cell)];
  if (compared === undefined) return <p class="soft cell-details">{text('compare.running', { a: nameA, b: nameB })}</p>;
  if (compared.wrong !== undefined) {
    return <p class="tone-failed cell-details">{text('compare.wrong', { reason: compared.wrong })}</p>;
  }
  const { divergence, verdicts, alike, differ, onlyA, onlyB } = compared.comparison;
  const seed = code.jobOf(experiment, a.cell, '', undefined).seed;
  const side = (letter: string, name: string, cell: CellResult, chain: readonly Sentence[] | undefined) => (
    <section class="compared-side">
      <h3>
        <span class="soft">{letter}</span> {name}{' '}
        <button type="button" class="quiet" data-open={letter} onClick={() => open(cell, divergence?.time, seed)}>
          {text(divergence === undefined ? 'compare.open' : 'compare.openThere')}
        </button>
      </h3>
      {divergence === undefined ? null : chain === undefined ? (
        <p class="soft">{text('compare.nothing')}</p>
      ) : (
        <ol>
          {chain.map((sentence) => (
            <li key={sentence.record}>
              <span class="mono soft">{formatMoment(sentence.time)} s</span>
              <Told sentence={sentence} failed={false} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
  return (
    <div class="cell-details compared scroll" role="status">
      <p>
        <b>
          {divergence === undefined
            ? text('compare.alike')
            : text('compare.part', { time: `${formatMoment(divergence.time)} s` })}
        </b>{' '}
        <span class="soft">{text('compare.counts', { alike, differ, onlyA, onlyB })}</span>
      </p>
      <div class="compared-sides">
        {side('A', nameA, a, divergence?.a)}
        {side('B', nameB, b, divergence?.b)}
      </div>
      {divergence === undefined || divergence.fields.length === 0 ? null : (
        <table>
          <caption>{text('compare.fields')}</caption>
          <tbody>
            {divergence.fields.map(({ field, a: one, b: other }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                <td>{one === '' ? '–' : one}</td>
                <td>{other === '' ? '–' : other}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {verdicts.length === 0 ? null : (
        <ul class="compared-verdicts">
          {verdicts.map(({ expectation, a: one, b: other }) => (
            <li key={expectation}>
              <span class="mono">{expectation.replace(/^\{\s*|\s*\}$/g, '')}</span>
              <Held letter="A" verdict={one} />
              <Held letter="B" verdict={other} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Held({ letter, verdict }: { letter: string; verdict: { held: boolean; evidence: string } | undefined }) {
  if (verdict === undefined) return null;
  return (
    <span>
      <span class="soft">{letter}</span>{' '}
      <span class={verdict.held ? 'tone-good' : 'tone-failed'}>
        {text(verdict.held ? 'verdicts.held' : 'verdicts.failed')}
      </span>{' '}
      {verdict.evidence}
    </span>
  );
}
