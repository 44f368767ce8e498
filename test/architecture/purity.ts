import ts from 'typescript';
import { lineOf, type ParsedFile, type ParsedTree, type Violation, visit } from './tree.ts';

/** Laws 2 and 5 in `core` and `plugins`: no clock, no chance, no host, no module-level state. */

/** Names of the host and the language that a run must not depend on. */
const FORBIDDEN_GLOBALS: ReadonlySet<string> = new Set([
  ...['Date', 'performance', 'Intl', 'Temporal', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['clearTimeout', 'clearInterval', 'requestAnimationFrame', 'requestIdleCallback'],
  ...['process', 'require', 'global', 'globalThis', 'self', 'window', 'document', 'navigator', 'location', 'console'],
  ...['fetch', 'WebSocket', 'XMLHttpRequest', 'Worker', 'MessageChannel', 'BroadcastChannel', 'localStorage'],
  ...['sessionStorage', 'indexedDB', 'crypto', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry'],
  ...['eval', 'Function'],
]);

/** Names that a plugin for Node may use besides. */
const ALLOWED_ON_NODE: ReadonlySet<string> = new Set(['process']);

/** Rounded differently by engines, or chance. */
const FORBIDDEN_MATH: ReadonlySet<string> = new Set([
  ...['random', 'exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'pow', 'cbrt', 'hypot'],
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'],
]);

/** Results hang on the language of the machine. */
const LOCALE_METHODS = /^(toLocale\w*|localeCompare)$/;

const isPure = (path: string): boolean => /^(core|plugins)\//.test(path) && !path.endsWith('.d.ts');
const isForNode = (path: string): boolean => /^plugins\/(crypto-node\/|node\.ts$)/.test(path);

export function impurities(tree: ParsedTree): Violation[] {
  return [...tree.values()].filter(({ path }) => isPure(path)).flatMap(impuritiesOf);
}

function impuritiesOf(file: ParsedFile): Violation[] {
  const { path, syntax } = file;
  const declared = declaredNames(syntax);
  const found: Violation[] = [];
  const tell = (node: ts.Node, message: string): void => {
    found.push({ path, line: lineOf(syntax, node), message });
  };
  visit(syntax, (node) => {
    if (ts.isIdentifier(node) && FORBIDDEN_GLOBALS.has(node.text) && isValueUse(node) && !declared.has(node.text)) {
      if (!(isForNode(path) && ALLOWED_ON_NODE.has(node.text))) tell(node, `uses ${node.text}`);
    }
    const member = memberOf(node);
    if (member?.of === 'Math' && FORBIDDEN_MATH.has(member.name)) tell(node, `uses Math.${member.name}`);
    if (member !== undefined && LOCALE_METHODS.test(member.name)) tell(node, `uses ${member.name}`);
    if (isInexactPower(node)) tell(node, 'uses ** on numbers, which engines round differently');
  });
  return found;
}

/** `a.b`, `a['b']` and `const { b } = a`, as the name of a and b. */
function memberOf(node: ts.Node): { readonly of: string; readonly name: string } | undefined {
  if (ts.isPropertyAccessExpression(node)) return { of: node.expression.getText(), name: node.name.text };
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return { of: node.expression.getText(), name: node.argumentExpression.text };
  }
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
    const { parent } = node.parent;
    const of = ts.isVariableDeclaration(parent) ? (parent.initializer?.getText() ?? '') : '';
    return { of, name: (node.propertyName ?? node.name).getText() };
  }
  return undefined;
}

function isInexactPower(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node)) return false;
  const operator = node.operatorToken.kind;
  if (operator === ts.SyntaxKind.AsteriskAsteriskEqualsToken) return true;
  if (operator !== ts.SyntaxKind.AsteriskAsteriskToken) return false;
  const sides = [node.left, node.right];
  // Powers of two are exact everywhere.
  if (ts.isNumericLiteral(node.left) && node.left.text === '2') return false;
  return !sides.some(ts.isBigIntLiteral) && !sides.every(ts.isNumericLiteral);
}

/** Names that the file itself binds, wherever. */
function declaredNames(syntax: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  visit(syntax, (node) => {
    if (isBinding(node) && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
  });
  return names;
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

/** Whether the identifier is read as a value, not the name of a member, a key or a type. */
function isValueUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent) || ts.isJsxAttribute(parent)) return false;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  const named = parent as ts.Node & { readonly name?: ts.Node };
  return named.name !== node;
}

/** Module-level things that can change while a run goes on. */
export function moduleState(tree: ParsedTree): Violation[] {
  return [...tree.values()].filter(({ path }) => isPure(path)).flatMap(moduleStateOf);
}

const CHANGING_COLLECTION = /^(Map|Set|WeakMap|WeakSet|DataView|ArrayBuffer)$/;
const TYPED_ARRAY = /^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$/;
const READ_ONLY = /^(Readonly|ReadonlyMap|ReadonlySet|ReadonlyArray)\b|^readonly /;
const CHANGING_METHOD =
  /^(set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|setU?[iI]nt\d+)$/;

function moduleStateOf({ path, syntax }: ParsedFile): Violation[] {
  const found: Violation[] = [];
  const tell = (node: ts.Node, message: string): void => {
    found.push({ path, line: lineOf(syntax, node), message });
  };
  const constants = new Set<string>();
  for (const statement of syntax.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const constant = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    for (const declaration of statement.declarationList.declarations) {
      const name = declaration.name.getText(syntax);
      for (const bound of constant ? boundNames(declaration.name) : []) constants.add(bound);
      if (!constant) tell(declaration, `${name} is module-level state (let or var)`);
      else if (startsEmpty(declaration)) tell(declaration, `${name} is a module-level collection that can change`);
    }
  }
  visit(syntax, (node) => {
    if (ts.isPropertyDeclaration(node) && hasModifier(node, ts.SyntaxKind.StaticKeyword)) {
      if (!hasModifier(node, ts.SyntaxKind.ReadonlyKeyword)) tell(node, 'has a static property that can change');
    }
  });
  const shadowed = namesBoundInside(syntax);
  visit(syntax, (node) => {
    const changed = changedName(node);
    if (changed !== undefined && constants.has(changed) && !shadowed.has(changed)) {
      tell(node, `changes the module-level ${changed}`);
    }
  });
  return found;
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function hasModifier(node: ts.PropertyDeclaration, kind: ts.SyntaxKind): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}

/** A collection made to be filled later, or one that anybody who holds it could fill. */
function startsEmpty({ name, initializer, type }: ts.VariableDeclaration): boolean {
  if (initializer === undefined || (type !== undefined && READ_ONLY.test(type.getText()))) return false;
  if (ts.isArrayBindingPattern(name) && ts.isArrayLiteralExpression(initializer)) {
    return initializer.elements.some(isEmptyCollection);
  }
  return isEmptyCollection(initializer);
}

function isEmptyCollection(initializer: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(initializer)) return initializer.elements.length === 0;
  if (ts.isObjectLiteralExpression(initializer)) return initializer.properties.length === 0;
  if (!ts.isNewExpression(initializer)) return false;
  const name = initializer.expression.getText();
  if (CHANGING_COLLECTION.test(name)) return true;
  const [first] = initializer.arguments ?? [];
  return TYPED_ARRAY.test(name) && (first === undefined || isLength(first));
}

/** A typed array of a given length is a scratch buffer; one of zero length can never change. */
function isLength(argument: ts.Expression): boolean {
  if (ts.isNumericLiteral(argument)) return argument.text !== '0';
  return ts.isIdentifier(argument) || ts.isBinaryExpression(argument) || ts.isPropertyAccessExpression(argument);
}

/** Names bound anywhere but at the top: a change may then be to the inner one. */
function namesBoundInside(syntax: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const isTop = (node: ts.Node): boolean =>
    enclosing(node, ts.isVariableStatement)?.parent === syntax && enclosing(node, ts.isFunctionLike) === undefined;
  visit(syntax, (node) => {
    if (isBinding(node) && node.name !== undefined && ts.isIdentifier(node.name) && !isTop(node))
      names.add(node.name.text);
  });
  return names;
}

function enclosing<Kind extends ts.Node>(node: ts.Node, is: (node: ts.Node) => node is Kind): Kind | undefined {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) if (is(at)) return at;
  return undefined;
}

function changedName(node: ts.Node): string | undefined {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return ownerOf(node.left);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const step = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    return step ? ownerOf(node.operand) : undefined;
  }
  if (ts.isDeleteExpression(node)) return ownerOf(node.expression);
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    return CHANGING_METHOD.test(node.expression.name.text) ? rootName(node.expression.expression) : undefined;
  }
  return undefined;
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** The name at the left end of `a.b[c]`; a bare name is a binding, which `const` guards. */
function ownerOf(target: ts.Expression): string | undefined {
  return ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target) ? rootName(target) : undefined;
}

function rootName(expression: ts.Expression): string | undefined {
  let at = expression;
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at) || ts.isNonNullExpression(at)) {
    at = at.expression;
  }
  return ts.isIdentifier(at) ? at.text : undefined;
}
