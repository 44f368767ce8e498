import { cellName } from '../cells.ts';
import type { CellResult, Experiment } from '../experiment.ts';
import { tallyOf } from '../judge-cells.ts';
import { markupText } from './markup.ts';

/** A report as continuous integration reads it: a test case for each cell, in the form that JUnit's Ant task began. */
export function junitReport(experiment: Experiment, results: readonly CellResult[]): string {
  const tally = tallyOf(results);
  const errors = results.filter(({ outcome }) => outcome?.error !== undefined).length;
  const counts =
    `tests="${tally.cells}" failures="${tally.unexpected - errors}" errors="${errors}" ` +
    `skipped="${tally.skipped + tally.notRun}"`;
  const suite = attribute(experiment.name);
  const cases = results.map((result) => caseText(experiment, result));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${suite}" ${counts}>`,
    `  <testsuite name="${suite}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseText(experiment: Experiment, { cell, verdict, outcome, surprises }: CellResult): string {
  const open = `    <testcase classname="${attribute(experiment.name)}" name="${attribute(cellName(experiment, cell))}"`;
  if (verdict === 'skipped' || outcome === undefined) {
    return `${open}><skipped message="${attribute(cell.skipped ?? 'interrupted')}"/></testcase>`;
  }
  const chain = (outcome.cause?.chain ?? []).map(({ time, node, text }) => `${time / 1e9} s  ${node}: ${text}`);
  const body = markupText(chain.join('\n'));
  if (outcome.error !== undefined) return `${open}><error message="${attribute(outcome.error)}"/></testcase>`;
  if (verdict !== 'unexpected') return `${open}/>`;
  return `${open}><failure message="${attribute(surprises.join('; '))}">${body}</failure></testcase>`;
}

function attribute(text: string): string {
  return markupText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;');
}
