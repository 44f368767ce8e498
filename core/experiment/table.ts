import type { CellResult, Experiment } from './experiment.ts';

/** One table of results: some axes down the side, some across the top, the others fixed. */
export interface ResultTable {
  /** `axis=variation` of the axes that this table has to itself. */
  readonly group: readonly { readonly axis: string; readonly variation: string }[];
  readonly rowAxes: readonly string[];
  readonly columnAxes: readonly string[];
  /** The variations of each row and column, in the order of their axes. */
  readonly rows: readonly (readonly string[])[];
  readonly columns: readonly (readonly string[])[];
  /** By row, then by column; absent for combinations that were not asked for. */
  readonly cells: readonly (readonly (CellResult | undefined)[])[];
}

/** The results as tables in the experiment's layout. Rows, columns and tables in which there is nothing are left out. */
export function tablesOf(experiment: Experiment, results: readonly CellResult[]): ResultTable[] {
  const { axes, table } = experiment;
  const places = (names: readonly string[]): number[] =>
    names.map((name) => axes.findIndex((axis) => axis.name === name));
  const [rowAt, columnAt, groupAt] = [places(table.rows), places(table.columns), places(table.groups)];
  const pick = (result: CellResult, at: readonly number[]): string[] =>
    at.map((place) => result.cell.variations[place] ?? '');
  const keyOf = (names: readonly string[]): string => names.join('\n');
  const groups = new Map<string, CellResult[]>();
  for (const result of results) {
    const key = keyOf(pick(result, groupAt));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [result]);
    else group.push(result);
  }
  return [...groups.values()].map((members) => {
    const rows = distinct(members.map((one) => pick(one, rowAt)));
    const columns = distinct(members.map((one) => pick(one, columnAt)));
    const found = new Map(members.map((one) => [`${keyOf(pick(one, rowAt))}\n\n${keyOf(pick(one, columnAt))}`, one]));
    const [first] = members as [CellResult];
    return {
      group: table.groups.map((axis, at) => ({ axis, variation: pick(first, groupAt)[at] ?? '' })),
      rowAxes: table.rows,
      columnAxes: table.columns,
      rows,
      columns,
      cells: rows.map((row) => columns.map((column) => found.get(`${keyOf(row)}\n\n${keyOf(column)}`))),
    };
  });
}

function distinct(lists: readonly (readonly string[])[]): (readonly string[])[] {
  return [...new Map(lists.map((list) => [list.join('\n'), list])).values()];
}

/** The causes of failure in the order in which they appear, with the cells that have each. */
export function causesOf(results: readonly CellResult[]): { code: string; text: string; cells: number }[] {
  const causes = new Map<string, { code: string; text: string; cells: number }>();
  for (const { outcome } of results) {
    if (outcome === undefined || outcome.works || outcome.cause === undefined) continue;
    const { code, step } = outcome.cause;
    const known = causes.get(code);
    if (known === undefined) causes.set(code, { code, text: step.text, cells: 1 });
    else known.cells++;
  }
  return [...causes.values()];
}

/** A number as people read it: at most three decimals, with its unit. */
export function measureText(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '-';
  const whole = Number.isInteger(value) ? String(value) : String(Math.round(value * 1000) / 1000);
  return unit === '' ? whole : `${whole} ${unit}`;
}
