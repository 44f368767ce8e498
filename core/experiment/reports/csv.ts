import type { CellResult, Experiment } from '../experiment.ts';

/** A line for each cell (RFC 4180): its variations, how it came out, its cause and its measures. */
export function csvReport(experiment: Experiment, results: readonly CellResult[]): string {
  const head = [
    ...experiment.axes.map(({ name }) => name),
    ...['verdict', 'works', 'cause', 'error', 'surprises', 'seed', 'frames', 'drops', 'simulated_s'],
    ...experiment.measures.map(({ name, unit }) => (unit === '' ? name : `${name} (${unit})`)),
  ];
  const lines = results.map(({ cell, verdict, outcome, surprises }) => [
    ...cell.variations,
    verdict,
    outcome === undefined || outcome.error !== undefined ? '' : String(outcome.works),
    outcome?.works === false ? (outcome.cause?.code ?? '') : '',
    outcome?.error ?? cell.skipped ?? '',
    surprises.join('; '),
    ...(outcome === undefined
      ? ['', '', '', '']
      : [outcome.seed, outcome.frames, outcome.drops, outcome.ended / 1e9].map(String)),
    ...experiment.measures.map((_, at) => String(outcome?.measures[at] ?? '')),
  ]);
  return [head, ...lines].map((fields) => `${fields.map(fieldText).join(',')}\r\n`).join('');
}

/** A field that a spreadsheet would take for a formula begins with an apostrophe: what it says may come from anybody. */
function fieldText(field: string): string {
  const plain = /^[=+@\t\r]|^-(?![0-9.])/.test(field) ? `'${field}` : field;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
