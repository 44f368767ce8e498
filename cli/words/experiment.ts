import type { Tally } from '../../core/experiment/index.ts';

const counted = (count: number, one: string, more: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

/** All that `ikebana experiment` says. */
export const experimentWords = {
  summary: 'run a topology in many variations and show what came out as a table',
  about: `Runs a topology once for every combination of named variations (a cell each), spread over threads, and
shows what works, what fails, and why. Each verdict comes out of a run of real packets. What the file
expects of the cells is held against the results afterwards.

EXPERIMENT is the name of an experiment that comes along (--list without one names them), a file, or -
for standard input. docs/experiments.md tells how such a file is written.`,
  examples: `
Examples:
  $ ikebana experiment --list                      the experiments that come along
  $ ikebana experiment nat-behaviour               run one: a table, and what differs from what is expected
  $ ikebana experiment nat-behaviour --list        its axes and cells, without running any
  $ ikebana experiment nat-behaviour --only preset=symmetric,pf --only 'requirement=9 hairpin'
                                                   some cells only
  $ ikebana experiment ping.yaml --html report.html --junit report.xml --jobs 8

Reading the table: ✓ works, ✗ fails (with the code of the cause), ! other than expected, · skipped.

Exit codes: 0 everything as expected; 1 some cell came out otherwise, or could not run; 2 bad input;
130 interrupted (what is done is kept, shown and written).`,
  options: {
    jobs: 'threads that compute at once (default: one a processor)',
    only: 'only cells with this variation, or one of several: axis=variation,variation; may be given again',
    list: 'show axes and cells without running; without an experiment: those that come along',
    json: 'everything as JSON on standard output',
    csv: 'write a line for each cell into this file',
    junit: 'write a JUnit report for continuous integration into this file',
    html: 'write a report into this file: one page that needs nothing else',
  },
  progress: '{bar} {percentage}% | {value} of {total} cells | {works} work | {surprises} surprises',
  listed: 'Experiments that come along:',
  axes: 'Axes',
  cells: (count: number, skipped: number) =>
    `${counted(count, 'cell', 'cells')}${skipped === 0 ? '' : `, of which ${skipped} ${skipped === 1 ? 'is' : 'are'} skipped`}`,
  skipped: 'Skipped',
  skippedCells: (why: string, count: number) => `${counted(count, 'cell', 'cells')}: ${why}`,
  causes: 'Causes',
  conclusions: 'What follows',
  surprises: 'Other than expected',
  more: (count: number) => `… and ${count} more: --json has them all`,
  noCause: 'no cause',
  outcome: (name: string, { works, ran, asExpected, unexpected, open }: Tally) => {
    const judged = asExpected + unexpected;
    const expected = judged === 0 ? 'nothing is expected' : `${asExpected} of ${judged} as expected`;
    const unjudged = open === 0 || judged === 0 ? '' : `, ${open} without expectation`;
    return `${name}: ${works} of ${counted(ran, 'cell works', 'cells work')}; ${expected}${unjudged}`;
  },
  figures: (cells: number, threads: number, seconds: string) =>
    `${counted(cells, 'run', 'runs')} on ${counted(threads, 'thread', 'threads')} in ${seconds} s`,
  interrupted: (left: number) =>
    `Interrupted: ${counted(left, 'cell', 'cells')} did not run; the rest is kept as it came out.`,
  wrote: (path: string) => `wrote ${path}`,
  noSuch: (given: string, near: string | undefined, names: readonly string[]) =>
    near === undefined
      ? `there is no experiment or file ${given}; experiments that come along: ${names.join(', ')}`
      : `there is no experiment or file ${given}; did you mean ${near}?`,
  noFile: 'give the name of an experiment or a file; --list names those that come along',
  noBase: (name: string, near: string | undefined) =>
    near === undefined
      ? `there is no topology \`${name}\`, neither beside this file nor among those that come along`
      : `there is no topology \`${name}\`, did you mean \`${near}\`?`,
  wrongOnly: (text: string) => `--only ${text}: write axis=variation, such as nat=napt, or axis=one,another`,
  noAxis: (text: string, axes: readonly string[]) =>
    `--only ${text}: there is no such axis; there are ${axes.join(', ')}`,
  noVariation: (text: string, name: string, right: readonly string[]) =>
    `--only ${text}: there is no variation ${name}; there are ${right.join(', ')}`,
  noCells: 'no cell is left: --only leaves out all that are not skipped',
  wrongJobs: (text: string, most: number) => `--jobs ${text} is no whole number from 1 to ${most}`,
};
