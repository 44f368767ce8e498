import {
  type CellOutcome,
  type CellResult,
  causesOf,
  cellName,
  conclude,
  type Experiment,
  markupText,
  measureText,
  type ResultTable,
  type ToldStep,
  tablesOf,
  tallyOf,
} from '../core/experiment/index.ts';
import { formatDuration } from '../core/index.ts';
import { REPORT_STYLE } from './html-style.ts';

const text = markupText;

/**
 * One page that holds everything: the tables as heat maps whose cells open their details. It has no script and asks for nothing from outside,
 * and says so to the browser; what comes from the experiment and its runs stands in it as text alone.
 */
export function htmlReport(experiment: Experiment, results: readonly CellResult[]): string {
  const tally = tallyOf(results);
  const causes = causesOf(results);
  const letters = new Map(causes.map(({ code }, at) => [code, letterOf(at)]));
  const judged = tally.asExpected + tally.unexpected;
  const figures = [
    figure(String(tally.works), `of ${tally.ran} cells work`),
    figure(judged === 0 ? '–' : `${tally.asExpected} of ${judged}`, 'as expected', tally.unexpected > 0 ? 'bad' : ''),
    ...(tally.skipped === 0 ? [] : [figure(String(tally.skipped), 'skipped')]),
    ...(tally.notRun === 0 ? [] : [figure(String(tally.notRun), 'not run', 'bad')]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(experiment.name)}</title>
<style>${REPORT_STYLE}${chosenStyle(results)}</style>
</head>
<body>
<header>
<h1>${text(experiment.name)}</h1>
<p class="about">${text(experiment.about.trim())}</p>
<div class="figures">${figures.join('')}</div>
</header>
<main>
<div class="maps">
${tablesOf(experiment, results)
  .map((table) => tableMarkup(experiment, table, letters))
  .join('\n')}
${legendMarkup(causes, letters, tally)}
${conclusionsMarkup(experiment, results)}
</div>
<aside>
<p class="hint">Choose a cell: what was asked of it, why it failed, and its story stand here.</p>
${results.map((result) => detailMarkup(experiment, result)).join('\n')}
</aside>
</main>
</body>
</html>
`;
}

/** The cell whose details are shown has a frame. */
function chosenStyle(results: readonly CellResult[]): string {
  const chosen = results.map(({ cell: { index } }) => `main:has(#c${index}:target) a[href='#c${index}']`);
  return chosen.length === 0 ? '' : `${chosen.join(',')}{border-color:currentColor}`;
}

function figure(value: string, label: string, tone = ''): string {
  return `<div class="figure ${tone}"><b>${text(value)}</b><span>${text(label)}</span></div>`;
}

function letterOf(at: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return at < letters.length ? letters.charAt(at) : `${letterOf(Math.floor(at / 26) - 1)}${letters.charAt(at % 26)}`;
}

function tableMarkup(experiment: Experiment, table: ResultTable, letters: ReadonlyMap<string, string>): string {
  const { rowAxes, columnAxes, rows, columns, cells, group } = table;
  const title = group
    .map(({ axis, variation }) => `<span>${text(axis)}</span> <b>${text(variation)}</b>`)
    .join('<i> · </i>');
  const heads = columnAxes.map((axis, level) => {
    const spans = spansOf(columns, level).map(
      ({ name, span }) => `<th scope="col" colspan="${span}">${text(name)}</th>`,
    );
    const corner =
      level === columnAxes.length - 1
        ? rowAxes.map((row) => `<td class="corner">${text(row)}</td>`).join('')
        : `<td class="corner" colspan="${Math.max(1, rowAxes.length)}"></td>`;
    return `<tr>${corner}<td class="axis">${text(axis)}</td>${spans.join('')}</tr>`;
  });
  const spans = rowAxes.map((_, level) => spansOf(rows, level));
  const lines = rows.map((_, at) => {
    const names = spans.flatMap((list) => {
      const span = list.find(({ from }) => from === at);
      return span === undefined ? [] : [`<th scope="row" rowspan="${span.span}">${text(span.name)}</th>`];
    });
    const row = (cells[at] ?? []).map((cell) => cellMarkup(experiment, cell, letters));
    return `<tr>${names.join('')}<td class="axis"></td>${row.join('')}</tr>`;
  });
  const caption = title === '' ? '' : `<caption>${title}</caption>`;
  return `<div class="scroll"><table>${caption}<thead>${heads.join('')}</thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}

/** Stretches of lines that have the same names down to a level. */
function spansOf(lines: readonly (readonly string[])[], level: number): { name: string; from: number; span: number }[] {
  const spans: { name: string; key: string; from: number; span: number }[] = [];
  lines.forEach((names, from) => {
    const key = names.slice(0, level + 1).join('\n');
    const last = spans.at(-1);
    if (last?.key === key) last.span++;
    else spans.push({ name: names[level] ?? '', key, from, span: 1 });
  });
  return spans;
}

function cellMarkup(
  experiment: Experiment,
  cell: CellResult | undefined,
  letters: ReadonlyMap<string, string>,
): string {
  if (cell === undefined) return '<td class="none"></td>';
  const { outcome, verdict } = cell;
  const name = text(cellName(experiment, cell.cell));
  const link = (tone: string, inner: string, says: string): string =>
    `<td class="cell ${tone}${verdict === 'unexpected' ? ' surprise' : ''}"><a href="#c${cell.cell.index}" title="${name}: ${text(says)}">${inner}</a></td>`;
  if (outcome === undefined) return link('blank', verdict === 'skipped' ? '·' : '…', cell.cell.skipped ?? 'not run');
  if (outcome.error !== undefined) return link('error', 'error', outcome.error);
  const at = experiment.measures.findIndex((one) => one.name === experiment.table.show);
  const shown =
    at < 0 ? '' : `<small>${text(measureText(outcome.measures[at], experiment.measures[at]?.unit ?? ''))}</small>`;
  if (outcome.works) return link('works', `<b>works</b>${shown}`, 'works');
  const letter = letters.get(outcome.cause?.code ?? '');
  const mark = letter === undefined ? 'fails' : `fails <i>${letter}</i>`;
  return link('fails', `<b>${mark}</b>${shown}`, outcome.cause?.step.text ?? 'fails');
}

function legendMarkup(
  causes: ReturnType<typeof causesOf>,
  letters: ReadonlyMap<string, string>,
  { unexpected, skipped }: ReturnType<typeof tallyOf>,
): string {
  const keys = [
    ...(unexpected > 0 ? ['<span class="key surprise">!</span> other than expected'] : []),
    ...(skipped > 0 ? ['<span class="key">·</span> skipped'] : []),
  ];
  const lines = causes.map(
    ({ code, text: says, cells }) =>
      `<dt><i>${letters.get(code) ?? ''}</i> <code>${text(code)}</code><small>${cells} ${cells === 1 ? 'cell' : 'cells'}</small></dt><dd>${text(says)}</dd>`,
  );
  const list = lines.length === 0 ? '' : `<h2>Causes</h2><dl class="causes">${lines.join('\n')}</dl>`;
  return `${keys.length === 0 ? '' : `<p class="keys">${keys.join(' ')}</p>`}${list}`;
}

function conclusionsMarkup(experiment: Experiment, results: readonly CellResult[]): string {
  const lines = conclude(experiment, results).map(
    ({ about, text: says }) => `<dt>${text(says)}</dt>${about === '' ? '' : `<dd>${text(about)}</dd>`}`,
  );
  return lines.length === 0 ? '' : `<h2>What follows</h2><dl class="causes">${lines.join('\n')}</dl>`;
}

function detailMarkup(experiment: Experiment, result: CellResult): string {
  const { cell, outcome, verdict, surprises } = result;
  const names = experiment.axes
    .map(({ name }, at) => `<li><span>${text(name)}</span> ${text(cell.variations[at] ?? '')}</li>`)
    .join('');
  const state =
    outcome === undefined
      ? (cell.skipped ?? 'not run')
      : outcome.error !== undefined
        ? `did not run: ${outcome.error}`
        : outcome.works
          ? 'works'
          : 'fails';
  const tone = outcome === undefined ? '' : outcome.works ? 'good' : 'bad';
  const wrong = surprises.map((one) => `<li>${text(one)}</li>`).join('');
  return `<section id="c${cell.index}">
<ul class="names">${names}</ul>
<h2 class="${tone}">${text(state)}${verdict === 'as-expected' ? ' <small>as expected</small>' : ''}</h2>
${wrong === '' ? '' : `<ul class="surprises">${wrong}</ul>`}
${outcome === undefined || outcome.error !== undefined ? '' : outcomeMarkup(experiment, outcome)}
</section>`;
}

function outcomeMarkup(experiment: Experiment, outcome: CellOutcome): string {
  const goals = outcome.goals
    .map(
      ({ goal, held, evidence }) =>
        `<li class="${held ? 'good' : 'bad'}"><code>${text(goal)}</code><span>${text(evidence)}</span></li>`,
    )
    .join('');
  const measures = experiment.measures
    .map(
      ({ name, about, unit }, at) =>
        `<tr><th scope="row" title="${text(about)}">${text(name)}</th><td>${text(measureText(outcome.measures[at], unit))}</td></tr>`,
    )
    .join('');
  const { cause } = outcome;
  const cure = cause?.step.cure === undefined ? '' : `<p class="cure">${text(cause.step.cure)}</p>`;
  const source = cause?.step.source === undefined ? '' : ` <cite>${text(cause.step.source)}</cite>`;
  const why =
    cause === undefined
      ? ''
      : `<h3>Why</h3><p class="cause"><code>${text(cause.code)}</code> ${text(cause.step.text)}${source}</p>${cure}${stepsMarkup(cause.chain)}`;
  const untold =
    outcome.untold === 0 ? '' : `<p class="hint">${outcome.untold} more of the same kinds are not told.</p>`;
  return `${goals === '' ? '' : `<h3>Asked of it</h3><ul class="goals">${goals}</ul>`}
${measures === '' ? '' : `<h3>Measured</h3><table class="measures">${measures}</table>`}
${why}
<h3>Story</h3>${stepsMarkup(outcome.story)}${untold}
<p class="hint">Seed ${outcome.seed}; ${outcome.frames} frames, ${outcome.drops} drops, ${text(formatDuration(outcome.ended))} simulated.</p>`;
}

function stepsMarkup(steps: readonly ToldStep[]): string {
  const lines = steps.map(({ time, node, text: says, failed }) => {
    const who = node === '' || says.includes(node) ? '' : `${node}: `;
    return `<li${failed ? ' class="bad"' : ''}><time>${(time / 1e9).toFixed(6)}</time><span>${text(who + says)}</span></li>`;
  });
  return `<ol class="steps">${lines.join('\n')}</ol>`;
}
