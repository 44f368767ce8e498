import { didYouMean, quoted } from '../plugin/index.ts';
import { compareNames } from './canonical.ts';
import { type Path, positionOf, type Span } from './diagnostic.ts';
import { MOST_LINKS } from './limits.ts';
import type { ReadNode } from './nodes.ts';
import { asList, type Reading, unknownName } from './reading.ts';
import { readBySchema } from './schema-issues.ts';
import { LINK, LINK_DEFAULTS } from './shape.ts';
import type { LinkDescription, LinkEnd, LinkSettings } from './topology.ts';
import { describeWritten, type Written, type WrittenMap, type WrittenScalar, withKeys, wordOf } from './written.ts';

const FORM = '`a:eth0 -- b:eth0`';

/** The two ends of `a:eth0 -- b:eth0`, or what is wrong with it and how it was probably meant. */
export function parseLinkName(
  text: string,
): { readonly ends: readonly [string, string] } | { readonly wrong: string; readonly suggestion?: string } {
  const parts = text.trim().split(/\s+--\s+/);
  const [a, b] = parts;
  if (parts.length === 2 && a !== undefined && b !== undefined && !/\s/.test(a + b)) return { ends: [a, b] };
  const meant = /^\s*(\S+?:[^\s<>-]+)\s*(?:<?-{1,2}>?|<>|—|–|,|\s)\s*(\S+:[^\s<>-]+)\s*$/.exec(text);
  const suggestion = meant === null ? undefined : `${meant[1]} -- ${meant[2]}`;
  const wrong = `${quoted(text)} is not a link: expected ${FORM}, with blanks around \`--\`${didYouMean(suggestion)}`;
  return suggestion === undefined ? { wrong } : { wrong, suggestion };
}

/** `a:eth0 -- b:eth0` with the lesser end first, whichever way it was written. */
export function linkName(a: string, b: string): string {
  return compareNames(a, b) <= 0 ? `${a} -- ${b}` : `${b} -- ${a}`;
}

/** Links in code-unit order of their names. Interfaces that no link joins are told as warnings. */
export function readLinks(
  reading: Reading,
  written: Written | undefined,
  nodes: ReadonlyMap<string, ReadNode>,
): LinkDescription[] {
  const { report } = reading;
  const links: LinkDescription[] = [];
  const errors = report.errors;
  const joined = new Map<string, Span>();
  const list = written && asList(report, written, ['links'], 'a list of links');
  if (list !== undefined && list.items.length > MOST_LINKS) {
    report.error(list.span, ['links'], `${list.items.length} links; at most ${MOST_LINKS} are allowed`);
    return links;
  }
  for (const [index, item] of (list?.items ?? []).entries()) {
    const link = readLink(reading, item, ['links', index], nodes, joined);
    if (link !== undefined) links.push(link);
  }
  // A link that could not be read may be the one that is missed.
  if (report.errors === errors) tellUnlinked(reading, nodes, joined);
  return links.sort((a, b) => compareNames(a.name, b.name));
}

function tellUnlinked(
  { report }: Reading,
  nodes: ReadonlyMap<string, ReadNode>,
  joined: ReadonlyMap<string, Span>,
): void {
  for (const [name, { interfaces }] of nodes) {
    for (const [each, { key }] of interfaces) {
      if (joined.has(`${name}:${each}`)) continue;
      report.warning(key, ['nodes', name, 'interfaces', each], `no link joins ${quoted(`${name}:${each}`)}`);
    }
  }
}

function readLink(
  reading: Reading,
  written: Written,
  path: Path,
  nodes: ReadonlyMap<string, ReadNode>,
  joined: Map<string, Span>,
): LinkDescription | undefined {
  const { report } = reading;
  let given: Partial<LinkSettings> | undefined = {};
  let ends: readonly End[] | undefined;
  if (written.kind === 'map') {
    const settings = withKeys(written, (key) => key !== 'endpoints');
    given = readBySchema(report, LINK.omit({ endpoints: true }), {
      written: settings,
      key: written.span,
      path,
      of: 'a link',
    })?.value as Partial<LinkSettings> | undefined;
    if (given !== undefined) tellBareNumbers(reading, settings, given, path);
    const endpoints = written.entries.get('endpoints');
    if (endpoints === undefined) {
      report.error(written.span, path, `\`endpoints\` is missing: expected ${FORM} or a list of two ends`);
    } else ends = endsOf(reading, endpoints.value, [...path, 'endpoints']);
  } else ends = endsOf(reading, written, path);
  const [a, b] = ends?.map((end) => resolveEnd(reading, end, nodes)) ?? [];
  const [first, second] = ends ?? [];
  if (a === undefined || b === undefined || first === undefined || second === undefined) return undefined;
  if (first.text === second.text) {
    report.error(second.span, path, `${quoted(first.text)} is linked to itself`);
    return undefined;
  }
  for (const { text, span } of [first, second]) {
    const other = joined.get(text);
    if (other === undefined) joined.set(text, span);
    else {
      const { line } = positionOf(other.source, other.from);
      report.error(span, path, `${quoted(text)} has a link already, on line ${line}: an interface has one`);
    }
  }
  if (given === undefined) return undefined;
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const lesserFirst = compareNames(first.text, second.text) <= 0;
  return {
    name: linkName(first.text, second.text),
    ends: lesserFirst ? [a, b] : [b, a],
    settings: { ...LINK_DEFAULTS, ...set },
  };
}

/** A number without a unit is seconds, or bits per second, or octets: on a link hardly ever what was meant. */
function tellBareNumbers({ report }: Reading, map: WrittenMap, given: Partial<LinkSettings>, path: Path): void {
  const bare = (key: string): WrittenScalar | undefined => {
    const value = map.entries.get(key)?.value;
    return value?.kind === 'scalar' && /^[0-9.]+$/.test(value.text) ? value : undefined;
  };
  for (const key of ['delay', 'jitter'] as const) {
    const value = bare(key);
    if (value === undefined || (given[key] ?? 0) === 0) continue;
    const suggestion = `${value.text}ms`;
    const message = `${quoted(value.text)} without a unit is in seconds${didYouMean(suggestion)}`;
    report.warning(value.span, [...path, key], message, { suggestion });
  }
  const rate = bare('rate');
  if (rate !== undefined && given.rate !== undefined && given.rate > 0 && given.rate < LEAST_BARE_RATE) {
    const suggestion = `${rate.text}Mbit/s`;
    const message = `${quoted(rate.text)} without a unit is in bits per second${didYouMean(suggestion)}`;
    report.warning(rate.span, [...path, 'rate'], message, { suggestion });
  }
  const queue = map.entries.get('queue')?.value;
  const mtu = given.mtu ?? LINK_DEFAULTS.mtu;
  if (queue !== undefined && given.queue !== undefined && given.queue > 0 && given.queue < mtu) {
    const message = `a queue of ${given.queue} octets has no room for a packet of the link's MTU, ${mtu} octets`;
    report.warning(queue.span, [...path, 'queue'], message);
  }
}

/** Bits per second: nobody writes so slow a link without a unit. */
const LEAST_BARE_RATE = 10_000;

/** One end as it is written. */
interface End {
  readonly text: string;
  readonly span: Span;
  readonly path: Path;
}

function endsOf({ report }: Reading, written: Written, path: Path): readonly End[] | undefined {
  if (written.kind === 'list') {
    const ends = written.items.map((item, index) => endOf(item, [...path, index]));
    if (ends.length === 2 && ends.every((end) => end !== undefined)) return ends;
    report.error(written.span, path, `a link has two ends such as \`a:eth0\`, found ${ends.length}`, {
      expected: FORM,
    });
    return undefined;
  }
  const text = wordOf(written);
  if (text === undefined || written.kind !== 'scalar') {
    report.error(written.span, path, `expected a link such as ${FORM}, found ${describeWritten(written)}`, {
      expected: FORM,
    });
    return undefined;
  }
  const name = parseLinkName(text);
  if ('wrong' in name) {
    report.error(written.span, path, name.wrong, { expected: FORM, suggestion: name.suggestion });
    return undefined;
  }
  const [a, b] = name.ends;
  return [
    { text: a, span: spanWithin(written, a, 0), path },
    { text: b, span: spanWithin(written, b, written.text.indexOf('--')), path },
  ];
}

function endOf(written: Written, path: Path): End | undefined {
  const text = wordOf(written)?.trim();
  return text === undefined ? undefined : { text, span: written.span, path };
}

function resolveEnd({ report }: Reading, end: End, nodes: ReadonlyMap<string, ReadNode>): LinkEnd | undefined {
  const parts = /^([^:\s]+):([^:\s]+)$/.exec(end.text);
  const [, node, name] = parts ?? [];
  if (node === undefined || name === undefined) {
    const interfaces = [...(nodes.get(end.text)?.interfaces.keys() ?? [])];
    const suggestion = interfaces.length === 1 ? `${end.text}:${interfaces[0]}` : undefined;
    const message = `${quoted(end.text)} is not an end of a link: expected a node and its interface, \`a:eth0\``;
    report.error(end.span, end.path, message + didYouMean(suggestion), { expected: '`a:eth0`', suggestion });
    return undefined;
  }
  const found = nodes.get(node);
  if (found === undefined) {
    const { message, suggestion } = unknownName(report, 'node', node, nodes.keys());
    const whole = suggestion && `${suggestion}:${name}`;
    report.error(end.span, end.path, message, { suggestion: whole });
    return undefined;
  }
  if (!found.interfaces.has(name)) {
    const names = [...found.interfaces.keys()];
    const suggestion = report.nearest(name, names);
    const has = names.length === 0 ? 'it has none' : `it has ${names.slice(0, 12).join(', ')}`;
    const hint = suggestion === undefined ? `; ${has}` : `, did you mean \`${suggestion}\`?`;
    report.error(end.span, end.path, `node ${quoted(node)} has no interface ${quoted(name)}${hint}`, {
      expected: names.slice(0, 12).join(', '),
      suggestion: suggestion && `${node}:${suggestion}`,
    });
    return undefined;
  }
  return { node, interface: name };
}

/** Where a part of a scalar's text stands; all of it where quotes or escapes hide it. */
function spanWithin({ span, text }: WrittenScalar, part: string, after: number): Span {
  const at = text.indexOf(part, Math.max(0, after));
  return at < 0 ? span : { source: span.source, from: span.from + at, to: span.from + at + part.length };
}
