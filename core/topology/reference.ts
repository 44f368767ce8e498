import type { Plugin, Registry } from '../plugin/index.ts';
import { contractsOf } from '../plugin/index.ts';
import { compareNames } from './canonical.ts';
import { type JsonSchema, jsonSchemaOf, sortedPlugins } from './json-schema.ts';
import * as limits from './limits.ts';
import {
  HEAD,
  INTERFACE,
  INTERFACE_ACTION,
  KIND_KEYS,
  LINK,
  LINK_ACTION,
  NODE_KEYS,
  PARTS,
  PLUGIN_ACTION,
} from './shape.ts';

/**
 * The reference of topology files in Markdown, made from the same declarations that check them. The same registry gives the same text.
 */
export function topologyReference(registry: Registry): string {
  const plugins = sortedPlugins(registry);
  const parts = [
    '# Topology files',
    'This page is made from the declarations in the code: do not edit it by hand.',
    'A topology is one YAML 1.2 document: a map with the keys below. The order of keys, of nodes, of links and of the timeline means nothing.',
    '## At the top',
    table([...rowsOf(jsonSchemaOf(HEAD)), ...listing(PARTS)]),
    'Keys that begin with `x-` are free: a place for anchors (`&name`) that the rest uses (`*name`, `<<: *name`).',
    '## Quantities',
    QUANTITIES,
    '## Nodes',
    '`nodes` is a map by name. A node has:',
    table(listing(NODE_KEYS)),
    `An interface is an address, a list of addresses, nothing, or a map. ${addressSyntaxes(plugins)}`,
    table(rowsOf(jsonSchemaOf(INTERFACE))),
    '## Kinds',
    'A kinds file, and `kinds` in a topology, is a map by name. A kind has:',
    table(listing(KIND_KEYS)),
    '## Links',
    'An entry of `links` is `a:eth0 -- b:eth0`, or a map:',
    table(rowsOf(jsonSchemaOf(LINK))),
    '## Timeline',
    'An entry says when (`at`), where (`node` or `link`) and what. A link changes:',
    example('{ at: 90s, link: a:eth0 -- b:eth0, set: { loss: 100% }, for: 10s }'),
    table(rowsOf(jsonSchemaOf(LINK_ACTION))),
    'An interface goes up or down:',
    example('{ at: 10s, node: a, interface: eth0, set: down, for: 1s }'),
    table(rowsOf(jsonSchemaOf(INTERFACE_ACTION))),
    'A plugin is taken out of a node while the lab runs, with what requires it there, or put back to start anew. Packets that it held are dropped; what it told others stays with them:',
    example('{ at: 10s, node: a, plugin: p, set: out, for: 5s }'),
    table(rowsOf(jsonSchemaOf(PLUGIN_ACTION))),
    'What plugins add stands with them below:',
    index(plugins, 'actions'),
    '## Expectations',
    'An entry of `expect` is checked at the end of the run. One of its keys says what is expected:',
    index(plugins, 'expectations'),
    '## Plugins',
    'In `plugins` of a node or a kind: the name, and its settings as a map. `name:` alone takes it with its defaults, `name: false` removes it.',
    ...plugins.flatMap(pluginSection),
    '## Limits',
    LIMITS,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const QUANTITIES = `| title | written | a plain number is |
| --- | --- | --- |
| duration | \`30s\`, \`8ms\`, \`250us\`, \`60m\` or \`60min\`, \`1h\`, \`1d\`, \`1h30min\` | seconds |
| rate | \`100Mbit/s\`, \`1Gbit/s\`, \`64kbit/s\`; \`Mbps\` and \`Mbit\` are the same | bits per second |
| size | \`64KiB\`, \`10MB\`, \`1500B\`; \`K\`, \`M\`, \`G\` alone are powers of 1024 | octets |
| fraction | \`0.1%\` | a fraction of 1 |
| boolean | \`true\`, \`false\`, \`yes\`, \`no\` | |
| name | letters, digits, \`_\`, \`-\` and \`.\` | |`;

const LIMITS = `A topology may come from somebody else, so everything in it is bounded: files of ${limits.LARGEST_FILE / 1024 / 1024} MiB, \
${limits.DEEPEST_NESTING} levels of nesting, ${limits.MOST_ALIASES} aliases that stand for ${limits.MOST_VALUES} values in all, \
${limits.MOST_NODES} nodes with ${limits.MOST_INTERFACES} interfaces each, ${limits.MOST_LINKS} links, \
${limits.MOST_TIMELINE_ENTRIES} entries of the timeline, ${limits.MOST_EXPECTATIONS} expectations. Keys such as \`__proto__\`, tags, \
directives and control characters are refused.`;

function addressSyntaxes(plugins: readonly Plugin[]): string {
  const syntaxes = plugins.flatMap((plugin) =>
    (plugin.addressSyntaxes ?? []).map(({ example: text }) => `\`${text}\` (${plugin.name})`),
  );
  return syntaxes.length === 0 ? '' : `Addresses are written ${syntaxes.join(', ')}.`;
}

function index(plugins: readonly Plugin[], sort: 'actions' | 'expectations'): string {
  const entries = plugins.flatMap((plugin) =>
    (plugin[sort] ?? []).map(({ key, about }) => ({ key, line: `- \`${key}\` (${plugin.name}): ${about}` })),
  );
  return entries
    .sort((a, b) => compareNames(a.key, b.key))
    .map(({ line }) => line)
    .join('\n');
}

function pluginSection(plugin: Plugin): string[] {
  const { name, title, about, sources, requires = [], extends: extended = [], config } = plugin;
  const provides = contractsOf(plugin).slice(1);
  const facts = [
    sources.length === 0 ? '' : `Follows ${sources.join(', ')}.`,
    requires.length === 0 ? '' : `Requires ${requires.map(code).join(', ')} on the same node.`,
    extended.length === 0 ? '' : `Works with ${extended.map(code).join(', ')}.`,
    provides.length === 0 ? '' : `Provides ${provides.map(code).join(', ')}.`,
  ].filter((fact) => fact !== '');
  return [
    `### ${name}`,
    `${title}: ${about}.`.replace(/\.\.$/, '.'),
    facts.join(' '),
    (config && table(rowsOf(jsonSchemaOf(config)))) || 'It takes no settings.',
    ...(plugin.actions ?? []).flatMap((action) => entry('Timeline', action)),
    ...(plugin.expectations ?? []).flatMap((expectation) => entry('Expectation', expectation)),
  ];
}

function entry(
  what: string,
  {
    key,
    about,
    example: text,
    schema,
  }: { key: string; about: string; example: string; schema: Parameters<typeof jsonSchemaOf>[0] },
): string[] {
  return [
    `**${what}: \`${key}\`**: ${about}.`.replace(/\.\.$/, '.'),
    example(text),
    table(rowsOf(jsonSchemaOf(schema))),
  ];
}

function example(text: string): string {
  return `\`\`\`yaml\n- ${text.replace(/^-\s*/, '')}\n\`\`\``;
}

interface Row {
  readonly key: string;
  readonly value: string;
  readonly default: string;
  readonly about: string;
}

function listing(keys: Readonly<Record<string, string>>): Row[] {
  return Object.entries(keys).map(([key, about]) => ({ key, value: '', default: '', about }));
}

function table(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(
    (row) => `| ${code(row.key)} | ${cell(row.value)} | ${cell(row.default)} | ${cell(row.about)} |`,
  );
  return ['| key | value | default | |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\s+/g, ' ').trim();
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Levels of keys within keys that one table shows. */
const DEEPEST_ROW = 8;

/** A row for every key, those inside written `outer.inner`, `<name>` for names of one's own. */
function rowsOf(schema: JsonSchema, prefix = '', depth = 0): Row[] {
  if (depth > DEEPEST_ROW) return [];
  const rows: Row[] = [];
  const required = (schema.required as string[] | undefined) ?? [];
  for (const [name, child] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const must = required.includes(name) && child.default === undefined ? 'required' : '';
    const fallback = child.default === undefined ? must : code(inline(child.default));
    rows.push({ key, value: wordsFor(child), default: fallback, about: String(child.description ?? '') });
    rows.push(...rowsOf(child, key, depth + 1));
  }
  const names = schema.additionalProperties;
  if (typeof names === 'object' && names !== null) {
    const key = prefix === '' ? '<name>' : `${prefix}.<name>`;
    const child = names as JsonSchema;
    const inner = rowsOf(child, key, depth + 1);
    if (inner.length === 0 || child.description !== undefined) {
      rows.push({ key, value: wordsFor(child), default: '', about: String(child.description ?? '') });
    }
    rows.push(...inner);
  }
  const items = schema.items as JsonSchema | undefined;
  if (items !== undefined) rows.push(...rowsOf(items, `${prefix}[]`, depth + 1));
  // The list and the single form of one thing have the same keys: they are told once.
  const told = new Set(rows.map(({ key }) => key.replaceAll('[]', '')));
  for (const each of (schema.anyOf ?? schema.oneOf ?? []) as JsonSchema[]) {
    for (const row of rowsOf(each, prefix, depth + 1)) {
      if (told.has(row.key.replaceAll('[]', ''))) continue;
      told.add(row.key.replaceAll('[]', ''));
      rows.push(row);
    }
  }
  return rows;
}

/** What may stand there, in a few words. */
function wordsFor(schema: JsonSchema): string {
  if (typeof schema.title === 'string') return schema.title;
  if (schema.const !== undefined) return code(inline(schema.const));
  if (Array.isArray(schema.enum)) return schema.enum.map((each) => code(inline(each))).join(' ');
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (choices !== undefined) return [...new Set(choices.map(wordsFor))].filter((each) => each !== '').join(' or ');
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'array': {
      const items = schema.items === undefined ? '' : wordsFor(schema.items as JsonSchema);
      return items === '' ? 'list' : `list of ${items}`;
    }
    case 'object':
      return 'map';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'nothing';
    default:
      return Array.isArray(schema.type) ? schema.type.map((type) => wordsFor({ type })).join(' or ') : '';
  }
}

function numberOf({ type, minimum, maximum }: JsonSchema): string {
  const word = type === 'integer' ? 'whole number' : 'number';
  const low = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? String(minimum) : '';
  const high = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? String(maximum) : '';
  if (low !== '' && high !== '') return `${word}, ${low} to ${high}`;
  if (low !== '') return `${word}, from ${low}`;
  return high === '' ? word : `${word}, up to ${high}`;
}

function inline(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}
