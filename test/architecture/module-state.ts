import ts from 'typescript';
import { type Bindings, bindingsOf } from './bindings.ts';
import { isPure } from './purity.ts';
import { lineOf, type ParsedFile, type ParsedTree, type Violation, visit } from './tree.ts';

/** Law 5 in `core` and `plugins`: nothing that a module holds changes while a run goes on. */
export function moduleState(tree: ParsedTree): Violation[] {
  return [...tree.values()].filter(({ path }) => isPure(path)).flatMap(moduleStateOf);
}

const CHANGING_COLLECTION = /^(Map|Set|WeakMap|WeakSet|DataView|ArrayBuffer)$/;
const TYPED_ARRAY = /^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$/;
const READ_ONLY = /^(Readonly|ReadonlyMap|ReadonlySet|ReadonlyArray)\b|^readonly /;
const CHANGING_METHOD =
  /^(set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|setU?[iI]nt\d+)$/;
/** `Object.assign(x, ...)` and its like change their first argument. */
const CHANGING_CALL = /^Object\.(assign|defineProperty|defineProperties|setPrototypeOf)$/;
/** A pattern with g or y remembers where it stopped. */
const REMEMBERING_PATTERN = /\/[a-z]*[gy][a-z]*$/;
const PATTERN_METHOD = /^(exec|test)$/;

function moduleStateOf({ path, syntax }: ParsedFile): Violation[] {
  const found: Violation[] = [];
  const tell = (node: ts.Node, message: string): void => {
    found.push({ path, line: lineOf(syntax, node), message });
  };
  const bound = bindingsOf(syntax);
  const patterns = new Set<string>();
  for (const statement of syntax.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const constant = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    for (const declaration of statement.declarationList.declarations) {
      const name = declaration.name.getText(syntax);
      const { initializer } = declaration;
      if (!constant) tell(declaration, `${name} is module-level state (let or var)`);
      else if (startsEmpty(declaration)) tell(declaration, `${name} is a module-level collection that can change`);
      else if (initializer !== undefined && keepsState(initializer, bound, syntax)) {
        tell(declaration, `${name} holds a function with a memory of its own`);
      }
      if (initializer !== undefined && isRememberingPattern(initializer)) patterns.add(name);
    }
  }
  visit(syntax, (node) => {
    if (ts.isClassStaticBlockDeclaration(node)) tell(node, 'has a static block');
    if (ts.isPropertyDeclaration(node) && hasModifier(node, ts.SyntaxKind.StaticKeyword)) {
      if (!hasModifier(node, ts.SyntaxKind.ReadonlyKeyword)) tell(node, 'has a static property that can change');
      else if (startsEmpty(node)) tell(node, 'has a static collection that can change');
    }
    const changed = changedThing(node, patterns);
    if (changed !== undefined && bound.scopeOf(changed) === syntax) {
      tell(node, `changes the module-level ${changed.text}`);
    }
  });
  return found;
}

function hasModifier(node: ts.PropertyDeclaration, kind: ts.SyntaxKind): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}

/** A collection made to be filled later, or one that anybody who holds it could fill. */
function startsEmpty({ name, initializer, type }: ts.VariableDeclaration | ts.PropertyDeclaration): boolean {
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

function isRememberingPattern(initializer: ts.Expression): boolean {
  return ts.isRegularExpressionLiteral(initializer) && REMEMBERING_PATTERN.test(initializer.text);
}

/**
 * A call at the top of a module, of a function of this file that gives back a function which changes what its maker bound: a counter in a
 * closure. A generator has such a memory as well.
 */
function keepsState(initializer: ts.Expression, bound: Bindings, syntax: ts.SourceFile): boolean {
  const called = ts.isCallExpression(initializer) ? calledFunction(initializer.expression, syntax) : undefined;
  if (called?.body === undefined) return false;
  if ('asteriskToken' in called && called.asteriskToken !== undefined) return true;
  let keeps = false;
  for (const inner of givenBack(called)) {
    visit(inner, (node) => {
      const changed = changedName(node) ?? changedThing(node, new Set());
      const scope = changed === undefined ? undefined : bound.scopeOf(changed);
      if (scope !== undefined && (scope === called || scope === called.body)) keeps = true;
    });
  }
  return keeps;
}

type Made = ts.FunctionExpression | ts.ArrowFunction | ts.FunctionDeclaration;

function calledFunction(called: ts.Expression, syntax: ts.SourceFile): Made | undefined {
  const bare = ts.isParenthesizedExpression(called) ? called.expression : called;
  if (ts.isFunctionExpression(bare) || ts.isArrowFunction(bare)) return bare;
  if (!ts.isIdentifier(bare)) return undefined;
  for (const statement of syntax.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === bare.text) return statement;
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (name.getText(syntax) !== bare.text || initializer === undefined) continue;
      if (ts.isFunctionExpression(initializer) || ts.isArrowFunction(initializer)) return initializer;
    }
  }
  return undefined;
}

/** Functions within what a function gives back, by themselves, in an object or by name. */
function givenBack(made: Made): ts.Node[] {
  const { body } = made;
  if (body === undefined) return [];
  const results: ts.Expression[] = ts.isBlock(body) ? [] : [body];
  visit(body, (node) => {
    if (ts.isReturnStatement(node) && node.expression !== undefined) results.push(node.expression);
  });
  const functions: ts.Node[] = [];
  const names = new Set<string>();
  for (const result of results) {
    visit(result, (node) => {
      if (ts.isFunctionLike(node)) functions.push(node);
      if (ts.isIdentifier(node)) names.add(node.text);
    });
  }
  visit(body, (node) => {
    if (ts.isFunctionDeclaration(node) && node.name !== undefined && names.has(node.name.text)) functions.push(node);
    if (ts.isVariableDeclaration(node) && names.has(node.name.getText()) && node.initializer !== undefined) {
      if (ts.isFunctionLike(node.initializer)) functions.push(node.initializer);
    }
  });
  return functions;
}

/** A bare name that is given another value. */
function changedName(node: ts.Node): ts.Identifier | undefined {
  const target =
    ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)
      ? node.left
      : isStep(node)
        ? node.operand
        : undefined;
  return target !== undefined && ts.isIdentifier(target) ? target : undefined;
}

/** What a node changes something in: `a` in `a.b = 1`, `a.push(1)`, `delete a.b`, `Object.assign(a, b)`. */
function changedThing(node: ts.Node, patterns: ReadonlySet<string>): ts.Identifier | undefined {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return ownerOf(node.left);
  if (isStep(node)) return ownerOf(node.operand);
  if (ts.isDeleteExpression(node)) return ownerOf(node.expression);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression, name } = node.expression;
  const [first] = node.arguments;
  if (CHANGING_CALL.test(node.expression.getText())) return first === undefined ? undefined : rootOf(first);
  const root = rootOf(expression);
  if (CHANGING_METHOD.test(name.text)) return root;
  return root !== undefined && patterns.has(root.text) && PATTERN_METHOD.test(name.text) ? root : undefined;
}

function isStep(node: ts.Node): node is ts.PrefixUnaryExpression | ts.PostfixUnaryExpression {
  return (
    (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
    (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
  );
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** The name at the left end of `a.b[c]`; a bare name is a binding, which `const` guards. */
function ownerOf(target: ts.Expression): ts.Identifier | undefined {
  return ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target) ? rootOf(target) : undefined;
}

function rootOf(expression: ts.Expression): ts.Identifier | undefined {
  let at = expression;
  while (
    ts.isPropertyAccessExpression(at) ||
    ts.isElementAccessExpression(at) ||
    ts.isNonNullExpression(at) ||
    ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at)
  ) {
    at = at.expression;
  }
  return ts.isIdentifier(at) ? at : undefined;
}
