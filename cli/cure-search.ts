import { availableParallelism } from 'node:os';
import type { PlainValues } from '../core/index.ts';
import { type CureSearch, searchCures, type TriedCure } from '../workers/cure.ts';
import { startCells } from '../workers/node-client.ts';
import { createNodeHost } from '../workers/node-host.ts';
import { runCells } from '../workers/pool.ts';
import { kindsText, type TopologyFile } from './files.ts';
import type { Interruption } from './interruption.ts';
import { loadOptions, type RunFlags } from './options.ts';
import { Refused } from './refused.ts';
import { harmless, type Terminal } from './terminal.ts';
import { explainWords as words } from './words/explain.ts';

/** Runs a lab with every remedy that its plugins offer; `goal` in place of its own expectations. */
export async function findCures(
  file: TopologyFile,
  flags: RunFlags,
  goal: string,
  interruption: Interruption,
): Promise<CureSearch> {
  const host = createNodeHost();
  const options = { ...loadOptions(flags), fileName: file.name, kinds: kindsText() };
  const search = await searchCures(
    host,
    file.text,
    options,
    (jobs) => runCells(jobs, { workers: availableParallelism(), start: startCells, signal: interruption.signal }),
    goal === '' ? undefined : goal.replace(/^(\w+) /, '$1: '),
  );
  if (search.wrong !== undefined) throw new Refused(search.wrong);
  return search;
}

export function tellCures({ before, cures, partly, tried }: CureSearch, terminal: Terminal): void {
  const { paint } = terminal;
  if (before?.works === true) {
    terminal.say(paint('green', words.nothingToCure));
    return;
  }
  terminal.say(paint('bold', cures.length > 0 ? words.cures : words.noCure(tried)));
  for (const cure of cures) tellOne(cure, paint('green', words.cured), terminal);
  if (partly.length > 0) {
    terminal.say(paint('bold', words.partly));
    for (const cure of partly) {
      tellOne(cure, paint('yellow', words.partlyCured), terminal);
      for (const broken of cure.breaks) terminal.say(`      ${words.breaks(harmless(broken))}`);
    }
  }
  if (cures.length > 0) terminal.say(paint('dim', words.tried(tried)));
}

function tellOne({ titles, fragments }: TriedCure, mark: string, terminal: Terminal): void {
  terminal.say(`  ${mark} ${harmless(titles.join(words.and))}`);
  for (const fragment of fragments) {
    for (const line of yamlLines(fragment)) terminal.say(`      ${terminal.paint('dim', harmless(line))}`);
  }
}

/** A change as flow YAML, a line for each node. */
function yamlLines(fragment: PlainValues): string[] {
  const { nodes } = fragment;
  if (typeof nodes !== 'object' || nodes === null) return [flow(fragment)];
  return Object.entries(nodes).map(([name, part]) => `${name}: ${flow(part)}`);
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? wordOf(value) : String(value);
  const entries = Object.entries(value).map(([key, each]) => `${wordOf(key)}: ${flow(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function wordOf(text: string): string {
  return /^[a-z][\w./-]*$/i.test(text) && !/^(true|false|null|yes|no)$/i.test(text) ? text : JSON.stringify(text);
}
