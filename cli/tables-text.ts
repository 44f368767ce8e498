import type { NodeView } from '../workers/views.ts';
import { harmless, type Terminal } from './terminal.ts';

type Table = NodeView['plugins'][number]['tables'][number];

/** Every table of every node in which a row stands, as the plugins' manifests make them. */
export function tellTables(nodes: readonly NodeView[], terminal: Terminal): void {
  const { paint } = terminal;
  for (const { name, plugins } of nodes) {
    for (const { title, tables } of plugins) {
      for (const table of tables) {
        if (table.rows.length === 0) continue;
        terminal.say();
        terminal.say(`${paint('bold', harmless(name))}  ${harmless(title)}: ${harmless(table.title)}`);
        const [head, ...lines] = linesOf(table);
        terminal.say(`  ${paint('dim', head ?? '')}`);
        for (const line of lines) terminal.say(`  ${line}`);
      }
    }
  }
}

/** Titles and rows, each column as wide as its widest. */
function linesOf({ columns, rows }: Table): string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ key }) => harmless(String(row[key] ?? '')))),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => [...(line[at] ?? '')].length)));
  return cells.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The same for scripts. */
export function tablesJson(nodes: readonly NodeView[]): object[] {
  return nodes.flatMap(({ name, plugins }) =>
    plugins.flatMap(({ name: plugin, tables }) =>
      tables.map(({ name: table, rows }) => ({ node: name, plugin, table, rows })),
    ),
  );
}
