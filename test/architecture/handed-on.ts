import ts from 'typescript';
import { roomOf } from './imports.ts';
import { WINDOWS } from './rooms.ts';
import { lineOf, type ParsedTree, resolveImport, type Violation } from './tree.ts';

/**
 * Names that go on through a file to whom the table keeps them from: a package or another room's things, exported again. Whoever may have them
 * imports them where they are.
 */
export function smuggledNames(tree: ParsedTree): Violation[] {
  const found: Violation[] = [];
  for (const { path, syntax } of tree.values()) {
    if (path.startsWith('test/') || !path.includes('/')) continue;
    const imported = new Map<string, string>();
    const tell = (node: ts.Node, name: string, specifier: string): void => {
      if (goesOn(path, specifier))
        found.push({ path, line: lineOf(syntax, node), message: `hands on ${name} of ${specifier}` });
    };
    for (const statement of syntax.statements) {
      if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
        const { text } = statement.moduleSpecifier;
        if (statement.importClause?.isTypeOnly !== true)
          for (const name of boundBy(statement)) imported.set(name, text);
      }
    }
    for (const statement of syntax.statements) {
      if (ts.isExportDeclaration(statement) && !statement.isTypeOnly) {
        const { moduleSpecifier, exportClause } = statement;
        const names =
          exportClause !== undefined && ts.isNamedExports(exportClause)
            ? exportClause.elements
                .filter(({ isTypeOnly }) => !isTypeOnly)
                .map(({ name, propertyName }) => (propertyName ?? name).text)
            : ['everything'];
        for (const name of names) {
          const from =
            moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
              ? moduleSpecifier.text
              : imported.get(name);
          if (from !== undefined) tell(statement, name, from);
        }
      }
      const given = ts.isExportAssignment(statement)
        ? [statement.expression]
        : ts.isVariableStatement(statement) &&
            statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
          ? statement.declarationList.declarations.flatMap(({ initializer }) => initializer ?? [])
          : [];
      for (const value of given) {
        const from = ts.isIdentifier(value) ? imported.get(value.text) : undefined;
        // A number of the engine under a name of one's own is no door to it.
        if (from !== undefined && !from.includes('core/')) tell(statement, value.getText(), from);
      }
    }
  }
  return found;
}

function goesOn(path: string, specifier: string): boolean {
  const target = resolveImport(path, specifier);
  if (target === undefined) return true;
  if (WINDOWS[path]?.includes(target)) return false;
  if (path === 'core/index.ts') return roomOf(target).top !== 'core';
  if (path === 'plugins/index.ts' || path === 'plugins/node.ts') return roomOf(target).top !== 'plugins';
  const [from, to] = [roomOf(path), roomOf(target)];
  return from.top !== to.top || (/^(core|plugins)$/.test(from.top) && from.room !== to.room);
}

function boundBy({ importClause }: ts.ImportDeclaration): string[] {
  if (importClause === undefined) return [];
  const { name, namedBindings } = importClause;
  const own = name === undefined ? [] : [name.text];
  if (namedBindings === undefined) return own;
  if (ts.isNamespaceImport(namedBindings)) return [...own, namedBindings.name.text];
  return [
    ...own,
    ...namedBindings.elements.filter(({ isTypeOnly }) => !isTypeOnly).map((element) => element.name.text),
  ];
}
