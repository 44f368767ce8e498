import { type Document, isAlias, isMap, isScalar, type Node, parseDocument, type Scalar } from 'yaml';
import { quoted } from '../plugin/index.ts';
import { createReport, createSource, type Diagnostic, type Path, type Report, type Source } from './diagnostic.ts';
import { composeDocument } from './document.ts';
import { LONGEST_VALUE, MOST_OVERRIDES } from './limits.ts';
import { writeOutPath } from './merge-keys.ts';
import { linkText, locate, parsePath } from './written-path.ts';

/** A change of one place of a topology. */
export interface Override {
  /** `nodes.laptop.plugins.net.ttl`, `links[0].delay`, `links.a:eth0 -- b:eth0.loss`; `timeline.+` adds an entry. */
  readonly path: string;
  /** Text is read as YAML, as on a command line; other values are taken as they are; `undefined` takes the place away. */
  readonly value: unknown;
}

export interface Overridden {
  /** The changed text; the given one where something was wrong. */
  readonly text: string;
  /** What is wrong with the overrides; `file` is the override as it was typed. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Sets values in the text of a topology. Comments and, where one value takes another's place, all else stay as they were. */
export function applyOverrides(
  text: string,
  overrides: readonly Override[],
  { fileName = 'topology.yaml' }: { readonly fileName?: string } = {},
): Overridden {
  const report = createReport(fileName);
  let changed = text;
  for (const override of overrides.slice(0, MOST_OVERRIDES)) {
    changed = applyOverride(changed, override, fileName, report) ?? changed;
  }
  if (overrides.length > MOST_OVERRIDES) {
    const message = `${overrides.length} overrides; at most ${MOST_OVERRIDES} are made`;
    report.error({ source: createSource(fileName, ''), from: 0, to: 0 }, [], message);
  }
  return { text: report.failed ? text : changed, diagnostics: report.diagnostics() };
}

function applyOverride(text: string, { path, value }: Override, fileName: string, report: Report): string | undefined {
  const before = report.errors;
  const { source, document } = composeDocument(text, fileName, report);
  if (document === undefined || report.errors > before) return undefined;
  const typed = typeof value === 'string' ? `${path}=${value}` : path;
  const span = { source: createSource(typed, typed), from: 0, to: path.length };
  const steps = parsePath(path);
  if (steps === undefined) {
    report.error(span, [], `${quoted(path)} is not a path such as nodes.a.kind or links[0].delay`);
    return undefined;
  }
  const found = locate(document, steps, span, report);
  if (found === undefined) return undefined;
  if (value === undefined) {
    if (found.node === undefined) {
      report.error(span, found.path, `there is nothing at ${quoted(path)} to take away`);
      return undefined;
    }
    // What another map gives by `<<`, or by an alias, would come back: it becomes the map's own first.
    writeOutPath(document, found.path.slice(0, -1));
    document.deleteIn(found.path);
    return written(document, span.source, report);
  }
  const node = nodeFor(document, value);
  if (node === undefined) {
    const at = { ...span, from: path.length + 1, to: typed.length };
    report.error(at, found.path, `${quoted(String(value))} cannot be read as a value`);
    return undefined;
  }
  const spliced = found.shared ? undefined : splice(source, found.node, node, value);
  if (spliced !== undefined) return spliced;
  makeWay(document, found.path);
  document.setIn(found.path, node);
  return written(document, span.source, report);
}

/** The document as text; tells when it cannot be written, as when an anchor went and its aliases stayed. */
export function written(document: Document, source: Source, report: Report): string | undefined {
  try {
    return document.toString({ lineWidth: 0 });
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    report.error({ source, from: 0, to: source.text.length }, [], `this cannot be done: ${reason}`);
    return undefined;
  }
}

function nodeFor(document: Document, value: unknown): Node | undefined {
  if (typeof value !== 'string') {
    try {
      return document.createNode(value) as Node;
    } catch {
      return undefined;
    }
  }
  if (value.length > LONGEST_VALUE || /^\s*$/.test(value)) return document.createNode(value) as Node;
  const read = parseDocument(value, { version: '1.2', schema: 'core', prettyErrors: false, logLevel: 'silent' });
  // `a: b` in one value would be a map where a word was meant: whoever wants a map writes braces.
  const plain = read.errors.length > 0 || (isMap(read.contents) && !/^\s*\{/.test(value));
  return plain || read.contents === null ? (document.createNode(value) as Node) : (read.contents as Node);
}

/** A scalar in place of a scalar: only its characters change, so that every other line stays where it was. */
function splice(source: Source, old: Node | undefined, node: Node, value: unknown): string | undefined {
  if (!isScalar(old) || !isScalar(node) || old.range === null || old.range === undefined) return undefined;
  const [from, to] = old.range;
  if (to === from || old.type === 'BLOCK_LITERAL' || old.type === 'BLOCK_FOLDED') return undefined;
  const typed = typeof value === 'string' ? value.trim() : '';
  const text = SAFE_SCALAR.test(typed) && !/:(\s|$)|\s#/.test(typed) ? typed : flowScalar(node);
  return source.text.slice(0, from) + text + source.text.slice(to);
}

/** A plain scalar that reads the same in a block and between braces. */
const SAFE_SCALAR = /^[^\s,[\]{}#&*!|>'"%@`?:-][^,[\]{}\n]*$/;

function flowScalar({ value }: Scalar): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Short forms along the path become maps that can take a key. */
function makeWay(document: Document, path: Path): void {
  for (let length = 1; length < path.length; length++) {
    const place = path.slice(0, length);
    let node = document.getIn(place, true) as Node | null | undefined;
    if (isAlias(node)) {
      // Only this place changes, not every other that shares the anchor.
      const copy = node.resolve(document)?.clone() as Node | undefined;
      if (copy === undefined) return;
      if ('anchor' in copy) delete copy.anchor;
      document.setIn(place, copy);
      node = copy;
    }
    if (node === undefined || (node !== null && !isScalar(node))) continue;
    const value = node === null ? null : node.value;
    const isLink = place[0] === 'links' && length === 2;
    const isInterface = place[0] === 'nodes' && place[2] === 'interfaces' && length === 4;
    const map = isLink ? { endpoints: linkText(node) } : isInterface && value !== null ? { address: value } : {};
    document.setIn(place, document.createNode(map));
  }
}
