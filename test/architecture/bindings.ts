import ts from 'typescript';
import { visit } from './tree.ts';

/** Which names a file binds itself, and where. */
export interface Bindings {
  /** Whether what this identifier names is bound by the file, in a scope around it. */
  has(use: ts.Identifier): boolean;
  /** The scope that binds it. */
  scopeOf(use: ts.Identifier): ts.Node | undefined;
}

export function bindingsOf(syntax: ts.SourceFile): Bindings {
  const names = new Map<ts.Node, Set<string>>();
  visit(syntax, (node) => {
    if (!isBinding(node) || node.name === undefined || !ts.isIdentifier(node.name)) return;
    const scope = scopeAround(node);
    if (scope === undefined) return;
    const bound = names.get(scope) ?? new Set();
    names.set(scope, bound.add(node.name.text));
  });
  const scopeOf = (use: ts.Identifier): ts.Node | undefined => {
    for (let at: ts.Node | undefined = use; at !== undefined; at = at.parent) {
      if (names.get(at)?.has(use.text)) return at;
    }
    return undefined;
  };
  return { has: (use) => scopeOf(use) !== undefined, scopeOf };
}

type Binding = ts.Node & { readonly name?: ts.Node };

function isBinding(node: ts.Node): node is Binding {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node) ||
    ts.isNamespaceImport(node)
  );
}

function scopeAround(node: ts.Node): ts.Node | undefined {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) if (isScope(at)) return at;
  return undefined;
}

function isScope(node: ts.Node): boolean {
  return (
    ts.isSourceFile(node) ||
    ts.isBlock(node) ||
    ts.isFunctionLike(node) ||
    ts.isForStatement(node) ||
    ts.isForOfStatement(node) ||
    ts.isForInStatement(node) ||
    ts.isCatchClause(node) ||
    ts.isCaseBlock(node)
  );
}
