import ts from 'typescript';
import { CORE_ROOMS, NODE_PLUGINS, PACKAGES } from './rooms.ts';
import { COMPUTED, type Import, type ParsedTree, packageOf, resolveImport, type Violation, visit } from './tree.ts';

const CODE = /\.(ts|tsx|mjs|js)$/;

/** Holds the table of who may import whom against every import of the tree. */
export function forbiddenImports(tree: ParsedTree): Violation[] {
  const partners = partnersOfPlugins(tree);
  const found: Violation[] = [];
  for (const { path, imports } of tree.values()) {
    for (const each of imports) {
      const message = path.startsWith('test/') ? undefined : wrongWith(path, each, tree, partners);
      if (message !== undefined) found.push({ path, line: each.line, message });
    }
  }
  return found;
}

function wrongWith(path: string, each: Import, tree: ParsedTree, partners: Partners): string | undefined {
  const target = resolveImport(path, each.specifier);
  if (target === undefined) return each.byAddress ? undefined : wrongPackage(path, each);
  // Sheets, pictures and topologies that the page's build takes in are no code.
  if (each.byAddress && !CODE.test(target)) return undefined;
  if (!CODE.test(target)) return path.startsWith('web/') ? undefined : `imports ${target}, which is not code`;
  if (!tree.has(target) && !tree.has(target.replace(/\.ts$/, '.d.ts'))) return `imports ${target}, which is not there`;
  return mayImport(path, target, each.typeOnly, partners) ? undefined : `may not import ${target}`;
}

function mayImport(path: string, target: string, typeOnly: boolean, partners: Partners): boolean {
  const from = roomOf(path);
  const to = roomOf(target);
  if (to.top === 'test') return false;
  if (to.top === 'web' || to.top === 'cli') return from.top === to.top;
  switch (from.top) {
    case 'core':
      return to.top === 'core' && coreMayImport(from, to, typeOnly);
    case 'plugins':
      return pluginMayImport(path, from, target, to, partners);
    case 'workers':
      if (to.top === 'core' || to.top === 'workers') return true;
      return target === 'plugins/index.ts' || (target === 'plugins/node.ts' && /node/.test(path));
    case 'cli':
      return to.top === 'core' || to.top === 'workers' || target === 'plugins/index.ts' || target === 'plugins/node.ts';
    case 'web':
      if (to.top === 'workers') return typeOnly || /^workers\/(client|browser)/.test(target);
      return to.top === 'core' && typeOnly;
    case 'docs':
    case 'topologies':
      return to.top === 'core' || target === 'plugins/index.ts';
    default:
      return false;
  }
}

export interface Place {
  /** The top folder, or `` for a file at the top. */
  readonly top: string;
  /** The folder below it, or `` for a file in the top folder itself. */
  readonly room: string;
}

export function roomOf(path: string): Place {
  const parts = path.split('/');
  return { top: parts.length > 1 ? (parts[0] ?? '') : '', room: parts.length > 2 ? (parts[1] ?? '') : '' };
}

function coreMayImport(from: Place, to: Place, typeOnly: boolean): boolean {
  if (from.room === '') return to.room !== '';
  if (to.room === '') return false;
  if (from.room === to.room) return true;
  const doors = CORE_ROOMS[from.room];
  if (doors === undefined) return false;
  return doors.any.includes(to.room) || (typeOnly && (doors.types ?? []).includes(to.room));
}

function pluginMayImport(path: string, from: Place, target: string, to: Place, partners: Partners): boolean {
  if (to.top === 'core') return target === 'core/index.ts';
  if (to.top !== 'plugins') return false;
  if (path === 'plugins/index.ts') return target === `plugins/${to.room}/index.ts` && !NODE_PLUGINS.includes(to.room);
  if (path === 'plugins/node.ts') return target === `plugins/${to.room}/index.ts` || target === 'plugins/index.ts';
  if (from.room === '') return false;
  if (from.room === to.room) return true;
  return target === `plugins/${to.room}/contract.ts` && (partners.get(from.room)?.has(to.room) ?? false);
}

function wrongPackage(path: string, { specifier }: Import): string | undefined {
  if (specifier === COMPUTED) return /^(cli|workers)\/[^/]+\.mjs$/.test(path) ? undefined : 'imports a computed name';
  // What it hands out imports anything, past this table.
  if (specifier === 'node:module') return `may not import ${specifier}`;
  if (specifier.startsWith('node:')) return mayUseNode(path) ? undefined : `may not import ${specifier}`;
  if (!path.includes('/')) return undefined;
  const name = packageOf(specifier);
  const allowed = PACKAGES[name];
  if (allowed === undefined) return `imports ${name}, which the table of packages does not know`;
  return allowed.some((place) => place.test(path)) ? undefined : `may not import ${name}`;
}

function mayUseNode(path: string): boolean {
  const { top, room } = roomOf(path);
  if (top === 'plugins') return path === 'plugins/node.ts' || NODE_PLUGINS.includes(room);
  return top === '' || top === 'workers' || top === 'cli' || top === 'docs' || path === 'web/vite.config.ts';
}

/** For each plugin, the plugins whose contract its manifest says it works with. */
type Partners = ReadonlyMap<string, ReadonlySet<string>>;

const PARTNER_KEYS: ReadonlySet<string> = new Set(['requires', 'extends', 'uses', 'fills', 'provides']);

function partnersOfPlugins(tree: ParsedTree): Partners {
  const partners = new Map<string, ReadonlySet<string>>();
  for (const { path, syntax } of tree.values()) {
    const folder = /^plugins\/([^/]+)\/index\.ts$/.exec(path)?.[1];
    if (folder === undefined) continue;
    const names = new Set<string>();
    visit(syntax, (node) => {
      if (!ts.isPropertyAssignment(node) || !PARTNER_KEYS.has(node.name.getText(syntax))) return;
      for (const name of namesIn(node.initializer, syntax)) names.add(name);
    });
    partners.set(folder, names);
  }
  return partners;
}

/** The strings of a list, or the keys of an object. */
function namesIn(value: ts.Expression, syntax: ts.SourceFile): string[] {
  if (ts.isArrayLiteralExpression(value)) return value.elements.filter(ts.isStringLiteralLike).map(({ text }) => text);
  if (!ts.isObjectLiteralExpression(value)) return [];
  return value.properties.flatMap(({ name }) =>
    name === undefined ? [] : [ts.isStringLiteralLike(name) ? name.text : name.getText(syntax)],
  );
}

/** Files that reach themselves through imports, each cycle told once, at its alphabetically first file. */
export function importCycles(tree: ParsedTree): Violation[] {
  const found: Violation[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const cycle = trail.slice(at);
      const first = [...cycle].sort()[0] ?? path;
      const turn = cycle.indexOf(first);
      const round = [...cycle.slice(turn), ...cycle.slice(0, turn), first];
      found.push({ path: first, line: 1, message: `imports itself: ${round.join(' -> ')}` });
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const next of codeImportsOf(path, tree, false)) walk(next);
    trail.pop();
    done.add(path);
  };
  for (const path of tree.keys()) walk(path);
  return found;
}

/** Nothing that the page loads, its workers included, may need Node. */
export function nodeInTheBrowser(tree: ParsedTree): Violation[] {
  const found: Violation[] = [];
  const seen = new Set<string>();
  const queue = [...tree.keys()].filter((path) => path.startsWith('web/') && path !== 'web/vite.config.ts');
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const { specifier, line, typeOnly } of tree.get(path)?.imports ?? []) {
      if (specifier.startsWith('node:') && !typeOnly) {
        found.push({ path, line, message: `the page reaches it, and it imports ${specifier}` });
      }
    }
    queue.push(...codeImportsOf(path, tree, true));
  }
  return found;
}

function codeImportsOf(path: string, tree: ParsedTree, atRunTime: boolean): string[] {
  return (tree.get(path)?.imports ?? []).flatMap(({ specifier, typeOnly, byAddress }) => {
    if (atRunTime ? typeOnly : byAddress) return [];
    const target = resolveImport(path, specifier);
    return target !== undefined && tree.has(target) ? [target] : [];
  });
}
