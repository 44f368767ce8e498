import type { History } from '../core/simulation/index.ts';
import type { KeyTable } from './api.ts';

/** The key log so far in the formats that the plugins declare; a format without entries gives no table. */
export function keyTables(history: History): KeyTable[] {
  const { registry, run } = history.head;
  const files = new Map<string, { format: string; about: string; lines: Set<string> }>();
  for (const { format, file, about, line } of registry.keyLogs.values()) {
    for (const logged of run.keyLog) {
      const text = logged.format === format ? line(logged.entry) : undefined;
      if (text === undefined) continue;
      const table = files.get(file) ?? { format, about, lines: new Set() };
      // Both ends log what they share: one line says it.
      table.lines.add(text);
      files.set(file, table);
    }
  }
  return [...files].map(([file, { format, about, lines }]) => ({
    format,
    file,
    about,
    text: `${[...lines].join('\n')}\n`,
  }));
}
