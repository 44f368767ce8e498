import type { Command } from 'commander';
import { contractsOf, nearestWord, type Plugin, type Registry } from '../../core/index.ts';
import { parseKinds, topologyReference, topologySchema } from '../../core/topology/index.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { kindsText } from '../files.ts';
import { EXIT, Refused } from '../refused.ts';
import { type Terminal, toJson } from '../terminal.ts';
import { pluginsWords as words } from '../words/plugins.ts';

interface Flags {
  readonly json?: boolean;
  readonly reference?: boolean;
  readonly schema?: boolean;
}

export function addPlugins(program: Command, terminal: Terminal): void {
  program
    .command('plugins')
    .summary(words.summary)
    .description(words.about)
    .argument('[name]')
    .option('--json', words.json)
    .option('--reference', words.reference)
    .option('--schema', words.schema)
    .addHelpText('after', words.examples)
    .action((name: string | undefined, flags: Flags) => {
      process.exitCode = plugins(name, flags, terminal);
    });
}

function plugins(name: string | undefined, flags: Flags, terminal: Terminal): number {
  const { registry } = createNodeHost();
  if (flags.reference === true) {
    terminal.say(topologyReference(registry).trimEnd());
    return EXIT.held;
  }
  if (flags.schema === true) {
    terminal.say(toJson(topologySchema(registry, parseKinds(kindsText()).kinds)));
    return EXIT.held;
  }
  const all = [...registry.plugins.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (name === undefined) {
    if (flags.json === true) terminal.say(toJson(all.map(manifestOf)));
    else tellList(all, terminal);
    return EXIT.held;
  }
  const plugin = registry.plugins.get(name);
  if (plugin === undefined) throw new Refused(words.noSuchPlugin(name, nearestWord(name, registry.plugins.keys())));
  if (flags.json === true) terminal.say(toJson(manifestOf(plugin)));
  else tellOne(plugin, registry, terminal);
  return EXIT.held;
}

function tellList(all: readonly Plugin[], { say, paint }: Terminal): void {
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const plugin of all) {
    const { name, title, requires = [] } = plugin;
    const needs =
      requires.length === 0 ? '' : paint('dim', `  ${words.heads.requires.toLowerCase()} ${requires.join(', ')}`);
    say(`${paint('bold', name.padEnd(width))}  ${title}${needs}`);
  }
}

function tellOne(plugin: Plugin, registry: Registry, { say, paint }: Terminal): void {
  const { heads } = words;
  const list = (head: string, items: readonly string[]): void => {
    if (items.length === 0) return;
    say();
    say(paint('bold', head));
    for (const item of items) say(`  ${item}`);
  };
  say(`${paint('bold', plugin.name)}: ${plugin.title}`);
  say(plugin.about);
  list(heads.sources, plugin.sources);
  list(heads.requires, plugin.requires ?? []);
  list(heads.extends, plugin.extends ?? []);
  list(heads.provides, contractsOf(plugin));
  list(heads.uses, plugin.uses ?? []);
  list(heads.fills, Object.keys(plugin.fills ?? {}));
  list(
    heads.reads,
    (plugin.codecs ?? []).map(({ name, title }) => `${name}: ${title}`),
  );
  list(
    heads.writes,
    (plugin.keyLogs ?? []).map(({ file, about }) => `${file}: ${about}`),
  );
  list(
    heads.actions,
    (plugin.actions ?? []).map(({ about, example }) => `${example}\n    ${about}`),
  );
  list(
    heads.expectations,
    (plugin.expectations ?? []).map(({ about, example }) => `${example}\n    ${about}`),
  );
  list(
    heads.tables,
    (plugin.tables ?? []).map(({ title, columns }) => `${title}: ${columns.map((column) => column.title).join(', ')}`),
  );
  list(
    heads.codes,
    Object.keys(plugin.codes ?? {}).map((code) => {
      const { text, source, cure } = registry.codes.get(code) ?? { text: '' };
      return [
        `${code}: ${text}${source === undefined ? '' : ` [${source}]`}`,
        ...(cure === undefined ? [] : [`    ${cure}`]),
      ].join('\n');
    }),
  );
}

/** A manifest without its functions and schemas. */
function manifestOf(plugin: Plugin): object {
  const { name, title, about, sources, requires = [], extends: extended = [], uses = [] } = plugin;
  return {
    name,
    title,
    about,
    sources,
    requires,
    extends: extended,
    provides: contractsOf(plugin),
    uses,
    fills: Object.keys(plugin.fills ?? {}),
    codecs: (plugin.codecs ?? []).map((codec) => ({ name: codec.name, title: codec.title })),
    actions: (plugin.actions ?? []).map((action) => ({
      key: action.key,
      about: action.about,
      example: action.example,
    })),
    expectations: (plugin.expectations ?? []).map((one) => ({ key: one.key, about: one.about, example: one.example })),
    codes: plugin.codes ?? {},
    keyLogs: (plugin.keyLogs ?? []).map(({ format, file, about: where }) => ({ format, file, about: where })),
    tables: (plugin.tables ?? []).map((table) => ({ name: table.name, title: table.title, columns: table.columns })),
  };
}
