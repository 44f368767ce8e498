import type { Registry } from '../plugin/index.ts';
import { createReport, type Diagnostic, type Report } from './diagnostic.ts';
import type { KnownNode, Surroundings } from './entries.ts';
import { readExpectation } from './expectations.ts';
import { asMap } from './reading.ts';
import { readDocument } from './resolve.ts';
import { readEntry } from './timeline.ts';
import type { ExpectationEntry, TimelineAction, Topology } from './topology.ts';
import type { Written, WrittenMap } from './written.ts';

/** What an operator types while a lab runs: single entries in the words of the file, checked against the topology that runs. */

export interface LiveOptions {
  readonly registry: Registry;
  readonly topology: Topology;
  /** What diagnostics call the text. */
  readonly fileName?: string;
}

/** An entry of the timeline without `at`: `node: a, key: 10.0.0.2` or `{ link: a:eth0 -- b:eth0, set: { up: false } }`. */
export function parseAction(
  text: string,
  options: LiveOptions,
): { readonly action?: TimelineAction; readonly diagnostics: readonly Diagnostic[] } {
  const { found, diagnostics } = parseEntry(text, options, 'action', (report, map, around) => {
    const at = map.entries.get('at');
    if (at !== undefined) report.error(at.key, ['at'], 'what is done now has no `at`');
    const now: Written = { kind: 'scalar', span: map.span, value: 0, text: '0' };
    const entries = new Map([...map.entries, ['at', { key: map.span, value: now }]] as const);
    return readEntry({ registry: options.registry, report }, around, { ...map, entries }, []);
  });
  if (found === undefined) return { diagnostics };
  const { at: _, ...action } = found;
  return { action, diagnostics };
}

/** An expectation: `{ key: a -> b, answered: 3 }`, braces or not. */
export function parseExpectation(
  text: string,
  options: LiveOptions,
): { readonly expectation?: ExpectationEntry; readonly diagnostics: readonly Diagnostic[] } {
  const { found, diagnostics } = parseEntry(text, options, 'expectation', (report, map, around) =>
    readExpectation({ registry: options.registry, report }, around, map, []),
  );
  return found === undefined ? { diagnostics } : { expectation: { ...found, text: text.trim(), line: 0 }, diagnostics };
}

function parseEntry<T>(
  text: string,
  { topology, fileName }: LiveOptions,
  what: string,
  read: (report: Report, map: WrittenMap, around: Surroundings) => T | undefined,
): { readonly found?: T; readonly diagnostics: readonly Diagnostic[] } {
  const file = fileName ?? what;
  const report = createReport(file);
  // Typed on one line, the braces may be left out; they are put around it, and places count without them.
  const bare = !/^\s*\{/.test(text) && !/\n\s*\S/.test(text.trim());
  const root = readDocument(bare ? `{${text}}` : text, file, report);
  const map = root && asMap(report, root, [], `an ${what} such as \`{ node: a, ... }\``);
  const found = map && read(report, map, surroundingsOf(topology));
  const diagnostics = bare ? report.diagnostics().map((each) => withoutBrace(each, text.length)) : report.diagnostics();
  return found === undefined || report.failed ? { diagnostics } : { found, diagnostics };
}

function surroundingsOf(topology: Topology): Surroundings {
  const nodes = new Map<string, KnownNode>();
  for (const description of topology.nodes) {
    nodes.set(description.name, {
      description,
      interfaces: new Map(description.interfaces.map((each) => [each.name, each])),
      plugins: new Map(Object.entries(description.plugins)),
      whole: true,
      sound: true,
    });
  }
  return {
    nodes,
    described: topology.nodes,
    links: new Set(topology.links.map(({ name }) => name)),
    allLinks: true,
  };
}

function withoutBrace(diagnostic: Diagnostic, length: number): Diagnostic {
  const from = Math.min(Math.max(0, diagnostic.from - 1), length);
  const to = Math.min(Math.max(from, diagnostic.to - 1), length);
  return { ...diagnostic, from, to, column: from + 1, endColumn: to + 1 };
}
