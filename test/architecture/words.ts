import ts from 'typescript';
import { lineOf, type ParsedTree, type Violation, visit } from './tree.ts';

/** Rules about names, words and sizes. */

const PROTOCOLS: ReadonlySet<string> = new Set([
  ...['ip', 'ips', 'ipv4', 'ipv6', 'udp', 'tcp', 'icmp', 'icmpv6', 'arp', 'ethernet', 'dhcp', 'dns', 'pppoe', 'radius'],
  ...['ah', 'esp', 'ike', 'ikev1', 'ikev2', 'isakmp', 'ipsec', 'ipcomp', 'nat', 'natt', 'spd', 'sad', 'spi'],
]);
const PROTOCOL_WITHIN = /ipv[46]|ikev[12]|isakmp|ipsec|ethernet|pppoe|icmp/i;
const WORD = /[A-Za-z][A-Za-z0-9]*/g;
const SEGMENT = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

/** Protocol names anywhere in `core`: identifiers, strings and comments alike. */
export function protocolWords(tree: ParsedTree): Violation[] {
  const found: Violation[] = [];
  for (const { path, text } of tree.values()) {
    if (!path.startsWith('core/')) continue;
    text.split('\n').forEach((line, index) => {
      const words = (line.match(WORD) ?? []).filter(namesProtocol);
      if (words.length > 0) found.push({ path, line: index + 1, message: `names a protocol: ${words.join(', ')}` });
    });
  }
  return found;
}

function namesProtocol(word: string): boolean {
  if (PROTOCOL_WITHIN.test(word) || PROTOCOLS.has(word.toLowerCase())) return true;
  return (word.match(SEGMENT) ?? []).some((segment) => PROTOCOLS.has(segment.toLowerCase()));
}

const EMPTY_NAME =
  /([a-z0-9](Manager|Service|Helper|Util|Impl|Base|Info|Data)s?|^(Manager|Service|Helper|Util|Impl|Base|Info|Data)s?)$/;
/** Terms of the standards that end like an empty name. */
const TERMS: ReadonlySet<string> = new Set(['typeOfService']);
const EMPTY_PLACE = /^(utils?|helpers?|common|misc|shared|types)$/;
const EMPTY_ENDING = /[-.](manager|service|helper|util|impl|base|info|data)s?$/;

/** Names that say nothing: of declared things, files and folders. */
export function emptyNames(tree: ParsedTree): Violation[] {
  const found: Violation[] = [];
  for (const { path, syntax } of tree.values()) {
    const places = path.split('/').map((part) => part.replace(/(\.(d|test|config))?\.\w+$/, ''));
    const empty = places.find((part) => EMPTY_PLACE.test(part) || EMPTY_ENDING.test(part));
    if (empty !== undefined) found.push({ path, line: 1, message: `a file or folder is named ${empty}` });
    visit(syntax, (node) => {
      const name = declaredName(node);
      if (name !== undefined && EMPTY_NAME.test(name) && !TERMS.has(name)) {
        found.push({ path, line: lineOf(syntax, node), message: `${name} is a name that says nothing` });
      }
    });
  }
  return found;
}

function declaredName(node: ts.Node): string | undefined {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isMethodDeclaration(node);
  return declares && node.name !== undefined && ts.isIdentifier(node.name) ? node.name.text : undefined;
}

/** No file of the product is longer. Tests may be: each file costs its start. */
export const MAX_LINES = 400;

export function longFiles(tree: ParsedTree): Violation[] {
  return [...tree.values()]
    .filter(({ path }) => !path.startsWith('test/'))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => ({ path, line: MAX_LINES + 1, message: `has ${lines} lines, more than ${MAX_LINES}` }));
}

const PROMISE = /\b(TODO|FIXME|XXX|HACK)\b/;

/** Notes of work left undone: what is missing is said in docs. */
export function unfinishedNotes(tree: ParsedTree): Violation[] {
  const found: Violation[] = [];
  for (const { path, text } of tree.values()) {
    if (path.startsWith('test/architecture/')) continue;
    text.split('\n').forEach((line, index) => {
      const word = PROMISE.exec(line)?.[1];
      if (word !== undefined) found.push({ path, line: index + 1, message: `says ${word}` });
    });
  }
  return found;
}

const SILENT =
  /^(x(it|test|describe)|f(it|describe)|(it|test|describe)(\.(concurrent|each))?\.(skip|only|todo|failing)(\.each)?)$/;

/** Tests that are skipped without a reason, or that keep the others from running. */
export function silentSkips(tree: ParsedTree): Violation[] {
  const found: Violation[] = [];
  for (const { path, syntax } of tree.values()) {
    if (!path.startsWith('test/') || path === 'test/skip.ts') continue;
    visit(syntax, (node) => {
      if (!ts.isCallExpression(node)) return;
      const called = node.expression.getText(syntax);
      if (SILENT.test(called)) found.push({ path, line: lineOf(syntax, node), message: `calls ${called}` });
    });
  }
  return found;
}
