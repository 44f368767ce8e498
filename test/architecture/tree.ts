import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** A tree of sources: path from the repository's top, with `/`, to text. Every rule is a function over one. */
export type Sources = Readonly<Record<string, string>>;

/** One import, export-from, dynamic import, import type, `import x = require()`, reference or augmentation of a file. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Gone after compilation: it binds types alone. */
  readonly typeOnly: boolean;
  /** A literal `new URL('./x.ts', import.meta.url)`: the way a worker's file is named. */
  readonly byAddress: boolean;
}

export interface ParsedFile {
  readonly path: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
}

export type ParsedTree = ReadonlyMap<string, ParsedFile>;

/** A rule broken at a place. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const CODE = /\.(ts|tsx|mjs|js)$/;
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', 'out']);

/** All files of code below a folder. */
export function readSources(root: string): Sources {
  const sources: Record<string, string> = {};
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!NOT_OURS.has(entry.name)) walk(path);
      } else if (entry.isFile() && CODE.test(entry.name)) {
        sources[path] = readFileSync(join(root, path), 'utf8');
      }
    }
  };
  walk('');
  return sources;
}

export function parseTree(sources: Sources): ParsedTree {
  return new Map(Object.entries(sources).map(([path, text]) => [path, parseFile(path, text)]));
}

function parseFile(path: string, text: string): ParsedFile {
  const kind = /\.(mjs|js)$/.test(path) ? ts.ScriptKind.JS : path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, kind);
  const imports: Import[] = [];
  visit(syntax, (node) => {
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, line: lineOf(syntax, node) });
  });
  for (const { fileName, pos } of [...syntax.referencedFiles, ...syntax.typeReferenceDirectives]) {
    const { line } = syntax.getLineAndCharacterOfPosition(pos);
    imports.push({ specifier: fileName, typeOnly: true, byAddress: false, line: line + 1 });
  }
  return { path, text, syntax, imports };
}

function importOf(node: ts.Node): Omit<Import, 'line'> | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: bindsTypesOnly(node.importClause), byAddress: false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, byAddress: false };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, typeOnly: true, byAddress: false };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return { specifier: textOf(node.moduleReference.expression), typeOnly: node.isTypeOnly, byAddress: false };
  }
  if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) {
    return { specifier: node.name.text, typeOnly: true, byAddress: false };
  }
  if (ts.isCallExpression(node) && /^(require|import\.meta\.(glob|resolve))$/.test(node.expression.getText())) {
    const [argument] = node.arguments;
    return argument === undefined ? undefined : { specifier: textOf(argument), typeOnly: false, byAddress: false };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    return { specifier: argument === undefined ? COMPUTED : textOf(argument), typeOnly: false, byAddress: false };
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.length === 2) {
    const [address, from] = node.arguments;
    if (address !== undefined && ts.isStringLiteralLike(address) && from?.getText() === 'import.meta.url') {
      return { specifier: address.text, typeOnly: false, byAddress: true };
    }
  }
  return undefined;
}

/** What stands for a specifier that is not written out. */
export const COMPUTED = '(computed)';

function textOf(specifier: ts.Expression): string {
  return ts.isStringLiteralLike(specifier) ? specifier.text : COMPUTED;
}

function bindsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const { namedBindings } = clause;
  return (
    clause.name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

/** The path that a relative specifier names, without a bundler's query; undefined for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.normalize(posix.join(posix.dirname(from), specifier.replace(/\?.*$/, '')));
}

/** The package that a specifier names (`@noble/curves/ed25519.js` is `@noble/curves`). */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

/** Every node of a syntax tree, parents before children. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/** The line of a node, from 1. */
export function lineOf(syntax: ts.SourceFile, node: ts.Node): number {
  return syntax.getLineAndCharacterOfPosition(node.getStart(syntax)).line + 1;
}
