import ts from 'typescript';
import { type Bindings, bindingsOf } from './bindings.ts';
import { lineOf, type ParsedFile, type ParsedTree, type Violation, visit } from './tree.ts';

/** Law 2 in `core` and `plugins`: no clock, no chance, no host. */

/** Names of the host and the language that a run must not depend on. */
const FORBIDDEN_GLOBALS: ReadonlySet<string> = new Set([
  ...['Date', 'performance', 'Intl', 'Temporal', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['clearTimeout', 'clearInterval', 'requestAnimationFrame', 'requestIdleCallback'],
  ...['process', 'require', 'global', 'globalThis', 'self', 'window', 'document', 'navigator', 'location', 'console'],
  ...['fetch', 'WebSocket', 'XMLHttpRequest', 'Worker', 'MessageChannel', 'BroadcastChannel', 'localStorage'],
  ...['sessionStorage', 'indexedDB', 'crypto', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry'],
  ...['eval', 'Function', 'Promise', 'Reflect', 'Proxy', 'Iterator', 'AsyncFunction', 'WebAssembly'],
]);

/** Names that a plugin for Node may use besides. */
const ALLOWED_ON_NODE: ReadonlySet<string> = new Set(['process']);

/** What of Math every engine computes to the same bit; the rest is rounded differently by engines, or chance. */
const EXACT_MATH: ReadonlySet<string> = new Set([
  ...['abs', 'ceil', 'floor', 'round', 'trunc', 'sign', 'min', 'max', 'clz32', 'imul', 'fround', 'sqrt'],
  ...['E', 'PI', 'LN2', 'LN10', 'LOG2E', 'LOG10E', 'SQRT2', 'SQRT1_2'],
]);

/** Members by which everything can be reached: a function's constructor makes code, a stack tells of the machine. */
const BACK_DOORS: ReadonlySet<string> = new Set(['constructor', '__proto__', 'caller', 'callee', 'captureStackTrace']);

/** Results hang on the language of the machine. */
const LOCALE_METHODS = /^(toLocale\w*|localeCompare)$/;

export const isPure = (path: string): boolean => /^(core|plugins)\//.test(path) && !path.endsWith('.d.ts');
const isForNode = (path: string): boolean => /^plugins\/(crypto-node\/|node\.ts$)/.test(path);

export function impurities(tree: ParsedTree): Violation[] {
  return [...tree.values()].filter(({ path }) => isPure(path)).flatMap(impuritiesOf);
}

function impuritiesOf(file: ParsedFile): Violation[] {
  const { path, syntax } = file;
  const bound = bindingsOf(syntax);
  const found: Violation[] = [];
  const tell = (node: ts.Node, message: string): void => {
    found.push({ path, line: lineOf(syntax, node), message });
  };
  visit(syntax, (node) => {
    if (ts.isIdentifier(node) && FORBIDDEN_GLOBALS.has(node.text) && isValueUse(node) && !bound.has(node)) {
      if (!(isForNode(path) && ALLOWED_ON_NODE.has(node.text))) tell(node, `uses ${node.text}`);
    }
    const wrongMath = isForNode(path) ? undefined : inexactMath(node, bound);
    if (wrongMath !== undefined) tell(node, `uses ${wrongMath}`);
    const member = memberOf(node);
    if (member !== undefined && LOCALE_METHODS.test(member.name)) tell(node, `uses ${member.name}`);
    if (member !== undefined && BACK_DOORS.has(member.name)) tell(node, `uses ${member.name}`);
    if (isInexactPower(node)) tell(node, 'uses ** on numbers, which engines round differently');
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) tell(node, 'uses import.meta');
    if (isLater(node)) tell(node, 'goes on later, when the host says so: a run is one event after the other');
  });
  return found;
}

/** What of Math a node uses that is not exact: a member by its name, or all of it where it is handed on. */
function inexactMath(node: ts.Node, bound: Bindings): string | undefined {
  if (!ts.isIdentifier(node) || node.text !== 'Math' || bound.has(node) || !isValueUse(node)) return undefined;
  const { parent } = node;
  if (!ts.isPropertyAccessExpression(parent)) return 'Math as a whole';
  return EXACT_MATH.has(parent.name.text) ? undefined : `Math.${parent.name.text}`;
}

/** Code that the host's own queue of work goes on with. */
function isLater(node: ts.Node): boolean {
  return ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword;
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
